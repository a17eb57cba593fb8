"""What the view shows of a photo and a mask, against a look-up pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.views.pyramid import Layer, Pyramid, halve_max, halve_mean
from engine.views.renderer import OUTLINE, Renderer, sample
from engine.views.viewport import Viewport

H, W = 40, 60
PHOTO = np.random.default_rng(2).integers(0, 256, (H, W, 3), np.uint8)
SMOOTH = np.add.outer(np.arange(H) * 2.0, np.arange(W) * 3.0)[..., None].repeat(3, 2)
SMOOTH = SMOOTH.astype(np.uint8)


def viewed(scale, x=0, y=0, width=100, height=80):
    return Viewport(width, height, W, H, scale, x, y)


def test_at_full_size_pixels_are_the_photos_own():
    pyramid = Pyramid(PHOTO, halve_mean)
    found = sample(pyramid, [], viewed(1.0, x=7, y=-5), Box(10, 2, 50, 30))
    np.testing.assert_array_equal(found, PHOTO[7:35, 3:43])


@pytest.mark.parametrize("scale", [2.0, 3.0, 5.5])
def test_enlarged_pixels_have_sharp_edges(scale):
    pyramid = Pyramid(PHOTO, halve_mean)
    found = sample(pyramid, [], viewed(scale, x=-11, y=4), Box(3, 6, 60, 70))
    for row in range(64):
        for col in range(57):
            y, x = (6 + row + 0.5 - 4) / scale, (3 + col + 0.5 + 11) / scale
            if min(y % 1, x % 1, 1 - y % 1, 1 - x % 1) > 0.04:
                assert (found[row, col] == PHOTO[int(y), int(x)]).all()


def between_pixels(picture, x, y):
    """Return the value at (x, y), whose whole numbers and a half are the middles of pixels."""
    h, w = picture.shape[:2]
    x, y = min(max(x - 0.5, 0), w - 1), min(max(y - 0.5, 0), h - 1)
    left, top = int(x), int(y)
    right, low = min(left + 1, w - 1), min(top + 1, h - 1)
    a, b = x - left, y - top
    upper = (1 - a) * picture[top, left] + a * picture[top, right]
    return (1 - b) * upper + b * ((1 - a) * picture[low, left] + a * picture[low, right])


@pytest.mark.parametrize("scale", [1.5, 0.8, 0.4, 0.3])
def test_other_sizes_pass_smoothly_between_pixels_of_the_nearest_halving(scale):
    pyramid = Pyramid(SMOOTH, halve_mean, 2)
    view = viewed(scale, x=5, y=3)
    box = view.photo_box
    found = sample(pyramid, [], view, box)
    level = view.level
    assert level == (1 if scale < 0.5 else 0)
    picture = pyramid.levels[level].astype(float)
    for row in range(box.height):
        for col in range(box.width):
            x, y = ((v + 0.5 - o) / scale / 2**level
                    for v, o in ((box.left + col, 5), (box.top + row, 3)))  # fmt: skip
            wanted = between_pixels(picture, x, y)
            np.testing.assert_allclose(found[row, col], wanted, atol=1.2)


def test_half_size_shows_the_halving_itself():
    pyramid = Pyramid(PHOTO, halve_mean, 2)
    found = sample(pyramid, [], viewed(0.5, x=2, y=1), Box(4, 6, 20, 18))
    np.testing.assert_array_equal(found, pyramid.levels[1][5:17, 2:18])
    smallest = sample(pyramid, [], viewed(0.125), Box(0, 0, 7, 5))  # halved no further than twice
    assert smallest.shape == (5, 7, 3)


def test_a_part_is_drawn_as_it_is_in_the_whole():
    pyramid = Pyramid(PHOTO, halve_mean, 2)
    for scale in (0.3, 0.7, 1.0, 1.3, 4.0):
        view = viewed(scale, x=-3, y=2)
        box = view.photo_box.clip(view.box)
        whole = sample(pyramid, [], view, box)
        part = Box(box.left + 3, box.top + 2, box.right - 1, box.bottom - 3)
        found = sample(pyramid, [], view, part)
        np.testing.assert_allclose(
            found.astype(int), whole[part.within(box).slices].astype(int), atol=1
        )


GREY = np.full((H, W, 3), 200, np.uint8)


def test_what_surrounds_the_photo_is_the_background_and_colours_are_turned():
    renderer = Renderer()
    renderer.background = (1, 2, 3)
    renderer.viewport = viewed(1.0, x=20, y=15)
    renderer.resize(100, 80)
    renderer.draw_photo(Pyramid(PHOTO, halve_mean), [], Box(0, 0, 100, 80))
    assert (renderer.photo[15:55, 20:80, :3] == PHOTO[..., ::-1]).all()
    assert (renderer.photo[..., 3] == 255).all()
    around = np.ones((80, 100), bool)
    around[15:55, 20:80] = False
    assert (renderer.photo[around] == (1, 2, 3, 255)).all()


def test_only_the_asked_box_is_drawn():
    renderer = Renderer()
    renderer.viewport = viewed(1.0, x=20, y=15)
    renderer.resize(100, 80)
    renderer.draw_photo(Pyramid(PHOTO, halve_mean), [], Box(15, 10, 40, 30))
    touched = renderer.photo[..., 3] == 255
    wanted = np.zeros((80, 100), bool)
    wanted[10:30, 15:40] = True
    np.testing.assert_array_equal(touched, wanted)
    renderer.draw_photo(Pyramid(PHOTO, halve_mean), [], Box(200, 200, 300, 300))  # out of view
    beside = Box(0, 0, 10, 10)
    renderer.draw_photo(Pyramid(PHOTO, halve_mean), [], beside)
    assert (renderer.photo[:10, :10] == (43, 43, 43, 255)).all()


def test_a_view_without_a_photo_is_background():
    renderer = Renderer()
    renderer.viewport = Viewport(10, 10, 1, 1)
    renderer.resize(10, 10)
    renderer.draw_photo(Pyramid(np.zeros((0, 0, 3), np.uint8), halve_mean, 0), [], Box(0, 0, 9, 9))
    assert (renderer.photo[:9, :9, :3] == 43).all()


def tint_of(mask, view, box=None, layers=()):
    renderer = Renderer()
    renderer.viewport = view
    renderer.resize(view.width, view.height)
    renderer.tint[:] = 77
    renderer.draw_tint(Pyramid(mask, halve_max, 1), layers, box or view.box)
    return renderer.tint


def test_a_mask_is_tinted_with_an_outline_two_pixels_wide():
    mask = np.zeros((H, W), bool)
    mask[10:20, 15:35] = True
    tint = tint_of(mask, viewed(1.0, x=4, y=6))
    wanted = np.zeros((80, 100), int)
    wanted[15:27, 18:40] = OUTLINE  # from a pixel around to a pixel within
    wanted[17:25, 20:38] = 254
    np.testing.assert_array_equal(tint, wanted)


def test_the_outline_is_the_same_however_little_is_drawn():
    mask = np.zeros((H, W), bool)
    mask[10:20, 15:35] = mask[0:4, 0:5] = True
    for scale in (0.5, 1.0, 2.5):
        view = viewed(scale, x=3, y=2)
        whole = tint_of(mask, view)
        assert (whole == OUTLINE).any()
        for box in (Box(0, 0, 30, 25), Box(20, 13, 33, 40), Box(3, 2, 9, 7)):
            part = tint_of(mask, view, box)
            np.testing.assert_array_equal(part[box.slices], whole[box.slices])
            outside = np.ones(part.shape, bool)
            outside[box.slices] = False
            assert (part[outside] == 77).all()


def test_an_empty_mask_or_one_out_of_view_leaves_no_tint():
    view = viewed(1.0, x=4, y=6)
    assert (tint_of(np.zeros((H, W), bool), view) == 0).all()
    mask = np.zeros((H, W), bool)
    mask[35:, 50:] = True
    assert (tint_of(mask, view, Box(0, 0, 20, 20))[:20, :20] == 0).all()
    assert (tint_of(mask, view, Box(90, 70, 100, 80))[70:, 90:] == 0).all()


def test_half_covered_pixels_lie_within_the_outline():
    mask = np.zeros((H, W), bool)
    mask[10:20, 15:35] = True
    tint = tint_of(mask, viewed(1.5))
    inner = tint[20:25, 28:48]
    assert (inner == 254).all()
    column = tint[:, 35]
    assert [int(v) for v in np.flatnonzero(column == OUTLINE)] == [14, 15, 29, 30]


def test_layers_are_seen():
    pyramid = Pyramid(PHOTO, halve_mean, 1)
    patch = np.full((8, 10, 3), 9, np.uint8)
    layer = Layer(pyramid, Box(12, 10, 22, 18), patch)
    found = sample(pyramid, [layer], viewed(1.0), Box(0, 0, 60, 40))
    assert (found[10:18, 12:22] == 9).all()
    assert (found[:10] == PHOTO[:10]).all()


@pytest.mark.parametrize(("dx", "dy"), [(5, 0), (-7, 3), (0, -12), (30, 20)])
def test_scrolling_shifts_and_names_what_must_be_drawn(dx, dy):
    renderer = Renderer()
    renderer.resize(50, 40)
    renderer.tint[:] = np.random.default_rng(1).integers(0, 255, (40, 50))
    renderer.photo[:] = np.random.default_rng(2).integers(0, 255, (40, 50, 4))
    before = renderer.tint.copy(), renderer.photo.copy()
    count = np.zeros((40, 50), int)
    for box in renderer.scroll(dx, dy):
        count[box.slices] += 1
    assert count.max() == 1
    for row in range(40):
        for col in range(50):
            from_row, from_col = row - dy, col - dx
            kept = 0 <= from_row < 40 and 0 <= from_col < 50
            assert kept == (count[row, col] == 0)
            if kept:
                assert renderer.tint[row, col] == before[0][from_row, from_col]
                assert (renderer.photo[row, col] == before[1][from_row, from_col]).all()


def test_scrolling_far_names_the_whole():
    renderer = Renderer()
    renderer.resize(50, 40)
    assert renderer.scroll(50, 0) == [Box(0, 0, 50, 40)]
    assert renderer.scroll(0, -40) == [Box(0, 0, 50, 40)]
    renderer.resize(0, 0)
    assert renderer.photo.shape == (1, 1, 4)
    assert renderer.tint.shape == (1, 1)
