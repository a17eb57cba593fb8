"""Lines that run into a hole: found once each, at their place, as far back as they look so."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.structure.ends import TRACE, alike, find_ends, traced
from engine.structure.look import look_in
from engine.structure.loops.walk import line_of
from engine.structure.match import turn
from engine.structure.strips import HALF, SECTION, SLACK, across
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import STEP, U, seen, way

SIDE = 640
MASK = np.zeros((SIDE, SIDE), bool)
MASK[260:380, 280:360] = True


def edge(degrees=0.0, dark=90.0, bright=180.0, aside=0.0):
    """Return a smooth edge through the middle; bright is right of its way."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    off = y * way(degrees)[0] - x * way(degrees)[1] - aside
    return np.repeat((dark + (bright - dark) / (1 + np.exp(-off / 0.7)))[..., None], 3, axis=2)


def photo(values):
    return seen(np.clip(np.rint(values), 0, 255).astype(np.uint8), MASK)


def off_line(at, degrees, aside=0.0):
    return float((at - SIDE / 2) @ across(way(degrees))) - aside


@pytest.mark.parametrize("degrees", [0.0, 7.0, -20.0])
def test_both_ends_of_an_edge_are_found_once_at_its_place(degrees):
    look = photo(edge(degrees) + draw.noise(side=SIDE))
    ends = find_ends(look)
    assert len(ends) == 2
    right, left = sorted(ends, key=lambda e: e.way[0])
    for end, towards in ((left, degrees), (right, degrees + 180)):
        assert abs(turn(end.way, way(towards))) < 0.3
        assert abs(off_line(end.at, degrees)) < 0.3
        assert end.steady > 0.97
        inner, outer = (np.rint(end.at + s * end.way).astype(int) for s in (1.5, -0.5))
        assert MASK[inner[1], inner[0]]
        assert not MASK[outer[1], outer[0]]
        assert end.length == pytest.approx(TRACE, abs=SECTION)
        assert end.profile.shape == (2 * HALF + 1,)
    assert left.profile[0] < 100 / 255 < 170 / 255 < left.profile[-1]
    assert right.profile[0] > 170 / 255 > 100 / 255 > right.profile[-1]
    assert left.contrast == pytest.approx(90 / 255 * STEP.std(), rel=0.1)


def look_with(change):
    """Return a look at an edge that runs along y = 320, changed, and its left end's place."""
    values = edge()
    change(values)
    return photo(values), np.array([279.0, 319.5])


def left_end(change):
    look, at = look_with(change)
    return traced(look, at, way(0), 24.0)


def test_a_line_is_followed_back_to_where_it_begins():
    def begin(values):
        values[:, :200] = 135

    end = left_end(begin)
    assert end.at == pytest.approx([279, 319.5], abs=0.6)
    assert end.length == pytest.approx(79, abs=SECTION)


def test_a_line_is_followed_back_to_where_its_brightness_changes():
    def dim(level):
        def change(values):
            values[:, :200] += level

        return change

    assert left_end(dim(0.13 * 255)).length > 200
    assert left_end(dim(0.17 * 255)).length == pytest.approx(79, abs=SECTION)


def test_a_line_is_followed_back_to_where_it_leaves_its_course():
    def step_aside(pixels):
        def change(values):
            values[:, :200] = np.roll(values[:, :200], pixels, axis=0)

        return change

    assert left_end(step_aside(1)).length > 200
    assert left_end(step_aside(2)).length == pytest.approx(79, abs=SECTION)


def blots(*places):
    """Spoil some sections of six pixels, counted back from the hole."""

    def change(values):
        for place in places:
            stop = 280 - place * SECTION
            values[:, stop - SECTION : stop] = 0

    return change


def test_one_of_the_first_sections_may_show_something_else():
    assert left_end(lambda values: None).length > 200
    for place in (0, 1, 2):
        assert left_end(blots(place)).length > 200
    assert left_end(blots(3)).length == pytest.approx(3 * SECTION, abs=1)
    assert left_end(blots(1, 9)).length == pytest.approx(9 * SECTION, abs=1)
    assert left_end(blots(4, 5, 6)).length == pytest.approx(4 * SECTION, abs=1)


def test_where_the_first_two_sections_show_something_else_there_is_no_line():
    assert left_end(blots(0, 1, 2, 3)) is None
    assert left_end(blots(1, 2)) is None


@pytest.mark.parametrize(("bright", "found"), [(105.0, True), (101.0, False)])
def test_a_line_too_faint_to_be_told_from_noise_is_none(bright, found):
    # the profile of an edge deviates by half its height: 0.025 is reached at 12.8 levels
    look = photo(edge(dark=90, bright=bright))
    assert (traced(look, np.array([279.0, 319.5]), way(0), 24.0) is not None) is found


