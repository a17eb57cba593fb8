"""Strips across a line against a loop; likeness and offsets of profiles by what they must say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.geometry import Box
from engine.structure.carry import lay_lines
from engine.structure.loops import meet, walk
from engine.structure.strips import HALF, SLACK, across, likeness, offsets, strip
from engine.windows.canvas import Canvas

GREY = np.random.default_rng(4).random((30, 40), np.float32)
HOLE = np.zeros((30, 40), bool)
HOLE[10:20, 15:30] = True


def looked_up(values, x, y):
    """Return the value between four pixels; beyond the picture its last pixels count."""
    h, w = values.shape
    left, top = math.floor(x), math.floor(y)
    total = 0.0
    for dy in (0, 1):
        for dx in (0, 1):
            share = (1 - abs(x - left - dx)) * (1 - abs(y - top - dy))
            total += share * values[min(max(top + dy, 0), h - 1), min(max(left + dx, 0), w - 1)]
    return total


def test_right_is_where_y_points_down():
    np.testing.assert_array_equal(across(np.array([1.0, 0.0])), [0, 1])
    np.testing.assert_array_equal(across(np.array([0.0, 1.0])), [-1, 0])


@pytest.mark.parametrize("at", [(20.0, 5.0), (3.0, 3.0), (36.5, 27.0)])
def test_a_strip_is_what_a_loop_looks_up(at):
    way, along = np.array([0.8, 0.6]), np.arange(-6.0, 7.0)
    values, known = strip(GREY, HOLE, np.array(at), way, along, 4)
    assert values.shape == known.shape == (13, 9)
    for i, s in enumerate(along):
        middle = np.array(at) + s * way
        for j, u in enumerate(range(-4, 5)):
            x, y = middle + u * np.array([-0.6, 0.8])
            assert values[i, j] == pytest.approx(looked_up(GREY, x, y), abs=0.02)
            row, col = (min(max(round(float(v)), 0), n) for v, n in ((y, 29), (x, 39)))
            cx, cy = (round(float(v)) for v in middle)
            assert known[i, j] == (0 <= cx < 40 and 0 <= cy < 30 and not HOLE[row, col])


def test_a_strip_ends_with_the_picture():
    corners = [((0, 0), True), ((39, 29), True), ((-1, 5), False), ((40, 5), False)]
    for at, inside in [*corners, ((5, -1), False), ((5, 30), False)]:
        _, known = strip(GREY, HOLE, np.array(at, float), np.array([1.0, 0]), np.zeros(1), 0)
        assert known.item() is inside


def test_profiles_are_alike_whatever_their_brightness_and_contrast():
    a = np.random.default_rng(5).random((3, 17), np.float32)
    np.testing.assert_allclose(likeness(a, 0.3 * a + 0.2), 1, atol=1e-5)
    np.testing.assert_allclose(likeness(a, 1 - a), -1, atol=1e-5)
    for row, other in zip(a, a[::-1], strict=True):
        assert likeness(row, other) == pytest.approx(np.corrcoef(row, other)[0, 1], abs=1e-5)


def test_what_is_flat_is_like_nothing():
    faint = np.linspace(0, 0.001, 17, dtype=np.float32)
    assert likeness(np.full(17, 0.5, np.float32), faint) == 0
    assert likeness(faint, faint) < 0.01
    plain = np.linspace(0, 0.1, 17, dtype=np.float32)
    assert likeness(plain, plain) == pytest.approx(1, abs=1e-4)


def profile(shift, half):
    """Return a smooth line that lies ``shift`` pixels to the right of the middle."""
    u = np.arange(-half, half + 1)
    return np.exp(-(((u - shift) / 2.5) ** 2)).astype(np.float32)


@pytest.mark.parametrize("shift", [-3.0, -2.3, -1.0, -0.4, 0.0, 0.25, 1.5, 2.0, 3.0])
def test_a_section_is_found_where_it_shows_the_profile(shift):
    off, match = offsets(profile(shift, HALF + SLACK)[None], profile(0, HALF))
    assert off[0] == pytest.approx(shift, abs=0.06)
    assert match[0] > 0.96


def test_each_section_is_looked_for_by_itself_and_no_further_than_the_slack():
    sections = np.stack([profile(s, HALF + SLACK) for s in (-5.0, 1.0, 5.0)])
    off, match = offsets(sections, profile(0, HALF))
    assert off.tolist() == pytest.approx([-3, 1, 3], abs=0.06)
    assert match[1] > 0.97 > max(match[0], match[2])


def test_between_two_pixels_a_parabola_decides():
    rng = np.random.default_rng(8)
    for _ in range(30):
        wide = np.convolve(rng.random(2 * (HALF + SLACK) + 5), np.ones(5) / 5, "valid")
        wanted = wide[SLACK:-SLACK] + 0.03 * rng.random(2 * HALF + 1)
        match = np.array(
            [np.corrcoef(wide[i : i + 2 * HALF + 1], wanted)[0, 1] for i in range(2 * SLACK + 1)]
        )
        best = int(match.argmax())
        assert best == SLACK
        low, mid, high = match[best - 1 : best + 2]
        part = 0.5 * (low - high) / (low - 2 * mid + high)
        off, found = offsets(wide[None].astype(np.float32), wanted.astype(np.float32))
        assert off[0] == pytest.approx(part, abs=1e-3)
        assert found[0] == pytest.approx(mid, abs=1e-4)


def test_a_fill_compiles_each_loop_for_one_kind_of_array():
    y, x = np.mgrid[:128, :192]
    levels = (y > 64) + (x > 56) * (y < 40) + (x > 128) * (y // 8 % 2)  # an edge, half one, boards
    photo = np.repeat((40 + 60 * levels)[..., None], 3, axis=2).astype(np.uint8)
    box = Box(48, 48, 80, 80)
    hole = np.zeros(photo.shape[:2], np.bool_)
    hole[box.slices] = True
    loops = [
        f for module in (walk, meet) for f in vars(module).values() if hasattr(f, "signatures")
    ]
    before = {loop.__name__: set(loop.signatures) for loop in loops}
    for made in (photo, photo.astype(np.uint16) * 257):
        for frozen in (False, True):
            made.flags.writeable = hole.flags.writeable = not frozen
            lay_lines([Canvas(made, hole, box)], [0], [box])
    for loop in loops:
        name = loop.__name__
        assert len(set(loop.signatures) - before[name]) <= 1
        assert loop.signatures or name in {"_inside", "_between"}
