"""Photoshop's image resources (APP13 in JPEG, tag 34377 in TIFF), block by block."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

IPTC = 1028
_THUMBNAILS = (1033, 1036)
_COPIES = (1058, 1059, 1060)
"""EXIF (twice) and XMP kept a second time; they could hold old thumbnails."""
DROPPED = frozenset(_THUMBNAILS + _COPIES)


class Resource(NamedTuple):
    """Hold one resource: its number, its data, and all its bytes as they lie in the file."""

    number: int
    data: bytes
    raw: bytes


def resources(data: bytes) -> Iterator[Resource]:
    """Yield the resources; stops at the first damaged one."""
    at = 0
    while data[at : at + 4] in (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR") and at + 12 <= len(
        data
    ):
        number, name = struct.unpack(">HB", data[at + 4 : at + 7])
        start = at + 6 + (name + 2) // 2 * 2
        if start + 4 > len(data):
            return
        size = int.from_bytes(data[start : start + 4], "big")
        end = start + 4 + size
        if end > len(data):
            return
        padded = min(end + size % 2, len(data))
        yield Resource(number, data[start + 4 : end], data[at:padded])
        at = padded


def iptc_of(data: bytes) -> bytes | None:
    """Return the first IPTC block among the resources that is not empty."""
    return next((i.data for i in resources(data) if i.number == IPTC and i.data), None)


def clean(data: bytes) -> tuple[bytes, bool]:
    """Return the resources without thumbnails and second copies; and whether one was removed."""
    found = list(resources(data))
    kept = [item.raw for item in found if item.number not in DROPPED]
    return b"".join(kept), len(kept) < len(found)


def with_iptc(iptc: bytes) -> bytes:
    """Return resources that hold ``iptc`` alone."""
    return struct.pack(">4sHHI", b"8BIM", IPTC, 0, len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
