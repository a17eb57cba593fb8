"""Make the grids of the model card: ``python docs/fills/make.py SET``.

SET is the test set: ``images/``, and a mask of each image in ``object/`` and ``freeform/``. A seed
draws twelve of its photos that may be shown here (Kodak's, and CID22's under CC-BY-SA-4.0) for each
kind of mask; nobody chose. They are filled at z = 0 by the bundled weights.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from assets import SNAPSHOT
from engine.inpainter import Inpainter

SEED, COUNT, ACROSS = 2026, 12, 2
KINDS = ("object", "freeform")
SHOWN = ("CID22-", "kodak")


def main(folder: Path) -> None:
    """Write one grid a kind beside this file: hole, fill, truth."""
    inpainter = Inpainter(SNAPSHOT, "cpu")
    rng = np.random.default_rng(SEED)
    names = sorted(p.name for p in (folder / "images").iterdir() if p.name.startswith(SHOWN))
    for kind in KINDS:
        chosen = sorted(rng.choice(names, COUNT, replace=False).tolist())
        rows = [_row(inpainter, folder, kind, name) for name in chosen]
        blocks = [np.hstack(_spaced(rows[i : i + ACROSS], 1)) for i in range(0, COUNT, ACROSS)]
        grid = np.vstack(_spaced(blocks, 0))
        cv2.imwrite(str(HERE / f"{kind}.jpg"), grid, [cv2.IMWRITE_JPEG_QUALITY, 80])
        print(kind, *chosen)


def _row(inpainter: Inpainter, folder: Path, kind: str, name: str) -> np.ndarray:
    truth = cv2.cvtColor(cv2.imread(str(folder / "images" / name)), cv2.COLOR_BGR2RGB)
    mask = cv2.imread(str((folder / kind / name).with_suffix(".png")), 0) > 127
    result = inpainter.inpaint(truth, mask)
    fill, hole = truth.copy(), truth.copy()
    fill[result.box.slices] = result.patch
    hole[mask] = 255
    return cv2.cvtColor(np.hstack([hole, fill, truth]), cv2.COLOR_RGB2BGR)


def _spaced(parts: list[np.ndarray], axis: int) -> list[np.ndarray]:
    """Put eight white pixels between parts that lie along ``axis``."""
    shape = list(parts[0].shape)
    shape[axis] = 8
    gap = np.full(shape, 255, np.uint8)
    return [piece for part in parts for piece in (part, gap)][:-1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
