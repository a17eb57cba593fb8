"""Fill holes that do not look at each other, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from engine.progress import Meter, Progress
from engine.windows.planning import Window, chains

WORKERS: Final = 2
SMALL: Final = 512
"""Windows of at most so many pixels a side are filled at once; larger ones take more memory."""


def fill_apart(
    todo: Sequence[Window],
    fill: Callable[[Sequence[Window], Progress], None],
    on_progress: Progress,
) -> None:
    """Fill windows in chains whose holes touch; chains know nothing of each other.

    Args:
        todo: all windows.
        fill: called once for every chain, from several threads; its progress may raise.
        on_progress: called with a fraction in [0, 1], one call at a time but from several
            threads; may raise ``Cancelled``.
    """
    meter = Meter(on_progress, len(todo))
    small: list[tuple[list[Window], Progress]] = []
    large: list[tuple[list[Window], Progress]] = []
    for chain in chains(todo):
        wide = max(window.side for window in chain) > SMALL
        (large if wide else small).append((chain, meter.part(len(chain))))
    for task in large if len(small) > 1 else large + small:
        fill(*task)
    if len(small) > 1:
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda task: fill(*task), small))
