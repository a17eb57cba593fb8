"""What a PNG tells of its colours: cICP, iCCP, sRGB, or gAMA and cHRM, in this order."""

from __future__ import annotations

import struct
import zlib

from engine.photo.limits import Refusal
from engine.photo.metadata import cicp
from engine.photo.png.chunks import Chunk

_ROOM = 64 << 20
_SRGB_GAMMA, _LIKE = 2.2, 0.05
"""A power within so much of sRGB's is taken for its curve, and end points for its own."""
_SRGB_POINTS = ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), (0.3127, 0.329))
_NEAR = 0.01
_NARROWEST = 1e-3
"""Twice the area of the triangle of the end points, where they are damaged."""


def profile_of(chunks: tuple[Chunk, ...], *, grey: bool) -> bytes | None:
    """Return the profile of a PNG with these chunks; None for sRGB, told or taken for granted.

    Raises:
        Refusal: cICP tells of HDR, of a video range, or of what nobody knows.
    """
    found = {chunk.kind: chunk.data for chunk in reversed(chunks)}
    numbers = found.get(b"cICP", b"")
    if len(numbers) == 4:
        if numbers[2] != 0 or numbers[3] != 1:
            raise Refusal("its colours are told as a video's (cICP); save it as sRGB first")
        return cicp.profile_of(numbers[0], numbers[1], grey=grey)
    if b"iCCP" in found:
        _, _, rest = found[b"iCCP"].partition(b"\0")
        return inflated(rest[1:])
    if b"sRGB" in found:
        return None
    return _calibrated(found.get(b"gAMA", b""), found.get(b"cHRM", b""), grey=grey)


def _calibrated(gama: bytes, chrm: bytes, *, grey: bool) -> bytes | None:
    """Return the profile of a power and end points.

    What is near sRGB is taken for it, as libpng does; what is damaged counts as not told.
    """
    encoded = int.from_bytes(gama, "big") if len(gama) == 4 else 0
    gamma = 1e5 / encoded if encoded else _SRGB_GAMMA
    like = abs(gamma / _SRGB_GAMMA - 1) <= _LIKE
    points = _points(chrm) if len(chrm) == 32 else _SRGB_POINTS
    return cicp.profile_made("gAMA+cHRM", points, None if like else gamma, grey=grey)


def _points(chrm: bytes) -> cicp.Points:
    """Return the chromaticities of red, green, blue and white."""
    values = [value / 1e5 for value in struct.unpack(">8I", chrm)]
    white, *rest = zip(values[::2], values[1::2], strict=True)
    points = (*rest, white)
    near = zip(sum(points, ()), sum(_SRGB_POINTS, ()), strict=True)
    if all(abs(a - b) <= _NEAR for a, b in near):
        return _SRGB_POINTS
    (ax, ay), (bx, by), (cx, cy), _ = points
    area = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay))
    sound = area > _NARROWEST and all(x >= 0 and y > 0 and x + y <= 1.2 for x, y in points)
    return points if sound else _SRGB_POINTS


def inflated(data: bytes) -> bytes | None:
    """Return deflated bytes, None where they are damaged or too many."""
    engine = zlib.decompressobj()
    try:
        out = engine.decompress(data, _ROOM)
    except zlib.error:
        return None
    return out if engine.eof else None
