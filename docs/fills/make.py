"""Make the grids of the model card: ``python docs/fills/make.py TEST WIDE``.

TEST is the test set: ``images/``, and a mask of each image in ``object/`` and ``freeform/``. A seed
draws twelve of its photos that may be shown here (Kodak's, and CID22's under CC-BY-SA-4.0) for each
kind of mask; nobody chose. WIDE has masks in ``freeform/`` alone that hide 40 to 70 %; all of it is
shown, at three eighths of its size. They are filled at z = 0 by the bundled weights.
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

SEED, COUNT = 2026, 12
WIDE: tuple[int, int] = (192, 192)
KINDS = ("object", "freeform")
SHOWN = ("CID22-", "kodak")


def main(test: Path, wide: Path) -> None:
    """Write the grids beside this file: hole, fill, truth."""
    inpainter = Inpainter(SNAPSHOT, "cpu")
    rng = np.random.default_rng(SEED)
    names = [name for name in _names(test) if name.startswith(SHOWN)]
    for kind in KINDS:
        chosen = sorted(rng.choice(names, COUNT, replace=False).tolist())
        _write(kind, [_row(inpainter, test, kind, name) for name in chosen], 2)
        print(kind, *chosen)
    rows = [_row(inpainter, wide, "freeform", name) for name in _names(wide)]
    _write("wide", [np.hstack([_small(p) for p in np.hsplit(row, 3)]) for row in rows], 3)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "images").iterdir())


def _small(picture: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.resize(picture, WIDE, interpolation=cv2.INTER_AREA))


def _write(name: str, rows: list[np.ndarray], across: int) -> None:
    """Write a grid of so many columns, its last places white where there are no more rows."""
    rows = rows + [np.full_like(rows[0], 255)] * (-len(rows) % across)
    lines = [np.hstack(_spaced(rows[i : i + across], 1)) for i in range(0, len(rows), across)]
    grid = np.vstack(_spaced(lines, 0))
    cv2.imwrite(str(HERE / f"{name}.jpg"), grid, [cv2.IMWRITE_JPEG_QUALITY, 80])


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
    main(Path(sys.argv[1]), Path(sys.argv[2]))
