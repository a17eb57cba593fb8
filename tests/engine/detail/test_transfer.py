"""Fills from the photo's own patches: what is kept, what may be copied, what comes back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.detail import synthesis, transfer, transfer_detail, transfer_many
from engine.errors import Cancelled
from engine.geometry import Box


def textured(side: int, seed: int = 0) -> np.ndarray:
    """Return (side, side, 3) uint8 stripes with noise."""
    rng = np.random.default_rng(seed)
    stripes = 128 + 60 * np.sin(np.arange(side) / 3)[:, None, None]
    return np.clip(stripes + rng.normal(0, 8, (side, side, 3)), 0, 255).astype(np.uint8)


def blobs(side: int) -> np.ndarray:
    """Return (side, side, 3) uint8, dark and bright spots 16 pixels wide, with noise."""
    rng = np.random.default_rng(0)
    spots = rng.choice([60.0, 180.0], (side // 16, side // 16))
    tone = cv2.resize(spots, (side, side), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(tone + rng.normal(0, 8, (side, side, 3)), 0, 255).astype(np.uint8)


def disc(side: int, radius: int, centre: tuple[int, int] | None = None) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    cy, cx = centre or (side // 2, side // 2)
    return (y - cy) ** 2 + (x - cx) ** 2 <= radius**2


def soft(window: np.ndarray, value: float = 0.5, shrunk: int = 2) -> np.ndarray:
    """Return a network's answer of one grey."""
    return np.full((window.shape[0] // shrunk, window.shape[1] // shrunk, 3), value, np.float32)


@pytest.mark.parametrize("guided", [True, False])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_known_pixels_stay_to_the_bit_and_the_seed_brings_the_fill_back(guided, dtype):
    window = textured(72).astype(dtype) * (257 if dtype == np.uint16 else 1)
    hole = disc(72, 13)
    guide = soft(window) if guided else None
    first = transfer_detail(window, hole, guide, 7)
    assert first.dtype == dtype
    assert (first[~hole] == window[~hole]).all()
    assert (first == transfer_detail(window, hole, guide, 7)).all()
    assert (first[hole] != window[hole]).any()


def test_another_seed_gives_another_fill():
    window, hole = textured(72), disc(72, 13)
    a, b = transfer_many(window, hole, [None, None], [1, 2])
    assert (a != b).any()


@pytest.mark.parametrize("together", [0, 300, 100_000])
def test_many_fills_are_the_single_fills(monkeypatch, together):
    """Whichever sizes are done for all fills at once."""
    monkeypatch.setattr(synthesis, "TOGETHER", together)
    window, hole = textured(64), disc(64, 11)
    guides = [soft(window), soft(window) * 1.3]
    many = transfer_many(window, hole, guides, [3, 4])
    for fill, guide, seed in zip(many, guides, [3, 4], strict=True):
        assert (fill == transfer_detail(window, hole, guide, seed)).all()


@pytest.mark.parametrize(("grained", "most"), [(False, 0.51), (True, 1)])
def test_sixteen_bits_are_filled_like_eight(monkeypatch, grained, most):
    """To the rounding; grain is added to rounded pixels, so that 8 bits are rounded twice."""
    if not grained:
        monkeypatch.setattr(transfer, "finish_grain", lambda fill, *_: fill)
    window, hole = textured(72), disc(72, 13)
    narrow = transfer_detail(window, hole, None, 0)
    wide = transfer_detail(window.astype(np.uint16) * 257, hole, None, 0)
    assert np.abs(wide / 257 - narrow).max() <= most


def test_texture_is_continued():
    window, hole = textured(96), disc(96, 16)
    fill = transfer_detail(window, hole, None, 0)
    rows = np.corrcoef(fill[hole].mean(axis=1), window[hole].mean(axis=1))[0, 1]
    assert rows > 0.9
    assert fill[hole].std() > 0.9 * window[hole].std()


@pytest.mark.parametrize("most_pixels", [10**6, 2000])
def test_nothing_is_copied_from_where_it_is_not_allowed(monkeypatch, most_pixels):
    # forbidden pixels are red, the object to remove blue, all others grey
    monkeypatch.setattr(transfer, "MOST_PIXELS", most_pixels)
    rng = np.random.default_rng(0)
    window = np.repeat(rng.integers(60, 190, (96, 96, 1), np.uint8), 3, axis=2)
    hole = disc(96, 14)
    sources = np.ones(hole.shape, bool)
    sources[:, :30] = False
    window[:, :24] = 255, 0, 0
    window[hole] = 0, 0, 255
    for guide in (None, soft(window)):
        fill = transfer_detail(window, hole, guide, 0, sources=sources)[hole].astype(int)
        # tone correction may tint a pixel by a few values, a copied colour would show in full
        assert np.abs(fill - fill.mean(axis=1, keepdims=True)).max() < 12


def test_the_guide_decides_what_is_copied():
    window, hole = blobs(128), disc(128, 24)
    left, right = hole.copy(), hole.copy()
    left[:, 60:] = right[:, :68] = False
    guide = np.full((32, 32, 3), 0.24, np.float32)
    guide[:, 16:] = 0.7
    for dark, bright in ((left, right), (right, left)):
        fill = transfer_detail(window, hole, guide, 0) / 255
        assert abs(fill[dark].mean() - 0.24) < 0.15
        assert abs(fill[bright].mean() - 0.7) < 0.15
        guide = guide[:, ::-1].copy()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (3, 3), (5, 4), (17, 6)])
