"""Blocks of a sequential JPEG: read some of them, write others (ITU-T T.81, annex F)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.photo.jpeg.huffman import EOB, ZRL, Table
from engine.photo.jpeg.scan import Ints
from engine.photo.limits import Refusal

Blocks = NDArray[np.int32]
"""(n, 64) quantised coefficients in zigzag order."""


@dataclass(frozen=True, eq=False)
class Coding:
    """Hold the tables a set of blocks is coded with; ``dc`` and ``ac`` give each block's own."""

    tables: tuple[Table, ...]
    dc: NDArray[np.int32]
    ac: NDArray[np.int32]


def read_blocks(windows: NDArray[np.uint32], bits: Ints, coding: Coding) -> tuple[Blocks, Ints]:
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


def read_differences(windows: NDArray[np.uint32], bits: Ints, coding: Coding) -> NDArray[np.int32]:
    """Return the DC difference of each block that begins at ``bits`` (n,)."""
    lookups = np.stack([table.lookup for table in coding.tables])
    return _symbols(windows, bits, lookups, coding.dc, first=True)[1]


def _symbols(
    windows: NDArray[np.uint32],
    bit: Ints,
    lookups: NDArray[np.int32],
    row: NDArray[np.int32],
    *,
    first: bool,
) -> tuple[NDArray[np.int32], NDArray[np.int32], Ints]:
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


def peek(
    windows: NDArray[np.uint32], bit: Ints, count: NDArray[np.int32] | int
) -> NDArray[np.int32]:
    """Return the ``count`` bits at each ``bit``, up to 25 of them."""
    shift = 32 - (bit & 7) - count
    found = (windows[bit >> 3] >> shift) & ((1 << np.asarray(count)) - 1)
    return np.asarray(found, np.int32)


def sizes_of(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return how many bits each value's magnitude needs."""
    return np.frexp(np.abs(values).astype(np.float64))[1].astype(np.int64)


@dataclass(frozen=True, eq=False)
class Tokens:
    """Hold the symbols of some blocks in writing order.

    ``block``: which block, ``dc``: whether its table is the DC one, ``symbol``, and ``extra``
    with ``size`` bits behind the code.
    """

    block: Ints
    dc: NDArray[np.bool_]
    symbol: Ints
    extra: Ints
    size: Ints


def tokens_of(blocks: Blocks) -> Tokens:
    """Return the symbols that code ``blocks``, whose first coefficients are differences."""
    n = blocks.shape[0]
    dc = blocks[:, 0]
    block, k = np.nonzero(blocks[:, 1:])
    k = k + 1
    value = blocks[block, k]
    fresh = np.concatenate([[True], block[1:] != block[:-1]])[: block.size]
    before = np.where(fresh, 0, np.concatenate([[0], k[:-1]])[: k.size])
    run, size = k - before - 1, sizes_of(value)
    skips = run // 16
    source = np.repeat(np.arange(block.size), skips)
    last = np.zeros(n, np.int64)
    np.maximum.at(last, block, k)
    open_end = np.flatnonzero(last < 63)
    # within a block: 0 for DC, 2k for the skips before coefficient k, 2k + 1 for it, 255 at the end
    key = np.concatenate(
        [
            np.arange(n) << 8,
            block[source] << 8 | 2 * k[source],
            block << 8 | 2 * k + 1,
            open_end << 8 | 255,
        ]
    )
    none, ends = np.zeros(source.size, np.int64), np.zeros(open_end.size, np.int64)
    symbol = np.concatenate([sizes_of(dc), none + ZRL, (run % 16) << 4 | size, ends + EOB])
    extra = np.concatenate([_extra(dc, sizes_of(dc)), none, _extra(value, size), ends])
    length = np.concatenate([sizes_of(dc), none, size, ends])
    order = np.argsort(key, kind="stable")
    key = key[order]
    return Tokens(key >> 8, (key & 255) == 0, symbol[order], extra[order], length[order])


def _extra(value: NDArray[np.int32], size: Ints) -> Ints:
    return np.where(value < 0, value + (1 << size) - 1, value).astype(np.int64)


def write_blocks(tokens: Tokens, coding: Coding, count: int) -> tuple[NDArray[np.uint8], Ints]:
    """Return the blocks' bits, one per element, and where each of ``count`` blocks ends in them.

    Every symbol must have a code in ``coding``.
    """
    codes = np.stack([table.writer[0] for table in coding.tables])
    lengths = np.stack([table.writer[1] for table in coding.tables])
    row = np.where(tokens.dc, coding.dc[tokens.block], coding.ac[tokens.block])
    value = codes[row, tokens.symbol] << tokens.size | tokens.extra
    width = lengths[row, tokens.symbol] + tokens.size
    ends = np.cumsum(np.bincount(tokens.block, weights=width, minlength=count)).astype(np.int64)
    back = np.repeat(np.cumsum(width), width) - 1 - np.arange(int(width.sum()))
    return (np.repeat(value, width) >> back & 1).astype(np.uint8), ends
