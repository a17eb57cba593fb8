"""Masks as files: white is what to fill."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Mask
from engine.errors import ImageError, PhotoWriteError
from engine.photo.atomic import replace_file
from engine.photo.limits import WRITABLE, Container
from engine.photo.model import Photo
from engine.photo.read import read_photo

_LUMA = (0.299, 0.587, 0.114)


def read_mask(
    path: str | Path,
    size: tuple[int, int] | None = None,
    read: Callable[[str | Path], Photo] = read_photo,
) -> Mask:
    """Read a mask: True where the picture is at least half bright, transparency counting as black.

    Args:
        path: a picture of any format and depth.
        size: (width, height) the mask must have; None: any.
        read: opens the picture.

    Returns:
        (H, W) bool, True = fill.

    Raises:
        PhotoReadError: the file cannot be opened.
        ImageError: it has another size.
    """
    photo = read(path)
    if size is not None and photo.size != tuple(size):
        found, wanted = ("{} × {}".format(*pair) for pair in (photo.size, size))
        raise ImageError(
            "The mask “{0}” has {1} pixels, the photo {2}; make a mask of the photo's size.",
            photo.path.name,
            found,
            wanted,
        )
    full = np.iinfo(photo.pixels.dtype).max
    width, height = photo.size
    mask = np.empty((height, width), bool)
    for top in range(0, height, 512):
        rows = slice(top, top + 512)
        light = photo.pixels[rows].astype(np.float32) @ np.array(_LUMA, np.float32)
        if photo.alpha is not None:
            light *= photo.alpha[rows] / np.float32(full)
        mask[rows] = light >= full / 2 - 0.01
    return mask


def mask_kind(path: Path) -> Container:
    """Return the container a mask of this name is written as.

    Raises:
        PhotoWriteError: it is none that keeps masks exactly.
    """
    kind = WRITABLE.get(path.suffix.lower())
    if kind not in ("PNG", "TIFF"):
        raise PhotoWriteError("“{0}” was not saved: masks are written as .png or .tif.", path.name)
    return kind


def save_mask(mask: Mask, path: str | Path, overwrite: bool = False) -> None:
    """Write a mask (H, W) bool as an 8-bit grey PNG or TIFF, 255 = fill, all at once.

    Raises:
        PhotoWriteError: nothing was written; the text says why.
    """
    path = Path(path)
    kind = mask_kind(path)
    picture = mask.astype(np.uint8) * 255

    def write(temporary: Path) -> None:
        done, data = cv2.imencode(".png" if kind == "PNG" else ".tif", picture)
        if not done:
            raise PhotoWriteError("“{0}” was not saved: the encoder refused the mask.", path.name)
        temporary.write_bytes(data.tobytes())

    def verify(temporary: Path) -> None:
        if not np.array_equal(read_mask(temporary), mask):
            raise PhotoWriteError(
                "“{0}” was not saved: it read back differently; try another disk.", path.name
            )

    replace_file(path, write, verify, overwrite=overwrite)
