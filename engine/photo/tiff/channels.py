"""Channels beyond colour and transparency: infrared, further bands, selections.

Nobody sees them in the window, and they show the removed object as well as the colours do.
"""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Mask, Pixels
from engine.photo.job import Job
from engine.photo.metadata.orientation import upright

_MARGIN = 8
_RADIUS = 3


def without_object(extra: tuple[Pixels, ...], job: Job) -> tuple[Pixels, ...]:
    """Return the channels (H, W) upright, blended smoothly from around where the photo was filled.

    Nothing of what they held there is left; where all of a channel was filled, it becomes 0.
    """
    if not extra:
        return ()
    filled = job.touched
    if filled is None:
        filled = (job.pixels != job.photo.pixels).any(axis=2)
    turned = (upright(plane, job.photo.orientation) for plane in extra)
    return tuple(_blended(plane, filled) for plane in turned)


def _blended(plane: Pixels, filled: Mask) -> Pixels:
    """Return a copy of ``plane`` (H, W) whose filled pixels come from those around them."""
    out = plane.copy()
    rows, columns = (np.flatnonzero(filled.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return out
    part = tuple(
        slice(max(0, int(found[0]) - _MARGIN), int(found[-1]) + 1 + _MARGIN)
        for found in (rows, columns)
    )
    hole = filled[part]
    if hole.all():
        out[part] = 0
        return out
    bare = np.where(hole, out.dtype.type(0), out[part])
    smooth = cv2.inpaint(bare, hole.astype(np.uint8), _RADIUS, cv2.INPAINT_TELEA)
    out[part] = np.where(hole, smooth, bare)
    return out
