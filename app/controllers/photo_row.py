"""Walk from photo to photo: through those that were given together, else through the folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from app.controllers.file_actions import FileActions
from app.document.workspace import Workspace
from engine.formats import OPEN_ENDINGS

NATIVE = QKeySequence.SequenceFormat.NativeText


class PhotoRow(QObject):
    """Open the next or the previous photo of a row."""

    def __init__(self, workspace: Workspace, files: FileActions) -> None:
        """Open photos through ``files``."""
        super().__init__(files)
        self._work, self._files = workspace, files
        self._given: list[Path] = []

    def open(self, paths: Sequence[Path]) -> None:
        """Open the first of ``paths``, or of the photos in a folder; the others come next."""
        folders = [path for path in paths if path.is_dir()]
        photos = [photo for path in paths for photo in (photos_in(path) or [path])]
        if folders and photos == folders:
            told = self.tr("“{0}” holds no photo that can be opened.")
            self._work.failed.emit(told.format(folders[0].name))
            return
        self._given = photos if len(photos) > 1 else []
        self._files.open(photos[0])
        if self._given:
            key = QKeySequence("Alt+Right").toString(NATIVE)
            told = self.tr("{0} photos; {1} opens the next.")
            self._work.told.emit(told.format(len(photos), key))

    def next(self) -> None:
        """Open the next photo."""
        self._step(1)

    def previous(self) -> None:
        """Open the photo before this one."""
        self._step(-1)

    def _step(self, by: int) -> None:
        now = self._work.document.path
        if now is None:
            return
        row = self._given if now in self._given else photos_in(now.parent)
        place = row.index(now) + by if now in row else 0
        if 0 <= place < len(row):
            self._files.open(row[place])
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
