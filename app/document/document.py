"""Hold the photo being worked on: its pixels, its mask and how it looked when it was opened."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.geometry import Box
from engine.reader.shared import changeable
from engine.record.sources import ANYWHERE, Paint, Sources
from engine.record.steps import PartOfStep
from engine.record.tiling import tiles
from engine.removal.panorama import goes_around
from engine.structure.given import NOTHING, Given
from engine.views.drawn import Drawn
from engine.views.pyramid import Layer, Pyramid, halve_mean

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.photo import Colour, Photo
    from engine.record.steps import Step


class Document(QObject):
    """Be the one place where the picture and the mask live; only commands write here.

    Attributes:
        image: (H, W, 3) uint8 or uint16 RGB, an own copy from the first change on; no pixel before
            a photo is open.
        mask: (H, W) bool, True = fill.
        drawn: what is painted for each purpose; the mask is one of them.
        path: where the photo came from or was last saved.
        version: counts the writes to the image, so that late answers can be told apart.
        lines: what was drawn and dropped, for the next fill.
        edited: the squares of the photo that were ever written to.
        around: the photo goes once around, so that its left and right edges meet.
        steps: what was done to the photo, for its recipe.
        untold: how many changes of the photo are in no step.

    Signals:
        opened(): another photo took the place of the last one.
        image_changed(Box): these pixels of the photo changed.
        mask_changed(Box): these pixels of the mask changed.
        sources_changed(Box): from these pixels may be copied now, or no more.
        lines_changed(): another line is drawn or dropped.
        path_changed(): the photo got another name.
    """

    opened = Signal()
    image_changed = Signal(object)
    mask_changed = Signal(object)
    sources_changed = Signal(object)
    lines_changed = Signal()
    path_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a photo."""
        super().__init__(parent)
        self.photo: Photo | None = None
        self.path: Path | None = None
        self.colour: Colour | None = None
        self.version = 0
        self._take(np.zeros((0, 0, 3), np.uint8), None)

    def _take(self, image: Pixels, levels: Pyramid | None) -> None:
        self.image = image
        self.lines: Given = NOTHING
        self.around = False
        self._shown: list[weakref.ref[Pixels]] = []
        self.edited: set[Box] = set()
        self.steps: list[Step] = []
        self.untold = 0
        self.photo_levels = levels or Pyramid(image, halve_mean)
        self.drawn = {paint: Drawn(image.shape, self.photo_levels.depth) for paint in Paint}
        self.mask, self.mask_levels = self.drawn[Paint.MASK].bits, self.drawn[Paint.MASK].levels
        self._sources: Sources | None = ANYWHERE

    @property
    def is_open(self) -> bool:
        """Tell whether there is a photo."""
        return self.image.size > 0

    @property
    def box(self) -> Box:
        """Return the box of the whole photo."""
        return Box.of(self.image)

    @property
    def hole_pixels(self) -> int:
        """Return how many pixels of the mask are painted."""
        return self.drawn[Paint.MASK].count

    @property
    def sources(self) -> Sources:
        """Return from where a fill may copy."""
        if self._sources is None:
            self._sources = Sources(*(self.drawn[p].plane() for p in (Paint.AVOID, Paint.TAKE)))
        return self._sources

    @property
    def clear(self) -> Mask | None:
        """Return (H, W) bool, True where nothing of the photo can be seen; None for nowhere."""
        return None if self.photo is None else self.photo.clear

    def _display(self, patch: Pixels) -> Pixels:
        return patch if self.colour is None else self.colour.on_screen(patch)

    def open(
        self,
        photo: Photo,
        path: Path | None,
        image: Pixels,
        levels: Pyramid,
        colour: Colour | None = None,
    ) -> None:
        """Take ``photo`` in place of the one before.

        Args:
            photo: the decoded photo, kept as the original.
            path: where it lies, None for a pasted one.
            image: its pixels to work on: read-only ones, or a copy.
            levels: the pyramid over them, or over their sRGB view.
            colour: between the photo's colours and sRGB; None where they are the same.
        """
        self.photo, self.path, self.colour = photo, path, colour
        self.version += 1
        self._take(image, levels)
        self.around = goes_around(photo)
        self.opened.emit()

    def rename(self, path: Path) -> None:
        """Remember that the photo now lies at ``path``."""
        self.path = path
        self.path_changed.emit()

    def original(self, box: Box) -> Pixels:
        """Return ``box`` as it was when the photo was opened."""
        assert self.photo is not None
        return self.photo.pixels[box.slices]

    def layer(self, box: Box, patch: Pixels) -> Layer:
        """Return ``patch`` as a layer over ``box``, in the colours of the screen."""
        return Layer(self.photo_levels, box, self._display(patch))

    def mask_box(self) -> Box | None:
        """Return the smallest box around the mask, None if it is empty; cheap on any size."""
        return self.drawn[Paint.MASK].box()

    def frozen(self) -> Pixels:
        """Return the photo as it is now, for another thread: it never changes, nor can be.

        The pixels are copied only if the photo is written to while somebody still holds them.
        """
        shown = self.image.view()
        shown.flags.writeable = False
        self._shown.append(weakref.ref(shown))
        return shown

    def _leave_frozen(self) -> None:
        """Go on with a copy where somebody holds the pixels as they are, or they are the file's."""
        if not self.image.flags.writeable or any(shown() is not None for shown in self._shown):
            own = self.photo.pixels if self.photo else self.image
            image = changeable(own, self.image, self.edited)
            if self.photo_levels.levels[0] is self.image:
                self.photo_levels.levels[0] = image
            self.image = image
        self._shown.clear()

    def write_image(self, box: Box, patch: Pixels) -> None:
        """Put ``patch`` into ``box`` of the photo; for commands only."""
        self._leave_frozen()
        self.edited.update(tiles(box, self.box))
        self.image[box.slices] = patch
        if self.photo_levels.levels[0] is not self.image:
            self.photo_levels.levels[0][box.slices] = self._display(patch)
        self.photo_levels.refresh([box])
        self.version += 1
        self.image_changed.emit(box)

    def note_step(self, step: Step | PartOfStep | None) -> None:
        """Remember what was done, None for something nobody can tell; for commands only."""
        if step is None:
            self.untold += 1
        elif not isinstance(step, PartOfStep):
            self.steps.append(step)

    def forget_step(self, step: Step | PartOfStep | None) -> None:
        """Forget the newest step, which is ``step``; for commands only."""
        if step is None:
            self.untold -= 1
        elif not isinstance(step, PartOfStep):
            self.steps.pop()

    def set_lines(self, lines: Given) -> None:
        """Let other lines be drawn and dropped; for commands only."""
        self.lines = lines
        self.lines_changed.emit()

    def flip_mask(self, flips: Sequence[tuple[Box, Mask]], paint: Paint = Paint.MASK) -> None:
        """Flip the bits (box.height, box.width) bool of each box; for commands only."""
        self.drawn[paint].flip(flips)
        if paint is not Paint.MASK:
            self._sources = None
        changed = self.mask_changed if paint is Paint.MASK else self.sources_changed
        for box, _ in flips:
            changed.emit(box)
