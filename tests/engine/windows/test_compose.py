"""Fills meet the rim inside the mask only, and never with a pixel of what is removed."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.windows import compose
from engine.windows.canvas import Canvas
from engine.windows.planning import Window


def scene(dtype: type = np.uint8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    image = rng.integers(0, np.iinfo(dtype).max, (40, 50, 3), dtype, endpoint=True)
    mask = np.zeros((40, 50), bool)
    mask[8:30, 12:41] = True
    mask[15:18, 20:24] = False
    return image, mask


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("tile", [7, 512])
def test_known_pixels_stay_and_tiles_leave_no_trace(monkeypatch, dtype, tile):
    image, mask = scene(dtype)
    box = Box.around(mask)
    answer = np.random.default_rng(1).random((16, 16, 3), np.float32)

    def painted() -> np.ndarray:
        canvas = Canvas(image, mask, box)
        compose.paint(canvas, Window(Box(5, 0, 45, 40), box), answer)
        return canvas.patch

    whole = painted()
    monkeypatch.setattr(compose, "TILE", tile)
    assert (painted() == whole).all()
    outside = ~mask[box.slices]
    assert (whole[outside] == image[box.slices][outside]).all()
    assert (whole[~outside] != image[box.slices][~outside]).any()


def test_the_fade_starts_at_known_colours_and_ends_at_the_fill():
    photo = np.full((9, 21, 3), 200, np.uint8)
    hole = np.zeros((9, 21), bool)
    hole[:, 5:16] = True
    photo[hole] = 0  # the object to remove
    fill = np.full((9, 21, 3), 100 / 255, np.float32)
    soft = compose.feather(fill, photo, hole, 4.0)[4] * 255
    rising = soft[5:9, 0]
    assert (np.diff(rising) < 0).all()
    assert 100 < rising[0] < 200
    assert np.allclose(soft[9:12, 0], 100, atol=0.01)
    assert soft[5:16].min() > 99  # never the black of what is being removed


def test_distances_are_to_the_nearest_known_pixel():
    _, mask = scene()
    distance, nearest = compose.rim_distance(mask)
    rows, cols = np.nonzero(~mask)
    for y, x in [(8, 12), (20, 30), (16, 19), (29, 40)]:
        true = np.hypot(rows - y, cols - x).min()
        assert distance[y, x] == pytest.approx(true, abs=0.05 * true + 0.05)
        assert not mask[tuple(nearest[y, x])]
    assert not distance[~mask].any()


def test_a_canvas_shows_what_is_filled_so_far():
    image, mask = scene()
    canvas = Canvas(image, mask, Box.around(mask))
    part = Box(12, 8, 20, 30)
    canvas.write(part, np.zeros((22, 8, 3), np.uint8))
    canvas.finish(part)
    pixels, hole = canvas.read(Box(0, 0, 50, 40))
    assert not hole[part.slices].any()
    assert not pixels[part.slices].any()
    assert hole[20, 35]
    assert (image[part.slices] != 0).any()


def test_copied_is_what_is_known_and_where_a_user_allows_it():
    image, mask = scene()
    box, sources = Box(5, 4, 30, 25), np.zeros(mask.shape, bool)
    sources[:, :18] = True
    everywhere = Canvas(image, mask, Box.around(mask)).allowed(box)
    some = Canvas(image, mask, Box.around(mask), sources).allowed(box)
    assert np.array_equal(everywhere, ~mask[box.slices])
    assert np.array_equal(some, ~mask[box.slices] & sources[box.slices])
    assert 0 < some.sum() < everywhere.sum()
