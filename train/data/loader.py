"""Make the next batches while the network is busy with this one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor

from train.data.batch import Batch, Dataset, next_batch
from train.data.workers import open_pool

Make = Callable[[int, int], Batch]
_here: list[Make] = []  # in a worker process: what makes its batches


class Loader:
    """Give the batch after any number of images; prepare those that will follow.

    Batches depend on the number of images alone, so preparing ahead changes no result, and a
    wrong guess (the batch size changed) only costs the time it took.

    Args:
        dataset: where images come from.
        mask_kind: holes, where the dataset has none.
        seed: the run's seed.
        rank: number of this process.
        world: number of processes.
        workers: threads, and batches ahead; 0 makes each batch when it is asked for.
        processes: make workers processes, for a device that outruns one; the dataset is then
            pickled to each.
    """

    def __init__(
        self,
        dataset: Dataset,
        mask_kind: str,
        seed: int,
        rank: int = 0,
        world: int = 1,
        workers: int = 1,
        processes: bool = False,
    ) -> None:
        self._make = partial(next_batch, dataset, mask_kind, seed=seed, rank=rank, world=world)
        self._ahead: dict[tuple[int, int], Future[Any]] = {}
        self._workers = workers
        self._pool: Executor | None = None
        self._task: Callable[[int, int], Any] = self._make
        if workers and processes:
            self._pool, self._task = open_pool(workers, _remember, self._make), _make_here
        elif workers:
            self._pool = ThreadPoolExecutor(workers, "loader")

    def next(self, cur_nimg: int, batch: int) -> Batch:
        """Return this process's part of the global ``batch`` after ``cur_nimg`` images."""
        if self._pool is None:
            return self._make(cur_nimg, batch)
        wanted = [(cur_nimg + k * batch, batch) for k in range(self._workers + 1)]
        for key in self._ahead.keys() - set(wanted):
            self._ahead.pop(key).cancel()
        for key in wanted:
            if key not in self._ahead:
                self._ahead[key] = self._pool.submit(self._task, *key)
        made = self._ahead.pop(wanted[0]).result()
        return made if isinstance(made, Batch) else _as_batch(made)

    def close(self) -> None:
        """Stop the workers."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        """Return the loader itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the workers."""
        self.close()


def _remember(make: Make) -> None:
    _here[:] = [make]


def _make_here(cur_nimg: int, batch: int) -> list[Any]:
    """Return the parts of a batch as arrays, (N, H, W, C) for the images, which pickle cheaply."""
    img, hole, pose = _here[0](cur_nimg, batch)
    return [_array(part) for part in (img.permute(0, 2, 3, 1), hole, pose)]


def _array(part: Tensor | None) -> Any:  # noqa: ANN401
    return None if part is None else part.numpy()


def _as_batch(parts: list[Any]) -> Batch:
    img, hole, pose = (None if part is None else torch.from_numpy(part) for part in parts)
    assert img is not None
    return Batch(img.permute(0, 3, 1, 2), hole, pose)
