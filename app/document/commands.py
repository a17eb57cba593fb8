"""Change the document so that it can be changed back: one command for each kind of step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.geometry import Box, union_all
from engine.record.patches import Patch, PatchStore
from engine.record.sources import Paint, Sources
from engine.record.tiling import tiles

if TYPE_CHECKING:
    from app.document.document import Document
    from engine.arrays import Mask, Pixels
    from engine.record.steps import PartOfStep, Step
    from engine.structure.given import Given

Flips = list[tuple[Box, NDArray[np.uint8]]]


class FlipMask(QUndoCommand):
    """Flip bits that are painted; doing it twice is undoing it, so one copy serves both ways.

    Attributes:
        paint: what they are painted for.
    """

    def __init__(
        self,
        document: Document,
        text: str,
        flips: Flips,
        *,
        done: bool,
        paint: Paint = Paint.MASK,
    ) -> None:
        """Remember which bits to flip.

        Args:
            document: where.
            text: what the history shows.
            flips: boxes with their bits packed by ``np.packbits``.
            done: the change was shown while it was being made; the first redo does nothing.
            paint: what they are painted for.
        """
        super().__init__(text)
        self._document = document
        self._flips, self.paint = flips, paint
        self._done = done
        self.journalled = False

    @property
    def flips(self) -> list[tuple[Box, Mask]]:
        """Return each box with the bits (box.height, box.width) that flip there."""
        return [(box, _unpacked(box, bits)) for box, bits in self._flips]

    def redo(self) -> None:
        """Flip the bits, except the first time of a change that is already there."""
        if self._done:
            self._done = False
        else:
            self._flip()

    def undo(self) -> None:
        """Flip the bits back."""
        self._flip()

    def _flip(self) -> None:
        self._document.flip_mask(self.flips, self.paint)


class SwapPixels(QUndoCommand):
    """Exchange boxes of the photo with stored ones; doing it twice is undoing it.

    Attributes:
        step: what a recipe says of it; None if nobody knows.
    """

    ID = 1

    def __init__(
        self,
        document: Document,
        text: str,
        patches: list[tuple[Box, Patch]],
        *,
        done: bool,
        step: Step | PartOfStep | None = None,
    ) -> None:
        """Remember the pixels to exchange.

        Args:
            document: where.
            text: what the history shows.
            patches: boxes with the pixels that are not in the photo now.
            done: the change was shown while it was being made; the first redo does nothing.
            step: what a recipe says of it; None if nobody knows.
        """
        super().__init__(text)
        self._document = document
        self._patches = patches
        self._done = done
        self.step = step
        self.journalled = False

    @property
    def boxes(self) -> list[Box]:
        """Return the boxes of the photo that change."""
        return [box for box, _ in self._patches]

    def id(self) -> int:
        """Return a number that tells this kind of step from the others."""
        return self.ID

    def redo(self) -> None:
        """Exchange the pixels, except the first time of a change that is already there."""
        self._document.note_step(self.step)
        if self._done:
            self._done = False
        else:
            self._swap()

    def undo(self) -> None:
        """Exchange the pixels back."""
        self._document.forget_step(self.step)
        self._swap()

    def _swap(self) -> None:
        swapped = []
        for box, patch in self._patches:
            before = self._document.image[box.slices].copy()
            self._document.write_image(box, patch.get())
            swapped.append((box, patch.store.put(before)))
        self._patches = swapped


class ChangeLines(QUndoCommand):
    """Draw, erase, drop or bring back lines."""

    def __init__(self, document: Document, text: str, lines: Given) -> None:
        """Remember that ``lines`` take the place of those of ``document``."""
        super().__init__(text)
        self._document = document
        self._before, self.after = document.lines, lines
        self.journalled = False

    def redo(self) -> None:
        """Let the new lines be."""
        self._document.set_lines(self.after)

    def undo(self) -> None:
        """Let the lines be that were before."""
        self._document.set_lines(self._before)


def _unpacked(box: Box, bits: NDArray[np.uint8]) -> Mask:
    flat = np.unpackbits(bits, count=box.width * box.height)
    return flat.reshape(box.height, box.width).view(np.bool_)


def pack_flips(box: Box, bits: Mask) -> tuple[Box, NDArray[np.uint8]]:
    """Return ``bits`` (box.height, box.width) bool as ``FlipMask`` keeps them."""
    return box, np.packbits(bits)


def change_mask(
    document: Document, text: str, box: Box, after: Mask, paint: Paint = Paint.MASK
) -> FlipMask | None:
    """Return the command that puts ``after`` into ``box`` of the mask, None if nothing changes.

    ``paint``: change what is painted for something else.
    """
    recorder, now = MaskRecorder(document, paint), document.drawn[paint].bits
    for square in tiles(box, document.box):
        part = square.clip(box)
        flips = now[part.slices] ^ after[part.within(box).slices]
        recorder.note(part, flips)
    return recorder.command(text, done=False)


def cover_mask(
    document: Document, text: str, box: Box, cover: Mask, *, fill: bool = True
) -> FlipMask | None:
    """Return the command that sets what ``cover`` covers of ``box`` to ``fill``, or None."""
    now = document.mask[box.slices]
    return change_mask(document, text, box, now | cover if fill else now & ~cover)


def change_sources(document: Document, text: str, sources: Sources) -> list[FlipMask]:
    """Return the commands after which a fill may copy from ``sources``; none if it is so now."""
    found = []
    for paint, plane in ((Paint.AVOID, sources.avoid), (Paint.TAKE, sources.take)):
        now = document.drawn[paint].box()
        both = [box for box in (now, plane and plane.box) if box]
        if both:
            box = union_all(both)
            after = np.zeros((box.height, box.width), bool)
            if plane is not None:
                after[plane.box.within(box).slices] = plane.bits()
            found.append(change_mask(document, text, box, after, paint))
    return [command for command in found if command is not None]


def replace_image(
    document: Document,
    store: PatchStore,
    text: str,
    box: Box,
    patch: Pixels,
    step: Step | PartOfStep | None = None,
) -> SwapPixels:
    """Return the command that puts ``patch`` into ``box`` of the photo."""
    return SwapPixels(document, text, [(box, store.put(patch))], done=False, step=step)


class MaskRecorder:
    """Write a stroke into the mask as it grows, and become one command at its end."""

    def __init__(self, document: Document, paint: Paint = Paint.MASK) -> None:
        """Start a stroke on ``document``; ``paint``: what for."""
        self._document, self._paint = document, paint
        self._flips: dict[Box, Mask] = {}

    def paint(self, box: Box, cover: Mask, *, fill: bool) -> None:
        """Set the covered pixels of ``box`` to ``fill`` now, and note what that changed."""
        now = self._document.drawn[self._paint].bits[box.slices]
        flips = cover & (now != fill)
        if flips.any():
            self.note(box, flips)
            self._document.flip_mask([(box, flips)], self._paint)

    def note(self, box: Box, flips: Mask) -> None:
        """Note that ``flips`` (box.height, box.width) bool of ``box`` change."""
        for square in tiles(box, self._document.box):
            part = square.clip(box)
            bits = flips[part.within(box).slices]
            if bits.any():
                kept = self._flips.setdefault(square, np.zeros((square.height, square.width), bool))
                kept[part.within(square).slices] ^= bits

    def command(self, text: str, *, done: bool = True) -> FlipMask | None:
        """Return the finished command, None if nothing changed."""
        flips: Flips = []
        for square, bits in self._flips.items():
            inner = Box.around(bits)
            if inner is not None:
                box = inner.shift(square.left, square.top)
                flips.append(pack_flips(box, bits[inner.slices]))
        if not flips:
            return None
        return FlipMask(self._document, text, flips, done=done, paint=self._paint)


def changes_photo(stack: QUndoStack) -> bool:
    """Tell whether the steps since the last save changed pixels of the photo."""
    clean, now = stack.cleanIndex(), stack.index()
    if clean < 0:
        return True
    steps = [stack.command(i) for i in range(min(clean, now), max(clean, now))]
    return any(_is_pixels(step) for step in steps)


def _is_pixels(step: QUndoCommand) -> bool:
    parts = [step.child(i) for i in range(step.childCount())]
    return step.id() == SwapPixels.ID or any(_is_pixels(part) for part in parts)
