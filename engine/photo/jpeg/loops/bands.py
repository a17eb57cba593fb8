"""Read the bands of progressive scans: what they tell first, and a bit more."""

from __future__ import annotations

import numpy as np

from engine.photo.jpeg.loops.bits import ENDED, FINE, OVERFLOW, code, peek, signed
from engine.running.compiled import compiled, inlined


@compiled
def read_band(data, last, starts, ends, counts, table, flat, where, band, low):
    """Read a progressive scan's first pass over a band.

    Args:
        data, last, starts, ends, counts: as for ``read_blocks``.
        table: (65536,) int16.
        flat: (N, 64) int16, a component's blocks; changed.
        where: (n,) int64, the row of each block of the scan.
        band: its first and its last coefficient.
        low: the number of the lowest bit that is told.
    """
    first, final = band
    done, bit = 0, np.int64(0)
    for i in range(starts.size):
        bit, n = starts[i], np.int64(0)
        while n < counts[i]:
            if bit >= ends[i]:
                return bit, ENDED
            k = first
            while k <= final:
                symbol, bit, wrong = code(data, bit, last, table)
                if wrong:
                    return bit, wrong
                run, size = symbol >> 4, symbol & 15
                if size == 0 and run < 15:
                    n += (np.int64(1) << run) + peek(data, bit, run) - 1
                    bit += run
                    break
                k += run
                if size:
                    if k > final:
                        return bit, OVERFLOW
                    flat[where[done + n], k] = signed(peek(data, bit, size), size) << low
                    bit += size
                k += 1
            n += 1
        done += counts[i]
    return bit, ENDED if bit > last else FINE


@inlined
def correct(data, bit, blocks, row, k, step):
    """Add a bit to a coefficient that is known already."""
    if peek(data, bit, 1):
        blocks[row, k] += step if blocks[row, k] > 0 else -step


@compiled
def refine_band(data, last, starts, ends, counts, table, flat, where, band, low):
    """Read a progressive scan's pass that adds one bit (G.1.2.3, figure G.7); see ``read_band``."""
    first, final = band
    step = np.int16(1) << low
    n, bit = 0, np.int64(0)
    for i in range(starts.size):
        bit, ended = starts[i], np.int64(0)
        for _ in range(counts[i]):
            row, k = where[n], first
            n += 1
            while ended == 0 and k <= final:
                symbol, bit, wrong = code(data, bit, last, table)
                if wrong:
                    return bit, wrong
                run, size = symbol >> 4, symbol & 15
                if size == 0 and run < 15:
                    ended = (np.int64(1) << run) + peek(data, bit, run)
                    bit += run
                    break
                fresh = step if peek(data, bit, 1) else -step
                bit += size > 0
                while k <= final:
                    if flat[row, k]:
                        correct(data, bit, flat, row, k, step)
                        bit += 1
                    elif run == 0:
                        break
                    else:
                        run -= 1
                    k += 1
                if size:
                    if k > final:
                        return bit, OVERFLOW
                    flat[row, k] = fresh
                k += 1
            if bit > last:
                return bit, ENDED
            if ended:
                while k <= final:
                    if flat[row, k]:
                        correct(data, bit, flat, row, k, step)
                        bit += 1
                    k += 1
                ended -= 1
    return bit, ENDED if bit > last else FINE
