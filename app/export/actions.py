"""Write copies of the photo to hand on, in another format, size or quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.controllers.file_actions import FileActions
from app.controllers.replacing import may_replace
from app.document.jobs import ExportPhoto
from app.document.workspace import Workspace
from app.words.saying import all_said

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from engine.photo import SaveReport
    from engine.photo.export import Wishes


class ExportActions(QObject):
    """Serve Export: the photo itself stays unsaved, and every export asked for is written."""

    def __init__(self, workspace: Workspace, files: FileActions, window: QWidget) -> None:
        """Work on ``workspace``; the dialog belongs to ``window``."""
        super().__init__(window)
        self._work, self._files, self._window = workspace, files, window

    def ask(self) -> None:
        """Ask how the copy is to be, and write it."""
        from app.export.dialog import ExportDialog

        box = self._work.document.box
        path = self._work.document.path or self._files.proposal()
        dialog = ExportDialog(self._work.settings, path, (box.width, box.height), self._window)
        dialog.accepted.connect(lambda: self._wanted(dialog.path, dialog.wishes))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _wanted(self, path: Path, wishes: Wishes) -> None:
        if not path.exists() or may_replace(self._window, path, self._work.document.path):
            self.export(path, wishes, overwrite=path.exists())

    def export(self, path: Path, wishes: Wishes, *, overwrite: bool) -> None:
        """Write the photo as it is seen to ``path``, without a question."""
        self._files.settle()
        document = self._work.document
        assert document.photo is not None
        note = self._work.settings.get("provenance") and bool(document.edited)
        job = ExportPhoto(document.photo, document.frozen(), path, wishes, overwrite, note)
        self._work.told.emit(self.tr("Exporting {0} …").format(path.name))
        self._work.writer.submit(job, self._on_written, self._work.fail)

    def _on_written(self, report: SaveReport) -> None:
        said = self.tr("Exported {0}. {1}").format(report.path.name, all_said(report.sentences))
        self._work.told.emit(said.strip())
