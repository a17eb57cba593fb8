"""Checkpoints: everything a run needs to go on as if it had never stopped.

One file holds the players, the averaged generator, both optimisers and the counters; it replaces
its predecessor only when complete. Random numbers need no saving: data, noise and mixing factors
are functions of (seed, images seen).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.errors import EngineError
from engine.files import replace_file

FORMAT = 1


class CheckpointError(EngineError):
    """Report a checkpoint that cannot be resumed from."""


class DivergedError(EngineError):
    """Report a run whose weights are no numbers any more."""


def save_checkpoint(path: Path, state: dict[str, Any], *networks: nn.Module) -> None:
    """Write ``state`` (tensors and plain values) to ``path``, whole or not at all.

    Raises:
        DivergedError: a weight of ``networks`` is no number any more; the file is as it was.
    """
    if not all(bool(w.isfinite().all()) for network in networks for w in network.parameters()):
        raise DivergedError(
            f"Training diverged: after {state['cur_nimg']} images some weights are not finite. "
            f"{path} is as it was; go on from it with a lower learning rate."
        )

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:  # given a path, torch would note its name
            torch.save({"format": FORMAT, **state}, file)

    replace_file(path, write, overwrite=True)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint without running code of it.

    Raises:
        CheckpointError: the file is damaged or of another format.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise CheckpointError(
            f"{path} cannot be resumed from ({type(error).__name__}); delete it to start anew, "
            "or start from a snapshot with --init."
        ) from error
    if state.get("format") != FORMAT:
        raise CheckpointError(f"{path} is of another format; this program writes {FORMAT}.")
    return state
