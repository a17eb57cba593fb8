"""Bits of a scan, and what can be wrong with them."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import inlined

FINE, ENDED, UNKNOWN, OVERFLOW, LARGE = range(5)


@inlined
def peek(data, bit, count):
    """Return the ``count`` bits from ``bit`` on, up to 25 of them."""
    at = bit >> 3
    four = np.int64(data[at]) << 24 | np.int64(data[at + 1]) << 16
    four |= np.int64(data[at + 2]) << 8 | np.int64(data[at + 3])
    return four >> (32 - (bit & 7) - count) & ((np.int64(1) << count) - 1)


@inlined
def signed(raw, size):
    """Return the value of ``size`` bits behind a code."""
    return raw if raw >= (np.int64(1) << size >> 1) else raw - (np.int64(1) << size) + 1


@inlined
def code(data, bit, last, table):
    """Return the symbol whose code begins at a bit, the bit behind it, and what is wrong."""
    found = table[peek(data, bit, 16)]
    wrong = ENDED if bit > last else UNKNOWN if found < 0 else FINE
    return found >> 5, bit + (found & 31), wrong
