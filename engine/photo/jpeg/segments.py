"""JPEG files as a row of segments, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.photo.decode import CUT_OFF
from engine.photo.limits import Refusal

SOI, EOI, SOS, DQT, COM, APP0 = 0xD8, 0xD9, 0xDA, 0xDB, 0xFE, 0xE0
APP1, APP2, APP13, APP14 = 0xE1, 0xE2, 0xED, 0xEE
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
ALONE = frozenset({0x01, SOI, *range(0xD0, 0xD8)})

EXIF_ID, XMP_ID = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
ICC_ID, IRB_ID = b"ICC_PROFILE\0", b"Photoshop 3.0\0"
ZIGZAG = np.array(
    [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27,
     20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58,
     59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63]
)  # fmt: skip


class Segment(NamedTuple):
    """Hold one segment: its marker, its body (views into the file), and where the body begins."""

    marker: int
    body: bytes
    at: int


@dataclass(frozen=True)
class Frame:
    """Describe the coded picture: process, size, and per component (identifier, h, v, table)."""

    marker: int
    precision: int
    width: int
    height: int
    components: tuple[tuple[int, int, int, int], ...]

    @property
    def sampling(self) -> tuple[tuple[int, int], ...]:
        """Return (h, v) of every component."""
        return tuple((h, v) for _, h, v, _ in self.components)


@dataclass(frozen=True)
class JpegCarry:
    """Hold what saving the same JPEG again needs.

    ``file``: the bytes of the first picture, from SOI to EOI. ``frame``: its frame. ``tables``:
    its quantisation tables by number, each 64 integers in the file's zigzag order.
    ``more``: something followed the picture in the file.
    """

    file: bytes
    frame: Frame
    tables: dict[int, tuple[int, ...]]
    more: bool


def walk(data: bytes) -> Iterator[Segment]:
    """Yield the segments up to EOI; a scan's entropy-coded data is skipped.

    Raises:
        Refusal: the file is cut off or no JPEG.
    """
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if at + 2 > len(data):
            raise Refusal(CUT_OFF)
        if data[at] != 0xFF:
            raise Refusal("the file is damaged (a marker is missing)")
        marker = data[at + 1]
        at += 2
        if marker == EOI:
            yield Segment(EOI, b"", at)
            return
        if marker in ALONE:
            continue
        size = int.from_bytes(data[at : at + 2], "big")
        if size < 2 or at + size > len(data):
            raise Refusal(CUT_OFF)
        yield Segment(marker, data[at + 2 : at + size], at + 2)
        at += size
        if marker == SOS:
            at = scan_end(data, at)


def scan_end(data: bytes, at: int) -> int:
    """Return where the first marker other than a restart stands after ``at``."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise Refusal(CUT_OFF)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7 and data[at + 1] != 0xFF:
            return at
        at += 1 if data[at + 1] == 0xFF else 2


def bodies_of(segments: list[Segment], marker: int, identifier: bytes) -> list[bytes]:
    """Return the bodies of all segments of ``marker`` that begin with ``identifier``."""
    return [s.body for s in segments if s.marker == marker and s.body.startswith(identifier)]


def resources_of(segments: list[Segment]) -> bytes:
    """Return Photoshop's resources, which may take several segments; empty if there are none."""
    return b"".join(body[len(IRB_ID) :] for body in bodies_of(segments, APP13, IRB_ID))
