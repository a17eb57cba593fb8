"""Tell how far long work is, and how far a part of it is within the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Progress = Callable[[float], None]
"""Called with a fraction in [0, 1]; may raise ``Cancelled``."""
Step = Callable[[int], None]
"""Called with how many steps were done since, often with 0: only to learn whether to go on."""


def part_of(report: Progress, begin: float, share: float) -> Progress:
    """Return the progress of a part that begins at ``begin`` and is ``share`` of the whole."""
    return lambda fraction: report(begin + share * fraction)


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
