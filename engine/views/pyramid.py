"""Keep halved copies of the photo and of the mask, so that any zoom draws few pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from engine.arrays import AnyArray
from engine.geometry import Box, union_all
from engine.pixels import to_eight_bits

SMALLEST = 512
CALL_COST = 20_000


def halve_mean(array: AnyArray) -> AnyArray:
    """Return the mean of each 2x2 block, as uint8.

    Args:
        array: (H, W, 3) uint8 or uint16.

    Returns:
        (ceil(H/2), ceil(W/2), 3) uint8; an odd last row or column is averaged with itself.
    """
    height, width = array.shape[:2]
    if height % 2 or width % 2:
        pad = ((0, height % 2), (0, width % 2), (0, 0))
        array = np.pad(array, pad, mode="edge")
    half = cv2.resize(
        array, (array.shape[1] // 2, array.shape[0] // 2), interpolation=cv2.INTER_AREA
    )
    return to_eight_bits(half)


def halve_max(array: AnyArray) -> AnyArray:
    """Return the largest value of each 2x2 block of an (H, W) uint8 or bool array, as uint8."""
    source = array.view(np.uint8)
    height, width = source.shape
    out = np.zeros(((height + 1) // 2, (width + 1) // 2), np.uint8)
    for row in (0, 1):
        for column in (0, 1):
            part = source[row::2, column::2]
            target = out[: part.shape[0], : part.shape[1]]
            np.maximum(target, part, out=target)
    return out


class Pyramid:
    """Hold an array and its halvings; level 0 is the array itself, not a copy.

    Attributes:
        levels: level n has sides ceil(side / 2**n).
    """

    def __init__(
        self,
        base: AnyArray,
        halve: Callable[[AnyArray], AnyArray],
        depth: int | None = None,
        *,
        blank: bool = False,
    ):
        """Build the halvings of ``base``.

        Args:
            base: (H, W) or (H, W, 3).
            halve: ``halve_mean`` or ``halve_max``.
            depth: number of halvings; by default until the longer side is at most 512.
            blank: ``base`` is a mask without a True; its halvings are known beforehand.
        """
        self._halve = halve
        self.levels: list[AnyArray] = [base]
        count = depth_for(base.shape) if depth is None else depth
        for _ in range(count):
            below = self.levels[-1]
            sides = (below.shape[0] + 1) // 2, (below.shape[1] + 1) // 2
            self.levels.append(np.zeros(sides, np.uint8) if blank else halve(below))

    @property
    def depth(self) -> int:
        """Return the number of halvings."""
        return len(self.levels) - 1

    def refresh(self, boxes: Sequence[Box]) -> None:
        """Bring the halvings up to date after ``boxes`` of the base changed."""
        for above, below in zip(self.levels[1:], self.levels, strict=False):
            boxes = _merged([halved(box) for box in boxes])
            for box in boxes:
                source = Box(box.left * 2, box.top * 2, box.right * 2, box.bottom * 2)
                part = below[source.clip(Box.of(below)).slices]
                above[box.clip(Box.of(above)).slices] = self._halve(np.ascontiguousarray(part))

    def part(self, level: int, box: Box, layers: Sequence[Layer] = ()) -> AnyArray:
        """Return ``box`` (in pixels of ``level``) with ``layers`` laid over it.

        The returned array is a view when no layer meets the box: do not write to it.
        """
        level = min(level, self.depth)
        part = self.levels[level][box.slices]
        owned = False
        for layer in layers:
            piece = layer.box_at(level)
            shared = piece.clip(box)
            if shared.empty:
                continue
            if not owned:
                part, owned = part.copy(), True
            part[shared.within(box).slices] = layer.levels[level][shared.within(piece).slices]
        return part


class Layer(Pyramid):
    """Lie over a part of a pyramid as if it had been written there, without writing.

    Attributes:
        box: the part covered in photo pixels, a little wider than asked for, so that its
            halvings fall on the same grid.
    """

    def __init__(self, under: Pyramid, box: Box, patch: AnyArray):
        """Cover ``box`` of ``under`` with ``patch`` (box.height, box.width, ...)."""
        step = 1 << under.depth
        self.box = Box(
            box.left // step * step,
            box.top // step * step,
            -(-box.right // step) * step,
            -(-box.bottom // step) * step,
        ).clip(Box.of(under.levels[0]))
        base = under.levels[0][self.box.slices].copy()
        base[box.within(self.box).slices] = patch
        super().__init__(base, under._halve, under.depth)

    def box_at(self, level: int) -> Box:
        """Return the part covered in pixels of ``level``."""
        box = self.box
        for _ in range(level):
            box = halved(box)
        return box


def _merged(boxes: list[Box]) -> list[Box]:
    """Return one box around ``boxes`` where that is less work than each by itself."""
    if len(boxes) < 2:
        return boxes
    around = union_all(boxes)
    alone = sum(box.width * box.height + CALL_COST for box in boxes)
    return [around] if around.width * around.height < alone else boxes


def halved(box: Box) -> Box:
    """Return the pixels one level up that depend on ``box``."""
    return Box(box.left // 2, box.top // 2, (box.right + 1) // 2, (box.bottom + 1) // 2)


def depth_for(shape: tuple[int, ...]) -> int:
    """Return how many halvings bring the longer side of ``shape`` to at most 512."""
    depth, side = 0, max(shape[:2])
    while side > SMALLEST:
        side = (side + 1) // 2
        depth += 1
    return depth
