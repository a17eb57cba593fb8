"""Where a TIFF's samples lie, and how to take them from there strip by strip, tile by tile."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from engine.arrays import AnyArray
from engine.photo.limits import Refusal, check_size
from engine.photo.metadata.ifd import CorruptTags, Entry, ReadAt
from engine.photo.tiff import codec
from engine.photo.tiff import tags as tiff

_CUT_OFF = "the file is cut off; copy it again from where it came"


@dataclass(frozen=True)
class Layout:
    """Describe how the samples lie in the file.

    ``bits`` of a sample, 1 to 16; ``dtype`` is that of 8 or 16 bits which holds it, in the file's
    byte order. ``tile`` is (columns, rows) of one, None for strips of ``rows`` rows. ``mirrored``:
    the bits of each byte lie the other way round.
    """

    width: int
    height: int
    samples: int
    bits: int
    dtype: np.dtype[Any]
    compression: int
    predictor: int
    planar: bool
    tile: tuple[int, int] | None
    rows: int
    mirrored: bool

    @property
    def grid(self) -> tuple[int, int]:
        """Return (columns, rows) of one segment."""
        return self.tile or (self.width, self.rows)

    def bytes_of(self, rows: int) -> int:
        """Return the bytes of a segment of ``rows`` rows, unpacked; rows begin at whole bytes."""
        channels = 1 if self.planar else self.samples
        return rows * (-(-self.grid[0] * channels * self.bits // 8))

    def rows_at(self, top: int) -> int:
        """Return the rows of the segments that begin at row ``top``; the last strip is short."""
        tall = self.grid[1]
        return tall if self.tile else min(tall, self.height - top)


class Table(NamedTuple):
    """Hold where each strip or tile begins, its bytes, and whether these were made up."""

    starts: list[int]
    sizes: list[int]
    mended: bool


def layout_of(tags: dict[int, Entry], order: str) -> Layout:
    """Return how the samples lie in the file; ``order`` is its byte order.

    Raises:
        Refusal: a tile is empty or too large.
    """
    width, height = tiff.number(tags, tiff.WIDTH, 0), tiff.number(tags, tiff.HEIGHT, 0)
    tile = None
    if tiff.TILES in tags or tiff.TILE_WIDTH in tags:
        tile = tiff.number(tags, tiff.TILE_WIDTH, 0), tiff.number(tags, tiff.TILE_HEIGHT, 0)
        check_size(*tile)
    bits = tiff.bits_of(tags)
    return Layout(
        width,
        height,
        tiff.number(tags, tiff.SAMPLES, 1),
        bits,
        np.dtype(np.uint8) if bits <= 8 else np.dtype(order + "u2"),
        tiff.number(tags, tiff.COMPRESSION, codec.NONE),
        tiff.number(tags, tiff.PREDICTOR, 1),
        tiff.number(tags, tiff.PLANAR, 1) == 2,
        tile,
        min(tiff.number(tags, tiff.ROWS_PER_STRIP, height) or height, height),
        tiff.number(tags, tiff.FILL_ORDER, 1) == 2,
    )


def table_of(tags: dict[int, Entry], layout: Layout, size: int) -> Table:
    """Return where each strip or tile lies in a file of ``size`` bytes.

    The bytes of samples that are not packed follow from the layout, whatever the file says; those
    of packed ones reach up to the next segment where the file does not tell, or nonsense.

    Raises:
        Refusal: the file does not tell where they begin.
    """
    start_tag, size_tag = (
        (tiff.TILES, tiff.TILE_BYTES) if layout.tile else (tiff.STRIPS, tiff.STRIP_BYTES)
    )
    tops = range(0, layout.height, layout.grid[1])
    across = -(-layout.width // layout.grid[0])
    planes = layout.samples if layout.planar else 1
    needed = len(tops) * across * planes
    starts = list(tiff.numbers(tags, start_tag))[:needed]
    told = list(tiff.numbers(tags, size_tag))[:needed]
    if not starts:
        raise Refusal("the file is damaged (it does not tell where its pixels are)")
    if len(starts) < needed:
        raise Refusal("the file is damaged (it does not tell where all its pixels are)")
    if layout.compression == codec.NONE:
        row = [layout.bytes_of(layout.rows_at(top)) for top in tops for _ in range(across)]
        sizes = row * planes
        return Table(starts, sizes, len(told) < needed or _lies(told, starts, sizes, size))
    borders = sorted({*starts, size})
    room = {start: end - start for start, end in itertools.pairwise(borders)}
    told += [0] * (needed - len(told))
    sizes = [
        told[i] if 0 < told[i] <= size - at else room.get(at, 0) for i, at in enumerate(starts)
    ]
    return Table(starts, sizes, sizes != told)


def _lies(told: list[int], starts: list[int], sizes: list[int], size: int) -> bool:
    """Tell whether the bytes a file tells are too few, or reach beyond its end."""
    return any(a < b or at + a > size for a, b, at in zip(told, sizes, starts, strict=True))


def segments(
    read_at: ReadAt, table: Table, layout: Layout
) -> Iterator[tuple[tuple[slice, slice], range, AnyArray]]:
    """Yield (where in the picture, which channels, samples (rows, columns, channels)).

    The samples have the machine's byte order and the values of the file.

    Raises:
        Refusal: a segment is damaged or cut off.
    """
    wide, tall = layout.grid
    number = 0
    for plane in range(layout.samples if layout.planar else 1):
        channels = range(plane, plane + 1) if layout.planar else range(layout.samples)
        for top in range(0, layout.height, tall):
            rows = layout.rows_at(top)
            for left in range(0, layout.width, wide):
                place = table.starts[number], table.sizes[number]
                block = _samples(read_at, place, layout, (rows, wide, len(channels)))
                bottom, right = min(top + rows, layout.height), min(left + wide, layout.width)
                where = slice(top, bottom), slice(left, right)
                yield where, channels, block[: bottom - top, : right - left]
                number += 1


def _samples(
    read_at: ReadAt, place: tuple[int, int], layout: Layout, shape: tuple[int, int, int]
) -> AnyArray:
    try:
        data = read_at(*place)
    except CorruptTags as error:
        raise Refusal(_CUT_OFF) from error
    if layout.mirrored:
        data = codec.mirrored(data)
    plain = codec.unpack(data, layout.compression, layout.bytes_of(shape[0]))
    if layout.bits not in (8, 16):
        return codec.spread(plain, shape, layout.bits)
    block = np.frombuffer(plain, layout.dtype).reshape(shape)
    native = block.astype(layout.dtype.newbyteorder("="), copy=layout.predictor == 2)
    return codec.add_up(native) if layout.predictor == 2 else native
