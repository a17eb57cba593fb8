"""Where a pixel lies beside a path, against a loop; and the path from one end to another."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine.structure.path import Path, between

BENT = np.array([[10.0, 10.0], [30.0, 10.0], [30.0, 40.0], [60.0, 50.0]])


def nearest(points, at):
    """Return (along, aside) of one point by trying every piece, the outer ones without end."""
    best, start = None, 0.0
    for i, (a, b) in enumerate(itertools.pairwise(points)):
        long = np.hypot(*(b - a))
        way = (b - a) / long
        along = (at - a) @ way
        if i > 0:
            along = max(along, 0.0)
        if i < len(points) - 2:
            along = min(along, long)
        off = at - (a + along * way)
        far = np.hypot(*off)
        right = way[0] * (at - a)[1] - way[1] * (at - a)[0] >= 0
        if best is None or far < best[0]:
            best = far, start + along, far if right else -far
        start += long
    return best[1:]


def test_places_beside_a_path_are_those_of_a_loop():
    points = np.random.default_rng(1).uniform(-20, 80, (300, 2))
    along, aside = Path(BENT).beside(points)
    wanted = np.array([nearest(BENT, at) for at in points])
    np.testing.assert_allclose(along, wanted[:, 0], atol=1e-9)
    np.testing.assert_allclose(aside, wanted[:, 1], atol=1e-9)
    assert along.min() < 0
    assert along.max() > Path(BENT).length


def test_a_path_knows_its_length_and_how_it_sets_out_and_arrives():
    bent, straight = Path(BENT), Path(BENT[:2])
    assert bent.length == pytest.approx(20 + 30 + np.hypot(30, 10))
    np.testing.assert_allclose(bent.begin, [1, 0])
    np.testing.assert_allclose(bent.end, np.array([3, 1]) / np.sqrt(10))
    assert straight.straight
    assert not bent.straight


def way(degrees):
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def test_ends_that_face_each_other_are_joined_straight():
    made = between(np.array([0.0, 0.0]), way(0), np.array([50.0, 0.0]), way(0))
    np.testing.assert_array_equal(made.points, [[0, 0], [50, 0]])


def test_an_arc_leaves_and_arrives_in_its_own_directions():
    start, stop = np.array([5.0, 7.0]), np.array([105.0, 7.0])
    made = between(start, way(-15), stop, way(15))
    np.testing.assert_allclose(made.points[[0, -1]], [start, stop])
    np.testing.assert_allclose(made.begin, way(-15), atol=0.02)
    np.testing.assert_allclose(made.end, way(15), atol=0.02)
    # the middle of Hermite's cubic: half-way between the ends, and an eighth of what they lean
    middle = (start + stop) / 2 + 100 * (way(-15) - way(15)) / 8
    assert np.hypot(*(made.points - middle).T).min() < 2
    assert np.hypot(*np.diff(made.points, axis=0).T).max() < 7


def test_an_arc_is_the_cubic_through_its_ends():
    start, stop, a, b = np.array([0.0, 0.0]), np.array([40.0, 30.0]), way(10), way(62)
    made = between(start, a, stop, b)
    assert len(made.points) == 13  # a point for every four pixels
    for t, point in zip(np.linspace(0, 1, 13), made.points, strict=True):
        hermite = np.array([[2, -2, 1, 1], [-3, 3, -2, -1], [0, 0, 1, 0], [1, 0, 0, 0]])
        wanted = np.array([t**3, t**2, t, 1]) @ hermite @ np.stack([start, stop, 50 * a, 50 * b])
        np.testing.assert_allclose(point, wanted, atol=1e-9)


@pytest.mark.parametrize(("lean", "straight"), [(2.2, True), (2.4, False)])
def test_what_leaves_its_chord_by_less_than_a_pixel_is_straight(lean, straight):
    # 100 px long, it leaves the chord by about 100 sin(lean) / 4
    assert between(np.zeros(2), way(lean), np.array([100.0, 0]), way(-lean)).straight is straight


def test_ends_that_lean_to_the_same_side_of_the_chord_are_no_arc():
    assert between(np.zeros(2), way(10), np.array([100.0, 0]), way(10)).straight


def test_a_short_arc_has_points_enough():
    made = between(np.zeros(2), way(-40), np.array([16.0, 0]), way(40))
    assert len(made.points) == 8
