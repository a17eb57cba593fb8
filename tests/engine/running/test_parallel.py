"""Work in two threads: all of it done, once, and errors passed on."""

import threading

import pytest

from engine.running.parallel import for_each, in_halves
from engine.running.threads import at_most


@pytest.mark.parametrize(("count", "least", "most", "parts"), [
    (10, 10, 2, 2), (11, 10, 2, 2), (9, 10, 2, 1), (10, 10, 1, 1), (1, 1, 2, 2), (0, 1, 2, 1),
])  # fmt: skip
def test_work_in_halves_is_done_once_and_in_two_threads_only_where_it_may(
    count, least, most, parts
):
    seen = []
    with at_most(most):
        in_halves(lambda part: seen.append((part, threading.current_thread())), count, least)
    assert sorted(n for part, _ in seen for n in range(count)[part]) == list(range(count))
    assert len(seen) == len({thread for _, thread in seen}) == parts
    assert threading.current_thread() in {thread for _, thread in seen}


@pytest.mark.parametrize("half", [0, 5])
def test_what_goes_wrong_in_either_half_reaches_the_caller(half):
    def work(part):
        if part.start == half:
            raise MemoryError

    with at_most(2), pytest.raises(MemoryError):
        in_halves(work, 10, 1)


def test_halves_within_a_half_wait_for_nobody():
    seen = []

    def work(part):
        here = threading.current_thread()
        in_halves(lambda some: seen.append((part, some, here, threading.current_thread())), 4, 1)

    with at_most(2):
        in_halves(work, 10, 1)
    assert [some for _, some, _, _ in seen] == [slice(0, 4)] * 2
    assert all(outer is inner for _, _, outer, inner in seen)
    assert len({outer for _, _, outer, _ in seen}) == 2


@pytest.mark.parametrize("halved", [True, False])
def test_each_thing_is_worked_on_and_answers_keep_their_order(halved):
    seen = set()

    def work(thing):
        seen.add(threading.current_thread())
        return thing * 2

    with at_most(2):
        assert for_each(work, [3, 1, 2], halved) == [6, 2, 4]
        assert for_each(work, []) == []
    assert len(seen) == 1 + halved
