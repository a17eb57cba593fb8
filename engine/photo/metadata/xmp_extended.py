"""XMP beyond the 64 kB of one JPEG segment: a second packet in parts, named by its MD5.

Layout: Adobe, XMP Specification Part 3 (2020), section 1.1.3.1.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence

from engine.photo.metadata import xmp
from engine.photo.metadata.xmp_places import Turn

ID = b"http://ns.adobe.com/xmp/extension/\0"
_HEAD = len(ID) + 40
_ROOM = 65400 - _HEAD


def packet_of(bodies: Sequence[bytes], main: bytes) -> bytes | None:
    """Return the packet that ``main`` names, put together from segments' ``bodies``.

    None where a part is missing or the sum is wrong; such a packet means nothing.
    """
    parts: dict[int, bytes] = {}
    total = 0
    for body in bodies:
        if len(body) < _HEAD or body[len(ID) : len(ID) + 32] not in main:
            continue
        total, offset = struct.unpack(">II", body[_HEAD - 8 : _HEAD])
        parts[offset] = body[_HEAD:]
    whole = b"".join(parts[offset] for offset in sorted(parts))
    name = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper().encode()
    return whole if whole and len(whole) == total and name in main else None


def cleaned(
    bodies: Sequence[bytes], source: bytes, main: bytes, turn: Turn
) -> tuple[bytes, list[bytes], bool]:
    """Return (main packet, bodies to write, whether all of it was kept).

    Args:
        bodies: the extension's segments in the source file.
        source: the source's main packet, which names the extension.
        main: the packet to write, cleaned of its link to the extension.
        turn: how the photo was turned.
    """
    packet = packet_of(bodies, source)
    bare, removed = (None, False) if packet is None else xmp.clean(packet, turn)
    if bare is None or not main:
        return main, [], not bodies
    name = hashlib.md5(bare, usedforsecurity=False).hexdigest().upper().encode()
    out = [
        ID + name + struct.pack(">II", len(bare), at) + bare[at : at + _ROOM]
        for at in range(0, len(bare), _ROOM)
    ]
    linked = xmp.extended_by(main, name.decode())
    return (linked, out, not removed) if linked else (main, [], False)
