"""The search for what to copy, held to a slow loop over patches; what it may never do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine.detail import nnf
from engine.detail.loops import search
from engine.detail.loops.search import ANY, BESIDE, NEARBY
from engine.detail.matcher import Matcher
from engine.detail.nnf import JUMPS, Field, beside, moves_of, refine
from tests.engine.detail.fields import SIDES, alike, field_at, field_of, matcher_of

Moves = Sequence[tuple[int, int, int]]


def aimed(fills: int = 1, coherence: float = 1.0) -> tuple[Field, np.ndarray]:
    """Return a field of random places, and what its entries look like: random too."""
    m = matcher_of(26, 22, np.s_[9:15, 8:14])
    field = field_of(m, fills)
    shape = len(field.places), m._table.shape[1]
    wanted = np.random.default_rng(5).normal(0, 1, shape).astype(np.float32)
    field.aim(wanted, coherence)
    return field, wanted


def costs(m: Matcher, wanted: np.ndarray, n: int, place: int) -> float:
    """Return the squared distance of one entry to one patch."""
    return float(((m._table[place].astype(float) - wanted[n]) ** 2).sum())


def all_costs(field: Field, wanted: np.ndarray) -> np.ndarray:
    """Return the squared distances of all entries to where they copy from."""
    return np.array([costs(field.matcher, wanted, n, p) for n, p in enumerate(field.places)])


def improve(field: Field, moves: Moves, drawn: np.ndarray) -> None:
    """Try some moves for every entry."""
    entries = field._held, field._bonus, field._wanted
    rows = np.array(moves, np.int32)
    search.improve(entries, field.matcher.patches, field.places, field.cost, rows, drawn)


def guesses(field: Field, rng: np.random.Generator, reach: int) -> np.ndarray:
    """Return three rows: a place of each entry, some of which may not be copied; steps."""
    m, count = field.matcher, len(field.places)
    steps = rng.integers(-reach, reach + 1, (2, count))
    return np.vstack([rng.integers(0, m.height * m.width, count), steps]).astype(np.int32)


def tried(
    field: Field, old: np.ndarray, n: int, move: tuple[int, int, int], drawn: np.ndarray
) -> int | None:
    """Return the place that a move proposes to an entry."""
    m, (kind, dy, dx) = field.matcher, move
    fill, target = divmod(n, len(m.targets))
    if kind == ANY:
        return int(drawn[dy, n])
    if kind == NEARBY:
        y, x = np.add(divmod(old[n], m.width), drawn[dy : dy + 2, n])
        return int(np.clip(y, 0, m.height - 1) * m.width + np.clip(x, 0, m.width - 1))
    other = field_at(m, target, dy, dx)
    if other is None:
        return None
    y, x = np.subtract(divmod(old[fill * len(m.targets) + other], m.width), (dy, dx))
    return int(y * m.width + x) if 0 <= y < m.height and 0 <= x < m.width else None


def improved(
    field: Field, wanted: np.ndarray, bonus: np.ndarray, moves: Moves, drawn: np.ndarray
) -> np.ndarray:
    """Return the places after some moves, entry by entry; ``bonus`` of each fill."""
    m, places, count = field.matcher, field.places.astype(int), len(field.matcher.targets)
    for move in moves:
        old = places.copy()
        for n in range(len(old)):
            fill, target = divmod(n, count)
            new = tried(field, old, n, move, drawn)
            if new is None or not m.valid[new] or new == old[n] or field._held[n]:
                continue
            gain = alike(m, old, fill, target, new) - alike(m, old, fill, target, old[n])
            limit = costs(m, wanted, n, old[n]) + bonus[fill] * gain
            if costs(m, wanted, n, new) < limit:
                places[n] = new
    return places


MOVES = [*(beside(jump) for jump in (1, 2, 4, 8)), [(ANY, 0, 0)], [(NEARBY, 1, 0)]]


@pytest.mark.parametrize("fills", [1, 2])
@pytest.mark.parametrize("coherence", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("moves", [*MOVES, [move for part in MOVES for move in part]])
def test_a_move_weighs_cost_against_neighbours_won_and_lost(fills, coherence, moves):
    field, wanted = aimed(fills, coherence)
    bonus = coherence * np.median(np.reshape(all_costs(field, wanted), (fills, -1)), axis=1)
    field._held[::7] = True
    first, rng = field.places.copy(), np.random.default_rng(2)
    none = np.zeros((1, len(first)), np.int32)
    for _ in range(3):  # pieces grow, so that there is something to lose
        drawn = guesses(field, rng, 13)
        expected = improved(field, wanted, bonus, moves, drawn)
        improve(field, moves, drawn)
        assert (field.places == expected).all()
        improve(field, beside(1)[:2], none)
    assert (field.places != first).any()
    assert (field.places[::7] == first[::7]).all()
    np.testing.assert_allclose(field.cost, all_costs(field, wanted), rtol=1e-4)


def test_the_four_sides_are_asked_at_every_jump():
    for jump in (1, *JUMPS):
        assert set(beside(jump)) == {(BESIDE, dy * jump, dx * jump) for dy, dx in SIDES}
        assert jump <= search.REACH


def test_leaving_a_piece_costs_as_much_as_joining_one_wins():
    """A patch in the middle of a piece goes only where it fits better by four bonuses."""
    field, wanted = aimed()
    m = field.matcher
    field.places = (m.targets - 7 * m.width).astype(np.int32)  # all copy from 7 rows above
    field.places[~m.valid[field.places]] = m.sources[0]
    middle = next(
        n for n in range(len(m.targets)) if alike(m, field.places, 0, n, field.places[n]) == 4
    )
    field._bonus[:] = 1.0
    other = next(int(s) for s in m.sources if alike(m, field.places, 0, middle, int(s)) == 0)
    drawn = field.places[None].copy()  # nobody else is asked to go
    drawn[0, middle] = other
    new = costs(m, wanted, middle, other)
    before = field.places.copy()
    for lead, goes in ((3.9, False), (4.1, True)):
        field.places[:] = before
        field.cost[middle] = new + lead
        improve(field, [(ANY, 0, 0)], drawn)
        assert (field.places[middle] == other) == goes
        assert (np.delete(field.places, middle) == np.delete(before, middle)).all()


@pytest.mark.parametrize("reach", [1, 3, 40])
def test_guesses_nearby_are_sources_within_reach_and_never_worse(reach):
    field, wanted = aimed(2, 0.0)
    m, before, cost = field.matcher, field.places.copy(), field.cost.copy()
    rng = np.random.default_rng(0)
    for _ in range(5):
        start = field.places.copy()
        improve(field, [(NEARBY, 1, 0)], guesses(field, rng, reach))
        assert m.valid[field.places].all()
        away = np.subtract(np.divmod(field.places, m.width), np.divmod(start, m.width))
        assert np.abs(away).max() <= reach
    moved = field.places != before
    assert moved.any()
    assert (field.cost[moved] < cost[moved]).all()
    np.testing.assert_allclose(field.cost, all_costs(field, wanted), rtol=1e-4)


def rngs_of(fills: int) -> list[np.random.Generator]:
    return [np.random.default_rng(n) for n in range(fills)]


@pytest.mark.parametrize("fills", [1, 2])
def test_a_search_ends_among_the_sources_and_is_never_worse(fills):
    field, wanted = aimed(fills, 0.0)
    rngs, first = rngs_of(fills), field.cost.copy()
    for _ in range(5):
        cost = field.cost.copy()
        field.search(rngs, lambda done: None)
        assert field.matcher.valid[field.places].all()
        assert (field.cost <= cost).all()
    np.testing.assert_allclose(field.cost, all_costs(field, wanted), rtol=1e-4)
    found = first.mean() - field.cost.mean()
    field.search_all()
    assert found > 2 / 3 * (first.mean() - field.cost.mean())


def test_a_search_asks_neighbours_draws_from_all_and_closes_in(monkeypatch):
    """Sources are drawn from all, steps from half the longer side, a third of it, and so on."""
    field, _ = aimed(2, 0.0)
    m, seen = field.matcher, []
    monkeypatch.setattr(search, "improve", lambda *args: seen.append(args[-2:]))
    rngs = rngs_of(2)
    for _ in range(20):
        field.search(rngs, lambda done: None)
    far = [move for jump in JUMPS for move in beside(jump)]
    wanted = [*beside(1), (ANY, 0, 0), (NEARBY, 1, 0), (NEARBY, 3, 0), *far]
    assert all([tuple(map(int, move)) for move in moves] == wanted for moves, _ in seen)
    drawn = np.concatenate([drawn for _, drawn in seen], axis=1)
    assert drawn.shape[0] == 5
    assert set(drawn[0]) == set(m.sources)
    for row, reach in ((1, 13), (3, 4)):
        assert set(drawn[row]) == set(drawn[row + 1]) == set(range(-reach, reach + 1))
    assert len(set(zip(drawn[3], drawn[4], strict=True))) == 81


def test_a_search_close_by_draws_from_close_by_only():
    moves, reaches = moves_of(1000, far=False)
    assert reaches.tolist() == [12, 4]  # of 1000, 333, 111, 37, 12, 4
    assert (ANY, 0, 0) not in [tuple(move) for move in moves.tolist()]
    assert [tuple(m) for m in moves.tolist() if m[0] == NEARBY] == [(NEARBY, 1, 0), (NEARBY, 3, 0)]
    assert moves_of(1000)[1].tolist() == [1000, 333, 111, 37, 12, 4]


def test_how_many_moves_are_done_at_once_changes_nothing_but_how_often_it_asks(monkeypatch):
    found, asked = [], []
    for at_once in (1, 5, 1000):
        field, _ = aimed(2, 0.3)
        monkeypatch.setattr(nnf, "AT_ONCE", at_once * len(field.places))
        steps: list[float] = []
        field.search(rngs_of(2), steps.append)
        found.append(field.places)
        asked.append(steps)
    assert (found[0] == found[1]).all()
    assert (found[0] == found[2]).all()
    assert asked == [[0] * 23, [0] * 5, [0]]


def test_each_fill_comes_out_as_it_would_alone():
    field, wanted = aimed(3, 0.3)
    parts = np.split(wanted, 3)
    alone = [field.one(k) for k in range(3)]
    for one, part, rng in zip(alone, parts, rngs_of(3), strict=True):
        one.aim(part, 0.3)
        one.search([rng], lambda done: None)
    field.search(rngs_of(3), lambda done: None)
    assert (field.places == np.concatenate([one.places for one in alone])).all()


@pytest.mark.parametrize("fills", [1, 2])
def test_searching_all_finds_the_nearest_of_all(fills):
    field, wanted = aimed(fills)
    m = field.matcher
    field.search_all()
    for n, place in enumerate(field.places):
        best = min(costs(m, wanted, n, int(s)) for s in m.sources)
        assert costs(m, wanted, n, place) == pytest.approx(best, rel=1e-4)
        assert field.cost[n] == pytest.approx(best, rel=1e-4)


def test_what_is_held_stays_whatever_is_searched():
    field, _ = aimed(2, 0.0)
    m = field.matcher
    given = np.broadcast_to(m.sources[:1], (2, len(m.targets)))
    at = np.zeros(given.shape, bool)
    at[1, 5:20] = at[0, 3] = True
    hold = at.copy()
    hold[1, 10:] = False
    before = field.places.copy()
    field.put(given, at, hold)
    assert (field.places[at.ravel()] == m.sources[0]).all()
    assert (field.places[~at.ravel()] == before[~at.ravel()]).all()
    field.search(rngs_of(2), lambda done: None)
    assert (field.places[hold.ravel()] == m.sources[0]).all()
    field.search_all()
    assert (field.places[hold.ravel()] == m.sources[0]).all()
    assert (field.places[(at & ~hold).ravel()] != m.sources[0]).any()


def test_one_fill_of_several_is_a_field_of_its_own():
    field, _ = aimed(3)
    count = len(field.matcher.targets)
    one = field.one(1)
    assert one.fills == 1
    assert (one.places == field.places[count : 2 * count]).all()
    assert (one.cost == field.cost[count : 2 * count]).all()
    one.places[:] = 0
    assert (field.places != 0).any()


def test_what_became_of_some_fills_is_put_back():
    field, _ = aimed(3)
    before = field.places.copy().reshape(3, -1)
    part = field.some([0, 2])
    part.places[:] = np.roll(part.places, 1)
    part.cost[:] = 7.0
    wanted = part.places.copy().reshape(2, -1)
    field.take([0, 2], part)
    found = field.places.reshape(3, -1)
    assert (found[[0, 2]] == wanted).all()
    assert (found[1] == before[1]).all()
    assert (field.cost.reshape(3, -1) == 7.0).all(axis=1).tolist() == [True, False, True]


def test_at_twice_the_size_patches_copy_from_twice_as_far():
    coarse = field_of(matcher_of(26, 22, np.s_[9:15, 8:14]), 2)
    m = coarse.matcher
    fine = matcher_of(52, 43, np.s_[18:30, 16:28])
    for fill in range(2):
        rng = np.random.default_rng(3)
        places = refine(coarse, fill, fine, rng)
        known = coarse.places.reshape(2, -1)[fill]
        drawn = 0
        for n, place in enumerate(places):
            y, x = divmod(int(fine.targets[n]), fine.width)
            at = field_at(m, 0, y // 2 - int(m.rows[0]), x // 2 - int(m.cols[0]))
            wanted = None
            if at is not None:
                from_y, from_x = divmod(int(known[at]), m.width)
                row, col = min(2 * from_y + y % 2, 51), min(2 * from_x + x % 2, 42)
                wanted = row * fine.width + col if fine.valid[row * fine.width + col] else None
            assert fine.valid[place]
            if wanted is None:
                drawn += 1
            else:
                assert place == wanted
        assert drawn < len(places) / 2
