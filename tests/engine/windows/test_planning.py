"""Windows cover every hole, look wide enough, and look at thin holes closely."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box, union_all
from engine.windows import planning as windows
from engine.windows.planning import (
    CELL,
    CROWD,
    ELONGATED,
    LEAST_GAP,
    MOST_PARTS,
    ROOM,
    SPECK,
    Window,
    chains,
    holes,
    parts,
    plan,
)
from engine.windows.sight import HOLE_SHARE, RIM_TELLS, THIN_SHARE, Sight

RESOLUTION = 32


@st.composite
def masks(draw):
    """Masks of any shape with a few boxes, some touching the border, and a few lone pixels."""
    height, width = draw(st.integers(1, 180)), draw(st.integers(1, 180))
    mask = np.zeros((height, width), bool)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(0, 5))):
        y, x = rng.integers(height), rng.integers(width)
        h, w = rng.integers(1, 1 + rng.choice([3, 20, 90]), size=2)
        mask[y : y + h, x : x + w] = True
    for _ in range(draw(st.integers(0, 4))):
        mask[rng.integers(height), rng.integers(width)] = True
    return mask


def covered(mask, found):
    """Every True lies in exactly one hole box, and every hole box is tight and in its window."""
    count = np.zeros(mask.shape, int)
    for window in found:
        count[window.hole.slices] += 1
        inside = mask[window.hole.slices]
        assert Box.around(inside) == Box.of(inside)
        assert window.box.holds(window.hole)
        assert window.box.width == window.box.height == window.side
    assert (count[mask] == 1).all()
    assert count.max(initial=0) <= 1


def placed(mask, found, side=RESOLUTION):
    """No window is smaller than the network; it leaves the photo only where that is too small."""
    height, width = mask.shape
    for window in found:
        box = window.box
        assert side <= window.side <= max(side, height, width)
        for low, high, length in ((box.left, box.right, width), (box.top, box.bottom, height)):
            if window.side <= length:
                assert 0 <= low < high <= length
            else:
                assert low <= 0
                assert high >= length
                assert abs(-low - (high - length)) <= 1


@given(masks())
def test_windows_cover_every_hole_and_stay_apart(mask):
    found = plan(mask, RESOLUTION)
    covered(mask, found)
    placed(mask, found)
    for i, window in enumerate(found):
        grown = window.hole.grow(LEAST_GAP)
        assert not any(grown.meets(other.hole) for other in found[:i])
        need = max(window.hole.width, window.hole.height)
        if need <= HOLE_SHARE * max(mask.shape):
            assert need <= HOLE_SHARE * window.side
        else:
            assert window.side == max(RESOLUTION, *mask.shape)


@given(masks())
def test_parts_cover_what_their_window_covers(mask):
    for window in plan(mask, RESOLUTION):
        found = parts(mask, window, RESOLUTION)
        own = np.zeros_like(mask)
        own[window.hole.slices] = mask[window.hole.slices]
        covered(own, found)
        assert 1 <= len(found) <= MOST_PARTS
        for part in found:
            assert RESOLUTION <= part.side <= window.side
            need = max(part.hole.width, part.hole.height)
            if len(found) > 1 and need <= THIN_SHARE * min(mask.shape):
                assert need <= THIN_SHARE * part.side


@given(masks(), st.sampled_from([0.5, 1.0, 2.0]))
def test_context_widens_or_narrows_the_view(mask, context):
    found, usual = plan(mask, RESOLUTION, context), plan(mask, RESOLUTION)
    covered(mask, found)
    if len(found) == len(usual) == 1 and context > 1:
        assert found[0].side >= usual[0].side
    if len(found) == len(usual) == 1 and context < 1:
        assert found[0].side <= usual[0].side


def boxes_at(shape, *boxes):
    mask = np.zeros(shape, bool)
    for box in boxes:
        mask[box.slices] = True
    return mask


def test_no_hole_no_window():
    assert plan(np.zeros((40, 40), bool)) == []
    assert holes(np.zeros((40, 40), bool)) == []


def test_a_hole_is_in_the_middle_of_a_window_two_and_a_half_times_as_wide():
    hole = Box(900, 700, 1100, 800)
    (window,) = plan(boxes_at((2000, 2000), hole))
    assert window.hole == hole
    assert window.box == Box(750, 500, 1250, 1000)


def test_near_holes_share_a_window_and_far_ones_do_not():
    one = Box(500, 500, 560, 560)
    for gap, count in ((8, 1), (14, 1), (30, 2), (400, 2)):
        mask = boxes_at((1200, 1200), one, one.shift(60 + gap, 0))
        assert len(plan(mask)) == count


def test_a_small_photo_gets_one_window_of_the_networks_size():
    (window,) = plan(boxes_at((1, 1), Box(0, 0, 1, 1)))
    assert window.side == 256
    assert window.box.holds(Box(0, 0, 1, 1))


def test_a_full_mask_is_one_window():
    mask = np.ones((300, 400), bool)
    (window,) = plan(mask)
    assert window.hole == Box(0, 0, 400, 300)
    assert parts(mask, window) == [window]


def test_a_wire_across_the_photo_is_seen_from_close_by():
    mask = np.zeros((3000, 4000), np.uint8)
    cv2.line(mask, (20, 100), (3980, 2900), 1, 9)
    mask = mask.astype(bool)
    (window,) = plan(mask)
    assert window.side == 4000
    found = parts(mask, window)
    covered(mask, found)
    placed(mask, found, side=256)
    assert 12 <= len(found) <= MOST_PARTS
    assert max(part.side for part in found) < 600


def test_a_person_is_one_part_however_the_mask_is_frayed():
    mask = np.zeros((1500, 1500), np.uint8)
    cv2.ellipse(mask, (750, 700), (130, 420), 0, 0, 360, 1, -1)
    for x in range(640, 860, 20):
        cv2.line(mask, (x, 300), (x + 9, 250), 1, 3)
    mask = mask.astype(bool)
    (window,) = plan(mask)
    assert parts(mask, window) == [window]


def test_a_thin_and_a_thick_hole_of_one_group_are_seen_at_their_own_scales():
    mask = boxes_at((2000, 3000), Box(1200, 800, 1600, 1200), Box(1690, 900, 2690, 904))
    (window,) = plan(mask)
    found = parts(mask, window)
    covered(mask, found)
    sides = [part.side for part in found]
    assert sides == sorted(sides)
    assert sides[0] == 256
    assert sides[-1] >= 1000
    assert found[-1].hole.holds(Box(1200, 800, 1600, 1200))


def test_every_spot_of_many_is_seen_from_as_near_as_one_alone():
    spots = [Box(x, y, x + 8, y + 8) for x in range(100, 1500, 150) for y in (400, 520)]
    found = plan(boxes_at((1000, 1600), *spots))
    assert sorted(window.hole for window in found) == sorted(spots)
    assert max(window.side for window in found) <= 300


def test_windows_that_only_touch_in_a_chain_are_not_joined():
    things = [Box(x, 300, x + 200, 500) for x in range(100, 3100, 450)]
    mask = boxes_at((2000, 3600), *things)
    (one,) = plan(boxes_at((2000, 3600), things[2]))
    assert [window.hole for window in plan(mask)] == things
    assert plan(mask)[2] == one


def test_parts_that_touch_are_one_chain_and_the_rest_their_own():
    touching = [Box(0, 0, 10, 4), Box(10, 0, 20, 4), Box(19, 4, 22, 30)]
    apart = [Box(40, 0, 50, 4), Box(24, 30, 30, 32)]
    found = chains([Window(hole.grow(9), hole) for hole in (*touching[:2], *apart, touching[2])])
    assert [[window.hole for window in chain] for chain in found] == [
        touching,
        *([a] for a in apart),
    ]


def test_a_cut_goes_through_the_thinnest_place():
    profile = np.array([9, 9, 1, 5, 5, 3, 2, 5, 2, 9, 9, 9])
    assert windows._thinnest(profile) == 6
    profile[[1, 10]] = 0
    assert windows._thinnest(profile) == 10
    assert windows._thinnest(np.full(9, 4)) == 4


@pytest.mark.parametrize("shape", [(5000, 7000), (7000, 5000)])
def test_three_holes_of_a_large_photo_are_found_to_the_pixel(shape):
    expected = [Box(3, 5, 17, 11), Box(2400, 2600, 2500, 2641), Box(4990, 4993, 4999, 4999)]
    assert [w.hole for w in plan(boxes_at(shape, *expected))] == expected


def test_a_large_survey_joins_only_what_is_near():
    mask = boxes_at((2000, 9000), Box(10, 10, 20, 20), Box(24, 10, 30, 20), Box(8000, 10, 8001, 11))
    assert sorted(holes(mask)) == [Box(10, 10, 30, 20), Box(8000, 10, 8001, 11)]


def test_noise_all_over_is_planned_in_few_steps(monkeypatch):
    calls = []
    around = Sight.around
    monkeypatch.setattr(Sight, "around", lambda *args: (calls.append(1), around(*args))[1])
    mask = np.random.default_rng(1).random((1500, 1500)) < 0.02
    (window,) = plan(mask)
    covered(mask, parts(mask, window))
    assert len(calls) < 3 * len(holes(mask)) + MOST_PARTS


def test_elongated_means_several_times_longer_than_thick():
    length = int(20 * (ELONGATED + 3))
    mask = boxes_at((1000, 1000), Box(100, 400, 100 + length, 420))
    (window,) = plan(mask, RESOLUTION)
    assert len(parts(mask, window, RESOLUTION)) > 1
    mask = boxes_at((1000, 1000), Box(100, 400, 100 + 20 * (ELONGATED - 1), 420))
    (window,) = plan(mask, RESOLUTION)
    assert parts(mask, window, RESOLUTION) == [window]


@pytest.mark.parametrize(("thick", "whole"), [(180, False), (250, True)])
def test_no_cut_goes_through_a_thick_place(thick, whole):
    mask = boxes_at((1500, 3000), Box(300, 600, 2700, 600 + thick))
    (window,) = plan(mask, RESOLUTION)
    found = parts(mask, window, RESOLUTION)
    covered(mask, found)
    assert (found == [window]) == whole


def speckled(shape: tuple[int, int], count: int) -> np.ndarray:
    """Return a mask of hot pixels, some of them two or three wide."""
    chance = np.random.default_rng(count)
    mask = np.zeros(shape, bool)
    for row, col in chance.integers(0, (shape[0] - 3, shape[1] - 3), (count, 2)):
        mask[row : row + chance.integers(1, 4), col : col + chance.integers(1, 4)] = True
    return mask


def test_specks_share_windows_by_squares_of_the_photo():
    mask = speckled((600, 900), 500)
    found = plan(mask, RESOLUTION)
    assert len(found) <= 3 * 4
    covered = np.zeros_like(mask)
    for window in found:
        covered[window.hole.slices] = True
        assert window.side <= CELL + RIM_TELLS + 2 * ROOM
        assert windows.rim_tells(mask, window.hole)
        assert parts(mask, window, RESOLUTION) == [window]
    assert covered[mask].all()


def test_a_hole_among_specks_has_a_window_of_its_own():
    mask = speckled((256, 256), 40)
    mask[100:150, 100:150] = True
    found = plan(mask, RESOLUTION)
    (large,) = (window for window in found if not windows.rim_tells(mask, window.hole))
    assert large.hole.clip(Box(100, 100, 150, 150)) == Box(100, 100, 150, 150)
    assert all(not window.hole.meets(large.hole) for window in found if window is not large)


@pytest.mark.parametrize(("side", "told"), [(SPECK, True), (SPECK + 1, False)])
def test_what_counts_as_specks(side, told):
    mask = boxes_at((300, 300), Box(20, 20, 20 + side, 20 + side), Box(100, 90, 103, 93))
    assert windows.specks(mask, Box(20, 20, 103, 93)) is told


@pytest.mark.parametrize("count", [CROWD - 1, CROWD])
def test_few_specks_are_filled_one_by_one(count):
    spots = [Box(x, 40, x + 2, 42) for x in range(20, 20 + 25 * count, 25)]
    found = [window.hole for window in plan(boxes_at((256, 256), *spots), RESOLUTION)]
    assert found == (spots if count < CROWD else [union_all(spots)])


@pytest.mark.parametrize(("wide", "told"), [(13, True), (15, False)])
def test_the_rim_tells_of_thin_holes_however_long_and_of_no_part_that_is_deeper(wide, told):
    mask = np.zeros((120, 500), np.uint8)
    mask[60 - wide // 2 : 61 + wide // 2] = 1
    assert windows.rim_tells(mask > 0, Box(0, 0, 500, 120)) == told
    cv2.circle(mask, (300, 60), 12, 1, -1)
    assert not windows.rim_tells(mask > 0, Box(200, 40, 400, 80))
    assert windows.rim_tells(mask > 0, Box(0, 50, 200, 70)) == told
