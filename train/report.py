"""Tell how a run goes: a line for people, a line for programs, TensorBoard, a picture."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from engine.arrays import AnyArray
from engine.files import replace_file
from engine.network.generator import Generator
from train.data.validation import ValidationSet
from train.fills import fill
from train.loop import Status

BOARD_MISSING = (
    "TensorBoard is not installed, so only log.jsonl is written (pip install tensorboard)."
)
_SCORES = ("st_lpips_alex", "lpips_alex", "hole_l1")  # the line names the first that was measured
_SHOWN = 6
_DRAWS = (0, 1, 2, 3)


def open_board(folder: Path) -> Any | None:  # noqa: ANN401  an optional package without types
    """Return a TensorBoard writer into ``folder``; None, after a notice, without the package."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        print(BOARD_MISSING)
        return None
    return SummaryWriter(str(folder))


class Report:
    """Take the training loop's statuses.

    Each is printed as one line, appended to ``log.jsonl`` and, where there is TensorBoard, drawn.
    """

    def __init__(self, folder: Path, images: int, board: Any | None = None):  # noqa: ANN401
        """Write into the run's folder; ``images`` is the recipe's length."""
        self._folder, self._images, self._board = folder, images, board
        self._score = ""

    def __call__(self, status: Status) -> None:
        """Take ``images``, and either ``rate`` with the losses' means or validation scores."""
        with (self._folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"time": int(time.time()), **status}) + "\n")
        if self._board is not None:
            kind = "train" if "rate" in status else "score"
            for name, value in status.items():
                if name != "images":
                    self._board.add_scalar(f"{kind}/{name}", value, int(status["images"]))
            self._board.flush()
        print(self.line(status), flush=True)

    def line(self, status: Status) -> str:
        """Return the progress line; the latest score stays on it until the next."""
        values = {k: v for k, v in status.items() if k not in ("images", "rate")}
        parts = [f"{status['images']:>9.0f} images"]
        if "rate" not in status:
            name = next((name for name in _SCORES if name in status), None)
            self._score = f"{name} {status[name]:.4g}" if name else ""
            return "  ".join(parts + [f"{k} {v:.4g}" for k, v in values.items()])
        parts += [f"{status['rate']:.1f} images/s"] + [f"{k} {v:.4g}" for k, v in values.items()]
        parts += [self._score] if self._score else []
        if status["rate"]:
            left = (self._images - status["images"]) / status["rate"] / 3600
            parts.append(f"{left:.1f} h left")
        return "  ".join(parts)

    def samples(self, G: Generator, some: ValidationSet, cur_nimg: int) -> None:
        """Write ``samples.png``, replacing the last, and show it on the board."""
        grid = sample_grid(G, some)
        image = Image.fromarray(grid)
        replace_file(
            self._folder / "samples.png", lambda part: image.save(part, "png"), overwrite=True
        )
        if self._board is not None:
            self._board.add_image("samples", grid, cur_nimg, dataformats="HWC")
            self._board.flush()


def sample_grid(G: Generator, some: ValidationSet) -> AnyArray:
    """Return a picture of fills, one row an image: with its hole, z = 0, three draws, the truth.

    Args:
        G: the averaged generator, on any device.
        some: at most the first six images are shown.

    Returns:
        (rows S, 6 S, 3) uint8.
    """
    img, hole = some.img[:_SHOWN], some.hole[:_SHOWN]
    pose = None if some.pose is None else some.pose[:_SHOWN]
    seen = (img * (1 - hole) + 127 * hole).round().to(torch.uint8)
    fills = [fill(G, img, hole, [seed] * len(img), pose) for seed in _DRAWS]
    rows = torch.cat([seen, *fills, img], dim=3)
    return np.concatenate(list(rows.permute(0, 2, 3, 1).numpy()))
