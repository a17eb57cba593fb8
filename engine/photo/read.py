"""Open a photo, or say in one sentence why not."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np

from engine.formats import Container
from engine.photo import extras, pillow_formats
from engine.photo.jpeg import read as jpeg
from engine.photo.limits import MAX_FILE, Refusal
from engine.photo.metadata.ifd import ReadAt
from engine.photo.metadata.orientation import upright
from engine.photo.model import Identity, Photo, Picture
from engine.photo.png import read as png
from engine.photo.reading import reader_of, said
from engine.photo.sniff import container_of
from engine.photo.tiff import read as tiff_read

_BLOCK = 1 << 22


def read_photo(path: str | Path) -> Photo:
    """Open a photo of any known format, upright, with everything its file holds beside the pixels.

    Args:
        path: the file; its content decides, not its ending.

    Raises:
        PhotoReadError: the file is missing, damaged, cut off, too large or no photo.
    """
    return said(Path(path), _read)


def kind_of(path: str | Path) -> Container:
    """Return what a file is, without decoding it.

    Raises:
        PhotoReadError: the file is missing, cannot be read or is no photo.
    """
    return said(Path(path), _kind)


def _kind(path: Path) -> Container:
    with open(path, "rb") as file:
        return container_of(*_checked(path, file), path.suffix.lower())


def _checked(path: Path, file: BinaryIO) -> tuple[ReadAt, int]:
    """Return a reader of the open file, and the file's bytes."""
    size = os.fstat(file.fileno()).st_size
    if not os.path.isfile(path):
        raise Refusal("it is not a file")
    if size > MAX_FILE:
        raise Refusal("it is larger than {0} GB", MAX_FILE >> 30)
    return reader_of(file, size), size


def _read(path: Path) -> Photo:
    with open(path, "rb") as file:
        state = os.fstat(file.fileno())
        read_at, _ = _checked(path, file)
        container = container_of(read_at, state.st_size, path.suffix.lower())
        picture = _decode(container, read_at, state.st_size)
        source = Identity(state.st_size, state.st_mtime_ns, state.st_ino, _sha256(file))
    return photo_of(path, container, picture, source)


def decoded(path: Path, at_least: int | None = None) -> tuple[Container, Picture]:
    """Return what the file at ``path`` is and shows, and what its decoder found beside it.

    ``at_least``: a JPEG may be decoded smaller, see ``engine.photo.jpeg.read``.
    """
    with open(path, "rb") as file:
        read_at, size = _checked(path, file)
        container = container_of(read_at, size, path.suffix.lower())
        return container, _decode(container, read_at, size, at_least)


def _decode(
    container: Container, read_at: ReadAt, size: int, at_least: int | None = None
) -> Picture:
    if container == "TIFF":
        return tiff_read.read(read_at, size)
    data = read_at(0, size)
    if container == "JPEG":
        return jpeg.read(data, at_least)
    if container == "PNG":
        return png.read(data)
    if container == "HEIC":
        return extras.read_heic(data)
    if container == "RAW":
        return extras.read_raw(data)
    return pillow_formats.read(data, container)


def photo_of(path: Path, container: Container, picture: Picture, source: Identity) -> Photo:
    """Return the upright photo of a decoded picture; its arrays are locked against writing."""
    grey = picture.pixels.ndim == 2
    pixels = upright(picture.pixels, picture.orientation)
    if grey:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    alpha = None if picture.alpha is None else upright(picture.alpha, picture.orientation)
    for array in (pixels, alpha):
        if array is not None:
            array.flags.writeable = False
    return Photo(
        path,
        pixels,
        container,
        source,
        alpha,
        picture.icc,
        picture.exif,
        picture.xmp,
        picture.iptc,
        _sane(picture.resolution),
        picture.orientation,
        grey,
        picture.notices,
        picture.carry,
    )


def _sane(resolution: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return the resolution if a device could have it; files claim anything."""
    return resolution if resolution and all(0.1 <= value <= 1e6 for value in resolution) else None


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
