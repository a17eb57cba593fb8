"""Make the engine with the weights that ship with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.removal.remover import Remover

if TYPE_CHECKING:
    from engine.removal.filler import Filler


def shipped_remover(device: str = "auto") -> Remover:
    """Return the remover of the trained network; it is loaded at its first use, not here.

    Args:
        device: auto, cpu or cuda.
    """
    remover = Remover(_make)
    remover.use(device)
    return remover


def _make(device: str) -> Filler:
    from assets import SNAPSHOT, SNAPSHOT_SHA256
    from engine.removal.head_start import load_torch_libraries, no_collecting

    load_torch_libraries()
    with no_collecting():
        from engine.detail import warm_up
        from engine.inpainter import Inpainter

        warm_up()

    return Inpainter(SNAPSHOT, device, SNAPSHOT_SHA256)
