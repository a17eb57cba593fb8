"""EXIF kept in place: the orientation becomes 1, embedded pictures vanish, the rest stays.

The block is patched where it lies, so that maker notes, which count their offsets from the
block's start, keep working.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engine.photo.metadata.embedded import blank_jpegs
from engine.photo.metadata.ifd import (
    EXIF_IFD,
    GPS_IFD,
    INTEROP_IFD,
    MAKER_NOTE,
    SIZES,
    CorruptTags,
    Entry,
    TagReader,
    Tree,
    pack_header,
    pack_tree,
    read_all,
)
from engine.photo.metadata.orientation import swaps_sides, turned_point
from engine.photo.metadata.xmp_places import Turn

ORIENTATION, WIDTH, HEIGHT = 274, 256, 257
PIXEL_WIDTH, PIXEL_HEIGHT = 40962, 40963
SUBJECTS = (37396, 41492)
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296


@dataclass(frozen=True)
class CleanExif:
    """Hold a patched EXIF block and what was taken out of it."""

    data: bytes
    thumbnail: bool = False
    previews: int = 0


def orientation_of(exif: bytes | None) -> int:
    """Return the EXIF orientation 1..8; 1 where there is none or the block is damaged."""
    value = _main(exif).get(ORIENTATION)
    if value is None or value.type not in (1, 3, 4):
        return 1
    return value.first if 1 <= value.first <= 8 else 1


def tells_orientation(exif: bytes | None) -> bool:
    """Tell whether EXIF has an orientation, be it 1."""
    return ORIENTATION in _main(exif)


def resolution_of(exif: bytes | None) -> tuple[float, float] | None:
    """Return the pixels per inch (x, y) EXIF tells, or None."""
    return resolution_from(_main(exif))


def resolution_from(entries: dict[int, Entry]) -> tuple[float, float] | None:
    """Return the pixels per inch (x, y) that a directory's tags 282, 283 and 296 tell, or None."""
    x, y, unit = (entries.get(tag) for tag in (X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT))
    if x is None or y is None or x.type != 5 or y.type != 5:
        return None
    kind = unit.first if unit else 2
    scale = {2: 1.0, 3: 2.54}.get(kind)
    if scale is None or not x.numbers[0] or not y.numbers[0]:
        return None
    return x.numbers[0] * scale, y.numbers[0] * scale


def clean(exif: bytes, turn: Turn) -> CleanExif | None:
    """Return the block fit for the upright, edited photo, None if it is too damaged to be kept.

    Args:
        exif: the block from its TIFF header on.
        turn: how the photo that will be saved was turned.
    """
    data = bytearray(exif)
    try:
        reader = TagReader(read_all(exif))
        main, second = reader.directory(reader.first)
    except (CorruptTags, struct.error):
        return None
    if reader.big:
        return None
    if second:
        _unlink_next(data, reader)
        _erase_chain(data, reader, second)
    inner = child(reader, main, EXIF_IFD)
    width, height = turn.size
    for entry, value in (
        (main.get(ORIENTATION), 1),
        (main.get(WIDTH), width),
        (main.get(HEIGHT), height),
        (inner.get(PIXEL_WIDTH), width),
        (inner.get(PIXEL_HEIGHT), height),
    ):
        _set_number(data, entry, value)
    for tag in SUBJECTS:
        if tag in inner:
            turned = turned_subject(inner[tag], turn)
            data[turned.value_at : turned.value_at + len(turned.raw)] = turned.raw
    previews = blank_jpegs(data)
    return CleanExif(bytes(data), bool(second), previews)


def turned_subject(entry: Entry, turn: Turn) -> Entry:
    """Return where the subject is, (x, y), with a diameter or two sides, after the turn."""
    if entry.type != 3 or not 2 <= entry.count <= 4:
        return entry
    x, y, *sides = (int(value) for value in entry.numbers)
    wide, tall = turn.stored
    centre = turned_point(turn.orientation, x, y, wide - 1, tall - 1)
    if swaps_sides(turn.orientation):
        sides.reverse()
    placed = (*(max(value, 0) for value in centre), *sides)
    return entry.with_numbers(*(round(value * turn.scale) for value in placed))


