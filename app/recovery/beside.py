"""Keep a recipe beside the photo as long as it is edited, so that every removal stays open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from app.controllers.file_actions import FileActions
from app.controllers.recipe_actions import RecipeActions
from app.controllers.replacing import same_file
from app.document.recipe_jobs import SaveRecipe
from app.document.workspace import Workspace
from engine.record.recipe import ENDING, recipe_path

PAUSE_MS = 1500


class RecipeBeside(QObject):
    """Write PHOTO.lacuna after every step where the settings say so, and bring it back.

    A recipe that somebody else wrote is never replaced: the next free name is taken. Where the
    photo itself is replaced its recipe would remove everything once more, so none is kept on.
    """

    def __init__(
        self, workspace: Workspace, files: FileActions, recipes: RecipeActions, window: QWidget
    ) -> None:
        """Watch the history of ``workspace``."""
        super().__init__(window)
        self._work, self._files = workspace, files
        self._recipes, self._window = recipes, window
        self._target: Path | None = None
        self._written = False
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.write)
        workspace.document.opened.connect(self._on_opened)
        workspace.stack.indexChanged.connect(lambda _index: self._on_step())
        files.saved.connect(self._on_saved)

    def write(self) -> None:
        """Write the recipe now if a step waits for it."""
        self._timer.stop()
        document = self._work.document
        told = document.steps or self._written
        if self._target is None or document.untold or not told:
            return
        self._written = True
        job = SaveRecipe(self._recipes.recipe(), self._target)
        self._work.writer.submit(job, refused=self._on_not_written)

    def close(self) -> None:
        """Write what still waits."""
        if self._timer.isActive():
            self.write()

    def _on_opened(self) -> None:
        self._timer.stop()
        self._written = False
        path, own = self._work.document.path, self._recipes.bringing
        if path is None or path == self._files.pinned:
            self._target = None
        elif own is not None:
            self._target, self._written = own, True
        else:
            found = recipe_path(path)
            self._target = _free(found)
            if found.exists() and self._work.settings.get("recipe_beside"):
                QTimer.singleShot(0, self, lambda: self._offer(found))

    def _offer(self, found: Path) -> None:
        """Ask whether to go on from the recipe beside the photo."""
        text = self.tr("“{0}” has a recipe beside it. Bring its removals back?")
        title = self.tr("Recipe found")
        path = self._work.document.path
        if path is None or recipe_path(path) != found:
            return
        if QMessageBox.question(self._window, title, text.format(path.name)) == YES:
            self._recipes.open(found)

    def _on_step(self) -> None:
        if self._target is not None and self._work.settings.get("recipe_beside"):
            self._timer.start()

    def _on_saved(self, path: Path) -> None:
        photo = self._work.document.path
        if photo is not None and same_file(path, photo):
            self._target = None

    def _on_not_written(self, text: str) -> None:
        self._target = None
        self._work.fail(text)


YES = QMessageBox.StandardButton.Yes


def _free(wanted: Path) -> Path:
    """Return ``wanted``, or the first name like it that is not taken."""
    path, number = wanted, 2
    while path.exists():
        path = wanted.with_name(f"{wanted.name.removesuffix(ENDING)}-{number}{ENDING}")
        number += 1
    return path
