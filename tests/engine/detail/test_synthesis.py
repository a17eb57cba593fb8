"""What all fills of a window share, level by level, and how the work goes through the levels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.detail import synthesis
from engine.detail.descriptors import GUIDED, RADIUS, WAVES
from engine.detail.matcher import trust
from engine.detail.nnf import COHERENCE
from engine.detail.pyramid import Level, build
from engine.detail.synthesis import ROUNDS, Fills, Workshop, known_colours
from engine.photo_only import photo_only
from engine.structure.carry import LINES
from tests.engine.detail.fields import field_of


def workshop(radius: int, guided_from: int | None = None) -> Workshop:
    """Return the workshop of a noisy window with a round hole."""
    side = 6 * radius
    window = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    y, x = np.mgrid[:side, :side] - side // 2
    hole = y**2 + x**2 < radius**2
    return Workshop(build(window, hole, np.ones_like(hole)), guided_from)


def test_most_is_searched_where_it_is_small_and_little_at_full_size():
    assert workshop(3).rounds == [(0, ROUNDS[-1])]
    assert workshop(30).rounds == [
        (3, ROUNDS[0]), (2, ROUNDS[1]), (1, ROUNDS[2]), (0, ROUNDS[-1])
    ]  # fmt: skip
    long = workshop(70).rounds
    assert [level for level, _ in long] == [4, 3, 2, 1, 0]
    assert [rounds for _, rounds in long] == [*ROUNDS[:3], *ROUNDS[-1:] * 2]


@pytest.mark.parametrize(("radius", "calm"), [(3, []), (10, []), (30, [2, 3]), (70, [3, 4])])
def test_structure_is_found_at_the_two_smallest_of_many_sizes(radius, calm):
    shop = workshop(radius)
    assert [n for n in range(len(shop.levels)) if shop.calm(n)] == calm


def test_small_levels_are_done_for_all_fills_at_once(monkeypatch):
    shop = workshop(30)
    sizes = [len(shop.matcher(level).targets) for level, _ in shop.rounds]
    assert sizes == sorted(sizes)
    for count, most in enumerate([sizes[0] - 1, *sizes]):
        monkeypatch.setattr(synthesis, "TOGETHER", most)
        assert shop.together() == count


def test_what_is_shared_is_made_once():
    shop = workshop(10)
    assert shop.matcher(1) is shop.matcher(1)
    assert shop.matcher(1) is not shop.matcher(0)
    assert shop.repeats(0) is shop.repeats(0)


def test_an_answer_is_held_at_the_size_of_each_level():
    shop = workshop(32, guided_from=2)
    answer = np.random.default_rng(1).random(shop.levels[2].image.shape).astype(np.float32)
    assert shop.held_to(answer, 2) is answer
    means = answer.reshape(24, 2, 24, 2, 3).mean(axis=(1, 3))
    found = shop.held_to(answer, 3)
    assert found.shape == shop.levels[3].image.shape
    np.testing.assert_allclose(found, means, atol=1e-5)
    large = shop.held_to(answer, 0)
    assert large.shape == shop.levels[0].image.shape
    wanted = cv2.resize(answer, (192, 192), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(large, wanted, atol=1e-6)


def test_a_guide_is_trusted_by_its_own_pixels():
    """A level of half the size has half the depth, but its pixels are twice the answer's."""
    shop = workshop(30, guided_from=2)
    for number, cell in ((1, 0.5), (2, 1.0), (3, 2.0)):
        matcher = shop.matcher(number)
        assert matcher._table.shape[1] == WAVES + 1 + GUIDED
        deepest = matcher._trust.min()
        wanted = trust(np.array([matcher.depth * cell], np.float32))[0]
        assert deepest == pytest.approx(wanted, rel=1e-5)
    assert workshop(30).matcher(1)._table.shape[1] == WAVES + 1


def test_the_edge_of_the_hole_is_painted_in_known_colours_only():
    image = np.zeros((20, 20, 3), np.float32)
    image[:, :10], image[:, 10:] = 0.2, 0.8
    hole = np.zeros((20, 20), bool)
    hole[6:14, 6:14] = True
    image[hole] = 0
    found = known_colours(Level(image, hole, ~hole))
    assert (found[~hole] == image[~hole]).all()
    assert found[7, 7] == pytest.approx([0.2] * 3, abs=1e-6)
    assert found[12, 12] == pytest.approx([0.8] * 3, abs=1e-6)
    assert not found[9:11, 9:11].any()


