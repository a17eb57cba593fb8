"""JPEG files that libjpeg opens with a warning: stray bytes between segments, no end mark."""

from __future__ import annotations

import re

from engine.photo.decode import CUT_OFF
from engine.photo.jpeg import segments as jpeg
from engine.photo.jpeg.blocks import read_blocks
from engine.photo.jpeg.layout import scan_of
from engine.photo.jpeg.progressive import PROGRESSIVE, check_complete
from engine.photo.limits import Refusal

_MARKER = re.compile(rb"\xff+[^\x00\xff]")
_STRAY = "Bytes that belong to nothing stood between its parts; they were left out."
_NO_END = "Its end mark is missing; the picture is whole."


def mended(data: bytes) -> tuple[bytes, bool, tuple[str, ...]]:
    """Return the file fit for ``segments.walk``, whether its end mark was there, and remarks.

    The bytes are the same ones where nothing had to be mended.

    Raises:
        Refusal: it is cut off before the picture's data begins.
    """
    parts: list[bytes] = []
    at, kept = 2, 0
    scanned = False
    while True:
        found = _MARKER.search(data, at)
        if found is None:
            if not scanned:
                raise Refusal(CUT_OFF)
            end = len(data) - data.endswith(b"\xff")
            return _joined(data, [*parts, data[kept:end], b"\xff\xd9"], ended=False)
        if found.start() > at:
            parts.append(data[kept:at])
            kept = found.start()
        at = found.end()
        marker = data[at - 1]
        if marker == jpeg.EOI:
            return _joined(data, [*parts, data[kept:]], ended=True)
        if marker in jpeg.ALONE:
            continue
        size = int.from_bytes(data[at : at + 2], "big")
        if size < 2 or at + size > len(data):
            raise Refusal(CUT_OFF)
        at += size
        if marker == jpeg.SOS:
            scanned = True
            at = _scan_end(data, at)


def check_whole(carry: jpeg.JpegCarry) -> None:
    """Refuse a file without its end mark unless every block of the picture is there.

    Raises:
        Refusal: blocks are missing, or the file is of a kind in which that cannot be told.
    """
    try:
        if carry.frame.marker == PROGRESSIVE:
            check_complete(carry)
            return
        layout, stream = scan_of(carry)
        read_blocks(stream, layout.intervals, *layout.coding())
    except (Refusal, LookupError, ValueError, ArithmeticError) as error:
        raise Refusal(CUT_OFF) from error


def _joined(data: bytes, parts: list[bytes], *, ended: bool) -> tuple[bytes, bool, tuple[str, ...]]:
    whole = len(parts) == (1 if ended else 2)
    notices = () if whole else (_STRAY,)
    if not ended:
        return b"".join(parts), False, (*notices, _NO_END)
    return data if whole else b"".join(parts), True, notices


def _scan_end(data: bytes, at: int) -> int:
    """Return where the scan's data ends: at the next marker, or with the file."""
    try:
        return jpeg.scan_end(data, at)
    except Refusal:
        return len(data)
