"""What repeats around a hole goes on in it; what does not is left to the search."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.detail import synthesis
from engine.detail.matcher import Matcher
from engine.detail.nnf import Field
from engine.detail.periods import correlation
from engine.detail.pyramid import build
from engine.detail.repeats import find
from engine.detail.transfer import transfer_detail

SIDE = 96
PERIOD = (12, 16)


def tiles(side: int = SIDE, seed: int = 1) -> np.ndarray:
    """Return (side, side, 3) uint8 of one random tile again and again."""
    tile = np.random.default_rng(seed).integers(40, 216, (*PERIOD, 3), np.uint8)
    times = [-(-side // length) for length in PERIOD]
    return np.tile(tile, (*times, 1))[:side, :side]


def round_hole(side: int = SIDE, radius: int = 14) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - side // 2
    return y**2 + x**2 < radius**2


def matcher_of(window: np.ndarray, hole: np.ndarray | None = None) -> Matcher:
    hole = round_hole(len(window)) if hole is None else hole
    return Matcher(build(window, hole, ~hole)[0])


def of_places(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    return picture.reshape(-1, 3)[places]


def test_every_patch_comes_from_the_same_place_of_another_tile() -> None:
    window = tiles()
    matcher = matcher_of(window)
    repeats = find(matcher)
    assert repeats is not None
    places, misfit = repeats.places(None)
    found = misfit < 0.2
    assert found.mean() > 0.95  # from some, every tile lies in the hole or beyond the border
    assert matcher.valid[places[found]].all()
    rows, cols = np.divmod(places, SIDE)
    assert not ((rows - matcher.rows)[found] % PERIOD[0]).any()
    assert not ((cols - matcher.cols)[found] % PERIOD[1]).any()
    np.testing.assert_array_equal(
        of_places(window, places[found]), of_places(window, matcher.targets[found])
    )


def noise() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def soft_noise() -> np.ndarray:
    return cv2.GaussianBlur(noise(), (0, 0), 3)


def edge() -> np.ndarray:
    window = np.full((SIDE, SIDE, 3), 60, np.uint8)
    window[np.tri(SIDE, dtype=bool)] = 200
    return window


def stripe() -> np.ndarray:
    window = np.full((SIDE, SIDE, 3), 90, np.uint8)
    window[40:46] = 220
    return window


def two_alike() -> np.ndarray:
    window = np.full((SIDE, SIDE, 3), 120, np.uint8)
    window[44:52, 20:28] = window[44:52, 68:76] = noise()[:8, :8]
    return window


def flat() -> np.ndarray:
    return np.full((SIDE, SIDE, 3), 128, np.uint8)


@pytest.mark.parametrize("make", [noise, soft_noise, edge, stripe, two_alike, flat])
def test_nothing_is_found_where_nothing_repeats(make) -> None:
    assert find(matcher_of(make())) is None


def test_levels_too_small_to_show_a_pattern_are_left_alone() -> None:
    assert find(matcher_of(tiles(36), round_hole(36, 4))) is None


def test_a_pattern_ends_where_it_ends_around_the_hole() -> None:
    window = tiles(144)
    window[:, 60:] = 128
    y, x = np.mgrid[:144, :144]
    hole = (abs(y - 72) < 9) & (abs(x - 66) < 40)
    matcher = matcher_of(window, hole)
    repeats = find(matcher)
    assert repeats is not None
    found = np.isfinite(repeats.places(None)[1])
    assert found[matcher.cols < 56].mean() > 0.95
    assert found[matcher.cols > 72].mean() < 0.05


def test_the_answer_chooses_among_tiles_of_several_tones() -> None:
    window = (tiles(144) * np.linspace(0.4, 1.0, 144)[:, None, None]).astype(np.uint8)
    matcher = matcher_of(window)
    repeats = find(matcher)
    assert repeats is not None
    means = []
    for tone in (0.2, 0.5):
        held = np.full((144, 144, 3), tone, np.float32)
        places, misfit = repeats.places(held)
        means.append(of_places(window, places[np.isfinite(misfit)]).mean())
    assert means[1] > means[0] + 10


def test_correlation_is_that_of_the_shifted_overlap() -> None:
    rng = np.random.default_rng(4)
    fine = rng.standard_normal((14, 17)).astype(np.float32)
    weight = (rng.random((14, 17)) < 0.7).astype(np.float32)
    found = correlation(fine, weight)
    middle = np.array(found.shape) // 2
    for dy in range(-6, 7):
        for dx in range(-6, 7):
            total = mine = theirs = 0.0
            for y in range(max(0, -dy), min(14, 14 - dy)):
                for x in range(max(0, -dx), min(17, 17 - dx)):
                    if weight[y, x] and weight[y + dy, x + dx]:
                        a, b = float(fine[y, x]), float(fine[y + dy, x + dx])
                        total, mine, theirs = total + a * b, mine + a * a, theirs + b * b
            got = found[middle[0] + dy, middle[1] + dx]
            assert got == pytest.approx(total / np.sqrt(mine * theirs), abs=1e-3)


def test_no_search_changes_what_is_held() -> None:
    matcher = matcher_of(noise())
    rng = np.random.default_rng(0)
    start = matcher.sources[rng.integers(0, len(matcher.sources), len(matcher.targets))]
    field = Field(matcher, start.copy())
    hold = np.arange(len(start)) % 2 == 0
    other = matcher.sources[rng.integers(0, len(matcher.sources), len(start))]
    field.put(other[None], hold[None], hold[None])
    field.aim(matcher.wanted(noise().astype(np.float32) / 255, matcher.held(None)))
    field.search_all()
    field.search([rng], lambda done: None)
    np.testing.assert_array_equal(field.places[hold], other[hold])
    assert (field.places[~hold] != start[~hold]).mean() > 0.5


def wall() -> np.ndarray:
    """Return (240, 240, 3) uint8 bricks and mortar with noise, no two bricks of one tone."""
    rng = np.random.default_rng(8)
    window = np.full((240, 240, 3), 215, np.float32)
    for row, top in enumerate(range(0, 240, 12)):
        for left in range(-30 + 15 * (row % 2), 240, 30):
            tone = np.array([150, 80, 60]) * rng.uniform(0.9, 1.1)
            window[top : top + 9, max(left, 0) : max(left + 27, 0)] = tone
    window += rng.normal(0, 4, window.shape)
    return np.clip(window, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("guided", [False, True])
def test_courses_of_bricks_meet_across_a_hole(guided, monkeypatch) -> None:
    window, hole = wall(), round_hole(240, 44)
    guide = None
    if guided:
        tone = window.mean((0, 1)).astype(np.float32) / 255
        guide = np.broadcast_to(tone, (64, 64, 3)).copy()

    def mortar_for_brick() -> float:
        """Fill, and return the share of the hole that took one for the other."""
        filled = transfer_detail(np.where(hole[..., None], 0, window), hole, guide, 3)
        np.testing.assert_array_equal(filled[~hole], window[~hole])
        return float((np.abs(filled[hole].astype(float) - window[hole]).max(axis=1) > 60).mean())

    with_repeats = mortar_for_brick()
    monkeypatch.setattr(synthesis, "find", lambda *_: None)
    assert mortar_for_brick() > 0.01
    assert with_repeats < 0.004
