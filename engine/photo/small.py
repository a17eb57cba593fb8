"""Read a photo for a small picture of it: what it looks like, and nothing else."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2

from engine.arrays import Levels, Pixels
from engine.photo.metadata.icc import colour_of
from engine.photo.model import Identity, Photo
from engine.photo.read import decoded, photo_of
from engine.photo.reading import said
from engine.pixels import to_eight_bits

UNKNOWN = Identity(0, 0, 0, "")


def read_small(path: str | Path, side: int) -> Photo:
    """Open a photo at a fraction of its size, upright and in sRGB, without what lies beside it.

    A JPEG is decoded at an eighth, a quarter or a half where that is enough, which takes a fraction
    of the time. No source is noted, so the photo cannot be saved.

    Args:
        path: the file; its content decides, not its ending.
        side: the longer side of the picture in pixels; smaller photos stay as they are.

    Returns:
        The photo, its pixels (h, w, 3) uint8 with max(h, w) <= side.

    Raises:
        PhotoReadError: the file is missing, damaged, cut off, too large or no photo.
    """
    path = Path(path)
    kind, picture = said(path, partial(decoded, at_least=side))
    photo = photo_of(path, kind, picture, UNKNOWN)
    pixels = colour_of(photo.icc).on_screen(_shrunk(photo.pixels, side))
    pixels.flags.writeable = False
    return Photo(path, pixels, kind, UNKNOWN)


def _shrunk(pixels: Pixels, side: int) -> Levels:
    height, width = pixels.shape[:2]
    share = min(1.0, side / max(height, width))
    size = max(1, round(width * share)), max(1, round(height * share))
    return to_eight_bits(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
