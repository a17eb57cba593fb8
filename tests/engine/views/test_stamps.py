"""Which pixels a movement covers, close to what geometry says; weights, growth and pieces."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.geometry import Box
from engine.views.strokes import (
    Sample,
    Stamp,
    diameter_at,
    grown,
    pieces,
    polygon,
    rectangle,
    segment,
    soften,
)

BOUNDS = Box(0, 0, 120, 90)


def covered(stamp):
    out = np.zeros((BOUNDS.height, BOUNDS.width), bool)
    if stamp is not None:
        out[stamp.box.slices] = stamp.cover
    return out


def within(start, end, sizes, more):
    """Return the pixels whose middles a disc covers that moves and grows from start to end."""
    ys, xs = np.mgrid[: BOUNDS.height, : BOUNDS.width] + 0.5
    out = np.zeros(xs.shape, bool)
    for t in np.linspace(0, 1, 600):
        x, y = start.x + t * (end.x - start.x), start.y + t * (end.y - start.y)
        radius = (sizes[0] + t * (sizes[1] - sizes[0])) / 2
        out |= np.hypot(xs - x, ys - y) <= radius + more
    return out


@pytest.mark.parametrize("sizes", [(6, 6), (8, 40), (40, 8), (30, 31)])
@pytest.mark.parametrize("end", [(85, 30), (52.25, 70.5), (30, 40), (45.5, 20)])
def test_a_taper_is_a_moving_disc(sizes, end):
    start, end = Sample(50.3, 45.6), Sample(*end)
    stamp = covered(segment(start, end, sizes, BOUNDS))
    assert not (within(start, end, sizes, -0.75) & ~stamp).any()
    assert not (stamp & ~within(start, end, sizes, 0.35)).any()


@pytest.mark.parametrize("size", [0.2, 1, 3, 7, 25])
def test_a_dab_is_a_disc_and_never_empty(size):
    at = Sample(40.5, 30.5)
    stamp = segment(at, at, (size, size), BOUNDS)
    cover = covered(stamp)
    size = max(size, 1)
    assert cover[30, 40]
    assert cover.sum() == pytest.approx(math.pi * size**2 / 4, rel=0.3, abs=2)
    np.testing.assert_array_equal(cover[30, 41 : 41 + 20], cover[30, 20:40][::-1])
    np.testing.assert_array_equal(cover[31:50, 40], cover[11:30, 40][::-1])
    assert stamp.box.width <= size + 3
    assert stamp.box.height <= size + 3


def test_a_disc_within_the_other_adds_nothing():
    big = covered(segment(Sample(60, 45), Sample(60, 45), (40, 40), BOUNDS))
    both = covered(segment(Sample(60, 45), Sample(66, 45), (40, 10), BOUNDS))
    np.testing.assert_array_equal(both, big)


def test_a_stamp_at_the_border_is_the_part_of_it_that_lies_on_the_photo():
    wide = Box(-100, -100, 300, 300)
    for end in (Sample(-20, 30), Sample(140, 95), Sample(60, -30)):
        part = covered(segment(Sample(30, 40), end, (20, 12), BOUNDS))
        whole = segment(Sample(30, 40), end, (20, 12), wide)
        shown = np.zeros((400, 400), bool)
        moved = whole.box.shift(100, 100)
        shown[moved.slices] = whole.cover
        assert (part ^ shown[100:190, 100:220]).sum() <= 4  # of the rim, to rounding


def test_a_loop_covers_the_pixels_whose_middles_it_holds():
    loop = [Sample(20.2, 15.7), Sample(90.6, 30.1), Sample(60.4, 80.9), Sample(40.1, 50.3)]
    cover = covered(polygon(loop, BOUNDS))
    for row in range(90):
        for col in range(120):
            far = min(_far(loop[i - 1], loop[i], col + 0.5, row + 0.5) for i in range(4))
            if far > 0.9:
                assert cover[row, col] == _inside(loop, col + 0.5, row + 0.5)


def _far(a, b, x, y):
    dx, dy = b.x - a.x, b.y - a.y
    t = min(max(((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy), 0), 1)
    return math.hypot(x - a.x - t * dx, y - a.y - t * dy)


def _inside(loop, x, y):
    crossings = 0
    for a, b in zip(loop, [*loop[1:], loop[0]], strict=True):
        if (a.y > y) != (b.y > y) and x < a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y):
            crossings += 1
    return crossings % 2 == 1


def test_a_loop_is_clipped_to_the_photo():
    loop = [Sample(-30, -30), Sample(20, -30), Sample(20, 25), Sample(-30, 25)]
    stamp = polygon(loop, BOUNDS)
    assert stamp.box == Box(0, 0, 21, 26)
    assert covered(stamp)[:24, :19].all()
    three = [Sample(1, 1), Sample(9, 1), Sample(5, 9)]
    assert covered(polygon(three, BOUNDS)).any()


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ((10.2, 20.9), (30.6, 40.2), Box(10, 20, 31, 41)),
        ((30.6, 20.9), (10.2, 40.2), Box(10, 20, 31, 41)),
        ((-5, 80), (3, 200), Box(0, 80, 3, 90)),
        ((100, 5), (900, 6), Box(100, 5, 120, 6)),
    ],
)
def test_a_rectangle_is_a_box(a, b, wanted):
    stamp = rectangle(Sample(*a), Sample(*b), BOUNDS)
    assert stamp.box == wanted
    assert stamp.cover.all()
    assert stamp.cover.shape == (wanted.height, wanted.width)


def test_weights_rise_from_the_rim_inwards():
    cover = np.zeros((31, 31), bool)
    cover[5:26, 5:26] = True
    stamp = Stamp(Box(0, 0, 31, 31), cover)
    weights = soften(stamp, 0.5, 20)  # 5 pixels of falling off
    for row in range(31):
        for col in range(31):
            deep = min(row - 4, 26 - row, col - 4, 26 - col)
            wanted = min(max(deep / 5, 0), 1)
            assert weights[row, col] == pytest.approx(wanted, abs=0.05)
    assert weights.dtype == np.float32
    narrow = soften(stamp, 0.91, 20)  # less than a pixel of falling off
    np.testing.assert_array_equal(narrow, cover.astype(np.float32))
    just = soften(stamp, 0.0, 4)
    assert just[5, 15] == pytest.approx(0.5, abs=0.03)


def test_weights_fall_off_at_the_stamps_own_border_too():
    stamp = Stamp(Box(0, 0, 9, 9), np.ones((9, 9), bool))
    weights = soften(stamp, 0.0, 8)
    assert weights[4, 0] == pytest.approx(0.25, abs=0.02)
    assert weights[0, 4] == pytest.approx(0.25, abs=0.02)
    assert weights[4, 4] == 1


def test_a_mask_grows_by_a_disc_and_shrinks_from_no_border():
    mask = np.zeros((41, 41), bool)
    mask[20, 20] = True
    ys, xs = np.mgrid[:41, :41] - 20
    for pixels in (1, 3, 7):
        found = grown(mask, pixels)
        far = np.hypot(xs, ys)
        assert found[far <= pixels - 0.5].all()
        assert not found[far > pixels + 0.6].any()
    half = np.zeros((20, 20), bool)
    half[:, :10] = True
    np.testing.assert_array_equal(grown(half, 3)[5], np.arange(20) < 13)
    np.testing.assert_array_equal(grown(half, -3)[5], np.arange(20) < 7)


def test_a_way_is_cut_evenly_pressure_and_all():
    found = pieces(Sample(0, 0, 0.2), Sample(600, 0, 0.8), 200)  # at most 400 px each
    assert found == [
        (Sample(0, 0, 0.2), Sample(300, 0, 0.5)),
        (Sample(300, 0, 0.5), Sample(600, 0, 0.8)),
    ]
    assert len(pieces(Sample(0, 0), Sample(256, 0), 1)) == 1
    assert len(pieces(Sample(0, 0), Sample(257, 0), 1)) == 2
    assert pieces(Sample(4, 4), Sample(4, 4), 1) == [(Sample(4, 4), Sample(4, 4))]


def test_a_brush_is_a_pixel_wide_at_least():
    assert diameter_at(0.3, 1.0, by_pressure=False) == 1
    assert diameter_at(10, 0.01, by_pressure=True) == 1
    assert diameter_at(1000, 0.01, by_pressure=True) == 50
    assert diameter_at(1.5, 1.0, by_pressure=True) == 1.5
