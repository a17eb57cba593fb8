"""Masks as files: white is what to fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Mask
from engine.errors import EmptyMaskError, ImageError, PhotoWriteError
from engine.files import replace_file
from engine.formats import MASK_ENDINGS
from engine.photo.mask_levels import understand
from engine.photo.metadata.orientation import swaps_sides, upright
from engine.photo.model import Photo
from engine.photo.read import read_photo
from engine.sentence import Sentence

TURNED = Sentence("The mask lies on its side, as the photo's file does, and was turned with it.")
_EMPTY = "The mask “{0}” is empty: {1}; paint what should go white on black."


@dataclass(frozen=True, eq=False)
class MaskFile:
    """Hold a mask as a file has it.

    Attributes:
        mask: (H, W) bool, True = fill.
        remarks: sentences on how the file was read, where that is not simply white on black.
        empty: why nothing is masked; None where something is.
    """

    mask: Mask
    remarks: tuple[Sentence, ...] = ()
    empty: Sentence | None = None

    def needed(self) -> MaskFile:
        """Return the same.

        Raises:
            EmptyMaskError: nothing is masked; the text says how the file was read.
        """
        if self.empty is not None:
            raise EmptyMaskError(self.empty)
        return self


def read_mask(path: str | Path, size: tuple[int, int] | None = None) -> Mask:
    """Return (H, W) bool, True = fill; see ``open_mask``."""
    return open_mask(path, size).mask


def open_mask(
    path: str | Path,
    size: tuple[int, int] | None = None,
    orientation: int = 1,
    read: Callable[[str | Path], Photo] = read_photo,
) -> MaskFile:
    """Read a mask; what counts as masked: ``engine.photo.mask_levels``.

    Args:
        path: a picture of any format and depth.
        size: (width, height) the mask must have; None: any.
        orientation: the one of the photo. A mask that lies as the photo's file does, on its
            side, is turned with it.
        read: opens the picture.

    Raises:
        PhotoReadError: the file cannot be opened.
        ImageError: it has another size, or it cannot be told what it masks.
    """
    photo = read(path)
    turned = size is not None and photo.size == size[::-1] != size and swaps_sides(orientation)
    if size is not None and photo.size != tuple(size) and not turned:
        found, wanted = ("{} × {}".format(*pair) for pair in (photo.size, size))
        raise ImageError(
            "The mask “{0}” has {1} pixels, the photo {2}; make a mask of the photo's size.",
            photo.path.name,
            found,
            wanted,
        )
    seen = understand(photo)
    mask, remarks = seen.mask, seen.remarks
    if turned:
        mask, remarks = upright(mask, orientation), (*remarks, TURNED)
    empty = None if mask.any() else Sentence(_EMPTY, photo.path.name, seen.found)
    return MaskFile(mask, remarks, empty)


def check_mask_name(path: Path) -> None:
    """Refuse a name for a mask that would not be kept exactly.

    Raises:
        PhotoWriteError: its ending is none that masks are written with.
    """
    if path.suffix.lower() not in MASK_ENDINGS:
        raise PhotoWriteError("“{0}” was not saved: masks are written as .png or .tif.", path.name)


def save_mask(mask: Mask, path: str | Path, overwrite: bool = False) -> None:
    """Write a mask (H, W) bool as an 8-bit grey PNG or TIFF, 255 = fill, all at once.

    Raises:
        PhotoWriteError: nothing was written; the text says why.
    """
    path = Path(path)
    check_mask_name(path)
    picture = mask.astype(np.uint8) * 255

    def write(temporary: Path) -> None:
        done, data = cv2.imencode(path.suffix.lower(), picture)
        if not done:
            raise PhotoWriteError("“{0}” was not saved: the encoder refused the mask.", path.name)
        temporary.write_bytes(data.tobytes())

    def verify(temporary: Path) -> None:
        if not np.array_equal(read_mask(temporary), mask):
            raise PhotoWriteError(
                "“{0}” was not saved: it read back differently; try another disk.", path.name
            )

    replace_file(path, write, verify, overwrite=overwrite)