@pytest.mark.parametrize("few", [True, False])
def test_every_pair_is_compared_where_these_are_few_and_only_at_first(monkeypatch, few):
    shop = workshop(3)
    field = field_of(shop.matcher(0), 2)
    m, done, asked = field.matcher, [], []
    monkeypatch.setattr(synthesis, "EXHAUSTIVE", len(m.targets) * len(m.sources) + few)
    for name in ("search_all", "search"):
        monkeypatch.setattr(field, name, lambda *args, name=name: done.append(name))
    fills = Fills(shop, [0, 1], [None, None], asked.append)
    fills._search(field, np.stack([m.level.image] * 2), [None, None], 0, 3)
    assert done == ["search_all" if few else "search", "search", "search"]
    assert asked == [0, 2] * 3  # once for each fill when a round is done


def test_a_fill_is_done_with_a_level_when_nothing_moves_and_others_go_on(monkeypatch):
    """The first moves in two searches, the second in all; both come out as they would alone."""
    shop, asked, searched = workshop(3), [], []
    field = field_of(shop.matcher(0), 2)
    m = field.matcher
    monkeypatch.setattr(synthesis, "EXHAUSTIVE", 0)

    def searching(field, rngs, step, far):
        del step, far
        searched.append((field.fills, [rng.random() for rng in rngs]))

    def voted(field, sharpness, radius):
        del sharpness, radius
        count = len(searched)
        colours = (min(count, 2), count) if field.fills == 2 else (count,)
        return np.stack([np.full((len(m.inside), 3), c, np.float32) for c in colours])

    monkeypatch.setattr(synthesis.Field, "search", searching)
    monkeypatch.setattr(synthesis, "vote", voted)
    images, before = np.stack([m.level.image] * 2), field.places.copy()
    fills = Fills(shop, [0, 1], [None, None], asked.append)
    fills._search(field, images, [None, None], 0, 5)
    assert [many for many, _ in searched] == [2, 2, 2, 1, 1]
    alone = np.random.default_rng(1)
    assert [drawn[-1] for _, drawn in searched] == [alone.random() for _ in range(5)]
    assert (images[0][m.level.hole] == 2).all()
    assert (images[1][m.level.hole] == 5).all()
    assert sum(asked) == 2 * 5
    assert (field.places == before).all()


def test_guesses_go_far_only_where_structure_may_still_change(monkeypatch):
    shop, seen = workshop(70), {}
    monkeypatch.setattr(synthesis, "EXHAUSTIVE", 0)
    for number, rounds in shop.rounds:
        field = field_of(shop.matcher(number))
        images = field.matcher.level.image[None].copy()
        monkeypatch.setattr(field, "search", lambda *args, n=number: seen.update({n: args[-1]}))
        Fills(shop, [0], [None], lambda done: None)._search(field, images, [None], number, rounds)
    assert seen == {4: True, 3: True, 2: True, 1: False, 0: False}


def test_while_structure_is_found_no_piece_is_favoured_and_votes_are_softer(monkeypatch):
    shop, real = workshop(30), synthesis.vote
    for number, wanted in (
        (3, (0.0, synthesis.SHARP_CALM, RADIUS)),
        (0, (COHERENCE, synthesis.SHARP, synthesis.NEAR)),
    ):
        field = field_of(shop.matcher(number))
        m, seen, aim = field.matcher, [], field.aim
        images = m.level.image[None].copy()

        def aimed(rows, coherence, aim=aim, seen=seen):
            seen.append(coherence)
            aim(rows, coherence)

        def voted(field, sharpness, radius, seen=seen):
            seen.extend((sharpness, radius))
            return real(field, sharpness, radius)

        monkeypatch.setattr(field, "aim", aimed)
        monkeypatch.setattr(synthesis, "vote", voted)
        Fills(shop, [0], [None], lambda done: None)._search(field, images, [None], number, 1)
        assert tuple(seen) == wanted
        assert (images[0][m.level.hole] == real(field, *wanted[1:])[0]).all()
        assert (images[0][~m.level.hole] == m.level.image[~m.level.hole]).all()


def test_progress_of_several_holes_rises_by_their_shares():
    image = np.random.default_rng(0).integers(80, 160, (150, 400, 3), np.uint8)
    mask = np.zeros(image.shape[:2], bool)
    for left in (20, 190, 360):
        mask[60:75, left : left + 15] = True
    seen: list[float] = []
    photo_only(image, mask, on_progress=seen.append)
    assert seen == sorted(seen)
    for share in (0, *(LINES + (1 - LINES) * n / 3 for n in range(4))):
        assert min(abs(share - fraction) for fraction in seen) < 1e-9
    assert len({round(fraction, 6) for fraction in seen}) > 12
