"""Which line or place is near the pointer, and what a hand drew."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine.structure.given import Stroke
from engine.views.near import distance, drawn, nearest


@pytest.mark.parametrize("at", [(0, 0), (25, 12), (60, 30), (45, -8), (31, 40), (-5, 70)])
def test_a_line_is_as_far_as_its_nearest_point(at):
    way = Stroke(((5.0, 5.0), (40.0, 10.0), (30.0, 45.0)))
    points = np.array(way.points)
    shares = np.linspace(0, 1, 2001)[:, None]
    dense = np.concatenate([a + shares * (b - a) for a, b in itertools.pairwise(points)])
    assert distance(way, at) == pytest.approx(np.hypot(*(dense - at).T).min(), abs=0.02)


def test_a_place_is_taken_within_reach_alone():
    places = [(0.0, 0.0), (10.0, 0.0), (10.0, 6.0)]
    assert nearest(places, (9, 1), 5) == (10, 0)
    assert nearest(places, (10, 11), 5) == (10, 6)
    assert nearest(places, (10, 11.1), 5) is None
    assert nearest([], (0, 0), 5) is None


def test_a_straight_line_goes_from_first_to_last():
    way = [(0.0, 0.0), (5.0, 9.0), (20.0, 1.0)]
    assert drawn(way, 1.0, curved=False) == Stroke(((0.0, 0.0), (20.0, 1.0)))
    assert drawn([(3.0, 4.0)] * 3, 1.0, curved=False) is None
    assert drawn([(3.0, 4.0)], 1.0, curved=True) is None


def test_a_curve_passes_where_the_hand_turned():
    corner = [(float(x), 0.0) for x in range(0, 31)] + [(30.0, float(y)) for y in range(1, 31)]
    made = drawn(corner, 2.0, curved=True)
    assert made == Stroke(((0.0, 0.0), (30.0, 0.0), (30.0, 30.0)), True)
    straight = drawn([(float(x), 0.4 * (x % 2)) for x in range(30)], 2.0, curved=True)
    assert straight.points == ((0.0, 0.0), (29.0, 0.4))
    assert not straight.curved
    assert len(drawn(corner, 40.0, curved=True).points) == 2
