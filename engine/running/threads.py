"""How many threads a computation may use."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager


class _Own(threading.local):
    """Hold what one thread was told, 0 where nothing."""

    count = 0


_own = _Own()
_all = [0]


def threads() -> int:
    """Return how many threads the calling one may use, itself included."""
    return _own.count or _all[0] or os.cpu_count() or 1


def use_threads(count: int) -> None:
    """Let every computation use ``count`` threads; 0 means as many as there are processors."""
    _all[0] = count


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """Compute in so many threads; what another thread computes keeps its own number."""
    before, _own.count = _own.count, count
    try:
        yield
    finally:
        _own.count = before


def one_thread() -> AbstractContextManager[None]:
    """Compute in this thread alone: for small arrays waking others takes longer than the work."""
    return at_most(1)
