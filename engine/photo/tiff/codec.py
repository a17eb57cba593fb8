"""Pack and unpack one strip or tile of a TIFF.

LZW, PackBits, LZMA and Zstandard go through the libtiff inside Pillow: the segment's bytes are
wrapped as a small grey picture, so that any depth, byte order or channel layout passes unharmed.
"""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image

from engine.arrays import AnyArray
from engine.photo.limits import Refusal
from engine.photo.metadata.ifd import TagReader, read_all

NONE, LZW, DEFLATE, PACKBITS, OLD_DEFLATE = 1, 5, 8, 32773, 32946
_THROUGH_PILLOW = {LZW: "LZW", PACKBITS: "PackBits", 34925: "LZMA", 50000: "Zstandard"}
READABLE = frozenset({NONE, DEFLATE, OLD_DEFLATE, *_THROUGH_PILLOW})
WRITABLE = frozenset({NONE, LZW, DEFLATE, OLD_DEFLATE})
NAMES = {
    **_THROUGH_PILLOW, NONE: "none", DEFLATE: "deflate", OLD_DEFLATE: "deflate", 2: "CCITT",
    3: "CCITT fax 3", 4: "CCITT fax 4", 6: "old JPEG", 7: "JPEG", 9: "JBIG", 10: "JBIG",
    32766: "NeXT", 32769: "packed raw", 32809: "ThunderScan", 32908: "Pixar film",
    32909: "Pixar log", 33003: "JPEG 2000", 33004: "JPEG 2000", 33005: "JPEG 2000",
    34661: "JBIG", 34676: "SGI log", 34677: "SGI log", 34712: "JPEG 2000", 34713: "Nikon NEF",
    34715: "JBIG 2", 34887: "LERC", 34892: "lossy JPEG", 34933: "PNG", 34934: "JPEG XR",
    50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL",
}  # fmt: skip
"""What the numbers of tag 259 mean, as far as files with them are seen."""
_MIRROR = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
_ROWS = 64


def unpack(data: bytes, compression: int, size: int) -> bytes:
    """Return the ``size`` bytes of a compressed segment.

    Raises:
        Refusal: the segment is damaged or shorter.
    """
    if compression == NONE:
        plain = data
    elif compression in (DEFLATE, OLD_DEFLATE):
        try:
            plain = zlib.decompressobj().decompress(data, size)
        except zlib.error as error:
            raise Refusal("the file is damaged (a strip cannot be unpacked)") from error
    else:
        plain = _unwrap(data, compression, size)
    if len(plain) < size:
        raise Refusal("the file is cut off; copy it again from where it came")
    return plain[:size]


def mirrored(data: bytes) -> bytes:
    """Return the bytes with the bits of each the other way round (fill order 2)."""
    return data.translate(_MIRROR)


def spread(plain: bytes, shape: tuple[int, int, int], bits: int) -> AnyArray:
    """Return samples (rows, columns, channels) that lie in rows of bits, highest bit first.

    They are uint8 for up to 8 bits, else uint16, and keep their values.
    """
    rows, wide = shape[0], shape[1] * shape[2]
    lines = np.frombuffer(plain, np.uint8).reshape(rows, -1)
    out = np.empty((rows, wide), np.uint8 if bits <= 8 else np.uint16)
    weights = (1 << np.arange(bits)[::-1]).astype(out.dtype)
    for top in range(0, rows, _ROWS):
        digits = np.unpackbits(lines[top : top + _ROWS], axis=1, count=wide * bits)
        out[top : top + _ROWS] = digits.reshape(-1, wide, bits) @ weights
    return out.reshape(shape)


def pack(data: bytes, compression: int) -> bytes:
    """Return a segment packed with one of the WRITABLE compressions."""
    if compression == NONE:
        return data
    if compression == LZW:
        return _lzw(data)
    return zlib.compress(data, 4)


def _unwrap(data: bytes, compression: int, size: int) -> bytes:
    tags = [
        (256, 4, size), (257, 4, 1), (258, 3, 8), (259, 3, compression), (262, 3, 1),
        (273, 4, 8), (277, 3, 1), (278, 4, 1), (279, 4, len(data)),
    ]  # fmt: skip
    padded = data + b"\0" * (len(data) % 2)
    rows = b"".join(
        struct.pack("<HHI", tag, kind, 1) + struct.pack("<I", value) for tag, kind, value in tags
    )
    directory = struct.pack("<H", len(tags)) + rows + b"\0" * 4
    file = b"II" + struct.pack("<HI", 42, 8 + len(padded)) + padded + directory
    try:
        return Image.open(io.BytesIO(file), formats=["TIFF"]).tobytes()
    except Exception as error:
        raise Refusal("the file is damaged (a strip cannot be unpacked)") from error


def _lzw(data: bytes) -> bytes:
    out = io.BytesIO()
    image = Image.frombuffer("L", (len(data), 1), data, "raw", "L", 0, 1)
    image.save(out, "TIFF", compression="tiff_lzw", tiffinfo={278: 1})
    file = out.getvalue()
    reader = TagReader(read_all(file))
    tags, _ = reader.directory(reader.first)
    start, size = tags[273].first, tags[279].first
    return file[start : start + size]


def add_up(rows: AnyArray) -> AnyArray:
    """Undo horizontal differencing (predictor 2) of samples (rows, columns, channels)."""
    return np.cumsum(rows, axis=1, dtype=rows.dtype, out=rows)


def differences(rows: AnyArray) -> AnyArray:
    """Return the horizontal differences (predictor 2) of samples (rows, columns, channels)."""
    out = rows.copy()
    out[:, 1:] -= rows[:, :-1]
    return out
