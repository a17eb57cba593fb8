"""Make the two sheets: ``python docs/fills/make.py TEST256``, the test set with its masks.

Rows are drawn at random, by a fixed seed, from the photos whose licence allows showing them here.
From left to right, at 100 %: the photo with its hole, the fill at z = 0, the photo as it was.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from assets import weights_path
from engine.inpainter import Inpainter

FREE = ("CID22-", "kodak-")
ROWS, SEED, GAP = 12, 2026, 4


def main(test: Path) -> None:
    """Write object.jpg, freeform.jpg and what they show."""
    inpainter = Inpainter(weights_path(), "cpu")
    photos = sorted(p for p in (test / "images").iterdir() if p.name.startswith(FREE))
    drawn = np.random.default_rng(SEED).permutation(len(photos))
    for kind, rows in (("object", drawn[:ROWS]), ("freeform", drawn[ROWS : 2 * ROWS])):
        shown = [photos[i] for i in rows]
        sheet = np.vstack([_row(inpainter, p, test / kind / f"{p.stem}.png") for p in shown])
        cv2.imwrite(str(HERE / f"{kind}.jpg"), sheet, [cv2.IMWRITE_JPEG_QUALITY, 85])
        print(f"{kind}: {', '.join(p.stem for p in shown)}")


def _row(inpainter: Inpainter, photo: Path, mask: Path) -> np.ndarray:
    image = cv2.cvtColor(cv2.imread(str(photo)), cv2.COLOR_BGR2RGB)
    hole = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE) >= 128
    result = inpainter.inpaint(image, hole)
    filled, open_ = image.copy(), image.copy()
    filled[result.box.slices] = result.patch
    open_[hole] = 255
    gap = np.full((image.shape[0], GAP, 3), 255, np.uint8)
    row = np.hstack([open_, gap, filled, gap, image])
    below = np.full((GAP, row.shape[1], 3), 255, np.uint8)
    return cv2.cvtColor(np.vstack([row, below]), cv2.COLOR_RGB2BGR)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
