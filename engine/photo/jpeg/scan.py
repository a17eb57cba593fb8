"""Find every block of a sequential JPEG scan without decoding the picture.

A Huffman stream can only be read from its start, but a reader that starts anywhere falls into
step with the true sequence after a while. So thousands of readers, the rows of a few arrays, begin
at evenly spaced places, each a little before its stretch; then the state in which one leaves its
stretch is compared with the state in which the next one entered, and those that were not yet in
step read their stretch again. What comes out is exact, not an estimate. After Klein and Wiseman,
"Parallel Huffman decoding with applications to JPEG files", The Computer Journal 46(5), 2003.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Flags, Ints, Levels, Longs
from engine.photo.jpeg.huffman import Table
from engine.photo.limits import Refusal

_SHORTEST, _LONGEST = 1 << 11, 1 << 14
_READERS = 2000
_ROUNDS = 40
_TIDY = 32


@dataclass(frozen=True, eq=False)
class Stream:
    """Hold entropy-coded data without its stuffing.

    ``bytes`` (n + 8,) uint8, padded with ones; ``starts`` and ``ends``: the first bit of each
    restart interval, and the bit behind its last byte. ``raw``: the place in the stuffed data
    where each interval begins.
    """

    bytes: Levels
    starts: Longs
    ends: Longs
    raw: Longs

    def windows(self) -> NDArray[np.uint32]:
        """Return the 32 bits that begin at every byte."""
        count = self.bytes.size - 3
        four = np.empty((count, 4), np.uint8)
        for place in range(4):
            four[:, 3 - place] = self.bytes[place : place + count]
        return four.view("<u4")[:, 0].astype(np.uint32, copy=False)


def unstuff(data: bytes) -> Stream:
    """Return a scan's data without stuffed zeros and restart markers."""
    raw = np.frombuffer(data, np.uint8)
    escapes = np.flatnonzero(raw[:-1] == 0xFF)
    after = raw[escapes + 1]
    restarts = escapes[(after & 0xF8) == 0xD0]
    keep = np.ones(raw.size, bool)
    keep[escapes[after == 0] + 1] = False
    keep[restarts] = False
    keep[restarts + 1] = False
    fills = escapes[after == 0xFF]
    keep[fills] = False
    gone = np.flatnonzero(~keep)
    borders = (restarts + 1 - np.searchsorted(gone, restarts, "right")) * 8
    plain = raw[keep]
    padded = np.concatenate([plain, np.full(8, 0xFF, np.uint8)])
    return Stream(
        padded,
        np.concatenate([[0], borders]).astype(np.int64),
        np.concatenate([borders, [plain.size * 8]]).astype(np.int64),
        np.concatenate([[0], restarts + 2]).astype(np.int64),
    )


@dataclass(frozen=True, eq=False)
class Steps:
    """Hold what one symbol does, for the readers' lookups.

    ``table`` [(row << 16) + 16 bits]: bits consumed + 64 * coefficients passed. ``row`` by
    block of the MCU * 2 + (0 at a block's first coefficient, 1 after it). ``first`` is the
    number a block's first coefficient counts as, so that every block ends behind 63.
    """

    table: Ints
    row: Ints
    blocks: int
    first: int = 0


def sequential_steps(dc: list[Table], ac: list[Table]) -> Steps:
    """Return the steps of a sequential scan with these tables per block of an MCU."""
    rows: dict[tuple[int, Table], int] = {}
    row = [
        rows.setdefault((kind, table), len(rows))
        for pair in zip(dc, ac, strict=True)
        for kind, table in enumerate(pair)
    ]
    lookups = [_advance(table.lookup, kind) for kind, table in rows]
    return Steps(np.concatenate(lookups), np.array(row, np.int32) << 16, len(dc))


def dc_steps(dc: list[Table]) -> Steps:
    """Return the steps of a progressive scan of DC differences: one symbol a block."""
    steps = sequential_steps(dc, dc)
    lookups = [_advance(table.lookup, 0) + 63 * 64 for table in dc]
    rows = np.repeat(np.arange(len(dc), dtype=np.int32), 2) << 16
    return replace(steps, table=np.concatenate(lookups), row=rows)


def band_steps(ac: Table, first: int, last: int) -> Steps:
    """Return the steps of a progressive scan of the coefficients ``first`` to ``last``."""
    symbol, bits = ac.lookup >> 5, ac.lookup & 31
    run, size = symbol >> 4, symbol & 15
    ends = (size == 0) & (run < 15)
    table = np.where(ends, bits + run + 64 * 64, bits + size + 64 * (run + 1))
    table = np.where(ac.lookup < 0, 16 + 64 * 64, table).astype(np.int32)
    return Steps(table, np.zeros(2, np.int32), 1, 63 - (last - first))


def _advance(lookup: Ints, kind: int) -> Ints:
    symbol, bits = lookup >> 5, lookup & 31
    if kind == 0:
        out = bits + symbol + 64
    else:
        run, size = symbol >> 4, symbol & 15
        passed = np.where((size == 0) & (run < 15), 64, run + 1)
        out = bits + size + 64 * passed
    # an unknown code ends the block, so that a reader out of step moves on
    return np.where(lookup < 0, 16 + 64 * 64, out).astype(np.int32)


@dataclass(eq=False)
class _Readers:
    """Hold where each reader is: its bit, its block within the MCU, its coefficient."""

    bit: Longs
    block: Ints
    k: Ints

    def pick(self, which: Longs | Flags) -> _Readers:
        return _Readers(self.bit[which], self.block[which], self.k[which])


