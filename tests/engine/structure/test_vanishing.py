"""Where lines meet tells how their plane is tilted."""

from __future__ import annotations

import numpy as np
import pytest

from engine.structure.vanishing import tilts

MIDDLE = np.array([150.0, 140.0])


def pointing(at: tuple[float, float], count: int, seed: int) -> np.ndarray:
    """Return (count, 4) segments of 30 pixels around the middle that point at a point."""
    rng = np.random.default_rng(seed)
    begin = MIDDLE + rng.uniform(-100, 100, (count, 2))
    way = np.array(at) - begin
    way /= np.hypot(*way.T)[:, None]
    ends = np.concatenate([begin, begin + 30 * way], axis=1)
    return ends + rng.normal(0, 0.1, ends.shape)


def test_two_families_of_lines_tell_the_tilt():
    """Both points lie 260 above the middle: so does the horizon."""
    left, right = (MIDDLE + np.array([x, -260.0]) for x in (-300, 400))
    segments = np.concatenate([pointing(tuple(left), 30, 0), pointing(tuple(right), 30, 1)])
    (tilt,) = tilts(segments, MIDDLE, 50)
    assert tilt == pytest.approx((0, 1 / 260), abs=3e-4)


def test_parallel_lines_are_seen_straight_on():
    far = MIDDLE + np.array([1e7, 0.0])
    segments = np.concatenate([pointing(tuple(far), 30, 0), pointing((150.0, 1e7), 30, 1)])
    (tilt,) = tilts(segments, MIDDLE, 50)
    assert np.hypot(*tilt) < 2e-4


def test_one_family_may_be_a_floor_or_a_wall():
    at = tuple(MIDDLE + np.array([200.0, -100.0]))
    floor, wall, towards = tilts(pointing(at, 40, 2), MIDDLE, 50)
    assert floor == pytest.approx((0, 1 / 100), rel=0.1, abs=1e-4)
    assert wall == pytest.approx((-1 / 200, 0), rel=0.1, abs=1e-4)
    assert towards == pytest.approx((-200 / 50_000, 100 / 50_000), rel=0.1)


def test_segments_that_point_anywhere_are_of_no_plane():
    rng = np.random.default_rng(3)
    begin, turn = MIDDLE + rng.uniform(-100, 100, (60, 2)), rng.uniform(0, np.pi, 60)
    way = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    assert tilts(np.concatenate([begin, begin + 30 * way], axis=1), MIDDLE, 50) == []


def test_lines_that_meet_in_the_hole_are_of_no_plane():
    assert tilts(pointing(tuple(MIDDLE + 5), 40, 4), MIDDLE, 50) == []


def test_too_few_segments_tell_nothing():
    assert tilts(pointing((400.0, 0.0), 4, 5), MIDDLE, 50) == []
