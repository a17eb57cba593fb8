"""Between a photo's own colour space and sRGB, in floating point where the profile allows it.

Profiles made of a matrix and curves (sRGB, Adobe RGB, Display P3, ProPhoto, grey) are computed
here from their tags (ICC.1:2022, sections 8.3 and 10); profiles made of tables go through
LittleCMS with 8 bits; broken ones count as sRGB, with a notice.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from PIL import Image, ImageCms

from engine.arrays import Doubles, Floats, Levels, Pixels
from engine.pixels import peak, to_depth, to_eight_bits, to_float

SRGB_TO_XYZ = np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)
"""The linear sRGB primaries in XYZ, adapted to D50."""

_STEPS = 65536
_AT_ONCE = 1 << 20
"""Samples that are converted together."""
_BROKEN = "Its colour profile is damaged; its colours are taken for sRGB."
_TABLES = "Its colour profile is made of tables; the fill's colours are converted with 8 bits."


class BadProfile(ValueError):
    """Report a profile that cannot be used."""


def srgb_to_linear(values: Floats) -> Floats:
    """Return linear light 0..1 of sRGB values 0..1 (IEC 61966-2-1)."""
    return np.where(
        values <= 0.04045, values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4
    ).astype(np.float32)


def linear_to_srgb(values: Floats) -> Floats:
    """Return sRGB values 0..1 of linear light 0..1 (IEC 61966-2-1)."""
    return np.where(
        values <= 0.0031308, values * 12.92, 1.055 * np.maximum(values, 0) ** (1 / 2.4) - 0.055
    ).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Colour:
    """Convert pixels (..., 3) between a photo's colour space and sRGB.

    ``matrix`` (3, 3): linear primaries to XYZ (D50). ``curves``: per channel, the linear light at
    65536 even steps of the value. ``tables``: the profile, where it must go through LittleCMS.
    ``notice``: a sentence for the user, or None.
    """

    matrix: Doubles
    curves: tuple[Floats, Floats, Floats]
    tables: bytes | None = None
    notice: str | None = None

    @cached_property
    def is_srgb(self) -> bool:
        """Tell whether the space is sRGB within a third of an 8-bit step."""
        if self.tables is not None or np.abs(self.matrix - SRGB_TO_XYZ).max() > 1e-3:
            return False
        wanted = np.linspace(0, 1, _STEPS, dtype=np.float32)
        found = (linear_to_srgb(curve) for curve in self.curves)
        return all(float(np.abs(values - wanted).max()) < 0.33 / 255 for values in found)

    def to_srgb(self, pixels: Pixels) -> Pixels:
        """Return the sRGB view of ``pixels`` in their own dtype; colours outside are clipped."""
        return pixels if self.is_srgb else _by_rows(self._to_srgb, pixels, np.empty_like(pixels))

    def on_screen(self, pixels: Pixels) -> Levels:
        """Return the sRGB view of ``pixels`` in 8 bits."""
        if self.is_srgb:
            return to_eight_bits(pixels)
        out = np.empty(pixels.shape, np.uint8)
        return _by_rows(lambda rows: to_eight_bits(self._to_srgb(rows)), pixels, out)

    def _to_srgb(self, pixels: Pixels) -> Pixels:
        if self.tables is not None:
            return _through_cms(pixels, self.tables, to_srgb=True)
        matrix = np.linalg.inv(SRGB_TO_XYZ) @ self.matrix
        linear = self.to_linear(pixels) @ matrix.T.astype(np.float32)
        return to_depth(linear_to_srgb(linear), pixels)

    def from_srgb(self, pixels: Pixels) -> Pixels:
        """Return sRGB ``pixels`` in the photo's space and their own dtype."""
        return pixels if self.is_srgb else _by_rows(self._from_srgb, pixels, np.empty_like(pixels))

    def _from_srgb(self, pixels: Pixels) -> Pixels:
        if self.tables is not None:
            return _through_cms(pixels, self.tables, to_srgb=False)
        matrix = np.linalg.inv(self.matrix) @ SRGB_TO_XYZ
        linear = srgb_to_linear(to_float(pixels)) @ matrix.T.astype(np.float32)
        return self.from_linear(linear, pixels)

    def to_linear(self, pixels: Pixels) -> Floats:
        """Return the linear light 0..1 of ``pixels`` in the photo's own primaries."""
        step = (_STEPS - 1) // peak(pixels)
        out = np.empty(pixels.shape, np.float32)
        for channel, curve in enumerate(self.curves):
            out[..., channel] = curve[::step][pixels[..., channel]]
        return out

    def from_linear(self, linear: Floats, like: Pixels) -> Pixels:
        """Return pixels of ``like``'s depth whose linear light is ``linear``, clipped to 0..1."""
        grid = np.linspace(0, 1, _STEPS, dtype=np.float32)
        out = np.empty(linear.shape, np.float32)
        for channel, curve in enumerate(self.curves):
            out[..., channel] = np.interp(linear[..., channel], curve, grid)
        return to_depth(out, like)


