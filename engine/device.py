"""Pick the device once, with a reason a user can read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from engine.errors import DeviceError
from engine.sentence import Sentence


@dataclass(frozen=True)
class Device:
    """Say where to compute, in which type, and why.

    Attributes:
        device: the torch device.
        dtype: type of the features; colours stay float32.
        reason: for the status bar, such as "CPU: no CUDA device".
    """

    device: torch.device
    dtype: torch.dtype
    reason: str


def pick_device(wish: str = "auto") -> Device:
    """Choose between CUDA and the CPU.

    Args:
        wish: "auto", "cpu" or "cuda".

    Raises:
        DeviceError: CUDA was asked for and is not there, or the wish is none of the three.
    """
    if wish not in {"auto", "cpu", "cuda"}:
        raise DeviceError("“{0}” is not a device; use auto, cpu or cuda.", wish)
    problem = _cuda_problem()
    if wish == "cuda" and problem:
        raise DeviceError("CUDA was asked for, but there is {0}; use --device cpu.", problem)
    if wish != "cpu" and not problem:
        name = torch.cuda.get_device_name(0)
        return Device(torch.device("cuda", 0), _cuda_dtype(), Sentence("CUDA: {0}", name))
    reason = Sentence("CPU: as asked") if wish == "cpu" else Sentence("CPU: {0}", problem)
    return Device(torch.device("cpu"), _cpu_dtype(), reason)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute in this thread alone: for small arrays the others' waking takes longer than the work.

    The setting belongs to the calling thread; what another one computes keeps its own.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _cuda_problem() -> Sentence | None:
    if not torch.backends.cuda.is_built():  # type: ignore[no-untyped-call]
        return Sentence("no CUDA device (this build of PyTorch is for the CPU)")
    if not torch.cuda.is_available():
        return Sentence("no CUDA device that the driver offers")
    return None


def _cuda_dtype() -> torch.dtype:
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _cpu_dtype() -> torch.dtype:
    """Return float32: bfloat16 measured slower at batch 1 (0.71x; see ``tests/bench``)."""
    return torch.float32