@pytest.mark.parametrize(("shown", "found"), [(8, True), (7, False)])
def test_a_line_is_seen_for_eight_pixels_at_least(shown, found):
    values = np.clip(np.rint(edge()), 0, 255).astype(np.uint8)
    mask = np.zeros((SIDE, SIDE), bool)
    mask[260:380, shown:200] = True
    end = traced(seen(values, mask), np.array([shown - 1.0, 319.5]), way(0), 24.0)
    assert (end is not None) is found


def test_a_way_measured_badly_is_put_right():
    look = photo(edge(4.0) + draw.noise(side=SIDE))
    on = np.array([270.0, SIDE / 2 + (270 - SIDE / 2) * np.tan(np.radians(4))])
    for turned in (-3.0, 3.0):
        end = traced(look, on, way(4 + turned), 40.0)
        assert abs(off_line(end.at, 4)) < 0.3
        assert abs(turn(end.way, way(4))) < 0.2


def test_nothing_is_traced_where_nothing_is():
    flat = photo(np.full((SIDE, SIDE, 3), 120.0))
    assert traced(flat, np.array([279.0, 319.5]), way(0), 24.0) is None
    noisy = photo(120 + 20 * draw.noise(deviation=1, side=SIDE))
    assert traced(noisy, np.array([279.0, 319.5]), way(0), 24.0) is None


@pytest.mark.parametrize(("gap", "count"), [(9, 1), (40, 0)])
def test_a_line_may_stop_a_little_before_the_hole(gap, count):
    values = np.full((SIDE, SIDE, 3), 190.0)
    draw.stroke(values, [(0, 320), (280 - gap, 320)], 40, 4)
    lefts = [e for e in find_ends(photo(values)) if abs(e.at[1] - 320) < 6]
    assert (len(lefts) > 0) is (count > 0)


def test_a_short_line_is_none():
    for long, found in ((11, False), (40, True)):
        values = np.full((SIDE, SIDE, 3), 190.0)
        draw.stroke(values, [(277 - long, 320), (300, 320)], 40, 4)
        assert bool(find_ends(photo(values))) is found


def test_both_edges_of_a_bar_are_two_lines():
    values = np.full((SIDE, SIDE, 3), 190.0)
    draw.stroke(values, [(0, 320), (SIDE, 320)], 40, 12)
    ends = [e for e in find_ends(photo(values + draw.noise(side=SIDE))) if e.at[0] < 300]
    assert sorted(e.at[1] - 319.5 for e in ends) == pytest.approx([-6.5, 6.5], abs=0.8)


def test_a_line_beside_the_hole_runs_not_into_it():
    values = edge(0.0, aside=-80.0)
    assert find_ends(photo(values)) == []


def test_nothing_is_found_in_a_tiny_or_plain_picture():
    for side in (1, 2, 40):
        mask = np.zeros((side, side), bool)
        mask[side // 2] = True
        assert find_ends(seen(np.full((side, side, 3), 99, np.uint8), mask)) == []


@pytest.mark.parametrize("shift", [-2, 0, 1, 3])
def test_profiles_say_by_how_much_one_lies_further_right(shift):
    a, b = ((np.exp(-(((U - s) / 2.0) ** 2))).astype(np.float32) for s in (shift, 0))
    match, found = alike(a, b)
    assert match == pytest.approx(1, abs=0.01)
    assert found == pytest.approx(shift, abs=0.1)
    assert abs(shift) <= SLACK


def test_a_look_of_part_of_a_photo_finds_the_same_line():
    values = np.clip(np.rint(edge(7.0)), 0, 255).astype(np.uint8)
    box = Box(100, 150, 560, 500)
    look = look_in(values, MASK, box, 1)
    for end in find_ends(look):
        assert abs(off_line(look.to_photo(end.at), 7.0)) < 0.3


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_line_is_fitted_without_what_lies_beside_it(sign):
    along = np.arange(0, 120, 6, dtype=np.float32)
    off = sign * (0.02 * along + 1.5)
    off[3:6] += 9
    slope, shift = line_of(along, off, np.ones(20, np.float32))
    assert (slope, shift) == pytest.approx((sign * 0.02, sign * 1.5), abs=0.01)
    weight = np.ones(20, np.float32)
    weight[10:] = 1e-6  # what is hardly alike hardly counts
    off = np.where(along < 60, 1, 5).astype(np.float32)
    assert line_of(along, off, weight) == pytest.approx((0, 1), abs=0.01)
