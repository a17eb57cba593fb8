"""Put a fill into the photo: scale up, meet the rim, leave every known pixel as it was."""

from __future__ import annotations

import cv2
import numpy as np

from engine.pixels import Floats, Image, Mask, to_depth, to_float


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


def feather(fill: Floats, photo: Image, hole: Mask, width: float) -> Floats:
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


def lay_in(fill: Floats, photo: Image, hole: Mask) -> Image:
    """Return the photo with the hole's pixels from ``fill``, all others the same to the bit."""
    return np.where(hole[..., None], to_depth(fill, photo), photo)
