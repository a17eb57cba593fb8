"""Work on the parts of a picture in several threads, their order kept and few in memory."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from engine.running.threads import threads

T = TypeVar("T")
R = TypeVar("R")
_now = threading.local()


def in_order(work: Callable[[T], R], parts: Iterable[T]) -> Iterator[R]:
    """Yield ``work(part)`` for each part, in their order, a few in the making at a time."""
    workers = os.cpu_count() or 1
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def in_halves(work: Callable[[slice], object], count: int, least: int) -> None:
    """Do work on all of ``count`` things, half of them in a second thread where that pays.

    Args:
        work: called with slices that hold each thing once. It must do the same to a thing whatever
            slice that is in, and should hold the interpreter's lock for next to no time.
        count: how many things there are.
        least: fewer are done by the caller alone, and so are any where it may use one thread only,
            or is itself at work on a half.
    """
    if count < least or getattr(_now, "halved", False) or threads() < 2:
        work(slice(0, count))
        return
    other = _second().submit(_half, work, slice(0, count // 2))
    try:
        _half(work, slice(count // 2, count))
    finally:
        other.result()


def for_each(work: Callable[[T], R], things: Sequence[T], halved: bool = True) -> list[R]:
    """Return ``work(thing)`` for each, of half of them from a second thread if ``halved``."""
    found: dict[int, R] = {}

    def some(part: slice) -> None:
        for n in range(part.start, part.stop):
            found[n] = work(things[n])

    in_halves(some, len(things), 2 if halved else len(things) + 1)
    return [found[n] for n in range(len(things))]


def _half(work: Callable[[slice], object], part: slice) -> None:
    _now.halved = True
    try:
        work(part)
    finally:
        _now.halved = False


@cache
def _second() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "second half")
