"""Write the blocks of a sequential scan."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled, inlined

EOB, ZRL = 0x00, 0xF0


@inlined
def size_of(value):
    """Return how many bits a value's magnitude needs."""
    left, size = abs(np.int64(value)), 0
    while left:
        left >>= 1
        size += 1
    return size


@compiled
def count_symbols(blocks, component, chosen, counts):
    """Count the symbols that code blocks; see ``write_blocks``.

    Args:
        blocks, component, chosen: as there.
        counts: (2, tables, 256) int64, those of DC and of AC; added to.

    Returns:
        The bits behind the codes; -1 where a number is too large to be coded.
    """
    dc, rest = np.zeros(4, np.int64), np.int64(0)
    for m in range(blocks.shape[0]):
        for slot in range(blocks.shape[1]):
            table, own = chosen[slot], component[slot]
            size = size_of(blocks[m, slot, 0] - dc[own])
            dc[own] = blocks[m, slot, 0]
            if size > 15:
                return np.int64(-1)
            counts[0, table, size] += 1
            rest += size
            run = 0
            for k in range(1, 64):
                if blocks[m, slot, k] == 0:
                    run += 1
                    continue
                counts[1, table, ZRL] += run >> 4
                size = size_of(blocks[m, slot, k])
                if size > 15:
                    return np.int64(-1)
                counts[1, table, (run & 15) << 4 | size] += 1
                rest += size
                run = 0
            if run:
                counts[1, table, EOB] += 1
    return rest


@inlined
def put(out, state, value, count):
    """Append the ``count`` lowest bits of a value, and a zero behind each byte of ones.

    ``state`` (3,) int64: the next byte's place, the bits that wait for a whole one, their number.
    """
    state[1] = state[1] << count | value
    state[2] += count
    while state[2] >= 8:
        state[2] -= 8
        byte = state[1] >> state[2] & 0xFF
        out[state[0]] = byte
        state[0] += 1
        if byte == 0xFF:
            out[state[0]] = 0
            state[0] += 1
    state[1] &= (np.int64(1) << state[2]) - 1


@compiled
def write_blocks(blocks, component, chosen, codes, lengths, out):
    """Write blocks as entropy-coded data, filled up with ones and stuffed.

    Args:
        blocks: (MCUs, blocks of an MCU, 64) int16 in zigzag order, DC absolute.
        component, chosen: (blocks of an MCU,) int64, the component and the tables of each.
        codes, lengths: (2, tables, 256) int64 by kind, table and symbol.
        out: uint8, with room for twice the bytes.

    Returns:
        The number of bytes written.
    """
    dc, state = np.zeros(4, np.int64), np.zeros(3, np.int64)
    for m in range(blocks.shape[0]):
        for slot in range(blocks.shape[1]):
            table, own = chosen[slot], component[slot]
            value = blocks[m, slot, 0] - dc[own]
            dc[own] = blocks[m, slot, 0]
            size = size_of(value)
            put(out, state, codes[0, table, size], lengths[0, table, size])
            put(out, state, value if value >= 0 else value + (np.int64(1) << size) - 1, size)
            run = 0
            for k in range(1, 64):
                value = np.int64(blocks[m, slot, k])
                if value == 0:
                    run += 1
                    continue
                while run > 15:
                    put(out, state, codes[1, table, ZRL], lengths[1, table, ZRL])
                    run -= 16
                size = size_of(value)
                symbol = run << 4 | size
                put(out, state, codes[1, table, symbol], lengths[1, table, symbol])
                put(out, state, value if value >= 0 else value + (np.int64(1) << size) - 1, size)
                run = 0
            if run:
                put(out, state, codes[1, table, EOB], lengths[1, table, EOB])
    if state[2]:
        put(out, state, (np.int64(1) << (8 - state[2])) - 1, 8 - state[2])
    return state[0]