def test_tiny_windows(shape):
    window = np.full((*shape, 3), 90, np.uint8)
    hole = np.zeros(shape, bool)
    hole[shape[0] // 2, shape[1] // 2] = True
    window[hole] = 255
    fill = transfer_detail(window, hole, None, 0)
    assert fill.shape == window.shape
    assert (fill[~hole] == 90).all()
    assert hole.all() or np.abs(fill[hole].astype(int) - 90).max() <= 2


def test_a_hole_without_surroundings_gets_the_guide():
    window, hole = textured(40), np.ones((40, 40), bool)
    guide = np.random.default_rng(0).random((40, 40, 3)).astype(np.float32)
    fill = transfer_detail(window, hole, guide, 0)
    assert (fill == np.rint(guide * 255)).all()
    assert transfer_detail(window, hole, None, 0).std() == 0


def test_a_hole_that_touches_all_borders_is_filled_from_the_corners():
    window = textured(64)
    hole = np.zeros((64, 64), bool)
    hole[24:40] = hole[:, 24:40] = True
    window[hole] = 0
    fill = transfer_detail(window, hole, None, 0)
    assert (fill[~hole] == window[~hole]).all()
    assert fill[hole].min() > 20


def test_an_empty_hole_changes_nothing():
    window = textured(20)
    fill = transfer_detail(window, np.zeros((20, 20), bool), None, 0)
    assert (fill == window).all()


@pytest.mark.parametrize("stop_at", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("fills", [1, 2])
def test_cancelling(stop_at, fills):
    seen = []

    def report(fraction: float) -> None:
        seen.append(fraction)
        if fraction >= stop_at:
            raise Cancelled

    with pytest.raises(Cancelled):
        transfer_many(textured(64), disc(64, 11), [None] * fills, range(fills), report)
    assert all(0 <= fraction <= 1 for fraction in seen)


def test_it_asks_whether_to_go_on_within_searches_and_between_copied_rows(monkeypatch):
    monkeypatch.setattr(transfer, "MOST_PIXELS", 6000)
    monkeypatch.setattr("engine.detail.render._ROWS", 8)
    monkeypatch.setattr("engine.detail.nnf.AT_ONCE", 1)
    seen = []
    transfer_detail(textured(150), disc(150, 25), None, 0, seen.append)
    times = [seen.count(fraction) for fraction in dict.fromkeys(seen)]
    *searches, copying, end = times
    assert min(searches[-3:]) >= 8
    assert copying >= 50 // 8
    assert end == 1


def test_progress_rises_to_one():
    seen = []
    transfer_detail(textured(64), disc(64, 11), None, 0, seen.append)
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


def test_a_large_window_is_searched_small_and_copied_full_size(monkeypatch):
    monkeypatch.setattr(transfer, "MOST_PIXELS", 6000)
    window, hole = textured(150), disc(150, 25)
    fill = transfer_detail(window, hole, None, 0)
    assert (fill[~hole] == window[~hole]).all()
    assert fill[hole].std() > 0.8 * window[hole].std()


@pytest.mark.parametrize("seed", [0, 1])
def test_copies_of_a_small_search_meet_without_steps(monkeypatch, seed):
    monkeypatch.setattr(transfer, "MOST_PIXELS", 10_000)
    noise = np.random.default_rng(0).random((330, 390, 3), dtype=np.float32)
    blur = cv2.GaussianBlur(noise, (0, 0), 35)
    window = (60 + 60 * (blur - blur.min()) / np.ptp(blur)).round().astype(np.uint8)
    hole = np.zeros(window.shape[:2], bool)
    hole[120:210, 135:255] = True
    filled = transfer_detail(window, hole, None, seed).astype(int)
    most = [
        max(np.abs(np.diff(v, axis=a)).max() for a in (0, 1)) for v in (window.astype(int), filled)
    ]
    assert most[1] <= most[0] + 2


def test_a_guide_may_show_more_than_the_window():
    """The window of a hole at the photo's border reaches beyond the photo."""
    window, hole = blobs(96), disc(96, 20)
    guide = np.full((16, 16, 3), 0.7, np.float32)
    guide[:, :8] = 0.24
    cover = Box(-96, 0, 96, 192)  # the guide's dark half lies left of the window
    bright = transfer_detail(window, hole, guide, 0, cover=cover)
    dark = transfer_detail(window, hole, guide, 0, cover=cover.shift(96, 0))
    deep = disc(96, 8)
    assert bright[deep].mean() > 110
    assert abs(dark[deep].mean() / 255 - 0.24) < 0.15
    assert bright[hole].mean() - dark[hole].mean() > 0.2 * 255
