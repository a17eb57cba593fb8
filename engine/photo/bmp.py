"""What Pillow leaves of a BMP: its embedded profile, and headers that tell one or transparency.

Layout: BITMAPV4HEADER and BITMAPV5HEADER of the Windows GDI.
"""

from __future__ import annotations

import struct

import numpy as np

from engine.arrays import Pixels

_V5, _PROFILE_AT = 124, 112
_EMBEDDED, _LINKED, _SRGB = 0x4D424544, 0x4C494E4B, 0x73524742
_CALIBRATED = 0
_FILE_HEADER = 14
_BITFIELDS = 3


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
    x, y = (round(value / 0.0254) for value in resolution or (0, 0))
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
