"""Find whole JPEG pictures hidden inside other data, such as previews in maker notes."""

from __future__ import annotations

import re

_START = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")
_SCAN, _END = 0xDA, b"\xff\xd9"


def jpeg_end(data: bytes | bytearray, start: int) -> int | None:
    """Return where the JPEG that begins at ``start`` ends, None if what is there is none.

    The headers must follow each other up to the first scan; a missing end marker means that the
    picture runs to the end of the data.
    """
    at = start + 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if size < 2:
            return None
        if data[at + 1] == _SCAN:
            end = data.find(_END, at + 2 + size)
            return len(data) if end < 0 else end + 2
        at += 2 + size
    return None


def blank_jpegs(data: bytearray) -> int:
    """Overwrite every embedded JPEG in ``data`` with zeros; return how many there were."""
    count = 0
    for match in _START.finditer(bytes(data)):
        end = jpeg_end(data, match.start())
        if end is not None:
            data[match.start() : end] = bytes(end - match.start())
            count += 1
    return count


def holds_jpeg(data: bytes) -> bool:
    """Tell whether a JPEG is embedded anywhere in ``data``."""
    return any(jpeg_end(data, match.start()) is not None for match in _START.finditer(data))
