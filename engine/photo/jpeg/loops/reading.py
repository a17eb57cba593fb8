"""Read blocks: of sequential scans, and the DC differences of progressive ones."""

from __future__ import annotations

import numpy as np

from engine.photo.jpeg.loops.bits import ENDED, FINE, LARGE, OVERFLOW, code, peek, signed
from engine.running.compiled import compiled


@compiled
def read_blocks(data, last, starts, ends, counts, tables, out):
    """Read the blocks of a sequential scan, or a progressive one's DC differences.

    Args:
        data, last: see the module.
        starts, ends, counts: (I,) int64, each restart interval's first bit, the bit behind its
            last byte, and how many blocks it holds.
        tables: (2, blocks of an MCU, 65536) int16, what 16 bits mean to DC and AC of each; DC's
            alone for a progressive scan of DC.
        out: (n, 64) int16 zeros, to hold the coefficients in zigzag order, DC as differences; of
            DC alone (n, 1).
    """
    n, bit = 0, np.int64(0)
    for i in range(starts.size):
        bit, slot = starts[i], 0
        for _ in range(counts[i]):
            if bit >= ends[i]:
                return bit, ENDED
            size, bit, wrong = code(data, bit, last, tables[0, slot])
            if wrong:
                return bit, wrong
            if size > 15:
                return bit, LARGE
            out[n, 0] = signed(peek(data, bit, size), size)
            bit += size
            k = 1 if len(tables) == 2 else 64
            while k < 64:
                symbol, bit, wrong = code(data, bit, last, tables[1, slot])
                if wrong:
                    return bit, wrong
                run, size = symbol >> 4, symbol & 15
                if size == 0 and run < 15:
                    break
                k += run
                if size:
                    if k > 63:
                        return bit, OVERFLOW
                    out[n, k] = signed(peek(data, bit, size), size)
                    bit += size
                k += 1
            n += 1
            slot += 1
            if slot == tables.shape[1]:
                slot = 0
    return bit, ENDED if bit > last else FINE
