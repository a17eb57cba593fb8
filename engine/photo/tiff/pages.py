"""Which of a TIFF's directories holds the photo: never a reduced copy, said or not."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from engine.photo.limits import Refusal
from engine.photo.metadata.ifd import CorruptTags, Entry, TagReader
from engine.photo.tiff import tags as tiff

_MOST = 1000
_REDUCED, _MASK = 1, 4
_OLD_REDUCED = 2
_TWICE = 2
_OF_THE_FIRST = tiff.LAYOUT | {270, 282, 283, 296, tiff.PAGE_NUMBER, tiff.SUB_IFDS}
"""Tags that describe the picture of their own directory alone."""


class Page(NamedTuple):
    """Hold a directory: where it lies, its tags, and whether the file holds other pictures."""

    offset: int
    tags: dict[int, Entry]
    others: bool


def photo_of(reader: TagReader) -> Page:
    """Return the directory of the photo, the first that is neither a reduced copy nor a mask.

    A first one that does not say so is a copy too where a later one shows the same, in the same
    shape, at twice its size or more.

    What the file's first directory says about the photo holds for it as well.

    Raises:
        CorruptTags: the first directory cannot be read.
        Refusal: there are reduced copies, and the photo itself cannot be found.
    """
    first, following = reader.directory(reader.first)
    alone = not (following or tiff.SUB_IFDS in first)
    if alone or (_is_photo(first) and not _is_copy(reader, first)):
        return Page(reader.first, first, bool(following))
    for offset, tags in _others(reader, first):
        if tiff.WIDTH in tags and _is_photo(tags) and not (_is_photo(first) and _less(tags, first)):
            shared = {tag: e for tag, e in first.items() if tag not in _OF_THE_FIRST}
            return Page(offset, shared | tags, True)
    raise Refusal("it holds only reduced copies of a photo; open the photo they were made from")


def _is_photo(tags: dict[int, Entry]) -> bool:
    kind = tiff.number(tags, tiff.SUBFILE, 0)
    old = tiff.number(tags, tiff.OLD_SUBFILE, 1)
    return not kind & (_REDUCED | _MASK) and old != _OLD_REDUCED


def _is_copy(reader: TagReader, first: dict[int, Entry]) -> bool:
    """Tell whether a picture that does not say so is the reduced copy of a later one."""
    return any(_is_photo(tags) and not _less(tags, first) for _, tags in _others(reader, first))


def _less(tags: dict[int, Entry], first: dict[int, Entry]) -> bool:
    """Tell whether a directory's picture is less than twice the first one in the same shape."""
    small, large = (
        (tiff.number(found, tiff.WIDTH, 0), tiff.number(found, tiff.HEIGHT, 0))
        for found in (first, tags)
    )
    off = abs(small[0] * large[1] - small[1] * large[0])
    alike = off <= max(large)  # each side of a copy is rounded
    return not alike or large[0] < _TWICE * small[0] or not all(small)


def _others(reader: TagReader, first: dict[int, Entry]) -> Iterator[tuple[int, dict[int, Entry]]]:
    """Yield the directories after the first one, and those inside it, as far as they are whole."""
    inside = tiff.numbers(first, tiff.SUB_IFDS)
    try:
        for number, found in enumerate(reader.chain()):
            if number >= _MOST:
                break
            if number:
                yield found
        for offset in inside[:_MOST]:
            yield offset, reader.directory(offset)[0]
    except (CorruptTags, struct.error):
        return
