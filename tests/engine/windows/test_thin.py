"""Photos of one to fifteen pixels across are filled as if there were more of them."""

import numpy as np
import pytest

from assets import SNAPSHOT, SNAPSHOT_SHA256
from engine.geometry import Box, union_all
from engine.inpainter import Inpainter
from engine.photo_only import photo_only
from engine.windows.thin import LONGEST, THIN, thickened

SKY = 209, 219, 230
HOLE = slice(180, 220)


@pytest.fixture(scope="module")
def inpainter():
    return Inpainter(SNAPSHOT, "cpu", SNAPSHOT_SHA256)


def strip(thickness, upright):
    """Return a strip of sky with a dark post in it, (H, W, 3), and the mask of the post."""
    grain = np.random.default_rng(thickness).integers(-1, 2, (thickness, 400, 1))
    image = (np.array(SKY) + grain).astype(np.uint8)
    mask = np.zeros((thickness, 400), bool)
    mask[:, HOLE] = True
    image[mask] = 40
    return (np.ascontiguousarray(image.swapaxes(0, 1)), mask.T.copy()) if upright else (image, mask)


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("thickness", [1, 2, 4, 7, 15, 16])
def test_the_sky_goes_on(inpainter, thickness, upright):
    image, mask = strip(thickness, upright)
    for result in (inpainter.inpaint(image, mask, 702), photo_only(image, mask, 3)):
        assert result.box == Box.around(mask)
        assert result.patch.shape == image[result.box.slices].shape
        assert np.abs(result.patch.astype(int) - SKY).max() <= 6


def test_what_lies_outside_the_mask_stays_and_windows_are_the_photos(inpainter):
    image, mask = strip(3, upright=False)
    mask[0, HOLE] = False
    result = inpainter.inpaint(image, mask)
    assert (
        result.patch[~mask[result.box.slices]] == image[result.box.slices][~mask[result.box.slices]]
    ).all()
    assert result.box == Box(180, 1, 220, 3)
    assert union_all(result.holes).holds(result.box)
    again = inpainter.inpaint_many(
        image, mask, [0], given=list(zip(result.windows, result.holes, strict=True))
    )[0]
    assert again.box.holds(result.box)
    assert np.abs(again.patch.astype(int)[mask[again.box.slices]] - SKY).max() <= 6


def test_one_hole_of_two_is_filled_alone():
    image, mask = strip(2, upright=False)
    mask[:, 300:310] = True
    result = photo_only(image, mask, box=Box(300, 0, 310, 2))
    assert result.box == Box(300, 0, 310, 2)


def test_only_thin_photos_of_some_length_are_mirrored():
    image, mask = strip(THIN, upright=False)
    assert thickened(image, mask) is None
    assert thickened(image[:15], mask[:15]).image.shape == (65, 400, 3)
    endless = np.zeros((1, LONGEST + 1), bool)
    assert thickened(np.zeros((*endless.shape, 3), np.uint8), endless) is None
