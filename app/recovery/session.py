"""Keep the journal of what is done in the window: every step of the history as it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.fill_actions import FillActions
from app.document.commands import ChangeLines, FlipMask, SwapPixels
from app.document.workspace import Workspace
from engine.record.choice_record import recorded
from engine.record.journal import Journal, private_folder
from engine.record.session_steps import Change
from engine.removal.choice import Answer

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoCommand


Leaf = FlipMask | SwapPixels | ChangeLines


class Session(QObject):
    """Watch the document and its history, and write both into a journal.

    Attributes:
        folder: where the journals are; None before ``start``.

    Signals:
        stopped(): nothing is written down any more, because the disk refused.
    """

    stopped = Signal()

    def __init__(self, workspace: Workspace, fills: FillActions, parent: QObject) -> None:
        """Watch ``workspace`` and the choice of ``fills``; nothing is written before ``start``."""
        super().__init__(parent)
        self._work, self._fills = workspace, fills
        self._chosen: list[Answer | None] = []
        fills.choice_changed.connect(self._on_choice_changed)
        self._journal: Journal | None = None
        self.folder: Path | None = None
        self._index = self._last = self._saved = 0
        self._chosen = []
        self._begun = False
        workspace.document.opened.connect(self._on_opened)
        workspace.stack.indexChanged.connect(self._on_index_changed)
        workspace.stack.cleanChanged.connect(self._on_clean_changed)
        workspace.settings.changed.connect(self._on_setting_changed)

    @property
    def journal(self) -> Journal | None:
        """Return the journal of the open photo, None while nothing is written down."""
        journal = self._journal
        return journal if journal is not None and journal.working and self._begun else None

    def start(self, folder: Path) -> None:
        """Keep journals in ``folder`` from now on, unless the settings forbid it."""
        self.folder = folder
        if not self._work.settings.get("keep_journal"):
            return
        try:
            private_folder(folder)
        except OSError:
            self.stopped.emit()
            return
        self._journal = Journal(folder, lambda _error: self.stopped.emit())

    def close(self) -> None:
        """End properly: the journal goes."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._begun = False

    def flush(self) -> None:
        """Wait until every step so far is written down."""
        if self.journal is not None:
            self.journal.flush()

    def _on_setting_changed(self, key: str) -> None:
        if key != "keep_journal" or self.folder is None:
            return
        self.close()
        self.start(self.folder)
        if self._work.stack.count() == 0 and self._work.document.is_open:
            self._on_opened()

    def _on_opened(self) -> None:
        document = self._work.document
        self._index = self._last = self._saved = 0
        self._begun = self._journal is not None and document.photo is not None
        if self.journal is None or document.photo is None:
            return
        source, path = document.photo.source, document.path
        notes = {
            "path": str(path.absolute()) if path else None,
            "sha256": source.sha256,
            "width": document.box.width,
            "height": document.box.height,
        }
        self.journal.begin(notes, b"" if path else document.photo.pixels.tobytes())

    def _on_index_changed(self, now: int) -> None:
        """Follow the history; a full one drops its oldest step, so ours counts on its own."""
        command = self._work.stack.command(now - 1) if now else None
        parts = list(leaves(command)) if command is not None else []
        if parts and not parts[0].journalled:
            self._append(str(command.text()) if command else "", parts)
        elif now != self._last:
            self._index += now - self._last
            if self.journal is not None:
                self.journal.note(index=self._index)
        self._last = now

    def _append(self, text: str, parts: list[Leaf]) -> None:
        parts[0].journalled = True
        if self.journal is not None:
            told = [part.step if isinstance(part, SwapPixels) else None for part in parts]
            self.journal.append(self._index, text, list(self._changes(parts)), told)
        self._index += 1
        if self._saved >= self._index:
            self._note_saved(-1)

    def _changes(self, parts: list[Leaf]) -> Iterator[Change]:
        for number, part in enumerate(parts):
            if isinstance(part, ChangeLines):
                yield Change.of_lines(number, part.after)
            elif isinstance(part, FlipMask):
                for box, bits in part.flips:
                    yield Change(number, box, bits, part.paint)
            else:
                for box in part.boxes:
                    yield Change(number, box, self._work.document.image[box.slices].copy())

    def _on_choice_changed(self) -> None:
        """Write the choice down whenever another result is chosen."""
        choice = self._fills.choice
        chosen = [hole.chosen for hole in choice.holes] if choice else []
        if chosen == self._chosen:
            return
        self._chosen = chosen
        if self.journal is not None:
            rows, changes = recorded(choice) if choice else ([], [])
            self.journal.choose(rows, changes)

    def _on_clean_changed(self, clean: bool) -> None:
        if clean:
            self._note_saved(self._index)

    def _note_saved(self, index: int) -> None:
        self._saved = index
        if self.journal is not None:
            self.journal.note(saved=index)


def leaves(command: QUndoCommand) -> Iterator[Leaf]:
    """Yield the commands that really change something, in their order."""
    if isinstance(command, Leaf):
        yield command
    for number in range(command.childCount()):
        yield from leaves(command.child(number))
