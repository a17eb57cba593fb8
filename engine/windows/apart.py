"""Fill holes, and parts of holes, that do not look at each other, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from engine.geometry import Box
from engine.progress import Meter, Progress
from engine.running.threads import one_thread
from engine.windows.planning import Window, chains

WORKERS: Final = 2
SMALL: Final = 512
"""Windows of at most so many pixels a side are filled at once; larger ones take more memory."""

Fill = Callable[[Window, Progress], None]


class Task(NamedTuple):
    """Hold one window to fill, ``fill``, once what it looks at is filled: the tasks ``after``."""

    fill: Callable[[], None]
    after: list[int]


def fill_apart(
    todo: Sequence[Window],
    begin: Callable[[], Fill],
    looks_at: Callable[[Window], Box],
    on_progress: Progress,
) -> None:
    """Fill windows; those whose holes touch, directly or by others, are a chain and may see fills.

    Chains know nothing of each other. In a chain windows that do not look at each other's holes
    come first and are filled at once, as long as all are small; the others see them filled. So
    neither the number of threads nor chance has a say in what anybody sees.

    Args:
        todo: all windows.
        begin: called once for every chain; what it returns is called once for each window of it,
            from several threads, and its progress may raise.
        looks_at: what of the photo decides how a window is filled.
        on_progress: called with a fraction in [0, 1], one call at a time but from several
            threads; may raise ``Cancelled``.
    """
    meter = Meter(on_progress, len(todo))
    small: list[Task] = []
    large: list[Task] = []
    for chain in chains(todo):
        wide = max(window.side for window in chain) > SMALL
        tasks, fill = large if wide else small, begin()
        tasks += _tasks(chain, fill, looks_at, meter, len(tasks))
    alone = all(task.after for task in small[1:])
    for task in large + small if alone else large:
        task.fill()
    if not alone:
        side_by_side(small)


def _tasks(
    chain: Sequence[Window],
    fill: Fill,
    looks_at: Callable[[Window], Box],
    meter: Meter,
    first: int,
) -> list[Task]:
    """Return what is to be done for a chain, as tasks from number ``first`` on."""
    turns = in_turns(chain, looks_at)
    order = sorted(range(len(chain)), key=turns.__getitem__)
    windows = [chain[i] for i in order]
    return [
        Task(
            partial(_whole, fill, window, meter.part(1)),
            [first + i for i in range(n) if _meet(windows[i], window, looks_at)],
        )
        for n, window in enumerate(windows)
    ]


def _whole(fill: Fill, window: Window, progress: Progress) -> None:
    fill(window, progress)
    progress(1.0)


def in_turns(chain: Sequence[Window], looks_at: Callable[[Window], Box]) -> list[int]:
    """Return for each window the first turn in which no window looks at its hole, nor it at one's.

    Every window but those of turn 0 has such a neighbour in each turn before its own.
    """
    turns: list[int] = []
    for n, window in enumerate(chain):
        taken = {turns[i] for i in range(n) if _meet(chain[i], window, looks_at)}
        turns.append(min(set(range(n + 1)) - taken))
    return turns


def _meet(a: Window, b: Window, looks_at: Callable[[Window], Box]) -> bool:
    return looks_at(a).meets(b.hole) or looks_at(b).meets(a.hole)


def side_by_side(tasks: Sequence[Task]) -> None:
    """Do tasks in threads of one processor each, the first that may begin first.

    ``after`` of a task counts in ``tasks``. What one of them raises is raised.
    """
    done: set[int] = set()
    left = list(range(len(tasks)))
    running: dict[Future[None], int] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        while left or running:
            free = (n for n in left if done.issuperset(tasks[n].after))
            for n in list(islice(free, WORKERS - len(running))):
                left.remove(n)
                running[pool.submit(_in_one_thread, tasks[n].fill)] = n
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                ended.result()
                done.add(running.pop(ended))


def _in_one_thread(fill: Callable[[], None]) -> None:
    with one_thread():
        fill()
