"""Which holes go together, where windows are cut, and what counts as known, at the bounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box
from engine.windows.canvas import Canvas
from engine.windows.planning import (
    LEAST_GAP,
    NEAR,
    SURVEY,
    Window,
    chains,
    holes,
    parts,
    plan,
    window_for,
)
from engine.windows.scaling import CUBIC, enlarge, shrink, unknown_cells
from engine.windows.sight import HOLE_SHARE, THICKNESSES, THIN_SHARE, Sight


def mask_of(shape, *boxes):
    mask = np.zeros(shape, bool)
    for box in boxes:
        mask[box.slices] = True
    return mask


def apart(a, b):
    """Return how many rows or columns lie between two boxes, 0 where they touch or overlap."""
    across = max(b.left - a.right, a.left - b.right, 0)
    return max(across, b.top - a.bottom, a.top - b.bottom)


def joined(boxes, reach):
    """Join boxes pair by pair, again and again, until no two are near each other."""
    boxes = list(boxes)
    while True:
        groups = [{i} for i in range(len(boxes))]
        for i, j in itertools.combinations(range(len(boxes)), 2):
            if apart(boxes[i], boxes[j]) < min(reach(boxes[i]), reach(boxes[j])):
                one, other = (next(g for g in groups if n in g) for n in (i, j))
                if one is not other:
                    groups.remove(other)
                    one |= other
        if len(groups) == len(boxes):
            return sorted(boxes)
        boxes = [
            Box(*(f(boxes[i][k] for i in g) for k, f in enumerate((min, min, max, max))))
            for g in groups
        ]


def reach_of(box):
    return max(LEAST_GAP, int(NEAR * max(box.width, box.height)))


sides = st.tuples(st.integers(0, 250), st.integers(0, 250), st.integers(1, 60), st.integers(1, 60))


@given(st.lists(sides, min_size=1, max_size=8))
def test_holes_are_joined_as_a_loop_joins_them(rows):
    mask = mask_of((320, 320), *(Box(x, y, x + w, y + h) for x, y, w, h in rows))
    found = sorted(window.hole for window in plan(mask, 32))
    assert found == joined(holes(mask), reach_of)


def windows_at(*boxes):
    return [Window(box.grow(20), box) for box in boxes]


def test_chains_are_of_holes_that_touch_in_the_order_given():
    a, b, c, d = (Box(x, y, x + 10, y + 10) for x, y in ((50, 0), (0, 0), (60, 10), (22, 0)))
    todo = windows_at(a, b, c, d)
    assert chains(todo) == [[todo[0], todo[2]], [todo[1]], [todo[3]]]
    near = windows_at(b, Box(11, 0, 20, 10))
    assert chains(near) == [[near[0]], [near[1]]]
    assert chains([]) == []


def test_a_window_is_the_same_whoever_asks_for_it():
    hole = Box(300, 200, 380, 290)
    mask = mask_of((900, 1000), hole)
    (window,) = plan(mask, 64)
    assert window_for(mask, hole, 64) == window == window_for(mask, hole, 64, 1.0, None, 1)
    assert window.side == window.box.width == round(90 / HOLE_SHARE)
    wide = window_for(mask, hole, 64, 2.0)
    assert wide.side == 2 * window.side


def test_windows_come_from_top_to_bottom_and_left_to_right():
    boxes = [Box(500, 10, 540, 50), Box(10, 10, 50, 50), Box(300, 400, 340, 440)]
    found = plan(mask_of((600, 600), *boxes), 64)
    assert [w.hole for w in found] == [boxes[1], boxes[0], boxes[2]]


@pytest.mark.parametrize("side", [SURVEY, SURVEY + 1, 2 * SURVEY + 5])
def test_large_masks_are_surveyed_in_cells_and_found_to_the_pixel(side):
    step = 1 + (side - 1) // SURVEY
    first, last = Box(0, 0, 7, 5), Box(side - 3, 20, side, 33)
    near = Box(7 + step - 1, 0, 9 + step, 5)
    mask = mask_of((60, side), first, last, near)
    found = sorted(holes(mask))
    if step == 1:
        assert found == sorted([Box(0, 0, 10, 5), last])
    else:
        assert last in found
        assert found[0].left == 0


def test_a_wire_is_cut_into_short_parts_and_a_blob_is_not():
    wire = mask_of((400, 1200), Box(100, 198, 1100, 202))
    (window,) = plan(wire, 64)
    found = parts(wire, window, 64)
    assert 8 <= len(found) <= 24
    assert sum(w.hole.width for w in found) == 1000
    assert all(w.hole.height == 4 for w in found)
    assert [w.side for w in found] == sorted(w.side for w in found)
    assert max(w.hole.width for w in found) <= max(2 * 4 * 2, THIN_SHARE * 64) * 2
    blob = mask_of((400, 1200), Box(300, 100, 600, 300))
    (window,) = plan(blob, 64)
    assert parts(blob, window, 64) == [window]
    small = mask_of((40, 40), Box(1, 20, 39, 21))
    (window,) = plan(small, 64)
    assert parts(small, window, 64) == [window]


def test_a_wire_that_runs_down_is_cut_like_one_that_runs_across():
    wire = mask_of((1200, 400), Box(198, 100, 202, 1100))
    (window,) = plan(wire, 64)
    down = parts(wire, window, 64)
    across_mask = wire.T.copy()
    (turned,) = plan(across_mask, 64)
    across = parts(across_mask, turned, 64)
    assert sorted(w.hole.height for w in down) == sorted(w.hole.width for w in across)


SEEN = Sight(64)
BOUNDS = Box(0, 0, 2000, 1500)


@pytest.mark.parametrize(
    ("thick", "side"),
    [
        (float("inf"), 300 / HOLE_SHARE),
        (90.0, max(THICKNESSES * 90, 300 / THIN_SHARE)),
        (120.0, THICKNESSES * 120),
        (10.0, 300 / THIN_SHARE),
    ],
)
def test_a_thin_hole_is_looked_at_from_closer(thick, side):
    hole = Box(800, 700, 1100, 710)
    box = SEEN.around(mask_of((1500, 2000), hole), hole, BOUNDS, thick)
    assert box.width == box.height == pytest.approx(min(side, 300 / HOLE_SHARE), abs=1)
    assert abs(box.left + box.right - 1900) <= 1
    assert abs(box.top + box.bottom - 1410) <= 1


@pytest.mark.parametrize(
    ("hole", "wanted"),
    [
        (Box(0, 0, 20, 20), Box(0, 0, 64, 64)),
        (Box(1980, 1480, 2000, 1500), Box(1936, 1436, 2000, 1500)),
        (Box(1000, 740, 1020, 760), Box(978, 718, 1042, 782)),
    ],
)
def test_a_window_stays_on_the_photo(hole, wanted):
    assert SEEN.around(mask_of((1500, 2000), hole), hole, BOUNDS) == wanted


def test_a_window_is_as_large_as_it_must_be_and_no_larger_than_the_photo():
    tall = Box(10, 0, 20, 900)
    box = Sight(64).around(mask_of((900, 30), tall), tall, Box(0, 0, 30, 900))
    assert box == Box((30 - 900) // 2, 0, (30 - 900) // 2 + 900, 900)
    tiny = Box(2, 2, 4, 4)
    box = Sight(64).around(mask_of((10, 10), tiny), tiny, Box(0, 0, 10, 10))
    assert box == Box(-27, -27, 37, 37)
    reduced = Sight(64, step=4).around(mask_of((100, 100), tiny), tiny, Box(0, 0, 100, 100))
    assert reduced.width == 16


def test_a_cell_of_which_half_is_known_is_known():
    photo = np.full((8, 8, 3), 100, np.uint8)
    mask = np.zeros((8, 8), bool)
    mask[0, :2] = mask[2, :] = mask[3, 0] = True  # half, then half or more of each cell
    canvas = Canvas(photo, mask, Box.around(mask))
    colour, known = shrink(canvas, Box(0, 0, 8, 8), 4)
    wanted = np.ones((4, 4))
    wanted[1, 0] = 0
    np.testing.assert_array_equal(known, wanted)
    np.testing.assert_array_equal(~unknown_cells(mask, Box(0, 0, 8, 8), 4), wanted > 0)
    np.testing.assert_allclose(colour[known > 0], 100 / 255, atol=1e-6)
    assert (colour[known == 0] == 0).all()


@pytest.mark.parametrize("bands", [1, 10_000_000])
def test_cells_are_means_by_area(bands, monkeypatch):
    monkeypatch.setattr("engine.windows.scaling.BAND_PIXELS", bands)
    rng = np.random.default_rng(2)
    photo = rng.integers(0, 256, (23, 30, 3), np.uint8)
    mask = rng.random((23, 30)) < 0.2
    box, size = Box(-3, -2, 27, 28), 7  # 30 pixels in 7 cells, some of them beyond the photo
    colour, known = shrink(Canvas(photo, mask, Box.around(mask)), box, size)
    for row in range(size):
        for col in range(size):
            total, share = np.zeros(3), 0.0
            for y in range(30):
                high = max(0, min(y + 1, (row + 1) * 30 / 7) - max(y, row * 30 / 7))
                for x in range(30):
                    wide = max(0, min(x + 1, (col + 1) * 30 / 7) - max(x, col * 30 / 7))
                    at = y - 2, x - 3
                    if 0 <= at[0] < 23 and 0 <= at[1] < 30 and not mask[at]:
                        total += high * wide * photo[at] / 255
                        share += high * wide
            part = share / (30 / 7) ** 2
            assert known[row, col] == (part >= 0.5)
            if part >= 0.5:
                np.testing.assert_allclose(colour[row, col], total / share, atol=2e-3)
    np.testing.assert_array_equal(unknown_cells(mask, box, size), known == 0)


def test_enlarging_is_the_cubic_of_keys():
    values = np.random.default_rng(3).random((5, 5, 3)).astype(np.float32)

    def weight(d):
        d = abs(d)
        if d <= 1:
            return (CUBIC + 2) * d**3 - (CUBIC + 3) * d**2 + 1
        return CUBIC * d**3 - 5 * CUBIC * d**2 + 8 * CUBIC * d - 4 * CUBIC if d < 2 else 0.0

    found = enlarge(values, 13, Box(2, 0, 13, 9))
    assert found.shape == (9, 11, 3)
    for row in range(9):
        for col in range(2, 13):
            y, x = (row + 0.5) * 5 / 13 - 0.5, (col + 0.5) * 5 / 13 - 0.5
            total = np.zeros(3)
            for i in range(-3, 9):
                for j in range(-3, 9):
                    share = weight(y - i) * weight(x - j)
                    total += share * values[min(max(i, 0), 4), min(max(j, 0), 4)]
            np.testing.assert_allclose(found[row, col - 2], np.clip(total, 0, 1), atol=1e-5)
