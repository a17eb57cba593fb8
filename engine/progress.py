"""Tell how far long work is, and how far a part of it is within the whole."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Protocol

Progress = Callable[[float], None]
"""Called with a fraction in [0, 1]; may raise ``Cancelled``."""
Step = Callable[[int], None]
"""Called with how many steps were done since, often with 0: only to learn whether to go on."""


def part_of(report: Progress, begin: float, share: float) -> Progress:
    """Return the progress of a part that begins at ``begin`` and is ``share`` of the whole."""
    return lambda fraction: report(begin + share * fraction)


class Meter:
    """Add up the progress of parts that run side by side; once stopped, stop all."""

    def __init__(self, report: Progress, total: float):
        """Begin; ``total`` is the sum of the parts' weights."""
        self._report, self._total, self._done = report, total, 0.0
        self._lock = threading.Lock()
        self._stopped: BaseException | None = None

    def part(self, weight: float) -> Progress:
        """Return the progress of a part; it may be called from any thread."""
        before = 0.0

        def progress(fraction: float) -> None:
            nonlocal before
            self.add(weight * (fraction - before))
            before = fraction

        return progress

    def add(self, done: float) -> None:
        """Count what is done since; raise what the report raised once."""
        with self._lock:
            if self._stopped is not None:
                raise copy.copy(self._stopped)
            self._done += done
            try:
                self._report(min(1.0, self._done / self._total))
            except BaseException as stop:
                self._stopped = copy.copy(stop)  # its trace would keep all that was at work
                raise


class Report(Protocol):
    """Describe what long work in a thread reports to."""

    def progress(self, fraction: float) -> None:
        """Show ``fraction`` in [0, 1] as done; raises ``Cancelled`` if nobody waits any more."""

    def part(self, start: float, end: float) -> Progress:
        """Return a progress callback for the share of the job from ``start`` to ``end``."""

    def deliver(self, piece: object) -> None:
        """Hand over a part of the answer at once; raises ``Cancelled``."""

    def check(self) -> None:
        """Raise ``Cancelled`` if the job is not wanted any more."""
