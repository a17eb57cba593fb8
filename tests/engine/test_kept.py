"""What was made for a question is there when it is asked again, within the limit."""

from __future__ import annotations

import numpy as np

from engine.kept import NEVER, Kept


def made(count: int) -> np.ndarray:
    return np.zeros(count, np.uint8)


def test_the_same_question_is_answered_once_and_others_are_not_mixed_up():
    kept, owner, other = Kept(), object(), object()
    first = kept.of(owner).get("a", lambda: made(10))
    assert kept.of(owner).get("a", lambda: made(10)) is first
    assert kept.of(owner).get("b", lambda: made(10)) is not first
    assert kept.of(other).get("a", lambda: made(10)) is not first


def test_what_was_used_longest_ago_goes_first_and_the_newest_never():
    kept = Kept(25)
    one, two = kept.get(1, lambda: made(10)), kept.get(2, lambda: made(10))
    assert kept.get(1, lambda: made(10)) is one
    kept.get(3, lambda: made(10))
    assert kept.get(1, lambda: made(10)) is one
    assert kept.get(2, lambda: made(10)) is not two
    large = kept.get(4, lambda: made(100))
    assert kept.get(4, lambda: made(100)) is large
    assert kept.get(1, lambda: made(10)) is not one


def test_what_grows_counts_as_large_as_it_is():
    class Growing:
        nbytes = 1

    kept = Kept(25)
    growing = kept.get("grows", Growing)
    growing.nbytes = 30
    kept.get("other", lambda: made(1))
    assert kept.get("grows", Growing) is not growing


def test_an_error_leaves_nothing_behind():
    kept = Kept()

    def fail() -> np.ndarray:
        raise MemoryError

    for _ in range(2):
        try:
            kept.get("a", fail)
        except MemoryError:
            continue
        raise AssertionError
    assert len(kept.get("a", lambda: made(3))) == 3


def test_a_question_that_is_asked_once_keeps_nothing():
    assert NEVER.get("a", lambda: made(3)) is not NEVER.get("a", lambda: made(3))
