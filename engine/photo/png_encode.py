"""The picture of a PNG: OpenCV codes it, but for greys with transparency, which it cannot."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.photo.model import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SUB = 1
_GREY_ALPHA = 4
_LEVEL = 4
# Three times as fast as the usual level for 4 % more bytes.
_ENCODING = (
    cv2.IMWRITE_PNG_COMPRESSION, 1,
    cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB,
    cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_FILTERED,
)  # fmt: skip


def encode(pixels: Pixels, alpha: Pixels | None, grey: bool) -> memoryview:
    """Return a PNG without metadata, of the pixels' own depth and channels.

    Args:
        pixels: (H, W, 3) uint8 or uint16 RGB.
        alpha: (H, W) of the same depth or None.
        grey: the three channels are equal and one is written.
    """
    image: NDArray[Any]
    if grey and alpha is not None:
        return memoryview(_grey_alpha(pixels[..., 1], alpha))
    if grey:
        image = np.ascontiguousarray(pixels[..., 1])
    elif alpha is None:
        image = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    else:
        image = cv2.merge([pixels[..., 2], pixels[..., 1], pixels[..., 0], alpha])
    done, encoded = cv2.imencode(".png", image, _ENCODING)
    if not done:
        raise ValueError("the PNG encoder refused the picture")
    return encoded.data


def pack(kind: bytes, data: bytes) -> bytes:
    """Return a chunk with its length and checksum."""
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def _grey_alpha(grey: Pixels, alpha: Pixels) -> bytes:
    """Return a PNG of two channels, every row filtered by the difference to its left."""
    height, width = grey.shape
    both = np.stack([grey, alpha], axis=2).astype(f">u{grey.itemsize}")
    rows = both.view(np.uint8).reshape(height, width * 2 * grey.itemsize)
    step = 2 * grey.itemsize
    lines = np.full((height, rows.shape[1] + 1), _SUB, np.uint8)
    lines[:, 1 : step + 1] = rows[:, :step]
    np.subtract(rows[:, step:], rows[:, :-step], out=lines[:, step + 1 :])
    header = struct.pack(">IIBBBBB", width, height, 8 * grey.itemsize, _GREY_ALPHA, 0, 0, 0)
    data = zlib.compress(lines.data, _LEVEL)
    return SIGNATURE + pack(b"IHDR", header) + pack(b"IDAT", data) + pack(b"IEND", b"")
