"""Blocks of a sequential JPEG: read them, write them (ITU-T T.81, annex F)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Longs
from engine.photo.jpeg.huffman import Table, best_table
from engine.photo.jpeg.scan import Stream, checked
from engine.photo.limits import Refusal

Blocks = NDArray[np.int16]
"""(MCUs, blocks of an MCU, 64) quantised coefficients in zigzag order."""


def read_blocks(
    stream: Stream, counts: Longs, dc: Sequence[Table], ac: Sequence[Table]
) -> tuple[Blocks, int]:
    """Return every block of a scan, with DC differences, and the bit behind the last.

    Args:
        stream: the scan's data.
        counts: how many MCUs each restart interval holds.
        dc, ac: the tables of each block of an MCU.

    Raises:
        Refusal: the data is damaged.
    """
    from engine.photo.jpeg.loops.reading import read_blocks as read

    out = np.zeros((int(counts.sum()) * len(dc), 64), np.int16)
    tables = np.stack([lookups(dc), lookups(ac)])
    each = stream.starts, stream.ends, counts * len(dc)
    end = checked(read(stream.bytes, stream.last, *each, tables, out))
    return out.reshape(-1, len(dc), 64), end


def read_differences(stream: Stream, counts: Longs, dc: Sequence[Table]) -> Longs:
    """Return the DC differences (MCUs, blocks of an MCU) of a progressive scan.

    Args:
        stream, counts, dc: as for ``read_blocks``.

    Raises:
        Refusal: the data is damaged.
    """
    from engine.photo.jpeg.loops.reading import read_blocks as read

    out = np.zeros((int(counts.sum()) * len(dc), 1), np.int16)
    each = stream.starts, stream.ends, counts * len(dc)
    checked(read(stream.bytes, stream.last, *each, lookups(dc)[None], out))
    return out.reshape(-1, len(dc)).astype(np.int64)


def lookups(tables: Sequence[Table]) -> NDArray[np.int16]:
    """Return what the next 16 bits mean by each table, (n, 65536)."""
    return np.stack([table.lookup for table in tables])


@dataclass(frozen=True, eq=False)
class Coded:
    """Hold written blocks: their shortest tables by (kind, number), and the data."""

    tables: dict[tuple[int, int], Table]
    data: bytes


def write_blocks(blocks: Blocks, component: Longs, chosen: Longs) -> Coded:
    """Code blocks, whose DC is absolute, in one restart interval.

    Args:
        blocks: what to write.
        component, chosen: (blocks of an MCU,) each one's component, and the number of its tables.

    Raises:
        Refusal: a coefficient is too large for a JPEG.
    """
    from engine.photo.jpeg.loops import writing

    numbers = int(chosen.max()) + 1
    counts = np.zeros((2, numbers, 256), np.int64)
    behind = writing.count_symbols(blocks, component, chosen, counts)
    if behind < 0:
        raise Refusal("a coefficient is too large")
    tables = {(kind, n): best_table(counts[kind, n]) for n in range(numbers) for kind in (0, 1)}
    codes, lengths = np.zeros((2, *counts.shape), np.int64)
    for key, table in tables.items():
        codes[key], lengths[key] = table.writer
    bits = int((counts * lengths).sum()) + behind
    out = np.empty(2 * (bits // 8 + 1), np.uint8)
    size = writing.write_blocks(blocks, component, chosen, codes, lengths, out)
    return Coded(tables, out[:size].tobytes())
