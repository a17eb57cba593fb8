"""Directories of tags (IFDs), the bones of both EXIF and TIFF.

Reading trusts nothing: every offset and count is checked, loops end. Layout: TIFF revision 6.0,
section 2; BigTIFF uses the same with 8-byte offsets.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
BIG_SIZES = {16: 8, 17: 8, 18: 8}
CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q"}
MAX_ENTRIES = 4096

EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS = 34665, 34853, 40965, 330
MAKER_NOTE = 37500

ReadAt = Callable[[int, int], bytes]


class CorruptTags(ValueError):
    """Report a directory that points outside its data or in circles."""


@dataclass(frozen=True)
class Entry:
    """Hold one tag: its number, type and count, its raw value and where entry and value lie."""

    tag: int
    type: int
    count: int
    raw: bytes
    order: str
    at: int = 0
    value_at: int = 0

    @property
    def numbers(self) -> tuple[float, ...]:
        """Return the value as numbers; rationals are divided, text and bytes give their codes."""
        if self.type in (5, 10):
            pairs = struct.unpack(
                f"{self.order}{self.count * 2}{'I' if self.type == 5 else 'i'}", self.raw
            )
            return tuple(a / b if b else 0.0 for a, b in zip(pairs[::2], pairs[1::2], strict=True))
        code = CODES.get(self.type, "Q" if self.type in BIG_SIZES else "B")
        return struct.unpack(f"{self.order}{self.count}{code}", self.raw)

    @property
    def first(self) -> int:
        """Return the first number as an integer.

        Raises:
            CorruptTags: the entry holds none.
        """
        if not self.count:
            raise CorruptTags(f"tag {self.tag} is empty")
        return int(self.numbers[0])

    def with_numbers(self, *values: int) -> Entry:
        """Return the entry holding ``values`` in its own integer type."""
        code = CODES[self.type]
        return replace(
            self, count=len(values), raw=struct.pack(f"{self.order}{len(values)}{code}", *values)
        )


def read_all(data: bytes) -> ReadAt:
    """Return a reader over ``data`` that raises CorruptTags outside of it."""

    def read(offset: int, size: int) -> bytes:
        if offset < 0 or size < 0 or offset + size > len(data):
            raise CorruptTags("a tag points outside the file")
        return data[offset : offset + size]

    return read


class TagReader:
    """Walk the directories of a TIFF structure through ``read_at(offset, size) -> bytes``."""

    def __init__(self, read_at: ReadAt) -> None:
        """Read the header.

        Raises:
            CorruptTags: the data does not begin with a TIFF header.
        """
        self._read = read_at
        self.lost: set[int] = set()
        head = read_at(0, 8)
        orders = {b"II": "<", b"MM": ">"}
        if head[:2] not in orders:
            raise CorruptTags("no TIFF header")
        self.order = orders[head[:2]]
        magic = struct.unpack(self.order + "H", head[2:4])[0]
        if magic not in (42, 43):
            raise CorruptTags("no TIFF header")
        self.big = magic == 43
        first = read_at(8, 8) if self.big else head[4:8]
        self.first = int(struct.unpack(self.order + ("Q" if self.big else "I"), first)[0])

    def directory(self, offset: int) -> tuple[dict[int, Entry], int]:
        """Return the entries of the directory at ``offset`` by tag, and the next one's offset.

        Entries whose value lies outside the data are left out; ``lost`` has their tags.

        Raises:
            CorruptTags: the directory itself lies outside the data or is absurdly long.
        """
        code, wide, step = ("Q", 8, 20) if self.big else ("H", 4, 12)
        head = struct.calcsize(code)
        count = struct.unpack(self.order + code, self._read(offset, head))[0]
        if not 0 < count <= MAX_ENTRIES:
            raise CorruptTags(f"a directory claims {count} entries")
        block = self._read(offset + head, count * step + wide)
        entries: dict[int, Entry] = {}
        for i in range(count):
            entry = self._entry(block[i * step : (i + 1) * step], offset + head + i * step)
            if entry is not None:
                entries.setdefault(entry.tag, entry)
        tail = struct.unpack(self.order + ("Q" if self.big else "I"), block[count * step :])[0]
        return entries, int(tail)

    def _entry(self, block: bytes, at: int) -> Entry | None:
        shape = "HHQ" if self.big else "HHI"
        tag, kind, count = struct.unpack(self.order + shape, block[: struct.calcsize("=" + shape)])
        size = (SIZES | BIG_SIZES).get(kind, 0) * count
        room = 8 if self.big else 4
        value = block[-room:]
        value_at = at + len(block) - room
        try:
            if size > room:
                value_at = struct.unpack(self.order + ("Q" if self.big else "I"), value)[0]
                value = self._read(value_at, size)
        except CorruptTags:
            self.lost.add(tag)
            return None
        return Entry(tag, kind, count, value[:size], self.order, at, value_at) if size else None

    def chain(self) -> Iterator[tuple[int, dict[int, Entry]]]:
        """Yield (offset, entries) of the main directory and those linked after it; loops end."""
        seen: set[int] = set()
        offset = self.first
        while offset and offset not in seen:
            seen.add(offset)
            entries, following = self.directory(offset)
            yield offset, entries
            offset = following


def pack_directory(entries: Iterable[Entry], offset: int, order: str) -> bytes:
    """Return a classic directory laid out for ``offset``, its long values right behind it."""
    rows = sorted(entries, key=lambda entry: entry.tag)
    at = offset + 2 + 12 * len(rows) + 4
    head = [struct.pack(order + "H", len(rows))]
    tail: list[bytes] = []
    for entry in rows:
        value = entry.raw.ljust(4, b"\0")
        if len(value) > 4:
            tail.append(value + b"\0" * (len(value) % 2))
            value = struct.pack(order + "I", at)
            at += len(tail[-1])
        head.append(struct.pack(order + "HHI", entry.tag, entry.type, entry.count) + value)
    return b"".join([*head, b"\0" * 4, *tail])


def pack_header(order: str, first: int = 8) -> bytes:
    """Return the eight bytes in front of a classic TIFF whose main directory is at ``first``."""
    return (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, first)


Tree = dict[int, dict[int, Entry]]
"""Directories by the tag that points to them: EXIF_IFD, GPS_IFD, and INTEROP_IFD inside EXIF."""


_POINTERS = {0: (EXIF_IFD, GPS_IFD), EXIF_IFD: (INTEROP_IFD,), GPS_IFD: (), INTEROP_IFD: ()}


def pack_tree(
    main: dict[int, Entry], inner: Tree, offset: int, order: str, parent: int = 0
) -> bytes:
    """Return the main directory laid out for ``offset``, the directories it points to behind it.

    Pointers without a directory in ``inner`` are left out. ``parent`` is the pointer that leads
    to ``main``, 0 for the first directory.
    """
    children = [tag for tag in _POINTERS[parent] if tag in inner]
    rows = [entry for tag, entry in main.items() if tag not in (EXIF_IFD, GPS_IFD, INTEROP_IFD)]

    def with_pointers(targets: list[int]) -> bytes:
        links = [
            Entry(tag, 4, 1, struct.pack(order + "I", at), order)
            for tag, at in zip(children, targets, strict=True)
        ]
        return pack_directory([*rows, *links], offset, order)

    at = offset + len(with_pointers([0] * len(children)))
    targets, blocks = [], []
    for tag in children:
        targets.append(at)
        blocks.append(pack_tree(inner[tag], inner, at, order, tag))
        at += len(blocks[-1])
    return b"".join([with_pointers(targets), *blocks])


def make(tag: int, kind: int, values: Iterable[int], order: str) -> Entry:
    """Return an entry of the integer type ``kind`` holding ``values``."""
    numbers = tuple(values)
    raw = struct.pack(f"{order}{len(numbers)}{CODES[kind]}", *numbers)
    return Entry(tag, kind, len(numbers), raw, order)


def make_bytes(tag: int, raw: bytes, order: str, kind: int = 7) -> Entry:
    """Return an entry of bytes (7: undefined, 1: bytes, 2: text)."""
    return Entry(tag, kind, len(raw), raw, order)
