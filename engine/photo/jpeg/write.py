"""Put JPEG files together: segments, metadata, and pictures coded anew."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from engine.arrays import Pixels
from engine.photo.jpeg.segments import (
    APP0,
    APP1,
    APP2,
    APP13,
    EXIF_ID,
    ICC_ID,
    IRB_ID,
    XMP_ID,
    ZIGZAG,
    JpegCarry,
)

MAX_BODY = 65533
_QUALITY, _FINE = 95, 90


def pack(marker: int, body: bytes) -> bytes:
    """Return a segment with its marker and length."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def metadata_segments(
    icc: bytes | None,
    exif: bytes | None,
    xmp: bytes | None,
    resources: bytes | None,
    jfif: bytes | None,
    extension: Sequence[bytes] = (),
) -> list[bytes]:
    """Return the segments that hold the given metadata, in their usual order.

    ``jfif`` is that segment's whole body, ``extension`` the bodies of an extended XMP packet.
    """
    out = [pack(APP0, jfif)] if jfif else []
    if exif:
        out.append(pack(APP1, EXIF_ID + exif))
    if xmp:
        out.append(pack(APP1, XMP_ID + xmp))
    out += [pack(APP1, body) for body in extension]
    icc_parts = _parts(icc or b"", MAX_BODY - 14)
    for i, part in enumerate(icc_parts, 1):
        out.append(pack(APP2, ICC_ID + bytes((i, len(icc_parts))) + part))
    parts = _parts(resources or b"", MAX_BODY - len(IRB_ID))
    return out + [pack(APP13, IRB_ID + part) for part in parts]


def _parts(data: bytes, room: int) -> list[bytes]:
    return [data[at : at + room] for at in range(0, len(data), room)]


def jfif_body(resolution: tuple[float, float] | None) -> bytes:
    """Return the body of a JFIF segment that tells the pixels per inch (x, y), or nothing."""
    x, y = (min(round(value), 65535) for value in resolution or (1, 1))
    return struct.pack(">5sHBHHBB", b"JFIF\0", 0x101, bool(resolution), x, y, 0, 0)


def encode(
    pixels: Pixels,
    grey: bool,
    carry: JpegCarry | None,
    turned: bool,
    quality: int | None = None,
) -> bytes:
    """Return a JPEG without any metadata, with the tables and sampling of ``carry``.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        grey: write one component.
        carry: what the source file was coded with; None: nothing of it counts.
        turned: width and height were exchanged since; so are the tables' axes.
        quality: without ``carry``, 30 to 100; colours are halved below 90. None: 95.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 1]) if grey else pixels)
    quality = quality or _QUALITY
    options: dict[str, Any] = {"quality": quality, "subsampling": 0 if quality >= _FINE else 2}
    if carry is not None:
        options = {
            "qtables": _ordered_tables(carry, grey, turned),
            "subsampling": _subsampling(carry, turned),
            "progressive": carry.frame.marker == 0xC2,
        }
    try:
        return _encoded(image, options | {"optimize": True})
    except OSError:
        # the encoder has room for a byte a pixel only, unless it writes as it goes
        return _encoded(image, options | {"progressive": False})


def _encoded(image: Image.Image, options: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image.save(out, "JPEG", **options)
    return out.getvalue()


def _ordered_tables(carry: JpegCarry, grey: bool, turned: bool) -> list[list[int]]:
    """Return the luma (and chroma) tables in reading order, as Pillow wants them."""
    numbers = [table for _, _, _, table in carry.frame.components][: 1 if grey else 2]
    tables = []
    for number in numbers:
        plane = np.empty(64, np.int64)
        plane[ZIGZAG] = carry.tables[number]
        square = plane.reshape(8, 8)
        tables.append((square.T if turned else square).ravel().tolist())
    return tables


def _subsampling(carry: JpegCarry, turned: bool) -> int:
    """Return Pillow's number for the sampling; full resolution where Pillow has no name for it."""
    pairs = [(v, h) if turned else (h, v) for h, v in carry.frame.sampling]
    if pairs[1:] != [(1, 1), (1, 1)]:
        return 0
    return {(1, 1): 0, (2, 1): 1, (2, 2): 2}.get(pairs[0], 0)
