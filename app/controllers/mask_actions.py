"""Change the whole mask at once, and carry masks in and out of files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.document.commands import change_mask
from app.document.jobs import FoundMask, ReadMask, WriteMask
from app.document.workspace import Fact, Workspace
from app.words.saying import all_said
from engine.arrays import Mask
from engine.formats import MASK_ENDINGS, WRITABLE, patterns
from engine.geometry import Box
from engine.views.strokes import grown

STEP = 4


class MaskActions(QObject):
    """Serve the Mask menu, and know whether the mask is anywhere but here.

    Signals:
        kept(): the mask was written to a file.
        waits_changed(): ``waits`` may have changed.
    """

    kept = Signal()
    waits_changed = Signal()

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        """Work on ``workspace``; dialogs belong to ``window``."""
        super().__init__(window)
        self._work, self._window = workspace, window
        self._fresh = False
        workspace.document.mask_changed.connect(lambda _box: self._note_fresh(True))
        workspace.document.opened.connect(lambda: self._note_fresh(False))

    @property
    def waits(self) -> bool:
        """Tell whether somebody made a mask that is neither filled nor in a file."""
        painted = self._work.document.hole_pixels > 0
        return self._fresh and painted and self._work.stack.count() > 0

    def note_kept(self) -> None:
        """Know that the mask lies in a file as it is now."""
        self._note_fresh(False)

    def _note_fresh(self, fresh: bool) -> None:
        self._fresh = fresh
        self.waits_changed.emit()

    def clear(self) -> None:
        """Take everything out of the mask."""
        box = self._work.document.mask_box()
        if box is not None:
            self._change(self.tr("Clear mask"), box, np.zeros((box.height, box.width), bool))

    def invert(self) -> None:
        """Swap painted and unpainted."""
        document = self._work.document
        self._change(self.tr("Invert mask"), document.box, ~document.mask)

    def grow(self) -> None:
        """Grow the mask by a few pixels, more on a large photo."""
        self._resize(self.tr("Grow mask"), self._step())

    def shrink(self) -> None:
        """Shrink the mask by a few pixels."""
        self._resize(self.tr("Shrink mask"), -self._step())

    def ask_import(self) -> None:
        """Ask for an image of the photo's size and use it as mask."""
        kinds = self.tr("Masks ({0})").format(patterns(WRITABLE))
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Import mask"), self._folder(), kinds
        )
        if name:
            self.read(Path(name))

    def ask_export(self) -> None:
        """Ask for a name and write the mask there."""
        path = self._work.document.path
        stem = f"{path.stem}-mask.png" if path else "mask.png"
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Export mask"),
            str(Path(self._folder()) / stem),
            self.tr("PNG or TIFF ({0})").format(patterns(MASK_ENDINGS)),
        )
        if name:
            mask = self._work.document.mask.copy()
            self._work.state(Fact.KEEPING, True)
            self._work.writer.submit(WriteMask(mask, Path(name)), self._on_kept, self._on_not_kept)

    def read(self, path: Path) -> None:
        """Use the image at ``path`` as mask."""
        document = self._work.document
        orientation = document.photo.orientation if document.photo is not None else 1
        size = document.box.width, document.box.height
        job = ReadMask(path, size, orientation)
        self._work.files.submit(job, self._on_found, self._work.fail)

    def _folder(self) -> str:
        return self._work.settings.get("last_folder")

    def _step(self) -> int:
        box = self._work.document.box
        return max(STEP, max(box.width, box.height) // 1000)

    def _resize(self, text: str, pixels: int) -> None:
        document = self._work.document
        around = document.mask_box()
        if around is not None:
            box = around.grow(abs(pixels) + 1).clip(document.box)
            self._change(text, box, grown(document.mask[box.slices].copy(), pixels))

    def _change(self, text: str, box: Box, after: Mask) -> None:
        command = change_mask(self._work.document, text, box, after)
        if command is not None:
            self._work.stack.push(command)

    def _on_found(self, found: FoundMask) -> None:
        document = self._work.document
        if found.mask.shape == document.mask.shape:
            self._change(self.tr("Import mask"), document.box, found.mask)
            self.note_kept()
            if found.remarks:
                self._work.told.emit(all_said(found.remarks))

    def _on_kept(self, path: Path) -> None:
        self._work.told.emit(self.tr("The mask was saved as {0}.").format(path.name))
        self.note_kept()
        self._work.state(Fact.KEEPING, False)
        self.kept.emit()

    def _on_not_kept(self, text: str) -> None:
        self._work.state(Fact.KEEPING, False)
        self._work.fail(text)
