"""Blocks of a sequential JPEG: read some of them, write others (ITU-T T.81, annex F)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Flags, Ints, Levels, Longs
from engine.photo.jpeg.huffman import EOB, ZRL, Table
from engine.photo.limits import Refusal

Blocks = Ints
"""(n, 64) quantised coefficients in zigzag order."""


@dataclass(frozen=True, eq=False)
class Coding:
    """Hold the tables a set of blocks is coded with; ``dc`` and ``ac`` give each block's own."""

    tables: tuple[Table, ...]
    dc: Ints
    ac: Ints


def read_blocks(windows: NDArray[np.uint32], bits: Longs, coding: Coding) -> tuple[Blocks, Longs]:
    """Return the blocks that begin at ``bits`` (n,), with DC differences, and where they end.

    Args:
        windows: the 32 bits that begin at every byte of the stream.
        bits: the first bit of each block.
        coding: the blocks' tables.

    Raises:
        Refusal: the data is damaged.
    """
    lookups = np.stack([table.lookup for table in coding.tables])
    out = np.zeros((bits.size, 64), np.int32)
    ends, alive = bits.copy(), np.arange(bits.size)
    symbol, value, bit = _symbols(windows, bits, lookups, coding.dc, first=True)
    out[:, 0] = value
    k = np.ones(bits.size, np.int64)
    while alive.size:
        symbol, value, bit = _symbols(windows, bit, lookups, coding.ac[alive], first=False)
        at = k + (symbol >> 4)
        holds = (symbol & 15) > 0
        if (at[holds] > 63).any():
            raise Refusal("the file is damaged (a block overflows)")
        out[alive[holds], at[holds]] = value[holds]
        ends[alive] = bit
        k = at + 1
        more = (holds | (symbol == ZRL)) & (k < 64)
        alive, bit, k = alive[more], bit[more], k[more]
    return out, ends


def _symbols(
    windows: NDArray[np.uint32],
    bit: Longs,
    lookups: Ints,
    row: Ints,
    *,
    first: bool,
) -> tuple[Ints, Ints, Longs]:
    """Return (symbol, value, next bit) of the codes at ``bit``."""
    found = lookups[row, peek(windows, bit, 16)]
    if (found < 0).any():
        raise Refusal("the file is damaged (an unknown code)")
    symbol = found >> 5
    size = symbol if first else symbol & 15
    if first and (size > 15).any():
        raise Refusal("the file is damaged (a difference of too many bits)")
    bit = bit + (found & 31)
    raw = peek(windows, bit, size)
    value = np.where(raw < (1 << size >> 1), raw - (1 << size) + 1, raw)
    return symbol, value, bit + size


def peek(windows: NDArray[np.uint32], bit: Longs, count: Ints | int) -> Ints:
    """Return the ``count`` bits at each ``bit``, up to 25 of them."""
    shift = 32 - (bit & 7) - count
    found = (windows[bit >> 3] >> shift) & ((1 << np.asarray(count)) - 1)
    return np.asarray(found, np.int32)


def sizes_of(values: Ints) -> Longs:
    """Return how many bits each value's magnitude needs."""
    return np.frexp(np.abs(values).astype(np.float64))[1].astype(np.int64)


@dataclass(frozen=True, eq=False)
class Tokens:
    """Hold the symbols of some blocks in writing order, the first of each for its DC difference.

    ``counts`` (n,): how many each block has; ``symbol`` (m,) uint8, and ``extra`` (m,) uint16 with
    the bits behind the code.
    """

    counts: Longs
    symbol: Levels
    extra: NDArray[np.uint16]

    @property
    def block(self) -> Longs:
        """Return the number of each symbol's block, (m,)."""
        return np.repeat(np.arange(self.counts.size), self.counts)

    @property
    def dc(self) -> Flags:
        """Return which symbols are of DC tables, (m,)."""
        out = np.zeros(self.symbol.size, bool)
        out[np.cumsum(self.counts) - self.counts] = True
        return out


def tokens_of(blocks: Blocks) -> Tokens:
    """Return the symbols that code ``blocks``, whose first coefficients are differences."""
    n = blocks.shape[0]
    block, k = np.nonzero(blocks[:, 1:])
    k = k + 1
    value = blocks[block, k]
    fresh = np.concatenate([[True], block[1:] != block[:-1]])[: block.size]
    before = np.where(fresh, 0, np.concatenate([[0], k[:-1]])[: k.size])
    run, size = k - before - 1, sizes_of(value)
    needed = 1 + run // 16
    own = np.bincount(block, needed, n).astype(np.int64)
    last = np.zeros(n, np.int64)
    np.maximum.at(last, block, k)
    counts = 1 + own + (last < 63)
    first = np.cumsum(counts) - counts
    # what no coefficient, no difference and no end takes are the skips of sixteen before one
    symbol = np.full(int(counts.sum()), ZRL, np.uint8)
    extra = np.zeros(symbol.size, np.uint16)
    place = first[block] + np.cumsum(needed) - (np.cumsum(own) - own)[block]
    symbol[(first + counts - 1)[last < 63]] = EOB
    symbol[place], extra[place] = (run % 16) << 4 | size, _extra(value, size)
    dc = blocks[:, 0]
    symbol[first], extra[first] = sizes_of(dc), _extra(dc, sizes_of(dc))
    return Tokens(counts, symbol, extra)


def _extra(value: Ints, size: Longs) -> Longs:
    return np.where(value < 0, value + (1 << size) - 1, value).astype(np.int64)


def write_blocks(tokens: Tokens, coding: Coding) -> tuple[Levels, Longs]:
    """Return the blocks' bits, one per element, and where each block ends in them.

    Every symbol must have a code in ``coding``.
    """
    codes = np.stack([table.writer[0] for table in coding.tables])
    lengths = np.stack([table.writer[1] for table in coding.tables])
    dc, block = tokens.dc, tokens.block
    size = np.where(dc, tokens.symbol, tokens.symbol & 15).astype(np.int64)
    row = np.where(dc, coding.dc[block], coding.ac[block])
    value = codes[row, tokens.symbol] << size | tokens.extra
    width = lengths[row, tokens.symbol] + size
    ends = np.cumsum(width)
    back = np.repeat(ends, width) - 1 - np.arange(int(ends[-1]))
    bits = (np.repeat(value, width) >> back & 1).astype(np.uint8)
    return bits, ends[np.cumsum(tokens.counts) - 1]


def joined(pieces: Iterable[Levels]) -> bytes:
    """Return bits, given one per element, as entropy-coded data: filled up with ones, stuffed."""
    parts, tail = [], np.empty(0, np.uint8)
    for piece in pieces:
        bits = np.concatenate([tail, piece])
        whole = bits.size & ~7
        parts.append(np.packbits(bits[:whole]))
        tail = bits[whole:]
    parts.append(np.packbits(np.concatenate([tail, np.ones(-tail.size % 8, np.uint8)])))
    data = np.concatenate(parts)
    return np.insert(data, np.flatnonzero(data == 0xFF) + 1, 0).tobytes()
