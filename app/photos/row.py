"""Walk from photo to photo: through those that were given together, else through the folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.file_actions import FileActions
from app.document.workspace import Fact, Workspace
from engine.formats import OPEN_ENDINGS, patterns
from engine.record.recipe import ENDING

NATIVE = QKeySequence.SequenceFormat.NativeText


class PhotoRow(QObject):
    """Open photos, and the next or the previous one of a row.

    Signals:
        given_changed(): other photos were given together.
        stayed(): the photo that was to be opened is not; another one stays.
        leaving(): another photo is about to be opened.

    Attributes:
        given: the photos that were given together, none where it was one alone.
    """

    given_changed = Signal()
    stayed = Signal()
    leaving = Signal()

    def __init__(self, workspace: Workspace, files: FileActions, window: QWidget) -> None:
        """Open photos through ``files``; dialogs belong to ``window``."""
        super().__init__(files)
        self._work, self._files, self._window = workspace, files, window
        self.given: list[Path] = []
        self._coming: list[Path] = []
        workspace.document.opened.connect(lambda: self._come(workspace.document.path))
        files.refused.connect(lambda path, _text: self._come(path))

    def show_photos(self, shown: bool) -> None:
        """Show the strip of photos, or not."""
        self._work.settings.set("show_photos", shown)

    def ask_open(self) -> None:
        """Ask for photos and open them."""
        folder = self._work.settings.get("last_folder")
        shown = patterns([*sorted(OPEN_ENDINGS), ENDING])
        kinds = self.tr("Photos ({0});;All files (*)").format(shown)
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open photo"), folder, kinds)
        if names:
            self.open([Path(name) for name in names])

    def open(self, paths: Sequence[Path]) -> None:
        """Open the first of ``paths``, or of the photos in a folder; the others come next."""
        folders = [path for path in paths if path.is_dir()]
        photos = list(dict.fromkeys(p for path in paths for p in (photos_in(path) or [path])))
        if folders and photos == folders:
            told = self.tr("“{0}” holds no photo that can be opened.")
            self._work.failed.emit(told.format(folders[0].name))
            return
        self._coming = photos
        self.go(photos[0])
        if len(photos) > 1:
            key = QKeySequence("Alt+Right").toString(NATIVE)
            told = self.tr("{0} photos; {1} opens the next.")
            self._work.told.emit(told.format(len(photos), key))

    def go(self, path: Path) -> None:
        """Open ``path`` unless the user wants to stay with unsaved work."""
        self.leaving.emit()
        if not self._files.open(path):
            self.stayed.emit()

    def next(self) -> None:
        """Open the next photo."""
        self._step(1)

    def previous(self) -> None:
        """Open the photo before this one."""
        self._step(-1)

    def _come(self, path: Path | None) -> None:
        """Know the photos that were given once one of them is here, or is known to be none."""
        if path is None or path not in self._coming:
            return
        given, self._coming = self._coming, []
        if len(given) > 1 or path not in self.given:
            self.given = given if len(given) > 1 else []
            self._work.state(Fact.SEVERAL, bool(self.given))
            self.given_changed.emit()

    def _step(self, by: int) -> None:
        now = self._work.document.path
        if now is None:
            return
        row = self.given if now in self.given else photos_in(now.parent)
        place = row.index(now) + by if now in row else 0
        if 0 <= place < len(row):
            self.go(row[place])
        elif by > 0:
            self._work.told.emit(self.tr("This is the last photo."))
        else:
            self._work.told.emit(self.tr("This is the first photo."))


def photos_in(folder: Path) -> list[Path]:
    """Return the photos in ``folder`` by name, none where it is no folder."""
    try:
        names = sorted(os.listdir(folder), key=str.lower) if folder.is_dir() else []
    except OSError:
        return []
    paths = [folder / name for name in names if not name.startswith(".")]
    return [path for path in paths if path.suffix.lower() in OPEN_ENDINGS]
