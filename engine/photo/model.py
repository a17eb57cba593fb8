"""A photo in memory, with everything its file held beside the pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.arrays import Mask, Pixels
from engine.formats import Container
from engine.photo.clear import clear_of


@dataclass(frozen=True)
class Identity:
    """Tell one state of a file from another: its size, its time in ns, its inode, its SHA-256."""

    size: int
    modified: int
    inode: int
    sha256: str


@dataclass(frozen=True)
class Picture:
    """Hold what a decoder found, before orientation is applied.

    ``pixels`` (H, W, 3) or, for a grey picture, (H, W); ``alpha`` (H, W) of the same depth or None;
    ``exif`` begins with its TIFF header; ``xmp`` is an XML packet; ``iptc`` is raw IIM data;
    ``resolution`` is pixels per inch (x, y). ``orientation`` 1..8 as EXIF counts them. ``carry`` is
    whatever the same container's writer needs to give the rest of the file back.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    resolution: tuple[float, float] | None = None
    orientation: int = 1
    notices: tuple[str, ...] = ()
    carry: Any = None


@dataclass(frozen=True, eq=False)
class Photo:
    """Hold one opened photo; the pixels are upright and must not be written to.

    ``pixels`` (H, W, 3), uint8 or uint16, RGB in the file's own colour space (``icc``; None means
    sRGB). ``alpha`` (H, W) of the same depth, or None. ``exif`` (from its TIFF header on), ``xmp``
    and ``iptc`` are the file's own bytes, not yet cleaned for saving. ``orientation`` is the EXIF
    value that was applied on reading, 1..8. ``resolution`` is pixels per inch (x, y). ``grey``: the
    file has one colour channel; the three channels are then equal. ``notices`` are sentences for
    the user. ``carry`` belongs to the container's writer.
    """

    path: Path
    pixels: Pixels
    container: Container
    source: Identity
    alpha: Pixels | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    resolution: tuple[float, float] | None = None
    orientation: int = 1
    grey: bool = False
    notices: tuple[str, ...] = ()
    carry: Any = field(default=None, repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """Return (width, height) of the upright photo."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @cached_property
    def clear(self) -> Mask | None:
        """Return (H, W) bool, True where nothing can be seen; None where everything can.

        It is found once, and as little to be written to as the pixels.

        The colours there are no part of the photo: to a fill they are as unknown as a hole.
        """
        return clear_of(self.alpha)

    @property
    def depth(self) -> int:
        """Return the bits per channel, 8 or 16."""
        return self.pixels.dtype.itemsize * 8


@dataclass(frozen=True)
class SaveReport:
    """Tell what was written: the path, its bytes, and one sentence per thing kept or not kept.

    ``exact``: every pixel reads back as it was given, those outside the fill as the photo's.
    """

    path: Path
    bytes: int
    exact: bool
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what was kept, then what was not."""
        return self.kept + self.dropped

    @property
    def line(self) -> str:
        """Return the report in one line."""
        return " ".join(self.sentences)
