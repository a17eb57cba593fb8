"""Keep what ``lacuna edit FILE`` promises the program that called it."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject

from app.cli.exit import Exit
from app.main_window import MainWindow
from engine.formats import written_as


class Contract(QObject):
    """Let one window work on one file in place, and know in the end how that went.

    Saving writes the file itself, atomically; what is still being chosen is accepted first, since
    it is what the user sees. Copies may be saved elsewhere; they do not count.
    """

    def __init__(self, window: MainWindow, path: Path) -> None:
        """Pin ``window`` to the file at ``path``, which is not opened yet."""
        super().__init__(window)
        self._window, self._path = window, path
        self._opened = False
        self._fault = ""
        files = window.files
        files.pinned = path
        files.refused.connect(self._on_refused)
        files.saved.connect(self._on_saved)
        window.workspace.document.opened.connect(self._on_opened)

    def outcome(self) -> tuple[Exit, str]:
        """Return the exit code, and the sentence for standard error where something failed."""
        if not self._opened:
            return Exit.CANNOT_READ, self._fault or f"“{self._path.name}” was not opened."
        return (Exit.CANNOT_WRITE, self._fault) if self._fault else (Exit.DONE, "")

    def _on_opened(self) -> None:
        document = self._window.workspace.document
        if document.photo is None or document.path != self._path:
            return
        self._opened = True
        kind = document.photo.container
        if written_as(self._path) != kind:
            self._window.files.pinned = None
            text = self.tr("“{0}” holds {1}: please save a copy.")
            self._fault = text.format(self._path.name, kind)
            self._window.workspace.failed.emit(self._fault)

    def _on_refused(self, path: Path, text: str) -> None:
        if path == self._path:
            self._fault = text

    def _on_saved(self, path: Path) -> None:
        if path.resolve() == self._path.resolve():
            self._fault = ""


def report(outcome: tuple[Exit, str]) -> Exit:
    """Say on standard error what failed, if anything did, and return the exit code."""
    code, text = outcome
    if text:
        print(f"lacuna: {text}", file=sys.stderr)
    return code
