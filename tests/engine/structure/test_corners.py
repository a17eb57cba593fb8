"""Lines that end in the hole: where they meet, and what may meet, rule by rule."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.structure.corners import corners, meetings
from engine.structure.match import Pair
from tests.engine.structure.looks import STEP, U, end, hollow

LOOK = hollow(300, Box(101, 101, 200, 200))
LINE = np.exp(-0.5 * U**2).astype(np.float32)


def arms(a=0.0, b=90.0, lengths=(100.0, 100.0), contrast=0.2, profiles=(STEP, STEP[::-1])):
    """Return an end from the left and one from above, which meet in the middle of the hole."""
    middle = np.array([150.0, 150.0])
    ways = [np.array([np.cos(np.radians(d)), np.sin(np.radians(d))]) for d in (a, b)]
    ats = [middle - 50 * w for w in ways]
    return [
        end(*at, d, n, p, contrast)
        for at, d, n, p in zip(ats, (a, b), lengths, profiles, strict=True)
    ]


def test_two_ends_meet_where_they_cross():
    first, second = arms()
    (corner,) = corners(LOOK, [first, second])
    np.testing.assert_allclose(corner.at, [150, 150])
    assert (corner.first, corner.second) == (first, second)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"b": 26.0}, True),
        ({"b": 24.0}, False),
        ({"b": 154.0}, True),
        ({"b": 156.0}, False),
        ({"lengths": (62.4, 100.0)}, False),  # 50 px go on from 62.5 px at least
        ({"lengths": (62.6, 100.0)}, True),
        ({"lengths": (100.0, 62.4)}, False),
        ({"contrast": 0.079}, False),
        ({"contrast": 0.081}, True),
        ({"profiles": (STEP, STEP)}, False),
    ],
)
def test_a_corner_is_plain_and_no_bend(change, found):
    assert bool(corners(LOOK, arms(**change))) is found


def test_a_short_arm_is_no_corners():
    look = hollow(300, Box(126, 126, 175, 175))
    other = end(150, 130, 90, 100, STEP[::-1])
    assert len(corners(look, [end(130, 150, 0, 40.0), other])) == 1
    assert corners(look, [end(130, 150, 0, 39.9), other]) == []


@pytest.mark.parametrize(("degrees", "most"), [(90.0, 0.12), (52.0, 0.12), (48.0, 0.06)])
def test_arms_of_another_tone_are_no_corner(degrees, most):
    first, second = arms(b=degrees, contrast=0.1)

    def with_tone(more):
        return type(second)(
            second.at, second.way, second.length, second.profile + np.float32(more), 0.95
        )

    assert len(corners(LOOK, [first, with_tone(most - 0.005)])) == 1
    assert corners(LOOK, [first, with_tone(most + 0.005)]) == []


def test_most_of_the_way_to_a_corner_is_hole():
    first, second = arms()
    assert len(corners(hollow(300, Box(109, 101, 200, 200)), [first, second])) == 1
    assert corners(hollow(300, Box(112, 101, 200, 200)), [first, second]) == []


def test_a_corner_lies_ahead():
    first, second = arms(b=270.0)
    assert len(corners(LOOK, [first, second])) == 1
    behind = end(150, 100, 270.0, 100.0, STEP[::-1])
    assert corners(LOOK, [first, behind]) == []


@pytest.mark.parametrize(("far", "found"), [(3.0, False), (4.0, True)])
def test_a_corner_at_the_rim_is_none(far, found):
    first, second = end(150 - far, 150, 0), end(150, 100, 90, 100, STEP[::-1])
    assert bool(corners(hollow(300, Box(140, 101, 200, 200)), [first, second])) is found


def test_each_end_is_at_one_corner_the_likest():
    first, second = arms()
    worse = end(160, 100, 90, 100.0, np.where(np.abs(U) == 5, 1 - STEP[::-1], STEP[::-1]))
    alike = end(160, 100, 90, 100.0, np.where(U == 4, 0.2, STEP[::-1]))
    assert corners(LOOK, [first, worse]) == []
    assert len(corners(LOOK, [first, alike])) == 1
    for ends in ([first, alike, second], [second, alike, first]):
        (corner,) = corners(LOOK, ends)
        assert {id(corner.first), id(corner.second)} == {id(first), id(second)}


def test_two_ends_in_one_place_are_one():
    first, second = arms()
    for away, count in ((3.5, 1), (4.5, 2)):
        others = [end(100, 150 + away, 0.0), end(150 + away, 100, 90, 100.0, STEP[::-1])]
        assert len(corners(LOOK, [first, second, *others])) == count


THROUGH = Pair(end(150, 100, 90), end(150, 200, 270), 1.0, 0.0)


def test_an_end_meets_the_nearest_line_that_goes_through():
    first = end(100, 140, 0)
    further = Pair(end(170, 100, 90), end(170, 200, 270), 1.0, 0.0)
    for through in ([THROUGH, further], [further, THROUGH]):
        (found,) = meetings(LOOK, [first], through)
        assert found.end is first
        assert found.through is THROUGH
        np.testing.assert_allclose(found.at, [150, 140])


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (end(100, 140, 0, 40.0), False),  # 50 px go on from 62.5 px at least
        (end(112, 140, 0, 48.0), True),
        (end(100, 140, 0, 100.0, STEP, 0.079), False),
        (end(100, 140, 66.0), False),  # too nearly along it
        (end(100, 101, 0), True),
        (end(100, 99, 0), False),  # beyond its first end
        (end(100, 199, 0), True),
        (end(100, 201, 0), False),
        (end(200, 140, 0), False),  # it lies behind
        (end(200, 140, 180), True),
    ],
)
def test_a_line_that_is_met_lies_ahead_between_its_ends(made, found):
    look = hollow(300, Box(101, 90, 200, 210))
    assert bool(meetings(look, [made], [THROUGH])) is found


@pytest.mark.parametrize(
    ("contrast", "length", "met", "found"),
    [
        (0.061, 64.0, LINE, True),
        (0.059, 64.0, LINE, False),
        (0.061, 39.0, LINE, False),
        (0.061, 64.0, STEP, False),  # an edge is of another kind
    ],
)
def test_a_faint_thin_line_ends_at_one_of_its_kind(contrast, length, met, found):
    look = hollow(300, Box(126, 90, 175, 210))
    through = Pair(end(150, 100, 90, profile=met), end(150, 200, 270, profile=met), 1.0, 0.0)
    ending = end(130, 140, 0, length, LINE, contrast)
    assert bool(meetings(look, [ending], [through])) is found


def test_every_end_is_asked():
    ends = [end(100, 140, 0), end(100, 150, 0, 10.0), end(200, 160, 180)]
    assert [m.end for m in meetings(LOOK, ends, [THROUGH])] == [ends[0], ends[2]]
    assert meetings(LOOK, ends, []) == []
