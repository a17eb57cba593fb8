"""Tell how far long work is, and how far a part of it is within the whole."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]
"""Called with a fraction in [0, 1]; may raise ``Cancelled``."""
Step = Callable[[int], None]
"""Called with how many steps were done since, often with 0: only to learn whether to go on."""


def part_of(report: Progress, begin: float, share: float) -> Progress:
    """Return the progress of a part that begins at ``begin`` and is ``share`` of the whole."""
    return lambda fraction: report(begin + share * fraction)
