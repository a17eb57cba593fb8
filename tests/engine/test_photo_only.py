"""The fill from the photo alone, over a whole photo."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import Cancelled, ImageError
from engine.geometry import Box
from engine.photo_only import photo_only


def photo(dtype: type = np.uint8) -> np.ndarray:
    rng = np.random.default_rng(0)
    unit = 257 if dtype == np.uint16 else 1
    return rng.integers(80, 160, (150, 190, 3)).astype(dtype) * dtype(unit)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_it_answers_like_the_inpainter(dtype):
    image = photo(dtype)
    mask = np.zeros(image.shape[:2], bool)
    mask[30:50, 20:45] = mask[100:120, 150:175] = True
    image[mask] = 0
    kept = image.copy()
    result = photo_only(image, mask, seed=3)
    assert (image == kept).all()
    assert result.box == Box(20, 30, 175, 120)
    assert result.patch.dtype == dtype
    known = ~mask[result.box.slices]
    assert (result.patch[known] == image[result.box.slices][known]).all()
    assert result.patch[~known].min() > 40 * (257 if dtype == np.uint16 else 1)
    assert result.seed == 3
    assert (result.patch == photo_only(image, mask, seed=3).patch).all()


def test_a_long_thin_hole_is_filled_in_parts():
    image = photo().repeat(4, axis=0).repeat(4, axis=1)
    mask = np.zeros(image.shape[:2], bool)
    mask[300:306] = True
    image[mask] = 0
    result = photo_only(image, mask)
    assert len(result.windows) > 1
    assert result.patch[mask[result.box.slices]].min() > 40


def test_an_empty_mask_gives_an_empty_result():
    result = photo_only(photo(), np.zeros((150, 190), bool))
    assert result.box.empty


def test_progress_and_cancelling():
    image, seen = photo(), []
    mask = np.zeros(image.shape[:2], bool)
    mask[30:50, 20:45] = True
    photo_only(image, mask, on_progress=seen.append)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 1)

    def stop(fraction: float) -> None:
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        photo_only(image, mask, on_progress=stop)


def test_image_and_mask_must_fit():
    with pytest.raises(ImageError):
        photo_only(photo(), np.zeros((10, 10), bool))
