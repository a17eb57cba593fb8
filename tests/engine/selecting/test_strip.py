"""A strip lies where it says, and the way through it is the line's."""

import math

import numpy as np
import pytest

from engine.selecting.strip import ACROSS, BEND, Place, Strip, best_way, laid

MIDDLE = 5 * ACROSS
PLACES = 0.04
"""Remap works in 1/32 pixels."""


def slopes(height=150, width=200, kind=np.uint8):
    """Return a photo whose red is the column and whose green the row of each pixel."""
    rows, columns = np.mgrid[:height, :width]
    image = np.stack([columns, rows, np.full_like(rows, 90)], 2).astype(kind)
    return image * kind(257) if kind is np.uint16 else image


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize(("angle", "width"), [(0, 3), (0.5, 6), (2.2, 4.5), (-1.8, 2)])
def test_a_strip_holds_what_the_photo_has_there(angle, width, centred, kind):
    strip = laid(slopes(kind=kind), 100.5, 70.5, angle, width, 11, centred=centred)
    assert strip.values.shape == (11, 2 * MIDDLE + 1, 3)
    assert strip.middle == MIDDLE
    assert (strip.step, strip.side) == (max(width / 3, 1), width / 6)
    assert strip.length == pytest.approx(11 * strip.step)
    at = strip.places(np.arange(11) * 2 + 22)  # from left to right, past the middle
    on = strip.places(np.full(11, MIDDLE))
    first = -5 * strip.step if centred else 0
    ahead = np.array([math.cos(angle), math.sin(angle)])
    assert on[0] == pytest.approx((100.5, 70.5) + first * ahead)
    assert on[10] - on[0] == pytest.approx(10 * strip.step * ahead)
    right = np.array([-ahead[1], ahead[0]]) * strip.side
    assert at[3] - on[3] == pytest.approx((28 - MIDDLE) * right)
    for n in (0, 4, 10):
        for places, across in ((at, 22 + 2 * n), (on, MIDDLE)):
            assert strip.values[n, across, :2] == pytest.approx(places[n] - 0.5, abs=PLACES)
    assert strip.values[..., 2] == pytest.approx(90, abs=0.01)


def test_beyond_the_photo_a_strip_holds_its_border():
    strip = laid(slopes(), 0.5, 70.5, math.pi, 6, 9)
    assert strip.values[:, MIDDLE, 0] == pytest.approx(0)
    assert strip.values[:, MIDDLE, 1] == pytest.approx(70, abs=PLACES)
    assert not laid(slopes(), -500, -500, 0, 6, 9).values.any()


def test_a_place_goes_straight_ahead():
    there = Place(10, 20, math.pi / 6, 4, 30, (1, 0, 0)).ahead(8)
    assert (there.x, there.y) == pytest.approx((10 + 8 * math.cos(math.pi / 6), 24))
    assert (there.angle, there.width) == (math.pi / 6, 4)


def empty(steps=30):
    return Strip(np.full((steps, 2 * MIDDLE + 1, 3), 100, np.float32), 0, 0, 0, 1, 0.5)


def test_the_bands_lie_on_the_line_and_beyond_its_soft_rim():
    profile = np.arange(2 * MIDDLE + 1, dtype=np.float32) ** 2
    own, left, right = empty().bands(profile)
    for found, at in (
        (own, [-1, 0, 1]),
        (left, [-8, -7, -6, -5]),
        (right, [5, 6, 7, 8]),
    ):
        assert found == pytest.approx(np.mean((MIDDLE + np.array(at)) ** 2))


@pytest.mark.parametrize(
    ("first", "last", "wide"),
    [(27, 33, 7), (29, 31, 3), (24, 31, 8), (28, 34, 7), (31, 33, 0), (0, 32, 0), (28, 60, 0)],
)
def test_a_peak_is_as_wide_as_at_half_its_height(first, last, wide):
    profile = np.full(2 * MIDDLE + 1, 10, np.float32)
    profile[first : last + 1] = 50
    profile[:first] += np.linspace(0, 15, first)  # a slope below half is no part of it
    assert empty().width_of(profile) == 0.5 * wide


