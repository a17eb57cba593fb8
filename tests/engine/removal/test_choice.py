"""The row of results: what stays, what gives way, and what is said about variety."""

import numpy as np
import pytest

from engine.geometry import Box
from engine.removal.choice import Answer, Choice, HoleChoice, Kind
from engine.removal.latents import Latent
from engine.removal.variety import distance, most_different, small, spread

BOX = Box(10, 20, 42, 52)
MASK = np.ones((32, 32), bool)


def answer(value, seed=0, kind=Kind.NETWORK):
    patch = np.full((32, 32, 3), value, np.uint8)
    thumb = np.zeros((8, 8, 3), np.uint8)
    return Answer(kind, Latent(seed), BOX, patch, small(patch, MASK), thumb)


@pytest.fixture
def hole():
    return HoleChoice(BOX, MASK, answer(0, kind=Kind.ORIGINAL))


def draws(values, first=101):
    return [answer(value, first + n) for n, value in enumerate(values)]


def values(answers):
    return [int(a.patch[0, 0, 0]) for a in answers]


def test_the_first_network_answer_is_chosen_by_itself(hole):
    hole.take(answer(90, kind=Kind.PHOTO))
    assert hole.chosen is hole.original
    hole.take(answer(100))
    assert hole.chosen is hole.safe


def test_the_four_farthest_apart_are_shown(hole):
    hole.take(answer(100))
    hole.take_draws(draws([101, 102, 255, 99, 180, 0, 103, 50]))
    assert sorted(values(hole.shown)) == [0, 50, 180, 255]


def test_fewer_draws_than_places_are_all_shown(hole):
    hole.take_draws(draws([10, 20]))
    assert len(hole.shown) == 2
    assert hole.slots[5:] == [None, None]


def test_kept_ones_stay_in_their_place_when_resampling(hole):
    hole.take(answer(100))
    hole.take_draws(draws([255, 180, 0, 50]))
    kept = hole.shown[2]
    hole.keep(kept)
    before = list(hole.shown)
    hole.take_draws(draws([10, 240, 120, 60], first=201))
    assert hole.shown[2] is kept
    assert not set(map(id, hole.shown)) & {id(a) for a in before if a is not kept}


def test_the_choice_moves_on_when_its_result_is_gone(hole):
    hole.take(answer(100))
    hole.take_draws(draws([255, 180, 0, 50]))
    hole.chosen = hole.shown[1]
    hole.take_draws(draws([10, 240, 120, 60], first=201))
    assert hole.chosen in hole.shown


def test_discarding_brings_the_next_most_different(hole):
    hole.take(answer(100))
    hole.take_draws(draws([255, 180, 0, 50, 140]))
    gone = hole.shown[1]
    hole.chosen = gone
    hole.discard(gone)
    assert gone not in hole.shown
    assert 140 in values(hole.shown)
    assert hole.chosen in hole.shown
    hole.discard(hole.original)
    assert hole.slots[0] is hole.original


def test_discarding_everything_falls_back_to_safe(hole):
    hole.take(answer(100))
    hole.take_draws(draws([255]))
    hole.chosen = hole.shown[0]
    hole.discard(hole.shown[0])
    assert hole.chosen is hole.safe


def test_a_result_asked_for_is_shown_kept_and_chosen(hole):
    hole.take(answer(100))
    hole.take_draws(draws([255, 180, 0, 50]))
    for wanted in draws([11, 12, 13, 14, 15], first=301):
        hole.take_asked(wanted)
        assert hole.chosen is wanted
        assert wanted in hole.kept
        assert len(hole.shown) == 4
    assert values(hole.shown) == [12, 13, 14, 15]


def test_codes_name_network_results_only(hole):
    assert answer(1, 0x7F3A * 100 + 2).code == "7F3A-02"
    assert answer(1).code == "SAFE"
    assert answer(1, kind=Kind.PHOTO).code == ""


def test_spread_is_small_for_like_results_and_large_for_unlike_ones(hole):
    assert hole.spread is None
    hole.take_draws(draws([100] * 16))
    assert hole.spread == 0
    hole.take_draws(draws([80, 120] * 8))
    assert hole.spread == pytest.approx(20, abs=0.5)
    assert spread([]) == 0


def test_looks_ignore_what_is_outside_the_hole():
    mask = np.zeros((64, 64), bool)
    mask[16:48, 16:48] = True
    one = np.full((64, 64, 3), 100, np.uint8)
    other = one.copy()
    other[:4] = 255
    assert distance(small(one, mask), small(other, mask)) == 0
    assert distance(small(one.astype(np.uint16) * 257, mask), small(one, mask)) < 0.01


def test_picks_are_different_and_bounded():
    looks = [small(np.full((32, 32, 3), v, np.uint8), MASK) for v in (0, 128, 255)]
    assert sorted(most_different(looks, [], 9)) == [0, 1, 2]
    assert most_different(looks, [looks[0]], 1) == [2]
    assert most_different([], [], 4) == []


def test_holes_are_found_by_position(hole):
    other = HoleChoice(Box(100, 100, 120, 120), MASK, answer(0, kind=Kind.ORIGINAL))
    choice = Choice(0, [hole, other])
    assert choice.hole_at(15, 25) == 0
    assert choice.hole_at(119.9, 119.9) == 1
    assert choice.hole_at(70, 70) is None
    hole.take(answer(100))
    assert choice.changed == [hole]


def test_a_spare_draw_takes_a_free_place_and_waits_otherwise(hole):
    hole.take_draws(draws([255, 180, 0, 50]))
    spare = draws([90, 130], first=301)
    hole.take_more(spare[0])
    assert spare[0] not in hole.shown
    hole.discard(hole.shown[0])
    assert spare[0] in hole.shown
    hole.discard(hole.shown[0])
    assert len(hole.shown) == 3
    hole.take_more(spare[1])
    assert spare[1] in hole.shown


def test_the_spread_is_that_of_all_drafts(hole):
    drafts = [answer.look for answer in draws([100, 104, 96, 100, 102, 98])]
    hole.take_draws(draws([255, 0]), None, drafts)
    assert hole.spread == pytest.approx(spread(drafts))
