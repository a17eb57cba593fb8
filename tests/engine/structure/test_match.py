"""Which ends are of one line: each rule from both of its sides, on ends made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.geometry import Box
from engine.structure.ends import find_ends
from engine.structure.match import BEYOND, hidden, judged, pairs, strips, turn
from engine.structure.strips import HALF, across, strip
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import STEP, U, end, hollow, seen, way

LOOK = hollow(300, Box(101, 50, 200, 250))
"""Its hole is 99 pixels wide; ends at x = 100 and 200 face each other across it."""
FLIPPED = 1 - STEP[::-1]
"""What the other side shows, looking back: bright stays on the same side of the line."""


def across_hole(
    a=0.0,
    b=180.0,
    lengths=(100.0, 100.0),
    contrasts=(0.2, 0.2),
    profiles=(STEP, STEP[::-1]),
    curved=(1.0, 1.0),
):
    """Return two ends; ``curved`` is how much each bends beside what the arc between both does."""
    bends = [2 * math.sin(math.radians(turned)) / 100 for turned in (-a, 180 - b)]
    first = end(100, 150, a, lengths[0], profiles[0], contrasts[0], curved[0] * bends[0])
    more = contrasts[1], curved[1] * bends[1]
    return first, end(200, 150, b, lengths[1], profiles[1], *more)


def test_turns_are_degrees_to_the_right():
    assert turn(way(10), way(40)) == pytest.approx(30)
    assert turn(way(40), way(10)) == pytest.approx(-30)
    assert abs(turn(way(0), way(180))) == pytest.approx(180)


def test_ends_that_face_each_other_and_look_alike_are_sure():
    pair = judged(LOOK, *across_hole())
    assert pair.score == pytest.approx(1, abs=1e-3)
    assert pair.shift == pytest.approx(0, abs=0.02)


def test_a_line_looks_the_other_way_round_from_the_other_side():
    assert judged(LOOK, *across_hole(profiles=(STEP, STEP))) is None
    assert judged(LOOK, *across_hole(profiles=(STEP, FLIPPED))) is None


@pytest.mark.parametrize(("gap", "found"), [(4, False), (5, True)])
def test_ends_side_by_side_are_not_a_pair(gap, found):
    look = hollow(100, Box(31, 0, 30 + gap, 100))
    a, b = end(30, 50, 0), end(30 + gap, 50, 180, profile=STEP[::-1])
    assert (judged(look, a, b) is not None) is found


@pytest.mark.parametrize(("length", "found"), [(12.4, False), (12.6, True)])
def test_both_ends_together_are_seen_for_a_quarter_of_the_way(length, found):
    assert (judged(LOOK, *across_hole(lengths=(length, length))) is not None) is found


def test_a_long_end_may_turn_a_little_and_a_short_one_more():
    def found(degrees, length, share=0.9):
        # the first to the right, the second a trace to the left, so that it is no arc
        profiles, contrast = (STEP, mixed(share)[::-1]), 0.06 if share < 1 else 0.045
        two = (length, length), (contrast, contrast), profiles
        return judged(LOOK, *across_hole(degrees, 180.01, *two)) is not None

    most = 3 + 40 / 100
    assert found(most - 0.1, 100)
    assert not found(most + 0.1, 100)
    assert found(3 + 40 / 20 - 0.1, 20)
    assert not found(3 + 40 / 20 + 0.1, 20)
    assert not found(3 + 40 / 48 + 0.1, 48, 1)  # both together seen for less than the way
    assert found(1.25 * most - 0.1, 100, 1)  # a quarter more where both look the same
    assert not found(1.25 * most + 0.1, 100, 1)
    for degrees, most in ((6.9, True), (7.1, False)):  # 7 degrees at most, however short
        pair = across_hole(degrees, 180, (9.0, 90.0))
        assert (judged(LOOK, *pair) is not None) is most


def test_ends_that_lie_beside_each_other_must_be_surer_than_ends_that_turn():
    def found(a, b):
        return judged(LOOK, *across_hole(a, b, profiles=(STEP, mixed(0.93)[::-1]))) is not None

    assert found(3.3, 180 - 3.3)  # an arc
    assert found(1.5, 180 + 1.5)
    assert not found(3.3, 180 + 3.3)  # an S: seen for as long as the way, they miss by 6 pixels


@pytest.mark.parametrize(
    ("left", "right", "count"),
    [
        (140, 140, 2),
        (140, 160, 1),  # they cross, at 11 degrees
        (125, 175, 2),  # at 27
        (152, 158, 2),
        (152, 163, 1),  # they fan out from where the other one ends
        (160, 171, 2),
    ],
)
def test_lines_that_lie_beside_each_other_neither_cross_nor_fan_out(left, right, count):
    def line(begin, stop):
        angle = math.degrees(math.atan2(stop - begin, 100))
        return end(100, begin, angle), end(200, stop, angle + 180, profile=STEP[::-1])

    assert len(pairs(LOOK, [*line(150, 150), *line(left, right)])) == count


@pytest.mark.parametrize("degrees", [1.0, 3.3])
def test_a_turn_costs_its_square_as_far_as_it_is_no_error_of_measuring(degrees):
    pair = judged(LOOK, *across_hole(degrees, 180 + degrees))
    each = 0.02 * degrees + 0.02 * (degrees / 0.7) ** 2 if degrees < 2.1 else 0.02 * degrees + 0.18
    assert pair.score == pytest.approx(1 - 2 * each, abs=1e-3)


def test_both_halves_of_an_arc_turn_the_same_way():
    bow, wave = across_hole(-12, 180 + 12), across_hole(-12, 180 - 12)
    assert judged(LOOK, *bow) is not None
    assert judged(LOOK, *wave) is None
    assert judged(LOOK, *bow).score == pytest.approx(1 - 0.1, abs=1e-3)
    faint = across_hole(0, 185, contrasts=(0.049, 0.07))
    assert judged(LOOK, *faint) is None  # a bend on one side alone is no arc, unless it is strong
    uneven = judged(LOOK, *across_hole(-12, 180 + 9))
    assert uneven.score == pytest.approx(1 - 0.1 - 0.02 * 3, abs=1e-3)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"a": -33.9, "b": 213.9}, True),
        ({"a": -34.1, "b": 214.1}, False),
        ({"a": -25.9, "b": 205.9, "curved": (0.7, 1.4)}, True),
        ({"a": -26.1, "b": 206.1, "curved": (0.81, 1.24)}, True),
        ({"a": -26.1, "b": 206.1, "curved": (0.79, 1.0)}, False),
        ({"a": -26.1, "b": 206.1, "curved": (1.0, 1.26)}, False),
        ({"a": -10.1, "b": 190.1, "curved": (0.0, 1.0)}, False),
        ({"a": -10.1, "b": 190.1, "curved": (1.0, 0.0)}, False),
        ({"a": -10.1, "b": 190.1, "curved": (1.0, -1.0)}, False),
        ({"a": -10.1, "b": 190.1, "curved": (0.51, 1.99)}, True),
        ({"a": -10.1, "b": 190.1, "curved": (0.49, 1.0)}, False),
        ({"a": -10.1, "b": 190.1, "curved": (1.0, 2.01)}, False),
        ({"a": -9.9, "b": 189.9, "curved": (0.0, 0.0)}, True),
        ({"a": -12, "b": 180 + 3.1}, True),  # 8.9 apart, 3 + 12 / 2 allowed
        ({"a": -12, "b": 180 + 2.9}, False),
        ({"a": -12, "b": 192, "lengths": (17.9, 90.0)}, False),
        ({"a": -12, "b": 192, "lengths": (18.0, 90.0)}, True),
        ({"a": -12, "b": 192, "lengths": (34.0, 35.0), "curved": (0.7, 1.0)}, False),
        ({"a": -12, "b": 192, "lengths": (35.0, 35.1), "curved": (0.7, 1.0)}, True),
        ({"a": -12, "b": 192, "lengths": (29.0, 30.0)}, False),
        ({"a": -12, "b": 192, "lengths": (30.0, 30.1)}, True),
        ({"a": -12, "b": 192, "contrasts": (0.039, 0.05)}, False),
        ({"a": -12, "b": 192, "contrasts": (0.041, 0.05)}, True),
        ({"a": 8.9, "b": 180.9}, True),  # straight on one side
        ({"a": 9.1, "b": 180.9}, False),
        ({"a": 8.9, "b": 181.1}, False),
        ({"a": 8.9, "b": 180.9, "lengths": (47.0, 90.0)}, False),
        ({"a": 8.9, "b": 180.9, "contrasts": (0.049, 0.09)}, False),
        ({"a": 8.9, "b": 180.9, "contrasts": (0.051, 0.09)}, True),  # as alike as can be
        ({"a": 1.5, "b": 181.5, "contrasts": (0.049, 0.049), "lengths": (29.0, 90.0)}, True),
        ({"a": 4.0, "b": 184.0, "contrasts": (0.049, 0.049), "lengths": (29.0, 90.0)}, False),
        ({"a": 4.0, "b": 184.0, "contrasts": (0.051, 0.051), "lengths": (29.0, 71.1)}, True),
        ({"a": 4.0, "b": 184.0, "lengths": (29.0, 70.9)}, False),  # a straight one seen for less
    ],
)
def test_an_arc_is_long_plain_and_even(change, found):
    assert (judged(LOOK, *across_hole(**change)) is not None) is found


def mixed(share):
    """Return a profile that correlates with ``STEP`` by ``share`` and shows nothing beside it."""
    base = (STEP - STEP.mean()) / STEP.std()
    other = np.where(np.abs(U) % 2 == 0, 1.0, -1.0)
    other -= other.mean() + base * (other * base).mean()
    other /= other.std()
    return share * base + math.sqrt(1 - share**2) * other


@pytest.mark.parametrize(("share", "found"), [(0.78, False), (0.82, True)])
def test_ends_of_a_line_look_alike(share, found):
    pair = judged(LOOK, *across_hole(profiles=(STEP, mixed(share)[::-1])))
    assert (pair is not None) is found
    if pair:
        assert pair.score == pytest.approx(share - 0.04 * abs(pair.shift), abs=0.01)


@pytest.mark.parametrize(("share", "found"), [(0.88, False), (0.92, True)])
def test_ends_of_an_arc_look_more_alike(share, found):
    pair = judged(LOOK, *across_hole(-12, 192, profiles=(STEP, mixed(share)[::-1])))
    assert (pair is not None) is found


@pytest.mark.parametrize(
    ("share", "ratio", "found"),
    [(1.0, 4.9, True), (1.0, 5.1, False), (0.82, 2.1, True), (0.82, 2.3, False)],
)
@pytest.mark.parametrize("turned", [False, True])
def test_contrasts_may_differ_more_where_the_profiles_are_surely_alike(share, ratio, found, turned):
    contrasts = (0.1, 0.1 / ratio) if turned else (0.1 / ratio, 0.1)
    pair = judged(LOOK, *across_hole(profiles=(STEP, mixed(share)[::-1]), contrasts=contrasts))
    assert (pair is not None) is found
    if pair:
        cost = 0.1 * math.log(ratio) + 0.04 * abs(pair.shift)
        assert pair.score == pytest.approx(share - cost, abs=0.01)


def test_a_shift_is_to_the_right_of_the_first_and_costs_a_little():
    moved = (U > 2).astype(float)
    pair = judged(LOOK, *across_hole(profiles=(moved, STEP[::-1])))
    assert pair.shift == pytest.approx(2, abs=0.3)
    assert pair.score == pytest.approx(1 - 0.04 * pair.shift, abs=0.03)


@pytest.mark.parametrize(("wide", "found"), [(59, False), (61, True)])
def test_most_of_the_way_is_hole(wide, found):
    look = hollow(300, Box(101, 50, 101 + wide, 250))
    assert hidden(look, np.array([100.0, 150.0]), way(0), 100) == pytest.approx(wide / 100)
    assert (judged(look, *across_hole()) is not None) is found


def test_the_best_pair_comes_first_and_each_end_is_used_once():
    a, b = across_hole()
    worse = end(200, 152, 181, profile=STEP[::-1])
    found = pairs(LOOK, [a, worse, b])
    assert len(found) == 1
    assert (found[0].first, found[0].second) == (a, b)
    apart = [end(100, 80, 0), end(200, 80, 180.5, profile=STEP[::-1])]
    both = pairs(LOOK, [*apart, a, b])
    assert [p.first for p in both] == [a, apart[0]]


def test_a_line_is_looked_for_where_a_single_end_points():
    photo, mask = draw.edge(1.0, 8.0), draw.disc()
    look = seen(photo, mask)
    ends = find_ends(look)
    left = [e for e in ends if e.at[0] < draw.SIDE / 2]
    assert len(left) == 1
    (pair,) = pairs(look, left)
    assert pair.first is left[0]
    assert pair.score > 0.75
    right = min(ends, key=lambda e: np.hypot(*(e.at - pair.second.at)))
    assert np.hypot(*(right.at - pair.second.at)) < 3
    assert turn(pair.second.way, right.way) == pytest.approx(0, abs=1)


@pytest.mark.parametrize(("turned", "found"), [(0, True), (2.4, True), (-2.4, True), (6, False)])
def test_a_line_is_looked_for_a_little_beside_where_an_end_points(turned, found):
    look = seen(draw.edge(1.0, 8.0), draw.disc())
    (left,) = [e for e in find_ends(look) if e.at[0] < draw.SIDE / 2]
    made = type(left)(left.at, way(8 + turned), 100.0, left.profile, 0.9)
    (right,) = [e for e in find_ends(look) if e.at[0] > draw.SIDE / 2]
    pair = pairs(look, [made])
    assert len(pair) == found
    if found:
        assert np.hypot(*(pair[0].second.at - right.at)) < 3


def test_two_ends_that_point_at_one_place_do_not_both_get_it():
    look = seen(draw.edge(1.0, 8.0), draw.disc())
    (left,) = [e for e in find_ends(look) if e.at[0] < draw.SIDE / 2]
    twin = type(left)(left.at + across(left.way), left.way, left.length, left.profile, 0.9)
    assert len(pairs(look, [left, twin])) == 1


@pytest.mark.parametrize("change", [{"length": 17.0}, {"contrast": 0.039}])
def test_a_short_or_faint_end_is_not_looked_for_behind_the_hole(change):
    look = seen(draw.edge(1.0, 8.0), draw.disc())
    (left,) = [e for e in find_ends(look) if e.at[0] < draw.SIDE / 2]
    profile = 0.5 + (left.profile - left.profile.mean()) * (
        change.get("contrast", left.contrast) / left.contrast
    )
    made = type(left)(
        left.at, left.way, change.get("length", 100.0), profile.astype(np.float32), 0.9
    )
    assert pairs(look, [made]) == []


@pytest.mark.parametrize(("beyond", "found"), [(BEYOND + 3, True), (BEYOND + 2, False)])
def test_a_line_is_looked_for_only_where_enough_is_seen_behind_the_hole(beyond, found):
    values = draw.flat(180)
    values[draw.SIDE // 2 :] = 60
    mask = np.zeros((draw.SIDE, draw.SIDE), bool)
    mask[100:220, 150 : draw.SIDE - beyond] = True
    look = seen(draw.finished(values), mask)
    ends = [e for e in find_ends(look) if e.at[0] < 150]
    assert len(ends) == 1
    assert bool(pairs(look, ends)) is found


def test_several_strips_are_looked_up_like_one():
    look = seen(draw.edge(1.0), draw.disc())
    at = np.array([[60.0, 70.5], [100.25, 200.0], [40.0, 250.0]])
    ways = np.stack([way(10), way(-60), way(135)])
    values, known = strips(look, at, ways)
    assert values.shape == (3, BEYOND, 2 * HALF + 1)
    for i in range(3):
        one, whole = strip(look.grey, look.hole, at[i], ways[i], np.arange(BEYOND), HALF)
        np.testing.assert_allclose(values[i], one, atol=1e-3)
        assert known[i] == whole.all()
    assert known.tolist() == [True, False, True]
