"""What repeats, against loops that follow the definitions pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail import periods
from engine.detail.matcher import Matcher
from engine.detail.periods import FAINT, LONGEST, SCALE, correlation
from engine.detail.pyramid import Level
from engine.detail.repeats import FAR, LEAST, MISFIT, MOST, REACH, TONE, Repeats, find

H, W = 44, 52
HOLE = np.zeros((H, W), bool)
HOLE[18:26, 20:33] = True
SHIFTS = np.array([[0, 12], [-11, 3], [9, -14], [0, -12], [16, 0], [-30, 30]], np.int32)


def picture(seed=3):
    """Return noise that nearly repeats every 12 columns."""
    rng = np.random.default_rng(seed)
    tile = rng.random((H, 12, 3))
    image = np.tile(tile, (1, 5, 1))[:, :W] + rng.normal(0, 0.1, (H, W, 3))
    image = image.astype(np.float32)
    image[HOLE] = 0
    return image


def matcher_of(image=None):
    return Matcher(Level(picture() if image is None else image, HOLE, ~HOLE))


def squares(values, side):
    """Return the mean over a square around every pixel, mirrored at the borders."""
    wide = np.pad(values, side // 2, "reflect")
    out = np.empty_like(values, np.float64)
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            out[y, x] = wide[y : y + side, x : x + side].mean()
    return out


def soft(values):
    """Blur with a Gaussian of ``SCALE`` pixels, mirrored at the borders."""
    reach = round(SCALE * 4)
    bell = np.exp(-np.square(np.arange(-reach, reach + 1)) / (2 * SCALE**2))
    bell /= bell.sum()
    for axis in (0, 1):
        pad = [(0, 0)] * values.ndim
        pad[axis] = (reach, reach)
        wide = np.pad(values, pad, "reflect")
        values = np.apply_along_axis(lambda line: np.convolve(line, bell, "valid"), axis, wide)
    return values


def fine_of(image):
    known = (~HOLE).astype(float)
    grey = image.mean(axis=2)
    return (grey - soft(grey) / soft(known)) * known


def misfit_of(fine, shift, depth):
    """Return (h, w): 0 where a picture and its shifted self are alike around a pixel, 1 unlike."""
    dy, dx = shift
    known = ~HOLE
    apart, power, both = (np.zeros((H, W)) for _ in range(3))
    for y in range(max(0, -dy), min(H, H - dy)):
        for x in range(max(0, -dx), min(W, W - dx)):
            if known[y, x] and known[y + dy, x + dx]:
                both[y, x] = 1
                apart[y, x] = (fine[y, x] - fine[y + dy, x + dx]) ** 2
                power[y, x] = fine[y, x] ** 2 + fine[y + dy, x + dx] ** 2
    side = 2 * max(3, round(REACH * depth)) + 1
    apart, power, both = (squares(squares(v, side), side) for v in (apart, power, both))
    faint = (1 / 255) ** 2 + FAINT * np.square(fine).sum() / known.sum()
    least = 2 * faint * both
    return np.where(both > 1e-4, (apart + least) / np.maximum(power + least, 1e-12), np.inf)


def costs_of(matcher, image, held=None):
    """Return (K, N) misfits and costs, infinite where a place must not be copied."""
    fine = fine_of(image)
    misfit = np.stack([misfit_of(fine, s, matcher.depth) for s in SHIFTS])
    misfit = misfit[:, matcher.rows, matcher.cols]
    cost = np.full(misfit.shape, np.inf)
    spread = np.zeros((H, W))
    spread[matcher.rows, matcher.cols] = 1
    share = squares(spread, 7)[matcher.rows, matcher.cols]
    tones = soft(image.astype(float)) / soft((~HOLE).astype(float))[..., None]
    wanted = None if held is None else soft(held.astype(float))
    for k, (dy, dx) in enumerate(SHIFTS):
        off = np.zeros((H, W))
        for n, (y, x) in enumerate(zip(matcher.rows, matcher.cols, strict=True)):
            inside = 0 <= y + dy < H and 0 <= x + dx < W
            place = (y + dy) * W + x + dx if inside else 0
            if held is not None:
                off[y, x] = np.square(tones.reshape(-1, 3)[place] - wanted[y, x]).sum()
            if inside and matcher.valid[place] and misfit[k, n] < MISFIT:
                cost[k, n] = misfit[k, n] + FAR / max(matcher.depth, 1) * np.hypot(dy, dx)
        if held is not None:
            cost[k] += TONE * squares(off, 7)[matcher.rows, matcher.cols] / share
    return misfit, cost


@pytest.mark.parametrize("guided", [False, True])
def test_places_are_those_of_a_loop(guided):
    image = picture()
    matcher = matcher_of(image)
    held = None
    if guided:
        held = np.random.default_rng(9).random((H, W, 3)).astype(np.float32)
    places, found = Repeats(matcher, fine_of(image).astype(np.float32), SHIFTS).places(held)
    misfit, cost = costs_of(matcher, image, held)
    best = cost.argmin(axis=0)
    each = np.arange(len(best))
    fits = np.isfinite(cost[best, each])
    assert fits.mean() > 0.5
    np.testing.assert_array_equal(np.isfinite(found), fits)
    np.testing.assert_allclose(found[fits], misfit[best, each][fits], atol=2e-3)
    rows, cols = np.divmod(places, W)
    chosen = np.stack([rows - matcher.rows, cols - matcher.cols], axis=1)
    second = np.sort(cost, axis=0)[1] - cost[best, each] > 5e-3
    sure = fits & second
    assert sure.sum() > 50
    np.testing.assert_array_equal(chosen[sure], SHIFTS[best][sure])


def test_correlation_needs_a_twentieth_of_the_pixels():
    fine = np.random.default_rng(1).standard_normal((20, 10)).astype(np.float32)
    found = correlation(fine, np.ones((20, 10), np.float32))
    middle = np.array(found.shape) // 2
    assert found[middle[0], middle[1]] == pytest.approx(1, abs=1e-4)
    # of 200 pixels 11 overlap by a shift of 9 rows and 9 columns, 9 by one of 11 and 9
    assert found[middle[0] + 9, middle[1] + 9] != 0
    assert found[middle[0] + 11, middle[1] + 9] == 0
    assert np.abs(found).max() <= 1 + 1e-4


def tiled(height, width, period, seed=4, noise=0.0):
    rng = np.random.default_rng(seed)
    tile = rng.random((*period, 3))
    times = -(-height // period[0]), -(-width // period[1]), 1
    image = np.tile(tile, times)[:height, :width] + rng.normal(0, noise, (height, width, 3))
    return image.astype(np.float32)


def found_in(image, hole):
    image = np.where(hole[..., None], 0, image).astype(np.float32)
    return find(Matcher(Level(image, hole, ~hole)))


def square_hole(height, width, side):
    hole = np.zeros((height, width), bool)
    top, left = (height - side) // 2, (width - side) // 2
    hole[top : top + side, left : left + side] = True
    return hole


@pytest.mark.parametrize(("size", "found"), [((40, 40), True), ((39, 41), False)])
def test_levels_have_pixels_enough_to_show_a_pattern(size, found):
    assert LEAST == 1600
    assert (found_in(tiled(*size, (6, 7)), square_hole(*size, 4)) is not None) is found


@pytest.mark.parametrize(("size", "found"), [((300, 500), True), ((300, 501), False)])
def test_levels_that_take_too_long_are_left_alone(size, found):
    assert MOST == 150_000
    assert (found_in(tiled(*size, (12, 16)), square_hole(*size, 30)) is not None) is found


@pytest.mark.parametrize(("period", "found"), [(24, True), (26, False)])
def test_a_period_is_at_most_24_pixels_long(period, found):
    assert LONGEST == 24
    image = tiled(160, 200, (160, period))  # nothing repeats from row to row
    assert (found_in(image, square_hole(160, 200, 40)) is not None) is found


@pytest.mark.parametrize("period", [(9, 9), (12, 16), (5, 20)])
def test_every_place_is_whole_periods_away(period):
    image, hole = tiled(100, 120, period, noise=0.02), square_hole(100, 120, 20)
    matcher = Matcher(Level(np.where(hole[..., None], 0, image).astype(np.float32), hole, ~hole))
    places, misfit = find(matcher).places(None)
    fits = np.isfinite(misfit)
    assert fits.mean() > 0.9
    assert misfit[fits].max() < 0.3
    rows, cols = np.divmod(places[fits], 120)
    assert not ((rows - matcher.rows[fits]) % period[0]).any()
    assert not ((cols - matcher.cols[fits]) % period[1]).any()
    far = np.hypot(rows - matcher.rows[fits], cols - matcher.cols[fits])
    assert np.median(far) < 20 + 2 * max(period)  # the nearest that fits, not any


def test_what_matches_once_is_no_period():
    rng = np.random.default_rng(5)
    image = rng.random((100, 120, 3))
    image[:, 62:] = image[:, 42:100]  # the same again 20 columns on, but not 40 on
    image[:, 82:] = rng.random((100, 38, 3))
    assert found_in(image, square_hole(100, 120, 12)) is None


def test_a_pattern_far_from_the_hole_does_not_speak_for_it():
    rng = np.random.default_rng(6)
    image = rng.random((120, 300, 3))
    hole = np.zeros((120, 300), bool)
    hole[50:70, 40:60] = True  # what is more than 24 + 24 pixels away does not count
    image[:, 110:] = tiled(120, 190, (10, 13))
    assert found_in(image, hole) is None
    image[:, :110] = tiled(120, 110, (10, 13))
    assert found_in(image, hole) is not None


@pytest.mark.parametrize("most", [1, 7, 26, 100])
def test_short_shifts_are_the_middle_of_all(most):
    rng = np.random.default_rng(6)
    fine = rng.normal(0, 1, (40, 57)).astype(np.float32)
    weight = (rng.random(fine.shape) < 0.8).astype(np.float32)
    whole, part = correlation(fine, weight), correlation(fine, weight, most)
    middle = [side // 2 for side in whole.shape]
    reach = [min(most, side - 1) for side in fine.shape]
    rows, cols = (slice(at - r, at + r + 1) for at, r in zip(middle, reach, strict=True))
    assert part.shape == (2 * reach[0] + 1, 2 * reach[1] + 1)
    np.testing.assert_allclose(part, whole[rows, cols], atol=1e-5)


def test_what_a_first_look_passes_over_has_no_period(monkeypatch):
    """The look at short shifts alone must lose nothing."""
    found = []
    rng = np.random.default_rng(8)
    for noise in (0.2, 0.6, 0.9, 1.2):
        for period in (5, 12, 23):
            tile = rng.random((H, period, 3))
            image = np.tile(tile, (1, 12, 1))[:, :W] + rng.normal(0, noise, (H, W, 3))
            image[HOLE] = 0
            matcher = matcher_of(image.astype(np.float32))
            with monkeypatch.context() as m:
                m.setattr(periods, "_may_repeat", lambda *_: True)
                wanted = find(matcher)
            first = find(matcher)
            assert (first is None) == (wanted is None)
            found.append(first is None)
            if first is not None:
                assert (first.places(None)[0] == wanted.places(None)[0]).all()
    assert True in found
    assert False in found
