"""The search for what to copy, held to a slow loop over patches; what it may never do."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail import compiled
from engine.detail.descriptors import describe_guide
from engine.detail.matcher import Matcher
from engine.detail.nnf import Field, beside, refine
from tests.engine.detail.fields import field_of, matcher_of

SIDES = ((0, 1), (1, 0), (0, -1), (-1, 0))


def aimed(fills: int = 1, coherence: float = 1.0) -> tuple[Field, np.ndarray]:
    """Return a field of random places, and what its entries look like: random too."""
    m = matcher_of(26, 22, np.s_[9:15, 8:14])
    field = field_of(m, fills)
    shape = len(field.places), m.patches[0].shape[1]
    wanted = np.random.default_rng(5).normal(0, 1, shape).astype(np.float32)
    field.aim(wanted, coherence)
    return field, wanted


def improve(field: Field, moves: list[tuple[int, int, int]], *drawn: np.ndarray) -> None:
    """Make some moves, without those that belong to a whole search."""
    rows = np.array(drawn or [np.zeros(len(field.places))], np.int32)
    state = field._held, field._bonus, field._wanted
    patches = field.matcher.patches
    compiled.improve(state, patches, field.places, field.cost, np.array(moves, np.int32), rows)


def guess(field: Field, rng: np.random.Generator, reach: int | None) -> None:
    """Try one random place for each entry, anywhere or so near to its own."""
    m, count = field.matcher, len(field.places)
    if reach is None:
        improve(field, [(compiled.ANY, 0, 0)], rng.choice(m.sources, count))
    else:
        away = rng.integers(-reach, reach + 1, (2, count))
        improve(field, [(compiled.NEARBY, 0, 0)], *away)


def costs(m: Matcher, wanted: np.ndarray, n: int, place: int) -> float:
    """Return the squared distance of one entry to one patch."""
    return float(((m.patches[0][place] - wanted[n]).astype(float) ** 2).sum())


def propagated(field: Field, wanted: np.ndarray, bonus: np.ndarray, jump: int) -> np.ndarray:
    """Return the places after one propagation, entry by entry; ``bonus`` of each fill."""
    m, places, count = field.matcher, field.places.astype(int), len(field.matcher.targets)
    for dy, dx in SIDES:
        old = places.copy()
        for n in range(len(old)):
            fill, target = divmod(n, count)
            other = field_at(m, target, dy * jump, dx * jump)
            if other is None:
                continue
            y, x = divmod(old[fill * count + other], m.width)
            y, x = y - dy * jump, x - dx * jump
            if not (0 <= y < m.height and 0 <= x < m.width and m.valid[y * m.width + x]):
                continue
            new = y * m.width + x
            gain = alike(m, old, fill, target, new) - alike(m, old, fill, target, old[n])
            limit = costs(m, wanted, n, old[n]) + bonus[fill] * gain
            if new != old[n] and costs(m, wanted, n, new) < limit:
                places[n] = new
    return places


def field_at(m: Matcher, target: int, dy: int, dx: int) -> int | None:
    """Return the target that lies (dy, dx) from another."""
    y, x = divmod(int(m.targets[target]), m.width)
    found = np.flatnonzero((m.rows == y + dy) & (m.cols == x + dx))
    return int(found[0]) if len(found) else None


def alike(m: Matcher, places: np.ndarray, fill: int, target: int, place: int) -> int:
    """Count the neighbours on four sides that copy from as far away as ``place`` is."""
    besides = (field_at(m, target, *side) for side in SIDES)
    count = len(m.targets)
    return sum(
        places[fill * count + b] - m.targets[b] == place - m.targets[target]
        for b in besides
        if b is not None
    )


@pytest.mark.parametrize("fills", [1, 2])
@pytest.mark.parametrize("coherence", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("jump", [1, 2, 4])
def test_propagation_weighs_cost_against_neighbours_won_and_lost(fills, coherence, jump):
    field, wanted = aimed(fills, coherence)
    at_first = [costs(field.matcher, wanted, n, p) for n, p in enumerate(field.places)]
    bonus = coherence * np.median(np.reshape(at_first, (fills, -1)), axis=1)
    for _ in range(3):  # pieces grow, so that there is something to lose
        expected = propagated(field, wanted, bonus, jump)
        improve(field, beside(jump))
        assert (field.places == expected).all()
    true = [costs(field.matcher, wanted, n, p) for n, p in enumerate(field.places)]
    np.testing.assert_allclose(field.cost, true, rtol=1e-4)


def test_leaving_a_piece_costs_as_much_as_joining_one_wins():
    """A patch in the middle of a piece goes only where it fits better by four bonuses."""
    field, _ = aimed()
    m = field.matcher
    field.places = (m.targets - 7 * m.width).astype(np.int32)  # all copy from 7 rows above
    field.places[~m.valid[field.places]] = m.sources[0]
    middle = next(
        n for n in range(len(m.targets)) if alike(m, field.places, 0, n, field.places[n]) == 4
    )
    field._bonus[:] = 1.0
    other = next(int(s) for s in m.sources if alike(m, field.places, 0, middle, int(s)) == 0)
    new = costs(m, field._wanted, middle, other)
    for lead, goes in ((3.9, False), (4.1, True)):
        before = field.places.copy()
        field.cost[middle] = new + lead
        drawn = before.copy()
        drawn[middle] = other
        improve(field, [(compiled.ANY, 0, 0)], drawn)
        assert (field.places[middle] == other) == goes
        field.places = before


@pytest.mark.parametrize("reach", [None, 1, 3, 40])
def test_guesses_are_sources_within_reach_and_never_worse(reach):
    field, wanted = aimed(2, 0.0)
    m, before, cost = field.matcher, field.places.copy(), field.cost.copy()
    rng = np.random.default_rng(0)
    for _ in range(5):
        start = field.places.copy()
        guess(field, rng, reach)
        assert m.valid[field.places].all()
        if reach is not None:
            away = np.subtract(np.divmod(field.places, m.width), np.divmod(start, m.width))
            assert np.abs(away).max() <= reach
    moved = field.places != before
    assert moved.any()
    assert (field.cost[moved] < cost[moved]).all()
    true = [costs(m, wanted, n, p) for n, p in enumerate(field.places)]
    np.testing.assert_allclose(field.cost, true, rtol=1e-4)


def test_all_places_within_reach_are_guessed_in_the_end():
    field, _ = aimed(1, 0.0)
    m = field.matcher
    rng, seen = np.random.default_rng(0), set()
    start = int(m.sources[len(m.sources) // 2])
    for _ in range(60):
        field.places[:] = start
        field.cost[:] = np.inf
        guess(field, rng, 1)
        seen |= {
            tuple(np.subtract(divmod(int(p), m.width), divmod(start, m.width)))
            for p in field.places
        }
    around = {(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)}
    y, x = divmod(start, m.width)
    assert seen == {(dy, dx) for dy, dx in around if m.valid[(y + dy) * m.width + x + dx]}


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
    rngs = [np.random.default_rng(n) for n in range(2)]
    field.search(rngs, lambda done: None)
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


def test_targets_at_the_border_want_what_lies_there():
    """Only the surroundings of the hole are described; they end where the picture does."""
    for hole in (np.s_[0:4, 0:5], np.s_[22:26, 17:22]):
        m = matcher_of(26, 22, hole)
        picture = np.random.default_rng(7).random((26, 22, 3)).astype(np.float32)
        np.testing.assert_allclose(m.held(picture), describe_guide(picture)[m.targets], atol=1e-6)


@pytest.mark.parametrize("at_once", [1, 300, 10**6])
def test_a_search_makes_no_entry_worse_and_asks_whether_to_go_on(monkeypatch, at_once):
    """Whole passes are the same however many moves are made between two looks."""
    monkeypatch.setattr("engine.detail.nnf.AT_ONCE", 10**6)
    whole, _ = aimed(2, 0.0)
    whole.search([np.random.default_rng(n) for n in range(2)], lambda done: None)
    monkeypatch.setattr("engine.detail.nnf.AT_ONCE", at_once)
    field, wanted = aimed(2, 0.0)
    m, before, asked = field.matcher, field.cost.copy(), []
    field.search([np.random.default_rng(n) for n in range(2)], asked.append)
    assert (field.places == whole.places).all()
    assert (field.cost <= before).all()
    assert m.valid[field.places].all()
    true = [costs(m, wanted, n, p) for n, p in enumerate(field.places)]
    np.testing.assert_allclose(field.cost, true, rtol=1e-4)
    moves = 4 + 1 + 3 + 16  # neighbours, anywhere, nearer and nearer (13, 4, ...), far neighbours
    assert len(asked) == -(-(moves - 1) // max(1, at_once // len(field.places)))
    assert set(asked) == {0}
