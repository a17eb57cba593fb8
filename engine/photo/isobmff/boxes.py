"""The boxes of AVIF and HEIC files that tell of their main picture.

Layout: ISO/IEC 14496-12 and 23008-12 (meta, pitm, iref, iloc, iprp, ipco, ipma, auxC, colr).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from engine.photo.isobmff import av1

_MOST, _BEGINNING = 4096, 4096
_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")


class Box(NamedTuple):
    """Hold a box: its four letters and what is in it."""

    kind: bytes
    body: bytes


def boxes(data: bytes) -> Iterator[Box]:
    """Yield the boxes in ``data``, up to the first that does not fit in it."""
    at = 0
    while at + 8 <= len(data):
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + size > len(data):
            return
        yield Box(data[at + 4 : at + 8], data[at + head : at + size])
        at += size


class MainItem(NamedTuple):
    """Hold what a file tells of its main picture.

    Attributes:
        own: its properties, in the order in which they apply.
        shared: the properties of all pictures in the file.
        alpha: another picture is its transparency.
    """

    own: list[Box]
    shared: list[Box]
    alpha: bool


def main_item(data: bytes) -> MainItem | None:
    """Return the main picture's properties; None where the file lists none."""
    meta = _inside(data, b"meta")
    if meta is None:
        return None
    parts = dict(boxes(meta[4:]))
    properties = list(boxes(parts.get(b"iprp", b"")))
    shared = list(boxes(dict(properties).get(b"ipco", b"")))
    tables = [box.body for box in properties if box.kind == b"ipma"]

    def own(item: int) -> list[Box]:
        links = [link for table in tables for link in _of_item(table, item)]
        return [shared[link - 1] for link in links if 0 < link <= len(shared)]

    main = _main_item(parts.get(b"pitm", b""))
    beside = _auxiliaries(parts.get(b"iref", b""), main)
    return MainItem(own(main), shared, any(_is_alpha(own(item)) for item in beside))


def colour_numbers(data: bytes) -> tuple[int, int] | None:
    """Return (primaries, transfer) by which the main picture's nclx box tells its colours.

    None where there is none, nor numbers in the coded picture of an AVIF. Numbers that only some
    part of a picture has count where all parts with numbers agree.
    """
    item = main_item(data)
    if item is None:
        return None
    for group in (item.own, item.shared):
        found = {_nclx(box.body) for box in group if box.kind == b"colr"} - {None}
        if len(found) == 1:
            return found.pop()
    coded = any(box.kind == b"av1C" for box in item.shared)
    return av1.colour_numbers(_coded(data)) if coded else None


def _coded(data: bytes) -> bytes:
    """Return the beginning of the main picture as it is coded, or of its first tile."""
    parts = dict(boxes((_inside(data, b"meta") or b"")[4:]))
    main = _main_item(parts.get(b"pitm", b""))
    wide = 2 if parts.get(b"iref", b"\0")[:1] == b"\0" else 4
    for kind, body in boxes(parts.get(b"iref", b"")[4:]):
        if kind == b"dimg" and int.from_bytes(body[:wide], "big") == main:
            main = int.from_bytes(body[wide + 2 : 2 * wide + 2], "big")
    at, size = _place(parts.get(b"iloc", b""), main)
    return data[at : at + min(size, _BEGINNING)]


def _place(iloc: bytes, item: int) -> tuple[int, int]:
    """Return where an item's first piece lies in the file and its bytes; (0, 0) if not there."""
    if len(iloc) < 8:
        return 0, 0
    version, sizes = iloc[0], iloc[4] << 8 | iloc[5]
    offset_wide, length_wide, base_wide = (sizes >> shift & 15 for shift in (12, 8, 4))
    id_wide, index_wide, at = 2 if version < 2 else 4, sizes & 15 if version else 0, 6

    def number(wide: int) -> int:
        nonlocal at
        at += wide
        return int.from_bytes(iloc[at - wide : at], "big")

    for _ in range(min(number(id_wide), _MOST)):
        found, method = number(id_wide), number(2) & 15 if version else 0
        number(2)
        base, pieces = number(base_wide), number(2)
        place = at + index_wide
        if found == item and method == 0 and pieces:
            at = place
            return base + number(offset_wide), number(length_wide)
        at += pieces * (index_wide + offset_wide + length_wide)
    return 0, 0


def _auxiliaries(iref: bytes, main: int) -> list[int]:
    """Return the pictures that belong to ``main`` as depth or transparency do."""
    wide = 2 if iref[:1] == b"\0" else 4
    found = []
    for kind, body in boxes(iref[4:]):
        ids = [
            int.from_bytes(body[at : at + wide], "big") for at in range(wide + 2, len(body), wide)
        ]
        if kind == b"auxl" and main in ids:
            found.append(int.from_bytes(body[:wide], "big"))
    return found


def _is_alpha(properties: list[Box]) -> bool:
    kinds = (box.body[4:].partition(b"\0")[0] for box in properties if box.kind == b"auxC")
    return any(kind in _ALPHA for kind in kinds)


def _inside(data: bytes, kind: bytes) -> bytes | None:
    return next((box.body for box in boxes(data) if box.kind == kind), None)


def _nclx(body: bytes) -> tuple[int, int] | None:
    if body[:4] != b"nclx" or len(body) < 8:
        return None
    primaries, transfer = struct.unpack(">HH", body[4:8])
    return primaries, transfer


def _main_item(pitm: bytes) -> int:
    wide = 2 if pitm[:1] == b"\0" else 4
    return int.from_bytes(pitm[4 : 4 + wide], "big")


def _of_item(ipma: bytes, item: int) -> list[int]:
    """Return the numbers of an item's properties, counted from 1."""
    if len(ipma) < 8:
        return []
    version, wide = ipma[0], 2 if ipma[3] & 1 else 1
    id_wide = 2 if version < 1 else 4
    at = 8
    for _ in range(min(int.from_bytes(ipma[4:8], "big"), _MOST)):
        number = int.from_bytes(ipma[at : at + id_wide], "big")
        count = ipma[at + id_wide] if at + id_wide < len(ipma) else 0
        at += id_wide + 1
        end = at + wide * count
        links = [int.from_bytes(ipma[i : i + wide], "big") for i in range(at, end, wide)]
        if number == item:
            return [link & (0x7FFF if wide == 2 else 0x7F) for link in links]
        at = end
    return []
