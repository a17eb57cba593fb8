"""Make the engine with the weights that ship with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.removal.host import EngineHost

if TYPE_CHECKING:
    from engine.removal.host import Filler


def real_host(device: str = "auto") -> EngineHost:
    """Return the host of the trained network; torch is imported at its first use, not here.

    Args:
        device: auto, cpu or cuda.
    """
    host = EngineHost(_make)
    host.use(device)
    return host


def _make(device: str) -> Filler:
    from assets import SNAPSHOT, SNAPSHOT_SHA256
    from engine.removal.head_start import load_torch_libraries, no_collecting

    load_torch_libraries()
    with no_collecting():
        from engine.inpainter import Inpainter

    return Inpainter(SNAPSHOT, device, SNAPSHOT_SHA256)
