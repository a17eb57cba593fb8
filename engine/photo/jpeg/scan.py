"""The entropy-coded data of a scan, without its stuffing, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.arrays import Levels, Longs
from engine.photo.limits import Refusal
from engine.sentence import Sentence

PADDING: Final = 32
"""More bytes than one symbol takes, and the corrections behind it."""
_WRONG: Final = (
    Sentence("the file is damaged (its data ends too early)"),
    Sentence("the file is damaged (an unknown code)"),
    Sentence("the file is damaged (a block overflows)"),
    Sentence("the file is damaged (a number of too many bits)"),
)
"""What a reader's answer means, from ``loops.bits.ENDED`` on."""


@dataclass(frozen=True, eq=False)
class Stream:
    """Hold entropy-coded data without its stuffing.

    ``bytes`` (n + PADDING,) uint8, padded with ones; ``starts`` and ``ends``: the first bit of each
    restart interval, and the bit behind its last byte.
    """

    bytes: Levels
    starts: Longs
    ends: Longs

    @property
    def last(self) -> int:
        """Return the bit behind the last byte."""
        return int(self.ends[-1])


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
    padded = np.concatenate([plain, np.full(PADDING, 0xFF, np.uint8)])
    return Stream(
        padded,
        np.concatenate([[0], borders]).astype(np.int64),
        np.concatenate([borders, [plain.size * 8]]).astype(np.int64),
    )


def checked(read: tuple[int, int]) -> int:
    """Return the bit a reader came to.

    Raises:
        Refusal: what it read is damaged.
    """
    bit, wrong = read
    if wrong:
        raise Refusal(_WRONG[wrong - 1])
    return bit