def _by_rows(convert: Callable[[Pixels], Pixels], pixels: Pixels, out: Pixels) -> Pixels:
    """Convert some rows at a time: what is computed on the way is far larger than the pixels."""
    rows = max(1, _AT_ONCE * len(pixels) // max(pixels.size, 1))
    for top in range(0, len(pixels), rows):
        out[top : top + rows] = convert(pixels[top : top + rows])
    return out


@lru_cache(maxsize=8)
def colour_of(icc: bytes | None) -> Colour:
    """Return the converter for a profile; None and broken profiles count as sRGB."""
    curve = srgb_to_linear(np.linspace(0, 1, _STEPS, dtype=np.float32))
    srgb = Colour(SRGB_TO_XYZ, (curve, curve, curve))
    if icc is None:
        return srgb
    try:
        return _parse(icc)
    except (ValueError, LookupError, struct.error, ImageCms.PyCMSError, OSError):
        return Colour(srgb.matrix, srgb.curves, notice=_BROKEN)


def name_of(icc: bytes) -> str:
    """Return what a profile calls itself, empty where it says nothing."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        return str(ImageCms.getProfileDescription(profile)).strip()
    except (ImageCms.PyCMSError, OSError):
        return ""


def _parse(icc: bytes) -> Colour:
    if len(icc) < 132 or icc[36:40] != b"acsp":
        raise BadProfile("no profile")
    tags = _tags(icc)
    if icc[16:20] == b"GRAY" and b"kTRC" in tags:
        curve = _curve(tags[b"kTRC"])
        return Colour(SRGB_TO_XYZ, (curve, curve, curve))
    if icc[16:20] != b"RGB ":
        raise BadProfile("not for RGB")
    needed = (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC")
    if b"A2B0" in tags or not all(name in tags for name in needed):
        for to_srgb in (True, False):
            _through_cms(np.zeros((1, 1, 3), np.uint8), icc, to_srgb=to_srgb)
        return Colour(SRGB_TO_XYZ, colour_of(None).curves, tables=icc, notice=_TABLES)
    matrix = np.array([_xyz(tags[name]) for name in needed[:3]]).T
    if abs(np.linalg.det(matrix)) < 1e-4:
        raise BadProfile("its primaries lie on a line")
    red, green, blue = (_curve(tags[name]) for name in needed[3:])
    return Colour(matrix, (red, green, blue))


def _tags(icc: bytes) -> dict[bytes, bytes]:
    count = struct.unpack(">I", icc[128:132])[0]
    if count > 200:
        raise BadProfile("too many tags")
    tags = {}
    for i in range(count):
        name, at, size = struct.unpack(">4sII", icc[132 + 12 * i : 144 + 12 * i])
        if at + size > len(icc):
            raise BadProfile("a tag lies outside")
        tags[name] = icc[at : at + size]
    return tags


def _xyz(tag: bytes) -> tuple[float, ...]:
    if tag[:4] != b"XYZ ":
        raise BadProfile("no XYZ tag")
    return tuple(value / 65536 for value in struct.unpack(">3i", tag[8:20]))


def _curve(tag: bytes) -> Floats:
    """Return the linear light at even steps of the value, never falling."""
    x = np.linspace(0, 1, _STEPS)
    if tag[:4] == b"para":
        kind = struct.unpack(">H", tag[8:10])[0]
        y = _PARAMETRIC[kind](
            x,
            [
                v / 65536
                for v in struct.unpack(f">{_COUNTS[kind]}i", tag[12 : 12 + 4 * _COUNTS[kind]])
            ],
        )
    elif tag[:4] == b"curv":
        count = struct.unpack(">I", tag[8:12])[0]
        if count == 0:
            y = x
        elif count == 1:
            y = x ** (struct.unpack(">H", tag[12:14])[0] / 256)
        else:
            table = np.frombuffer(tag, ">u2", count, 12) / 65535
            y = np.interp(x, np.linspace(0, 1, count), table)
    else:
        raise BadProfile("an unknown curve")
    if not np.isfinite(y).all() or y.max() - y.min() < 0.5:
        raise BadProfile("a flat curve")
    return np.maximum.accumulate(np.clip(y, 0, 1)).astype(np.float32)


Curve = Callable[[Doubles, list[float]], Doubles]


def _power(base: Doubles, exponent: float) -> Doubles:
    return np.asarray(np.maximum(base, 0) ** exponent)


# The parameters are g, a, b, c, d, e, f of ICC.1:2022, table 68.
_PARAMETRIC: dict[int, Curve] = {
    0: lambda x, p: _power(x, p[0]),
    1: lambda x, p: np.where(p[1] * x + p[2] >= 0, _power(p[1] * x + p[2], p[0]), 0),
    2: lambda x, p: np.where(p[1] * x + p[2] >= 0, _power(p[1] * x + p[2], p[0]), 0) + p[3],
    3: lambda x, p: np.where(x >= p[4], _power(p[1] * x + p[2], p[0]), p[3] * x),
    4: lambda x, p: np.where(x >= p[4], _power(p[1] * x + p[2], p[0]) + p[5], p[3] * x + p[6]),
}
_COUNTS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}


def _through_cms(pixels: Pixels, icc: bytes, *, to_srgb: bool) -> Pixels:
    own, srgb = ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB")
    source, target = (own, srgb) if to_srgb else (srgb, own)
    deep = pixels.dtype == np.uint16
    eight = to_eight_bits(pixels)
    image = Image.fromarray(np.ascontiguousarray(eight))
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    converted = ImageCms.profileToProfile(image, source, target, intent, "RGB")
    out = np.array(converted)
    return out.astype(np.uint16) * np.uint16(257) if deep else out
