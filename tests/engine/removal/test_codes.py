"""A code names a seed for good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ImageError
from engine.removal.codes import DRAWS, SAFE, SETS, code_of, draws_of_set, fresh_set, seed_of


@given(st.integers(0, SETS * DRAWS - 1))
def test_a_seed_comes_back_from_its_code(seed):
    code = code_of(seed)
    assert seed_of(code) == seed
    assert seed_of(f"  {code.lower()} ") == seed


def test_the_codes_people_see():
    assert code_of(0x7F3A * 100 + 2) == "7F3A-02"
    assert code_of(SAFE) == "SAFE"
    assert seed_of("0") == seed_of("safe") == SAFE == 0


@pytest.mark.parametrize("code", ["", "7F3A", "7F3A-2", "7F3A-002", "7F3G-02", "17F3A-02", "-1"])
def test_what_is_no_code_is_refused_with_an_example(code):
    with pytest.raises(ImageError, match="7F3A-02"):
        seed_of(code)


def test_the_draws_of_a_set_are_distinct_and_never_safe():
    draws = [*draws_of_set(1), *draws_of_set(0xFFFF)]
    assert len(set(draws)) == 32
    assert SAFE not in draws
    assert [code_of(seed) for seed in draws_of_set(0x7F3A, 2)] == ["7F3A-01", "7F3A-02"]


def test_fresh_sets_are_in_range(monkeypatch):
    assert 1 <= fresh_set() < SETS
    for drawn in (0, SETS - 2):
        monkeypatch.setattr("secrets.randbelow", lambda limit, drawn=drawn: min(drawn, limit - 1))
        assert fresh_set() == drawn + 1
