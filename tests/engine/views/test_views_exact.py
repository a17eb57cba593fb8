"""The numbers of zoom, halvings and outlines at their bounds."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.views.outline import FINEST, MANY, grown_outlines
from engine.views.pyramid import (
    Layer,
    Pyramid,
    depth_for,
    halve_max,
    halve_mean,
    halved,
    to_eight_bits,
)
from engine.views.viewport import MAX_SCALE, MIN_SCALE, Viewport

VIEW = Viewport(width=1000, height=700, photo_width=600, photo_height=400, scale=2.0, x=10, y=-30)


def test_places_of_view_and_photo():
    assert VIEW.to_photo(10, -30) == (0, 0)
    assert VIEW.to_photo(110, 70) == (50, 50)
    assert VIEW.to_view(50, 50) == (110, 70)
    assert VIEW.box == Box(0, 0, 1000, 700)
    assert VIEW.photo_box == Box(10, -30, 1210, 770)
    assert VIEW.visible() == Box(0, 15, 495, 365)
    half = Viewport(100, 80, 600, 400, 0.3, 0, 0)
    assert half.view_of(Box(5, 6, 12, 21)) == Box(1, 1, 4, 7)
    assert half.view_of(Box(5, 6, 12, 21), 2) == Box(-1, -1, 6, 9)
    assert Viewport(10, 8, 600, 400, 0.3, -4, -5).visible() == Box(13, 16, 47, 44)


def test_fitting_leaves_a_margin_and_centres():
    wide = Viewport(1000, 700, 2000, 400).fitted()
    assert wide.scale == pytest.approx(952 / 2000)
    assert (wide.x, wide.y) == (24, round(350 - 200 * 952 / 2000))
    tall = Viewport(1000, 700, 400, 2000).fitted(50)
    assert tall.scale == pytest.approx(600 / 2000)
    assert (tall.x, tall.y) == (500 - 60, 50)
    assert Viewport(10, 10, 30, 30).fitted().scale == pytest.approx(1 / 30)
    assert Viewport(100, 100, 900_000, 10).fitted().scale == MIN_SCALE


def test_zooming_has_its_limits_and_keeps_the_point():
    view = VIEW.zoomed(4.0, 110, 70)
    assert (view.scale, view.x, view.y) == (4.0, 110 - 200, 70 - 200)
    assert VIEW.zoomed(1e9, 500, 300).scale == MAX_SCALE
    assert VIEW.zoomed(1e-9, 500, 300).scale == MIN_SCALE


def test_a_fifth_of_the_view_or_of_a_small_photo_stays_covered():
    big = Viewport(1000, 700, 6000, 4000, 1.0, 0, 0)
    assert (big.panned(99_999, 0).x, big.panned(-99_999, 0).x) == (800, 200 - 6000)
    assert (big.panned(0, 99_999).y, big.panned(0, -99_999).y) == (560, 140 - 4000)
    small = Viewport(1000, 700, 100, 50, 1.0, 300, 300)
    assert (small.panned(99_999, 0).x, small.panned(-99_999, 0).x) == (980, -80)
    assert (small.panned(0, 99_999).y, small.panned(0, -99_999).y) == (690, -40)
    assert (small.panned(7, -9).x, small.panned(7, -9).y) == (307, 291)


def test_resizing_keeps_a_full_view_full_and_the_middle_in_the_middle():
    full = Viewport(400, 300, 500, 400, 1.0, -100, -100)
    grown = full.resized(450, 380)
    assert (grown.x, grown.y) == (-50, -20)
    middle = Viewport(400, 300, 100, 100, 1.0, 150, 100)
    assert (middle.resized(600, 500).x, middle.resized(600, 500).y) == (250, 200)
    aside = Viewport(400, 300, 100, 100, 1.0, 30, 40)
    assert (aside.resized(600, 500).x, aside.resized(600, 500).y) == (30, 40)
    nearly = Viewport(400, 300, 100, 100, 1.0, 149, 102)
    assert (nearly.resized(600, 500).x, nearly.resized(600, 500).y) == (250, 102)
    just = Viewport(400, 300, 500, 300, 1.0, -100, 0)  # it ends where the view ends
    assert (just.resized(450, 300).x, just.resized(450, 300).y) == (-50, 0)
    gap = Viewport(400, 300, 500, 300, 1.0, -101, 0)
    assert gap.resized(450, 300).x == -101


def test_what_is_to_be_shown_is_reached_on_the_shortest_way():
    view = Viewport(200, 100, 1000, 1000, 1.0, 0, 0)
    assert (view.showing(Box(50, 30, 60, 60)).x, view.showing(Box(50, 30, 60, 60)).y) == (0, 0)
    right = view.showing(Box(300, 30, 320, 60))
    assert (right.x, right.y) == (200 - 24 - 320, 0)
    back = Viewport(200, 100, 1000, 1000, 1.0, -500, -500).showing(Box(300, 300, 320, 310), 5)
    assert (back.x, back.y) == (5 - 300, 5 - 300)
    long = view.showing(Box(300, 500, 700, 900))
    assert long.to_photo(100, 50) == (500, 700)


@pytest.mark.parametrize(("side", "depth"), [(512, 0), (513, 1), (1024, 1), (1025, 2), (2050, 3)])
def test_halvings_go_on_until_512(side, depth):
    assert depth_for((side, 3)) == depth_for((3, side, 3)) == depth
    assert Pyramid(np.zeros((3, side), bool), halve_max).depth == depth


def test_an_odd_last_row_and_column_count_twice():
    image = np.arange(5 * 3 * 3, dtype=np.uint8).reshape(5, 3, 3) * 4
    half = halve_mean(image)
    assert half.shape == (3, 2, 3)
    for row in range(3):
        for col in range(2):
            rows, cols = (2 * row, min(2 * row + 1, 4)), (2 * col, min(2 * col + 1, 2))
            mean = image[np.ix_(rows, cols)].mean(axis=(0, 1))
            np.testing.assert_allclose(half[row, col], mean, atol=0.51)
    mask = np.zeros((5, 3), np.uint8)
    mask[4, 2], mask[0, 1], mask[1, 0] = 7, 3, 9
    assert halve_max(mask).tolist() == [[9, 0], [0, 0], [0, 7]]


def test_eight_bits_stay_and_sixteen_are_scaled():
    wide = np.array([[0, 257, 128 * 257 + 100, 65535]], np.uint16)
    assert to_eight_bits(wide).tolist() == [[0, 1, 128, 255]]
    small = np.arange(4, dtype=np.uint8)
    assert to_eight_bits(small) is small


def test_boxes_halve_outwards():
    assert halved(Box(3, 4, 5, 7)) == Box(1, 2, 3, 4)
    assert halved(Box(2, 5, 6, 8)) == Box(1, 2, 3, 4)


def test_a_blank_mask_has_blank_halvings_of_the_right_size():
    pyramid = Pyramid(np.zeros((1501, 1000), bool), halve_max, blank=True)
    built = Pyramid(np.zeros((1501, 1000), bool), halve_max)
    for a, b in zip(pyramid.levels, built.levels, strict=True):
        np.testing.assert_array_equal(a, b)


def test_far_boxes_are_refreshed_by_themselves():
    calls = []

    def halve(part):
        calls.append(part.shape)
        return halve_max(part)

    mask = np.zeros((2000, 2000), bool)
    pyramid = Pyramid(mask, halve, 1)
    calls.clear()
    far = [Box(0, 0, 10, 10), Box(1990, 1990, 2000, 2000)]
    pyramid.refresh(far)
    assert calls == [(10, 10), (10, 10)]
    calls.clear()
    pyramid.refresh([Box(0, 0, 10, 10), Box(40, 0, 50, 10)])
    assert calls == [(10, 50)]


def test_parts_are_views_unless_a_layer_lies_over_them():
    pyramid = Pyramid(np.zeros((100, 90), np.uint8), halve_max, 2)
    layer = Layer(pyramid, Box(10, 21, 30, 33), np.full((12, 20), 9, np.uint8))
    assert layer.box == Box(8, 20, 32, 36)  # to whole cells of the coarsest halving
    assert layer.box_at(1) == Box(4, 10, 16, 18)
    assert layer.box_at(2) == Box(2, 5, 8, 9)
    beside = pyramid.part(0, Box(40, 40, 60, 60), [layer])
    assert np.shares_memory(beside, pyramid.levels[0])
    over = pyramid.part(1, Box(0, 0, 20, 20), [layer, layer])
    assert not np.shares_memory(over, pyramid.levels[1])
    assert (over == 9).sum() == 10 * 7  # rows 21 .. 32 touch 10 .. 16
    assert pyramid.part(7, Box(0, 0, 5, 5)).shape == (5, 5)  # no further than the coarsest


def loop_box(loop):
    return [*loop.min(axis=0), *loop.max(axis=0)]


def test_an_outline_in_full_size_is_to_the_pixel():
    mask = np.zeros((300, 400), bool)
    mask[90:110, 100:140] = True
    (loop,) = grown_outlines(Pyramid(mask, halve_max), 0.1)
    # two pixels on each side; contours run through the middles of the outermost pixels
    assert loop_box(loop) == pytest.approx([98.5, 88.5, 141.5, 111.5])


@pytest.mark.parametrize("side", [700, 1400, 3000])
def test_an_outline_of_a_large_hole_is_no_smaller_than_the_hole_grown(side):
    mask = np.zeros((side + 400, side + 400), bool)
    mask[200 : 200 + side, 200 : 200 + side] = True
    (loop,) = grown_outlines(Pyramid(mask, halve_max), 0.02)
    left, top, right, bottom = loop_box(loop)
    cell = 1 << max(0, int(np.ceil(np.log2(side / FINEST))))
    by = round(0.02 * side)
    for low, high in ((left, right), (top, bottom)):
        assert 200 - by - 3 * cell <= low <= 200 - by + 1
        assert 200 + side + by - 1 <= high <= 200 + side + by + 3 * cell


def test_many_holes_are_outlined_together():
    mask = np.zeros((300, 400), bool)
    mask[10:290:10, 10:390:20] = True  # 28 rows of 19
    assert MANY < 28 * 19
    assert len(grown_outlines(Pyramid(mask, halve_max), 0.5)) == 28 * 19
