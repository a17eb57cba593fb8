"""The refinement pass of a progressive JPEG's band (ITU-T T.81, G.1.2.3 and figure G.7)."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Flags, Levels, Longs
from engine.photo.jpeg.huffman import Table
from engine.photo.limits import Refusal

_DAMAGED = "the file is damaged (a refinement does not fit)"


def refine_band(
    blocks: NDArray[np.int16],
    data: Levels,
    start: int,
    table: Table,
    band: tuple[int, int],
    low: int,
) -> None:
    """Add one bit to the coefficients of a band, in place.

    Args:
        blocks: (n, 64) what the passes before have found.
        data: the stream's bytes.
        start: the bit at which the pass begins.
        table: its AC table.
        band: the first and the last coefficient.
        low: the number of the bit that is added.

    Raises:
        Refusal: the data is damaged.
    """
    part = blocks[:, band[0] : band[1] + 1]
    known = part != 0
    walk = _Walk(known, data.tobytes(), table)
    walk.run(start)
    runs = np.array(walk.corrections).reshape(-1, 2)
    at = np.repeat(runs[:, 0] - np.cumsum(runs[:, 1]) + runs[:, 1], runs[:, 1])
    at += np.arange(at.size)
    old = np.nonzero(known)
    fresh = np.array(walk.fresh).reshape(-1, 3)
    if at.size != old[0].size or (at.size and at[-1] >= data.size * 8):
        raise Refusal(_DAMAGED)
    step = np.int16(1 << low)
    part[old] += np.sign(part[old]) * _bits(data, at) * step
    part[fresh[:, 0], fresh[:, 1]] = (2 * _bits(data, fresh[:, 2]) - 1) * step


def _bits(data: Levels, at: Longs) -> NDArray[np.int16]:
    return np.asarray(data[at >> 3] >> (7 - (at & 7)) & 1, np.int16)


class _Walk:
    """Follow the symbols; note which bits correct known coefficients and which bring fresh ones.

    ``corrections``: first bit and count by turns, in the order of the known coefficients.
    ``fresh``: block, coefficient within the band and bit of the sign by turns.
    """

    def __init__(self, known: Flags, data: bytes, table: Table) -> None:
        self._width = known.shape[1]
        packed = np.packbits(known, axis=1, bitorder="little")
        eight = np.zeros((known.shape[0], 8), np.uint8)
        eight[:, : packed.shape[1]] = packed
        self._known = array("Q", eight.view("<u8").ravel().astype(np.uint64).tobytes())
        before = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
        self._before = array("q", before.astype(np.int64).tobytes())
        self._data, self._lookup = data, table.lookup.tolist()
        # millions of numbers, which as tuples would take twenty times the room
        self.corrections, self.fresh = array("q"), array("q")

    def run(self, bit: int) -> None:
        """Walk through all blocks from ``bit`` on."""
        block, total, end = 0, len(self._known), (len(self._data) - 8) * 8
        while block < total:
            bit, left, run = self._block(block, bit)
            past = block + 1
            if run:
                past = min(block + run, total)
                rest = left.bit_count() + self._before[past] - self._before[block + 1]
                self.corrections.extend((bit, rest))
                bit += rest
            block = past
            if bit > end:
                raise Refusal(_DAMAGED)

    def _block(self, block: int, bit: int) -> tuple[int, int, int]:
        """Follow one block.

        Returns:
            The next bit; the known coefficients not passed yet, as bits; how many blocks end
            here, 0 if this one was coded to its last coefficient.
        """
        # ``left`` holds a bit per coefficient from ``k`` on: whether it is known already
        left, k, width = self._known[block], 0, self._width
        data, lookup = self._data, self._lookup
        while k < width:
            byte = bit >> 3
            window = int.from_bytes(data[byte : byte + 3], "big") >> (8 - (bit & 7))
            found = lookup[window & 0xFFFF]
            if found < 0:
                raise Refusal(_DAMAGED)
            bit += found & 31
            run, size = found >> 9, found >> 5 & 15
            if size == 0 and run < 15:
                return bit + run, left, (1 << run) + self._number(bit, run)
            sign = bit
            if size:
                bit += 1
            passed = 0
            while left:
                # jump over the unknown ones in front of the next known one
                free = (left & -left).bit_length() - 1
                if free > run:
                    break
                run -= free
                left >>= free + 1
                k += free + 1
                passed += 1
            left >>= run + 1
            k += run + 1
            if passed:
                self.corrections.extend((bit, passed))
                bit += passed
            if size:
                if k > width:
                    raise Refusal(_DAMAGED)
                self.fresh.extend((block, k - 1, sign))
        return bit, left, 0

    def _number(self, bit: int, count: int) -> int:
        window = int.from_bytes(self._data[bit >> 3 : (bit >> 3) + 4], "big")
        return window >> (32 - (bit & 7) - count) & ((1 << count) - 1)
