"""Colour spaces told by numbers (CICP, ITU-T H.273), made into profiles every container can hold.

AVIF and HEIC tell them in an nclx box or inside the coded picture, PNG in a cICP chunk, or by
gAMA and cHRM. What needs more light than a screen's white (PQ, HLG) is refused: as 8 or 16 bits of
sRGB it would become another picture.
"""

from __future__ import annotations

import struct

import numpy as np

from engine.arrays import Doubles
from engine.photo.limits import Refusal

UNSPECIFIED = 2
_D65, _D50 = (0.3127, 0.329), (0.3457, 0.3585)
_PRIMARIES = {
    1: ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), _D65),
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.31, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.6), (0.15, 0.06), _D65),
    6: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65),
    7: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65),
    9: ((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), _D65),
    11: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.314, 0.351)),
    12: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), _D65),
    22: ((0.63, 0.34), (0.295, 0.605), (0.155, 0.077), _D65),
}
"""Chromaticities (x, y) of red, green, blue and white (H.273, table 2)."""
_LIKE_SRGB = frozenset({1, UNSPECIFIED, 6, 13, 14, 15})
"""Transfers that screens show with sRGB's curve: sRGB's own, and those of SDR film."""
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_HDR = {16: "PQ", 18: "HLG"}
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


Points = tuple[tuple[float, float], ...]
"""Chromaticities (x, y) of red, green, blue and white."""


def profile_of(primaries: int, transfer: int, *, grey: bool = False) -> bytes | None:
    """Return the ICC profile of a colour space told by numbers, None for sRGB.

    A ``grey`` picture gets one of greys, for which the primaries do not matter.

    Raises:
        Refusal: it is HDR, or not known.
    """
    if transfer in _HDR:
        raise Refusal(
            "its colours are HDR ({0}), brighter than this program can show; "
            "save it as an SDR picture first",
            _HDR[transfer],
        )
    known = primaries == UNSPECIFIED or primaries in _PRIMARIES
    if not known or not (transfer in _LIKE_SRGB or transfer in _GAMMAS):
        raise Refusal(
            "its colour space (CICP {0}/{1}) is not known; save it as sRGB first",
            primaries,
            transfer,
        )
    space = _PRIMARIES[1 if primaries == UNSPECIFIED else primaries]
    return profile_made(f"CICP {primaries}/{transfer}", space, _GAMMAS.get(transfer), grey=grey)


def profile_made(
    name: str, space: Points, gamma: float | None, *, grey: bool = False
) -> bytes | None:
    """Return a profile (ICC.1:2022) of chromaticities and a power, None for sRGB.

    Args:
        name: what the profile calls itself.
        space: chromaticities whose matrix can be inverted.
        gamma: the power that gives linear light; None for sRGB's curve.
        grey: of a single channel.
    """
    if gamma is None and (grey or space == _PRIMARIES[1]):
        return None
    curve = _curve(gamma)
    adapted = _adaptation(space[3])
    tags = {
        b"desc": _text(name),
        b"cprt": _text("No copyright"),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(_xyz(_D50)),
        b"chad": b"sf32\0\0\0\0" + _fixed(adapted.ravel()),
    }
    if grey:
        return _packed(b"GRAY", tags | {b"kTRC": curve})
    columns = (adapted @ _rgb_to_xyz(space)).T
    for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True):
        tags[tag] = b"XYZ \0\0\0\0" + _fixed(column)
    return _packed(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def _curve(gamma: float | None) -> bytes:
    if gamma is None:
        values = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
        return struct.pack(">4sIHH", b"para", 0, 3, 0) + _fixed(values)
    return struct.pack(">4sIHH", b"para", 0, 0, 0) + _fixed((gamma,))


def _packed(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += struct.pack(">4sII", tag, start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x04300000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H4s28x", 2020, 1, 1, 0, 0, 0, b"acsp") + _fixed(_xyz(_D50))
    return head.ljust(128, b"\0") + table + body


def _fixed(values: Doubles | tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)


def _text(words: str) -> bytes:
    body = words.encode("utf-16-be")
    return struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", len(body), 28) + body


def _xyz(point: tuple[float, float]) -> tuple[float, float, float]:
    """Return the XYZ of luminance 1 of a chromaticity."""
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def _rgb_to_xyz(space: Points) -> Doubles:
    """Return the matrix from linear RGB to XYZ under the space's own white."""
    primaries = np.array([_xyz(point) for point in space[:3]]).T
    return np.asarray(primaries * np.linalg.solve(primaries, np.array(_xyz(space[3]))))


def _adaptation(white: tuple[float, float]) -> Doubles:
    """Return the matrix from XYZ under ``white`` to XYZ under D50 (Bradford)."""
    ratio = (_BRADFORD @ _xyz(_D50)) / (_BRADFORD @ _xyz(white))
    return np.asarray(np.linalg.inv(_BRADFORD) @ np.diag(ratio) @ _BRADFORD)
