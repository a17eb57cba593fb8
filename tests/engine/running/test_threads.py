"""How many threads compute."""

import os
from concurrent.futures import ThreadPoolExecutor

from engine.running.threads import at_most, one_thread, threads, use_threads


def test_one_thread_computes_and_then_as_many_as_before():
    with at_most(2):
        with one_thread():
            assert threads() == 1
        assert threads() == 2


def test_what_is_told_to_one_thread_is_not_told_to_another():
    with one_thread(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(threads).result() == os.cpu_count()


def test_as_many_compute_as_all_are_told():
    use_threads(3)
    try:
        assert threads() == 3
        with one_thread():
            assert threads() == 1
    finally:
        use_threads(0)
    assert threads() == os.cpu_count()