def test_no_peak_has_no_width():
    assert empty().width_of(np.full(2 * MIDDLE + 1, 7, np.float32)) == 0
    step = np.where(np.arange(2 * MIDDLE + 1) > MIDDLE + 3, 90, 10).astype(np.float32)
    assert empty().width_of(step) == 0


SOFT = np.array([0.2, 0.6, 0.9, 1, 0.9, 0.6, 0.2])


def lined(way, level=160, gap=()):
    """Return a strip with a bright blue line, ACROSS values wide, along a way."""
    strip = empty(len(way))
    for n, at in enumerate(way):
        if n not in gap:
            strip.values[n, at - 3 : at + 4, 2] += (level - 100) * SOFT
    return strip


BLUE = Place(0, 0, 0, 3, 60, (0, 0, 1))
BENT = MIDDLE + np.rint(8 * np.sin(np.arange(40) / 12)).astype(int)


def test_the_profile_along_a_way_is_that_of_the_line():
    profile = lined(BENT).along(BENT, (0, 0, 1))
    assert profile[MIDDLE - 3 : MIDDLE + 4] == pytest.approx(100 + 60 * SOFT)
    assert profile[: MIDDLE - 3] == pytest.approx(100)
    assert profile[MIDDLE + 4 :] == pytest.approx(100)
    assert lined(BENT).along(BENT, (1, 0, 0)) == pytest.approx(100)


def test_the_way_follows_the_line_and_says_where_it_is_seen():
    gap = range(22, 31)
    way, seen = best_way(lined(BENT, gap=gap), BLUE)
    shown = [n for n in range(40) if n not in gap]
    assert np.abs(way - BENT)[shown].max() <= 1
    assert np.abs(np.diff(way)).max() == 1
    assert seen[[n for n in shown if n not in (21, 31)]].all()
    assert not seen[24:29].any()


def test_what_is_as_clear_elsewhere_is_no_other_line():
    """Beside the line lies a clearer one; the way begins where it was told to."""
    strip = lined(np.full(40, MIDDLE))
    strip.values[:, MIDDLE + 14 : MIDDLE + 21, 2] = 250
    way, seen = best_way(strip, BLUE)
    assert (way[:10] == MIDDLE).all()
    assert seen[:10].all()


@pytest.mark.parametrize(("aside", "free"), [(3, False), (-3, False), (6, True), (-6, True)])
def test_a_way_may_begin_aside_farther_where_it_is_free(aside, free):
    at = np.full(40, MIDDLE + aside)
    way, _ = best_way(lined(at), BLUE, free=free)
    assert abs(way[0] - at[0]) <= 1
    held, _ = best_way(lined(np.full(40, MIDDLE + 2 * aside)), BLUE)
    assert abs(held[0] - MIDDLE) == 3


def gains(strip, place):
    """Return what ``best_way`` sums up, with loops: a value less the clearer of both its sides."""
    grey = np.pad(strip.values @ place.colour, 1, mode="edge")
    own = np.zeros(strip.values.shape[:2])
    for down in range(3):
        for right in range(3):
            own += grey[down : down + len(own), right : right + own.shape[1]] / 9
    at = np.arange(own.shape[1])
    sides = [own[:, np.clip(at + aside, 0, at[-1])] for aside in (-ACROSS, ACROSS)]
    return (own - np.maximum(*sides)) / place.contrast


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_no_way_is_clearer_for_its_bends(seed, free):
    strip = empty(12)
    strip.values[...] = np.random.default_rng(seed).uniform(0, 255, strip.values.shape)
    gain = gains(strip, BLUE)
    score = np.clip(gain, -0.4, 1)
    reach = ACROSS if free else ACROSS // 2
    best = {n: score[0, n] for n in range(MIDDLE - reach, MIDDLE + reach + 1)}
    for row in score[1:]:
        best = {
            n: row[n] + max(best[n + d] - BEND * abs(d) for d in (-1, 0, 1) if n + d in best)
            for n in range(len(row))
            if {n - 1, n, n + 1} & best.keys()
        }
    way, seen = best_way(strip, BLUE, free=free)
    on = np.arange(12), way
    assert abs(way[0] - MIDDLE) <= reach
    total = score[on].sum() - BEND * np.abs(np.diff(way)).sum()
    assert total == pytest.approx(max(best.values()), abs=1e-4)
    assert seen.tolist() == (gain[on] > 0.3).tolist()
