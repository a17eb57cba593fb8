"""Do the slow things with files: everything here runs in a worker thread."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.canvas.qimage import to_qimage
from app.document.worker import Report
from engine.arrays import Levels, Mask, Pixels
from engine.geometry import Box
from engine.pixels import to_eight_bits
from engine.record.leftovers import temporary_folder
from engine.sentence import Sentence
from engine.views.pyramid import Pyramid, halve_mean

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from engine.photo import Colour, Photo, SaveReport
    from engine.photo.export import Wishes


_FAST_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1)


@dataclass(frozen=True, eq=False)
class Opened:
    """Hold a decoded photo, the pixels to work on, and the pyramid to show.

    ``image`` are the photo's own pixels until they are changed. ``colour`` is None for a photo in
    sRGB; then the pyramid's base is ``image`` itself.
    """

    photo: Photo
    path: Path | None
    image: Pixels
    levels: Pyramid
    colour: Colour | None


@dataclass(frozen=True)
class OpenPhoto:
    """Read a photo from ``path``."""

    path: Path

    def __call__(self, report: Report) -> Opened:
        """Decode and halve; raises PhotoReadError."""
        from engine.reader.apart import read_photo_apart

        photo = read_photo_apart(self.path, report.check)
        report.check()
        return prepared(photo, self.path)


def prepared(photo: Photo, path: Path | None) -> Opened:
    """Return ``photo`` with what the document needs beside it."""
    from engine.photo import colour_of

    image = photo.pixels
    colour = colour_of(photo.icc)
    if colour.is_srgb:
        return Opened(photo, path, image, Pyramid(image, halve_mean), None)
    return Opened(photo, path, image, Pyramid(colour.on_screen(image), halve_mean), colour)


@dataclass(frozen=True, eq=False)
class PastePhoto:
    """Make a photo of pixels (H, W, 3) uint8 that come from the clipboard."""

    pixels: Levels

    def __call__(self, report: Report) -> Opened:
        """Pass the pixels through a PNG file, so that they become a photo like any other."""
        from engine.photo import read_photo

        with temporary_folder("paste") as folder:
            path = Path(folder) / "pasted.png"
            done, data = cv2.imencode(".png", self.pixels[..., ::-1], _FAST_PNG)
            assert done
            path.write_bytes(data.tobytes())
            return prepared(read_photo(path), None)


@dataclass(frozen=True, eq=False)
class CopyPhoto:
    """Make an image for the clipboard."""

    image: Pixels

    def __call__(self, report: Report) -> QImage:
        """Return the photo in 8 bits."""
        return to_qimage(to_eight_bits(self.image))


@dataclass(frozen=True, eq=False)
class Saved:
    """Hold what was written, and the photo, which knows its own file again if that was it.

    ``beside`` are sentences on the photo's sidecars.
    """

    report: SaveReport
    photo: Photo
    beside: tuple[Sentence, ...] = ()


@dataclass(frozen=True, eq=False)
class SavePhoto:
    """Write ``image`` to ``path`` with everything else the file of ``photo`` held.

    ``provenance``: note in XMP that a model invented pixels, if any pixel has changed.
    ``sidecars``: copy the photo's sidecars to a name that was free; where a file is replaced, what
    lies beside it is as the user wants it.
    """

    photo: Photo
    image: Pixels
    edited: frozenset[Box]
    path: Path
    overwrite: bool
    provenance: bool = False
    sidecars: bool = False

    def __call__(self, report: Report) -> Saved:
        """Write the file; raises PhotoWriteError, and the old file is then as it was."""
        from engine.photo import save_photo
        from engine.photo.sidecars import LEFT_BY_WINDOW, hand_on

        touched = changed_pixels(self.photo.pixels, self.image, self.edited)
        done = save_photo(
            self.photo,
            self.image,
            self.path,
            overwrite=self.overwrite,
            touched=touched,
            provenance=self.provenance and bool(touched.any()),
        )
        beside: tuple[Sentence, ...] = ()
        if not self.overwrite:
            beside = hand_on(self.photo, self.path, copy=self.sidecars, left=LEFT_BY_WINDOW)
        return Saved(done, _knowing_its_file(self.photo, self.path), beside)


@dataclass(frozen=True, eq=False)
class ExportPhoto:
    """Write a copy of ``image`` to hand on; ``provenance`` notes that a model invented pixels."""

    photo: Photo
    image: Pixels
    path: Path
    wishes: Wishes
    overwrite: bool
    provenance: bool

    def __call__(self, report: Report) -> SaveReport:
        """Write the file; raises PhotoWriteError, and the old file is then as it was."""
        from engine.photo.export import export_photo

        return export_photo(
            self.photo,
            self.image,
            self.path,
            self.wishes,
            overwrite=self.overwrite,
            provenance=self.provenance,
        )


def _knowing_its_file(photo: Photo, saved: Path) -> Photo:
    """Return ``photo`` with the new state of its own file, so that it can be saved once more."""
    if os.path.realpath(saved) != os.path.realpath(photo.path):
        return photo
    now = os.stat(saved)
    return replace(
        photo,
        source=replace(photo.source, size=now.st_size, modified=now.st_mtime_ns, inode=now.st_ino),
    )


def changed_pixels(before: Pixels, after: Pixels, squares: Iterable[Box]) -> Mask:
    """Return which pixels (H, W) bool differ within ``squares``; none differs elsewhere."""
    out = np.zeros(after.shape[:2], bool)
    for square in squares:
        out[square.slices] = (before[square.slices] != after[square.slices]).any(axis=2)
    return out


@dataclass(frozen=True, eq=False)
class FoundMask:
    """Hold a mask (H, W) bool from a file, and sentences on how the file was read."""

    mask: Mask
    remarks: tuple[Sentence, ...]


@dataclass(frozen=True)
class ReadMask:
    """Read a mask from ``path`` for a photo of ``size`` (width, height).

    ``orientation`` is the one of the photo's file, in which the mask may lie, too.
    """

    path: Path
    size: tuple[int, int]
    orientation: int = 1

    def __call__(self, report: Report) -> FoundMask:
        """Return what was found.

        Raises:
            PhotoReadError: the file cannot be opened.
            ImageError: it is no mask, or of another size; the text names both.
            EmptyMaskError: nothing is masked; the text says how the file was read.
        """
        from engine.reader.apart import open_mask_apart

        found = open_mask_apart(self.path, self.size, self.orientation, report.check).needed()
        return FoundMask(found.mask, found.remarks)


@dataclass(frozen=True, eq=False)
class WriteMask:
    """Write a mask as PNG or TIFF, 255 = fill."""

    mask: Mask
    path: Path

    def __call__(self, report: Report) -> Path:
        """Write the file at once or not at all; raises PhotoWriteError."""
        from engine.photo import save_mask

        path = self.path if self.path.suffix else self.path.with_suffix(".png")
        save_mask(self.mask, path, overwrite=True)
        return path
