"""Pick the device once, with a reason a user can read; torch is imported for a card only."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.errors import DeviceError
from engine.sentence import Sentence

if TYPE_CHECKING:
    import torch

DRIVER: Final = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


@dataclass(frozen=True)
class Device:
    """Say where to compute and why.

    Attributes:
        name: "cpu" or "cuda".
        reason: for the status bar, such as "CPU: no CUDA device".
    """

    name: str
    reason: str

    @property
    def device(self) -> torch.device:
        """Return the torch device."""
        import torch

        return torch.device(self.name, 0) if self.name == "cuda" else torch.device(self.name)

    @property
    def dtype(self) -> torch.dtype:
        """Return the type of the features; colours stay float32.

        On a processor that is float32: bfloat16 measured slower at batch 1 (0.71x).
        """
        import torch

        if self.name == "cpu":
            return torch.float32
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def pick_device(wish: str = "auto") -> Device:
    """Choose between CUDA and the CPU.

    Args:
        wish: "auto", "cpu" or "cuda".

    Raises:
        DeviceError: CUDA was asked for and is not there, or the wish is none of the three.
    """
    if wish not in {"auto", "cpu", "cuda"}:
        raise DeviceError("“{0}” is not a device; use auto, cpu or cuda.", wish)
    if wish == "cpu":
        return Device("cpu", Sentence("CPU: as asked"))
    problem = _cuda_problem()
    if problem is None:
        import torch

        return Device("cuda", Sentence("CUDA: {0}", torch.cuda.get_device_name(0)))
    if wish == "cuda":
        raise DeviceError("CUDA was asked for, but there is {0}; use --device cpu.", problem)
    return Device("cpu", Sentence("CPU: {0}", problem))


def has_driver() -> bool:
    """Tell whether a CUDA driver is installed; without one torch need not be asked."""
    try:
        ctypes.CDLL(DRIVER)
    except OSError:
        return False
    return True


def _cuda_problem() -> Sentence | None:
    if not has_driver():
        return Sentence("no CUDA device")
    try:
        import torch
    except ModuleNotFoundError:
        return Sentence("no CUDA device (this Lacuna is built for the processor)")
    if not torch.backends.cuda.is_built():  # type: ignore[no-untyped-call]
        return Sentence("no CUDA device (this build of PyTorch is for the CPU)")
    if not torch.cuda.is_available():
        return Sentence("no CUDA device that the driver offers")
    return None
