"""JPEG files as a row of segments, and what they hold."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from engine.arrays import Pixels
from engine.photo.decode import CUT_OFF, cv_decode, open_pillow, pillow_pixels
from engine.photo.limits import Refusal, check_size
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata import irb
from engine.photo.model import Picture

SOI, EOI, SOS, DQT, COM, APP0 = 0xD8, 0xD9, 0xDA, 0xDB, 0xFE, 0xE0
APP1, APP2, APP13, APP14 = 0xE1, 0xE2, 0xED, 0xEE
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_ALONE = frozenset({0x01, SOI, *range(0xD0, 0xD8)})

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
        if marker in _ALONE:
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


def read(data: bytes) -> Picture:
    """Decode a JPEG of 8 bits.

    Raises:
        Refusal: it is damaged, cut off, too large or of a rare process.
    """
    segments = list(walk(data))
    frame = _frame(segments)
    check_size(frame.width, frame.height)
    if not any(segment.marker == SOS for segment in segments):
        raise Refusal(CUT_OFF)
    pixels, notices, same_colours = _decode(data, frame)
    end = segments[-1].at
    exif = _first(segments, APP1, EXIF_ID)
    resources = resources_of(segments)
    return Picture(
        pixels,
        icc=_icc(segments) if same_colours else None,
        exif=exif,
        xmp=_first(segments, APP1, XMP_ID),
        iptc=irb.iptc_of(resources),
        resolution=_resolution(segments) or exif_block.resolution_of(exif),
        orientation=exif_block.orientation_of(exif),
        notices=notices,
        carry=JpegCarry(data[:end], frame, _tables(segments), len(data) > end)
        if same_colours
        else None,
    )


def _decode(data: bytes, frame: Frame) -> tuple[Pixels, tuple[str, ...], bool]:
    if frame.precision != 8:
        raise Refusal(
            "it is a JPEG of {0} bits, a rare kind that cannot be opened", frame.precision
        )
    size = (frame.width, frame.height)
    if len(frame.components) == 1:
        return cv_decode(data, cv2.IMREAD_GRAYSCALE, size), (), True
    if len(frame.components) == 3:
        return cv_decode(data, cv2.IMREAD_COLOR_RGB, size), (), True
    pixels, _, notices, same = pillow_pixels(open_pillow(data, "JPEG"))
    return pixels, notices, same


def _frame(segments: list[Segment]) -> Frame:
    for marker, body, _ in segments:
        if marker in FRAMES:
            precision, height, width, count = struct.unpack(">BHHB", body[:6])
            parts = struct.unpack(f"{count * 3}B", body[6 : 6 + 3 * count])
            components = tuple(
                (parts[i], parts[i + 1] >> 4, parts[i + 1] & 15, parts[i + 2])
                for i in range(0, len(parts), 3)
            )
            return Frame(marker, precision, width, height, components)
    raise Refusal(CUT_OFF)


def _tables(segments: list[Segment]) -> dict[int, tuple[int, ...]]:
    """Return the quantisation tables by number, in zigzag order."""
    tables: dict[int, tuple[int, ...]] = {}
    for marker, body, _ in segments:
        at = 0
        while marker == DQT and at < len(body):
            wide, number = body[at] >> 4, body[at] & 15
            size = 128 if wide else 64
            block = body[at + 1 : at + 1 + size]
            tables[number] = struct.unpack(">64H" if wide else "64B", block)
            at += 1 + size
    return tables


def _first(segments: list[Segment], marker: int, identifier: bytes) -> bytes | None:
    """Return what follows ``identifier`` in the first such segment."""
    for segment in segments:
        if segment.marker == marker and segment.body.startswith(identifier):
            return segment.body[len(identifier) :]
    return None


def bodies_of(segments: list[Segment], marker: int, identifier: bytes) -> list[bytes]:
    """Return the bodies of all segments of ``marker`` that begin with ``identifier``."""
    return [s.body for s in segments if s.marker == marker and s.body.startswith(identifier)]


def resources_of(segments: list[Segment]) -> bytes:
    """Return Photoshop's resources, which may take several segments; empty if there are none."""
    return b"".join(body[len(IRB_ID) :] for body in bodies_of(segments, APP13, IRB_ID))


def _icc(segments: list[Segment]) -> bytes | None:
    """Join the profile's parts; None where there is none or a part is missing."""
    parts: dict[int, bytes] = {}
    total = 0
    for marker, body, _ in segments:
        if marker == APP2 and body.startswith(ICC_ID) and len(body) > 14:
            parts.setdefault(body[12], body[14:])
            total = body[13]
    if not parts or sorted(parts) != list(range(1, total + 1)):
        return None
    return b"".join(parts[number] for number in range(1, total + 1))


def _resolution(segments: list[Segment]) -> tuple[float, float] | None:
    body = _first(segments, APP0, b"JFIF\0")
    if body is None or len(body) < 7:
        return None
    unit, x, y = struct.unpack(">BHH", body[2:7])
    scale = {1: 1.0, 2: 2.54}.get(unit)
    return (x * scale, y * scale) if scale and x and y else None