def without_orientation(exif: bytes) -> bytes:
    """Return the block with its orientation entry taken out and nothing else moved."""
    reader = TagReader(read_all(exif))
    main, _ = reader.directory(reader.first)
    if ORIENTATION not in main:
        return exif
    data = bytearray(exif)
    count = struct.unpack_from(reader.order + "H", data, reader.first)[0]
    struct.pack_into(reader.order + "H", data, reader.first, count - 1)
    end = reader.first + 2 + 12 * count + 4
    at = main[ORIENTATION].at
    data[at:end] = data[at + 12 : end] + bytes(12)
    return bytes(data)


def without_maker_note(exif: bytes) -> bytes:
    """Return the block laid out anew, without its maker note and without gaps."""
    reader = TagReader(read_all(exif))
    main, _ = reader.directory(reader.first)
    inner = inner_directories(reader, main)
    if EXIF_IFD in inner:
        inner[EXIF_IFD] = {t: e for t, e in inner[EXIF_IFD].items() if t != MAKER_NOTE}
    return pack_header(reader.order) + pack_tree(main, inner, 8, reader.order)


def child(reader: TagReader, entries: dict[int, Entry], tag: int) -> dict[int, Entry]:
    """Return the directory that ``tag`` points to, empty where there is none or it is damaged."""
    try:
        return reader.directory(entries[tag].first)[0] if tag in entries else {}
    except (CorruptTags, struct.error):
        return {}


def inner_directories(reader: TagReader, main: dict[int, Entry]) -> Tree:
    """Return the EXIF, GPS and interoperability directories, as far as they can be read."""
    found: Tree = {EXIF_IFD: child(reader, main, EXIF_IFD), GPS_IFD: child(reader, main, GPS_IFD)}
    found[INTEROP_IFD] = child(reader, found[EXIF_IFD], INTEROP_IFD)
    return {tag: entries for tag, entries in found.items() if entries}


def _main(exif: bytes | None) -> dict[int, Entry]:
    if not exif:
        return {}
    try:
        reader = TagReader(read_all(exif))
        return reader.directory(reader.first)[0]
    except (CorruptTags, struct.error):
        return {}


def _set_number(data: bytearray, entry: Entry | None, value: int) -> None:
    if entry is None or entry.count != 1 or entry.type not in (1, 3, 4):
        return
    if value < 1 << 8 * SIZES[entry.type]:
        raw = entry.with_numbers(value).raw
        data[entry.value_at : entry.value_at + len(raw)] = raw


def _unlink_next(data: bytearray, reader: TagReader) -> None:
    count = struct.unpack_from(reader.order + "H", data, reader.first)[0]
    struct.pack_into(reader.order + "I", data, reader.first + 2 + 12 * count, 0)


def _erase_chain(data: bytearray, reader: TagReader, offset: int) -> None:
    """Overwrite the directories linked from ``offset`` on, their values and their pictures."""
    seen: set[int] = {reader.first}
    while offset and offset not in seen:
        seen.add(offset)
        try:
            entries, following = reader.directory(offset)
            for at, size in _ranges(entries):
                _zero(data, at, size)
            _zero(data, offset, 2 + 12 * len(entries) + 4)
        except (CorruptTags, struct.error):
            return
        offset = following


def _ranges(entries: dict[int, Entry]) -> list[tuple[int, int]]:
    found = [(entry.value_at, len(entry.raw)) for entry in entries.values()]
    for start, length in ((513, 514), (273, 279)):
        if start in entries and length in entries:
            pairs = zip(entries[start].numbers, entries[length].numbers, strict=False)
            found += [(int(at), int(size)) for at, size in pairs]
    return found


def _zero(data: bytearray, at: int, size: int) -> None:
    end = min(at + size, len(data))
    if 8 <= at < end:
        data[at:end] = bytes(end - at)
