"""Huffman tables of JPEG (ITU-T T.81, annex C and F.2): lookups, codes, the shortest ones."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Longs
from engine.photo.limits import Refusal

_LONGEST = 16


@dataclass(frozen=True, eq=False)
class Table:
    """Hold one table as a file does: ``counts`` of the codes of 1..16 bits, then the symbols."""

    counts: tuple[int, ...]
    symbols: tuple[int, ...]

    @cached_property
    def _codes(self) -> list[tuple[int, int, int]]:
        """Return (symbol, code, bits) of every symbol (T.81, figure C.2)."""
        found, code, at = [], 0, 0
        for bits, count in enumerate(self.counts, 1):
            for symbol in self.symbols[at : at + count]:
                found.append((symbol, code, bits))
                code += 1
            if code > 1 << bits:
                raise Refusal("the file is damaged (a Huffman table overflows)")
            at += count
            code <<= 1
        return found

    @cached_property
    def lookup(self) -> NDArray[np.int16]:
        """Return, for the next 16 bits of a stream, symbol * 32 + code length; -1 for no code."""
        out = np.full(1 << _LONGEST, -1, np.int16)
        for symbol, code, bits in self._codes:
            rest = _LONGEST - bits
            out[code << rest : (code + 1) << rest] = symbol * 32 + bits
        return out

    @cached_property
    def writer(self) -> tuple[Longs, Longs]:
        """Return (codes, lengths) by symbol, each (256,); length 0 where there is no code."""
        codes, lengths = np.zeros(256, np.int64), np.zeros(256, np.int64)
        for symbol, code, bits in self._codes:
            codes[symbol], lengths[symbol] = code, bits
        return codes, lengths

    def pack(self, kind: int, number: int) -> bytes:
        """Return the body of the table's segment; ``kind`` 0 for DC, 1 for AC."""
        return bytes([kind << 4 | number, *self.counts, *self.symbols])


def tables_of(body: bytes) -> dict[tuple[int, int], Table]:
    """Return the tables of one DHT segment by (kind, number)."""
    found, at = {}, 0
    while at + 17 <= len(body):
        counts = tuple(body[at + 1 : at + 17])
        end = at + 17 + sum(counts)
        if end > len(body) or not sum(counts):
            raise Refusal("the file is damaged (a Huffman table is cut off)")
        found[body[at] >> 4, body[at] & 15] = Table(counts, tuple(body[at + 17 : end]))
        at = end
    return found


def best_table(counts: Longs) -> Table:
    """Return the table of the shortest codes for symbols that occur ``counts`` (256,) times.

    Source: T.81, annex K.2: codes by merging the two rarest, then none longer than 16 bits. A
    symbol that never occurs takes the all-ones code, which must stay unused.
    """
    heap: list[tuple[int, int, list[int]]] = [(0, 256, [256])]
    heap += [(int(count), symbol, [symbol]) for symbol, count in enumerate(counts) if count]
    heapq.heapify(heap)
    bits = dict.fromkeys([symbol for _, symbol, _ in heap], 0)
    while len(heap) > 1:
        (a, first, left), (b, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        for symbol in (*left, *right):
            bits[symbol] += 1
        heapq.heappush(heap, (a + b, first, left + right))
    lengths = _shortened(np.bincount(list(bits.values()), minlength=_LONGEST + 1).tolist())
    symbols = sorted((symbol for symbol in bits if symbol < 256), key=lambda s: (bits[s], s))
    return Table(tuple(lengths[1:]), tuple(symbols))


def _shortened(lengths: list[int]) -> list[int]:
    """Return how many codes of 0..16 bits replace ``lengths`` of any, less the all-ones code.

    Two codes of the longest kind become one shorter code; another code, still shorter, makes room
    for the second by growing a bit (T.81, figure K.3).
    """
    for length in range(len(lengths) - 1, _LONGEST, -1):
        while lengths[length]:
            shorter = max(bits for bits in range(1, length - 1) if lengths[bits])
            lengths[length] -= 2
            lengths[length - 1] += 1
            lengths[shorter + 1] += 2
            lengths[shorter] -= 1
    lengths = lengths[: _LONGEST + 1]
    lengths[max(bits for bits, count in enumerate(lengths) if count)] -= 1
    return lengths
