"""Make the next batches while the network is busy with this one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from train.data.batch import Batch, Dataset, next_batch


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
    """

    def __init__(
        self,
        dataset: Dataset,
        mask_kind: str,
        seed: int,
        rank: int = 0,
        world: int = 1,
        workers: int = 1,
    ) -> None:
        self._make: Callable[[int, int], Batch] = lambda cur_nimg, batch: next_batch(
            dataset, mask_kind, cur_nimg, batch, seed, rank, world
        )
        self._ahead: dict[tuple[int, int], Future[Batch]] = {}
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, "loader") if workers else None

    def next(self, cur_nimg: int, batch: int) -> Batch:
        """Return this process's part of the global ``batch`` after ``cur_nimg`` images."""
        if self._pool is None:
            return self._make(cur_nimg, batch)
        wanted = [(cur_nimg + k * batch, batch) for k in range(self._workers + 1)]
        for key in self._ahead.keys() - set(wanted):
            self._ahead.pop(key).cancel()
        for key in wanted:
            if key not in self._ahead:
                self._ahead[key] = self._pool.submit(self._make, *key)
        return self._ahead.pop(wanted[0]).result()

    def close(self) -> None:
        """Stop the threads."""
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
        """Stop the threads."""
        self.close()
