"""Keep bitmaps and weights small: a box, and its pixels compressed; numpy and zlib only."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from engine.arrays import Levels, Mask
from engine.geometry import Box

FAST = 1


@dataclass(frozen=True)
class Plane:
    """Hold the pixels of ``box``, compressed.

    Attributes:
        box: in photo pixels, not empty.
        data: what zlib made of the rows, packed eight to a byte or one byte for each pixel.
    """

    box: Box
    data: bytes

    @classmethod
    def of_bits(cls, box: Box, bits: Mask) -> Plane:
        """Keep ``bits`` (box.height, box.width) bool."""
        return cls(box, zlib.compress(np.packbits(bits).tobytes(), FAST))

    @classmethod
    def around(cls, mask: Mask) -> Plane | None:
        """Keep all that is True of a mask (H, W); None if nothing is."""
        box = Box.around(mask)
        return None if box is None else cls.of_bits(box, mask[box.slices])

    @classmethod
    def of_levels(cls, box: Box, levels: Levels) -> Plane:
        """Keep ``levels`` (box.height, box.width) uint8."""
        return cls(box, zlib.compress(np.ascontiguousarray(levels).tobytes(), FAST))

    @property
    def pixels(self) -> int:
        """Return the number of pixels."""
        return self.box.width * self.box.height

    def bits(self) -> Mask:
        """Return (box.height, box.width) bool; raises ValueError if the data is not that long."""
        flat = np.frombuffer(inflate(self.data, -(-self.pixels // 8)), np.uint8)
        bits = np.unpackbits(flat, count=self.pixels).view(np.bool_)
        return bits.reshape(self.box.height, self.box.width)

    def levels(self) -> Levels:
        """Return (box.height, box.width) uint8; raises ValueError if the data is not that long."""
        flat = np.frombuffer(inflate(self.data, self.pixels), np.uint8)
        return flat.reshape(self.box.height, self.box.width)


def inflate(data: bytes, length: int) -> bytes:
    """Return the ``length`` bytes that ``data`` was; never unpacks more than one beyond them.

    Raises:
        ValueError: it is no compressed data of exactly that length.
    """
    machine = zlib.decompressobj()
    try:
        out = machine.decompress(data, length + 1)
    except zlib.error as error:
        raise ValueError("the pixels are damaged") from error
    if len(out) != length or not machine.eof or machine.unused_data:
        raise ValueError("there are more or fewer pixels than the box holds")
    return out
