"""Choose the photos that the removals of this one are to be done on, too."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.batch.dialog import BatchDialog
from app.batch.job import ReplayOnPhotos
from app.controllers.file_actions import FileActions
from app.controllers.recipe_actions import RecipeActions
from app.document.workspace import Workspace
from engine.formats import OPEN_ENDINGS, patterns


class BatchActions(QObject):
    """Serve "Remove from other photos"."""

    def __init__(
        self,
        workspace: Workspace,
        files: FileActions,
        recipes: RecipeActions,
        window: QWidget,
    ) -> None:
        """Take the recipe of ``recipes``; dialogs belong to ``window``."""
        super().__init__(window)
        self._work, self._files = workspace, files
        self._recipes, self._window = recipes, window

    def ask(self) -> None:
        """Ask for photos of the same size, and begin."""
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            self.tr("Remove from other photos"),
            self._work.settings.get("last_folder"),
            self.tr("Photos ({0})").format(patterns(sorted(OPEN_ENDINGS))),
        )
        if names and self._recipes.is_told():
            self.begin([Path(name) for name in names])

    def begin(self, photos: list[Path]) -> None:
        """Do what was done to this photo on each of ``photos``, beside which results are saved."""
        self._files.settle()
        work = self._work
        job = ReplayOnPhotos(
            self._recipes.recipe(), tuple(photos), work.remover, work.settings.get("sidecars")
        )
        dialog = BatchDialog(job, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
