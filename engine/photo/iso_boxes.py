"""The boxes of AVIF and HEIC files that tell of their main picture.

Layout: ISO/IEC 14496-12 and 23008-12 (meta, pitm, iref, iprp, ipco, ipma, auxC, colr).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

_MOST = 4096
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

    None where there is none. Numbers that only some part of a picture has count where all parts
    with numbers agree.
    """
    item = main_item(data)
    if item is None:
        return None
    for group in (item.own, item.shared):
        found = {_nclx(box.body) for box in group if box.kind == b"colr"} - {None}
        if len(found) == 1:
            return found.pop()
    return None


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
