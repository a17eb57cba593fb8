"""Start the processes that prepare data beside the one that trains."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import cv2


def open_pool(
    workers: int,
    begin: Callable[..., None] | None = None,
    *values: Any,  # noqa: ANN401
) -> ProcessPoolExecutor:
    """Return a pool of fresh processes, each with one thread; they hold no CUDA context.

    Args:
        workers: how many.
        begin: called in each with ``values``, which must be picklable, before its first task.
        values: its arguments.
    """
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in kinds else "spawn")
    context.set_forkserver_preload(["train.data.loader"])
    return ProcessPoolExecutor(workers, context, _begin, (begin, *values))


def _begin(begin: Callable[..., None] | None, *values: Any) -> None:  # noqa: ANN401
    cv2.setNumThreads(1)
    if begin is not None:
        begin(*values)
