"""Read a JPEG: its picture, and what its segments hold beside it."""

from __future__ import annotations

import struct

import cv2

from engine.arrays import Pixels
from engine.photo.decode import CUT_OFF, cv_decode, open_pillow, pillow_pixels
from engine.photo.jpeg import mend
from engine.photo.jpeg import segments as jpeg
from engine.photo.limits import Refusal, check_size
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata import irb
from engine.photo.model import Picture


def read(data: bytes, at_least: int | None = None) -> Picture:
    """Decode a JPEG of 8 bits.

    Args:
        data: the whole file.
        at_least: decode at an eighth, a quarter or a half if the longer side keeps as many pixels.

    Raises:
        Refusal: it is damaged, cut off, too large or of a rare process.
    """
    data, ended, notices = mend.mended(data)
    segments = list(jpeg.walk(data))
    frame = _frame(segments)
    check_size(frame.width, frame.height)
    if not any(segment.marker == jpeg.SOS for segment in segments):
        raise Refusal(CUT_OFF)
    end = segments[-1].at
    carry = jpeg.JpegCarry(data[:end], frame, _tables(segments), len(data) > end)
    if not ended:
        mend.check_whole(carry)
    pixels, converted, same_colours = _decode(data, frame, at_least)
    exif = _first(segments, jpeg.APP1, jpeg.EXIF_ID)
    resources = jpeg.resources_of(segments)
    return Picture(
        pixels,
        icc=_icc(segments) if same_colours else None,
        exif=exif,
        xmp=_first(segments, jpeg.APP1, jpeg.XMP_ID),
        iptc=irb.iptc_of(resources),
        resolution=_resolution(segments) or exif_block.resolution_of(exif),
        orientation=exif_block.orientation_of(exif),
        notices=notices + converted,
        carry=carry if same_colours and frame.marker not in jpeg.LOSSLESS else None,
    )


def _decode(
    data: bytes, frame: jpeg.Frame, at_least: int | None
) -> tuple[Pixels, tuple[str, ...], bool]:
    if frame.precision != 8:
        raise Refusal(
            "it is a JPEG of {0} bits, a rare kind that cannot be opened", frame.precision
        )
    part, flag = _part(frame, at_least)
    size = -(-frame.width // part), -(-frame.height // part)
    if len(frame.components) == 1:
        return cv_decode(data, flag, size), (), True
    if len(frame.components) == 3:
        return cv_decode(data, flag | cv2.IMREAD_COLOR_RGB, size), (), True
    pixels, _, notices, same = pillow_pixels(open_pillow(data, "JPEG"))
    return pixels, notices, same


def _part(frame: jpeg.Frame, at_least: int | None) -> tuple[int, int]:
    """Return by how much to decode smaller, and OpenCV's flag for that."""
    longer = max(frame.width, frame.height)
    fits = [part for part in _PARTS if at_least is not None and longer >= part[0] * at_least]
    return fits[0] if fits else (1, cv2.IMREAD_GRAYSCALE)


_PARTS = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8),
    (4, cv2.IMREAD_REDUCED_GRAYSCALE_4),
    (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
)


def _frame(segments: list[jpeg.Segment]) -> jpeg.Frame:
    for marker, body, _ in segments:
        if marker in jpeg.FRAMES:
            precision, height, width, count = struct.unpack(">BHHB", body[:6])
            parts = struct.unpack(f"{count * 3}B", body[6 : 6 + 3 * count])
            components = tuple(
                (parts[i], parts[i + 1] >> 4, parts[i + 1] & 15, parts[i + 2])
                for i in range(0, len(parts), 3)
            )
            return jpeg.Frame(marker, precision, width, height, components)
    raise Refusal(CUT_OFF)


def _tables(segments: list[jpeg.Segment]) -> dict[int, tuple[int, ...]]:
    """Return the quantisation tables by number, in zigzag order."""
    tables: dict[int, tuple[int, ...]] = {}
    for marker, body, _ in segments:
        at = 0
        while marker == jpeg.DQT and at < len(body):
            wide, number = body[at] >> 4, body[at] & 15
            size = 128 if wide else 64
            block = body[at + 1 : at + 1 + size]
            tables[number] = struct.unpack(">64H" if wide else "64B", block)
            at += 1 + size
    return tables


def _first(segments: list[jpeg.Segment], marker: int, identifier: bytes) -> bytes | None:
    """Return what follows ``identifier`` in the first such segment."""
    for segment in segments:
        if segment.marker == marker and segment.body.startswith(identifier):
            return segment.body[len(identifier) :]
    return None


def _icc(segments: list[jpeg.Segment]) -> bytes | None:
    """Join the profile's parts in the order of their numbers, whatever these begin with.

    Parts of one number follow each other as in the file, unless they are the same. A profile that
    lacks a part is damaged; it is kept like every damaged one.
    """
    bodies = jpeg.bodies_of(segments, jpeg.APP2, jpeg.ICC_ID)
    parts = dict.fromkeys((body[12], body[14:]) for body in bodies if len(body) > 14)
    return b"".join(part for _, part in sorted(parts, key=lambda pair: pair[0])) or None


def _resolution(segments: list[jpeg.Segment]) -> tuple[float, float] | None:
    body = _first(segments, jpeg.APP0, b"JFIF\0")
    if body is None or len(body) < 7:
        return None
    unit, x, y = struct.unpack(">BHH", body[2:7])
    scale = {1: 1.0, 2: 2.54}.get(unit)
    return (x * scale, y * scale) if scale and x and y else None
