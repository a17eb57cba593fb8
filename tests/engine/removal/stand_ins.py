"""What the tests of removals share: a report nobody reads, and masks of boxes."""

import numpy as np

SIZE = 96


class Nobody:
    """Stand for a report nobody reads."""

    def part(self, start, end):
        return nothing

    def deliver(self, piece):
        pass


def nothing(fraction):
    pass


def painted(boxes, size=(SIZE, SIZE)):
    """Return a mask of boxes (left, top, width, height)."""
    mask = np.zeros(size, bool)
    for left, top, width, height in boxes:
        mask[top : top + height, left : left + width] = True
    return mask
