"""Compiled loops against slow ones that follow the definitions."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from engine.detail import descriptors, nnf, vote
from engine.detail.descriptors import WAVES, describe
from engine.detail.grain import Grain, add_grain
from engine.detail.loops import search, votes, waves
from engine.detail.loops.search import draw
from engine.detail.loops.votes import quantile
from engine.running.threads import at_most
from tests.engine.detail.fields import field_of, matcher_of

COLOURS = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
ORDERS = ((0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (2, 0))


def waves_of(image: np.ndarray) -> np.ndarray:
    """Return (h, w, 18), patch by patch, in float64; beyond the borders the image is mirrored."""
    wide = np.pad(image.astype(float), ((2, 2), (2, 2), (0, 0)), "symmetric")
    at = (np.arange(5) + 0.5) * np.pi / 5
    rows = [np.cos(n * at) * np.sqrt((1 if n == 0 else 2) / 5) for n in range(3)]
    out = np.zeros((*image.shape[:2], WAVES))
    for y, x in np.ndindex(image.shape[:2]):
        patch = wide[y : y + 5, x : x + 5] @ COLOURS.T
        found = [np.einsum("y,x,yxc->c", rows[v], rows[u], patch) for u, v in ORDERS]
        out[y, x] = np.concatenate(found)
    return out


@pytest.mark.parametrize("shape", [(11, 13), (1, 9), (9, 1), (2, 3), (1, 1)])
def test_patches_are_told_by_their_waves_up_to_the_borders(shape):
    image = np.random.default_rng(1).random((*shape, 3)).astype(np.float32)
    wanted = waves_of(image).reshape(-1, WAVES)
    np.testing.assert_allclose(describe(image), wanted, atol=2e-6)
    some = np.flatnonzero(np.random.default_rng(2).random(len(wanted)) < 0.4).astype(np.int32)
    found = describe(image, some, 2)
    assert found.shape == (len(some), WAVES + 2)
    np.testing.assert_allclose(found[:, :WAVES], wanted[some], atol=2e-6)


@pytest.mark.parametrize("count", [1, 2, 3, 50, 51])
@pytest.mark.parametrize("ties", [False, True])
def test_a_quantile_is_what_lies_below_it(count, ties):
    values = np.random.default_rng(count).normal(0, 1, (4, count)).astype(np.float32)
    values = np.rint(values) if ties else values
    before = values.copy()
    for share in (0.0, 0.3, 0.5, 0.75, 1.0):
        wanted = np.quantile(values, share, axis=1)
        np.testing.assert_allclose(quantile(values, share), wanted, atol=1e-6)
    assert (values == before).all()


def test_what_is_put_changes_its_places_and_tells_by_how_much():
    rng = np.random.default_rng(5)
    pixels, colours = rng.random((40, 3)).astype(np.float32), rng.random((9, 3)).astype(np.float32)
    places = rng.permutation(40)[:9].astype(np.int32)
    wanted, change = pixels.copy(), np.sqrt(np.square(pixels[places] - colours).mean())
    wanted[places] = colours
    assert votes.put(pixels, places, colours) == pytest.approx(change, rel=1e-5)
    assert (pixels == wanted).all()
    assert votes.put(pixels, places, colours) == 0


def drawn(keys: list[int], count: int) -> np.ndarray:
    """Return draws of fives among the first seven places, and steps of up to 2 and 40."""
    out = np.empty((5, len(keys) * count), np.int32)
    places = np.arange(0, 35, 5, dtype=np.int32)
    draw(np.array(keys, np.uint64), places, np.array([2, 40], np.int32), out)
    return out


def test_draws_are_even_and_each_fill_has_its_own():
    count = 70_000
    found = drawn([3, 2**64 - 1], count)
    for values, wanted in (
        (found[0], np.arange(0, 35, 5)),
        (found[1], np.arange(-2, 3)),
        (found[2], np.arange(-2, 3)),
        (found[3], np.arange(-40, 41)),
        (found[4], np.arange(-40, 41)),
    ):
        kinds, often = np.unique(values, return_counts=True)
        assert kinds.tolist() == wanted.tolist()
        even = 2 * count / len(kinds)
        assert np.abs(often - even).max() < 5 * np.sqrt(even)
    assert (drawn([2**64 - 1], count) == found[:, count:]).all()
    rows = [*found[1:, :count], *found[1:, count:], found[1, : 2 * count : 2]]
    alike = np.corrcoef([row[: count - 1] for row in rows] + [found[3, 1:count]])
    assert np.abs(alike - np.eye(len(alike)))[:-2, :-2].max() < 0.02
    assert abs(np.corrcoef(found[3, : count - 1], found[3, 1:count])[0, 1]) < 0.02


def test_grain_depends_on_nothing_that_is_further_than_eight_pixels():
    rng = np.random.default_rng(4)
    fill = rng.integers(100, 110, (60, 70, 3), np.uint8)
    hole = np.zeros((60, 70), bool)
    hole[25:35, 30:40] = True
    grain = Grain(np.array([0.3, 0.6], np.float32), np.full((2, 3), 0.05, np.float32))
    first = add_grain(fill, hole, grain, 5)
    assert (first[hole] != fill[hole]).any()
    other = rng.integers(0, 255, fill.shape, np.uint8)
    other[25 - 8 : 35 + 8, 30 - 8 : 40 + 8] = fill[25 - 8 : 35 + 8, 30 - 8 : 40 + 8]
    assert (add_grain(other, hole, grain, 5)[hole] == first[hole]).all()


def test_halves_in_two_threads_are_the_whole(monkeypatch):
    """Searched, described and voted in one thread or in two: the same to the bit."""
    rng, found = np.random.default_rng(3), []
    image = rng.random((60, 50, 3)).astype(np.float32)
    used = set()
    for module, loop in ((search, "move"), (waves, "describe"), (votes, "vote")):
        real = getattr(module, loop)

        def noted(*args, real=real, loop=loop):
            used.add((loop, threading.current_thread()))
            return real(*args)

        monkeypatch.setattr(module, loop, noted)
    for module in (nnf, descriptors, vote):
        monkeypatch.setattr(module, "HALVED", 1)
    for threads in (1, 2):
        used.clear()
        with at_most(threads):
            field = field_of(matcher_of(60, 50, np.s_[20:40, 15:33]))
            field.aim(field.matcher.wanted(image, None))
            for n in range(3):
                field.search([np.random.default_rng(n)], lambda done: None)
            found.append((field.places, field.cost, vote.vote(field, 2.5)))
        assert len({thread for _, thread in used}) == threads
        assert len(used) == 3 * threads
    for one, two in zip(*found, strict=True):
        assert (one == two).all()
