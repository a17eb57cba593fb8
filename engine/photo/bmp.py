"""What Pillow leaves of a BMP: pixels told by masks, and headers that tell profile or transparency.

Layout: BITMAPV4HEADER and BITMAPV5HEADER of the Windows GDI.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Pixels
from engine.photo.decode import CUT_OFF
from engine.photo.limits import Refusal, check_size

_V5, _PROFILE_AT = 124, 112
_EMBEDDED, _LINKED, _SRGB = 0x4D424544, 0x4C494E4B, 0x73524742
_CALIBRATED = 0
_FILE_HEADER = 14
_INCH = 0.0254
_BITFIELDS, _ALPHA_BITFIELDS = 3, 6
_INFO, _WITH_ALPHA = 40, 56
"""Sizes of headers: the plain one, behind which masks lie, and the first that holds alpha's."""


def colour_of(data: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """Return the profile a BMP embeds, and what to say where it tells its colours otherwise."""
    header = data[_FILE_HEADER:]
    if len(header) < 108 or int.from_bytes(header[:4], "little") < 108:
        return None, ()
    kind = int.from_bytes(header[56:60], "little")
    if kind == _CALIBRATED and any(header[60:108]):
        return None, ("It tells its colours by end points; they are taken for sRGB.",)
    if int.from_bytes(header[:4], "little") < _V5 or kind not in (_EMBEDDED, _LINKED):
        return None, ()
    at, size = struct.unpack("<II", header[_PROFILE_AT : _PROFILE_AT + 8])
    profile = header[at : at + size]
    if kind == _LINKED or not profile or len(profile) < size:
        return None, ("Its colour profile is not in the file; its colours are taken for sRGB.",)
    return profile, ()


def masked_pixels(data: bytes) -> tuple[Pixels, Pixels | None] | None:
    """Return pixels (H, W, 3) and alpha (H, W) or None of a BMP whose channels are told by masks.

    None for every other BMP, which Pillow reads.

    Raises:
        Refusal: it is cut off, or its masks are no channels of up to 8 bits.
    """
    header = data[_FILE_HEADER:]
    if len(header) < _INFO:
        return None
    size, width, tall, _, bits, method = struct.unpack("<IiiHHI", header[:20])
    if size < _INFO or method not in (_BITFIELDS, _ALPHA_BITFIELDS) or bits not in (16, 32):
        return None
    height, wide = abs(tall), bits // 8
    check_size(width, height)
    told = struct.unpack("<4I", header[_INFO : _INFO + 16].ljust(16, b"\0"))
    with_alpha = size >= _WITH_ALPHA or method == _ALPHA_BITFIELDS
    stride = -(-width * wide // 4) * 4
    start = int.from_bytes(data[10:14], "little")
    body = np.frombuffer(data[start : start + stride * height], np.uint8)
    if body.size < stride * height:
        raise Refusal(CUT_OFF)
    rows = body.reshape(height, stride)[:, : width * wide].copy().view(f"<u{wide}")
    rows = rows if tall < 0 else rows[::-1]
    pixels = np.dstack([_channel(rows, mask) for mask in told[:3]])
    return pixels, _channel(rows, told[3]) if with_alpha and told[3] else None


def _channel(values: NDArray[np.unsignedinteger], mask: int) -> NDArray[np.uint8]:
    """Return the channel that ``mask`` cuts out of the values, its range stretched to 8 bits."""
    low = (mask & -mask).bit_length() - 1
    top = mask >> max(low, 0)
    if not mask or top & (top + 1) or top > 255:
        raise Refusal("its channels are packed in a way that is not opened; save it as PNG first")
    table = (np.arange(top + 1) * 255 + top // 2) // top
    return np.asarray(table.astype(np.uint8)[(values >> low) & top])


def resolution_of(data: bytes) -> tuple[float, float] | None:
    """Return the pixels per inch (x, y) that a BMP tells, None where it tells none."""
    header = data[_FILE_HEADER : _FILE_HEADER + _INFO]
    if len(header) < _INFO or int.from_bytes(header[:4], "little") < _INFO:
        return None
    x, y = struct.unpack("<ii", header[24:32])
    return (x * _INCH, y * _INCH) if x > 0 and y > 0 else None


def needs_long_header(alpha: Pixels | None, icc: bytes | None) -> bool:
    """Tell whether Pillow's short header would lose something."""
    return alpha is not None or icc is not None


def write(
    pixels: Pixels,
    alpha: Pixels | None,
    grey: bool,
    icc: bytes | None,
    resolution: tuple[float, float] | None,
) -> bytes:
    """Return a BMP whose header tells transparency and profile.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        alpha: (H, W) uint8 or None.
        grey: the channels are equal; without ``alpha`` one is written, with a palette of greys.
        icc: the profile to embed, or None for sRGB.
        resolution: pixels per inch (x, y).
    """
    height, width = pixels.shape[:2]
    bits = 32 if alpha is not None else 8 if grey else 24
    if alpha is not None:
        samples = np.dstack([pixels[..., ::-1], alpha])
    else:
        samples = pixels[..., 1] if grey else pixels[..., ::-1]
    rows = samples[::-1].reshape(height, -1)
    body = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4))).tobytes()
    greys = np.arange(256, dtype=np.uint8)[:, None].repeat(4, axis=1)
    greys[:, 3] = 0
    palette = greys.tobytes() if bits == 8 else b""
    start = _FILE_HEADER + _V5 + len(palette)
    x, y = (round(value / _INCH) for value in resolution or (0, 0))
    method = _BITFIELDS if bits == 32 else 0
    header = struct.pack(
        "<IiiHHIIiiII", _V5, width, height, 1, bits, method, len(body), x, y, len(palette) // 4, 0
    )
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000) if bits == 32 else (0, 0, 0, 0)
    header += struct.pack("<4II", *masks, _EMBEDDED if icc else _SRGB) + bytes(48)
    profile_at = _V5 + len(palette) + len(body) if icc else 0
    header += struct.pack("<IIII", 4, profile_at, len(icc or b""), 0)
    size = start + len(body) + len(icc or b"")
    head = struct.pack("<2sIHHI", b"BM", size, 0, 0, start)
    return head + header + palette + body + (icc or b"")
