"""The chunks of a PNG: checked before anything is decoded, and mended where libpng would be."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from engine.photo.limits import Refusal
from engine.photo.png.encode import SIGNATURE, pack

_CUT_OFF = "the file is cut off; copy it again from where it came"
_ANIMATION = "it is an animation; only single pictures can be opened"
_FRAMES = (b"acTL", b"fcTL", b"fdAT")
_VITAL = (b"tRNS",)
_END = pack(b"IEND", b"")
_STEP = 1 << 20
_LENGTH_KIND_SUM = 12


class Chunk(NamedTuple):
    """Hold one chunk: its four-letter kind and its data."""

    kind: bytes
    data: bytes


class Chunks(NamedTuple):
    """Hold a file's chunks (the picture's without data), the file to decode, and remarks."""

    chunks: tuple[Chunk, ...]
    file: bytes
    notices: tuple[str, ...]


class _Place(NamedTuple):
    """Hold where a chunk lies, with its length and its sum, and whether the sum is right."""

    kind: bytes
    start: int
    end: int
    sound: bool


def read(data: bytes) -> Chunks:
    """Return the chunks of a PNG file.

    Left out, with a remark, are chunks beside the picture whose sum is wrong; a missing end is put
    back if the picture is whole. What follows the end is cut off, and so are the marks of an
    animation of one frame, and the colour that counts as clear: the caller looks at that.

    Raises:
        Refusal: it is damaged, cut off or an animation.
    """
    places = list(_walk(data))
    if not any(place.kind == b"IDAT" for place in places):
        raise Refusal("the file is damaged (it holds no picture)")
    notices = []
    for place in places:
        if not place.sound:
            if not place.kind[0] & 0x20 or place.kind in _VITAL:
                raise Refusal("the file is damaged (a checksum is wrong)")
            name = place.kind.decode("latin-1")
            notices.append(f"Its part {name} is damaged and was left out.")
    kept = [place for place in places if place.sound]
    still = _without_animation(data, kept)
    ended = still[-1].kind == b"IEND"
    if not ended:
        _check_whole(data, still)
        notices.append("Its end mark is missing; the picture is whole.")
    chunks = tuple(
        Chunk(p.kind, b"" if p.kind == b"IDAT" else data[p.start + 8 : p.end - 4]) for p in still
    )
    bare = [place for place in still if not _is_key(place, chunks[0])]
    if ended and len(bare) == len(places) and bare[-1].end == len(data):
        return Chunks(chunks, data, tuple(notices))
    parts = [data[place.start : place.end] for place in bare]
    return Chunks(chunks, b"".join([SIGNATURE, *parts, b"" if ended else _END]), tuple(notices))


def _walk(data: bytes) -> Iterator[_Place]:
    """Yield where every chunk lies; refuse what has no header or is cut off before its end."""
    if not data.startswith(SIGNATURE):
        raise Refusal("it is not a PNG file")
    at = len(SIGNATURE)
    for number in itertools.count():
        if number and _END.startswith(data[at:]):
            if data[at:] == _END:
                yield _Place(b"IEND", at, len(data), True)
            return
        size = int.from_bytes(data[at : at + 4], "big")
        end = at + _LENGTH_KIND_SUM + size
        if end > len(data):
            raise Refusal(_CUT_OFF)
        kind = data[at + 4 : at + 8]
        if number == 0 and (kind != b"IHDR" or size != 13):
            raise Refusal("the file is damaged (it has no header)")
        checksum = zlib.crc32(memoryview(data)[at + 4 : end - 4])
        yield _Place(kind, at, end, checksum == int.from_bytes(data[end - 4 : end], "big"))
        if kind == b"IEND":
            return
        at = end


def _without_animation(data: bytes, places: list[_Place]) -> list[_Place]:
    """Return the chunks of the one picture; refuse where a film or another first frame is."""
    kinds = [place.kind for place in places]
    if b"acTL" not in kinds:
        return places
    frames = int.from_bytes(data[places[kinds.index(b"acTL")].start + 8 :][:4], "big")
    shown = b"fcTL" not in kinds or kinds.index(b"fcTL") < kinds.index(b"IDAT")
    if frames != 1 or not shown or b"fdAT" in kinds:
        raise Refusal(_ANIMATION)
    return [place for place in places if place.kind not in _FRAMES]


def _check_whole(data: bytes, places: list[_Place]) -> None:
    """Refuse a picture whose compressed data has no end."""
    width, height, bits = struct.unpack(">IIB", data[16:25])
    most = 2 * (height + 8) * (1 + width * bits) + _STEP
    engine, found = zlib.decompressobj(), 0
    try:
        for place in places:
            rest = data[place.start + 8 : place.end - 4] if place.kind == b"IDAT" else b""
            while rest and found <= most:
                found += len(engine.decompress(rest, _STEP))
                rest = engine.unconsumed_tail
    except zlib.error as error:
        raise Refusal(_CUT_OFF) from error
    if not engine.eof:
        raise Refusal(_CUT_OFF)


def _is_key(place: _Place, header: Chunk) -> bool:
    """Tell whether a chunk names the clear colour of a grey or RGB picture."""
    return place.kind == b"tRNS" and header.data[9] in (0, 2)