def block_bits(stream: Stream, steps: Steps, blocks: Longs) -> Longs:
    """Return the first bit of every block, in the order of the scan.

    Args:
        stream: the scan's data.
        steps: what its symbols do.
        blocks: how many blocks each restart interval holds.

    Raises:
        Refusal: the data does not hold that many blocks.
    """
    starts, interval = coded_blocks(stream, steps)
    return _joined(starts, interval, blocks)


def coded_blocks(stream: Stream, steps: Steps) -> tuple[list[Longs], Longs]:
    """Return (first bits, interval) of the blocks each reader found.

    Raises:
        Refusal: the readers do not fall into step.
    """
    windows = stream.windows()
    stretch = int(np.clip(stream.ends[-1] // _READERS, _SHORTEST, _LONGEST))
    begin, end, interval = _stretches(stream, stretch)
    first = np.concatenate([[True], interval[1:] != interval[:-1]])
    guess = np.where(first, begin, np.maximum(end - stretch // 4, begin))
    zeros = np.zeros(begin.size, np.int32)
    fresh = zeros + np.int32(steps.first)
    leave, _ = _run(_Readers(guess, zeros, fresh), end, steps, windows, record=False)
    entered = _Readers(np.full(begin.size, -1), zeros, zeros)
    starts: list[Longs] = [np.empty(0, np.int64)] * begin.size
    for _ in range(_ROUNDS):
        enter = _Readers(np.roll(leave.bit, 1), np.roll(leave.block, 1), np.roll(leave.k, 1))
        enter.bit[first], enter.block[first], enter.k[first] = begin[first], 0, steps.first
        stale = np.flatnonzero(
            (enter.bit != entered.bit) | (enter.block != entered.block) | (enter.k != entered.k)
        )
        if stale.size == 0:
            return starts, interval
        left, found = _run(enter.pick(stale), end[stale], steps, windows, record=True)
        leave.bit[stale], leave.block[stale], leave.k[stale] = left.bit, left.block, left.k
        for index, bits in zip(stale.tolist(), found, strict=True):
            starts[index] = bits
        entered = enter
    raise Refusal("its data does not fall into step")


def _stretches(stream: Stream, stretch: int) -> tuple[Longs, Longs, Longs]:
    """Return the (first bit, last bit, interval) of each reader's ``stretch`` bits."""
    counts = np.maximum(1, -(-(stream.ends - stream.starts) // stretch))
    interval = np.repeat(np.arange(counts.size), counts)
    within = np.arange(interval.size) - np.repeat(np.cumsum(counts) - counts, counts)
    begin = stream.starts[interval] + within * stretch
    end = np.minimum(begin + stretch, stream.ends[interval])
    return begin, end, interval


def _run(
    readers: _Readers, end: Longs, steps: Steps, windows: NDArray[np.uint32], *, record: bool
) -> tuple[_Readers, list[Longs]]:
    """Let every reader read until it reaches its ``end``; return the states there.

    With ``record``, also the bits at which blocks begin, per reader.
    """
    final = _Readers(readers.bit.copy(), readers.block.copy(), readers.k.copy())
    alive = np.flatnonzero(readers.bit < end)
    bit, block, k = readers.bit[alive], readers.block[alive], readers.k[alive]
    limit = end[alive]
    found_by: list[Longs] = []
    found_bit: list[Longs] = []
    turn = 0
    while alive.size:
        if record:
            here = np.flatnonzero((k == steps.first) & (bit < limit))
            found_by.append(alive[here])
            found_bit.append(bit[here])
        window = windows[bit >> 3] >> (16 - (bit & 7)).astype(np.uint32)
        step = steps.table[
            steps.row[block * 2 + (k != steps.first)] + (window & 0xFFFF).astype(np.int32)
        ]
        going = bit < limit
        bit += np.where(going, step & 63, 0)
        k += np.where(going, step >> 6, 0)
        over = k > 63
        k[over] = steps.first
        block += over
        block[block == steps.blocks] = 0
        turn += 1
        if turn % _TIDY == 0:
            done = bit >= limit
            if done.any():
                final.bit[alive[done]] = bit[done]
                final.block[alive[done]], final.k[alive[done]] = block[done], k[done]
                rest = ~done
                alive, bit, block, k = alive[rest], bit[rest], block[rest], k[rest]
                limit = limit[rest]
    return final, _by_reader(found_by, found_bit, readers.bit.size) if record else []


def _by_reader(by: list[Longs], bits: list[Longs], count: int) -> list[Longs]:
    if not by:
        return [np.empty(0, np.int64)] * count
    who, where = np.concatenate(by), np.concatenate(bits)
    order = np.argsort(who, kind="stable")
    borders = np.searchsorted(who[order], np.arange(1, count))
    return np.split(where[order], borders)


def _joined(starts: list[Longs], interval: Longs, blocks: Longs) -> Longs:
    """Join the readers' finds; behind the last block of an interval lies only padding."""
    counts = np.bincount(np.repeat(interval, [len(bits) for bits in starts]), minlength=blocks.size)
    if (counts < blocks).any():
        raise Refusal("the file is damaged (its data ends too early)")
    everything = np.concatenate(starts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    within = np.arange(everything.size) - first
    return everything[within < np.repeat(blocks, counts)]
