"""Put a fill into the photo: scale up, meet the rim, leave every known pixel as it was."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.geometry import Box
from engine.pixels import to_depth, to_float
from engine.progress import Progress
from engine.windows.canvas import Canvas
from engine.windows.planning import Window
from engine.windows.scaling import enlarge

TILE: Final = 512
FEATHER: Final = 1.5


def paint(canvas: Canvas, window: Window, answer: Floats) -> None:
    """Fill ``window.hole`` with the network's answer, tile by tile.

    Args:
        canvas: changed in the hole's pixels that are still to fill.
        window: what the network looked at.
        answer: (R, R, 3) float32 in [0, 1], the whole window; it fades into the known colours
            over one and a half of its pixels.
    """
    width = max(1.0, FEATHER * window.side / answer.shape[0])
    for tile in tiles(window.hole):
        around = tile.grow(math.ceil(width) + 1).clip(canvas.extent)
        photo, hole = canvas.read(around)
        place = tile.within(around).slices
        if canvas.mask[tile.slices].any():
            fill = enlarge(answer, window.side, around.within(window.box))
            soft = feather(fill, photo, hole, width)
            canvas.write(tile, to_depth(soft[place], photo))


def tiles(box: Box) -> Iterator[Box]:
    """Cut a box into tiles of at most ``TILE`` pixels a side."""
    for top in range(box.top, box.bottom, TILE):
        for left in range(box.left, box.right, TILE):
            yield Box(left, top, left + TILE, top + TILE).clip(box)


def rim_distance(hole: Mask) -> tuple[Floats, np.ndarray]:
    """Measure how far each hole pixel lies from the known ones.

    Args:
        hole: (H, W) bool with at least one False.

    Returns:
        (H, W) float32 distances in pixels, 0 where known, and (H, W, 2) int (row, column) of the
        nearest known pixel.
    """
    distance, labels = cv2.distanceTransformWithLabels(
        hole.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, cols = np.nonzero(~hole)
    where = np.zeros((int(labels.max()) + 1, 2), np.int32)
    where[labels[rows, cols]] = np.stack([rows, cols], axis=1)
    return distance.astype(np.float32), where[labels]


def feather(fill: Floats, photo: Pixels, hole: Mask, width: float) -> Floats:
    """Fade the fill into the nearest known colour over ``width`` pixels inside the hole.

    The pixels of what is being removed never enter: the fade starts from known pixels only.

    Args:
        fill: (H, W, 3) float32 in [0, 1].
        photo: (H, W, 3) uint8 or uint16.
        hole: (H, W) bool, True = fill.
        width: pixels; 0 leaves the fill as it is.

    Returns:
        (H, W, 3) float32 in [0, 1]; only meaningful inside the hole.
    """
    if width <= 0 or hole.all():
        return fill
    distance, nearest = rim_distance(hole)
    band = hole & (distance < width)
    rows, cols = nearest[band].T
    share = (1 - distance[band] / width)[:, None]
    out = fill.copy()
    out[band] = share * to_float(photo[rows, cols]) + (1 - share) * out[band]
    return out


def paint_each(
    canvases: Sequence[Canvas], window: Window, answers: Floats, on_progress: Progress
) -> None:
    """Fill ``window.hole`` of every canvas with its answer (R, R, 3), scaled up."""
    for n, (canvas, answer) in enumerate(zip(canvases, answers, strict=True), 1):
        paint(canvas, window, answer)
        canvas.finish(window.hole)
        on_progress(n / len(canvases))
