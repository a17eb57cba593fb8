"""Keep the strip of photos in step: which one is open, what is saved, where each was looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from app.document.workspace import Fact
from app.photos.pictures import Pictures
from app.photos.strip import Mark, PhotoStrip
from app.words.saying import said

if TYPE_CHECKING:
    from app.canvas.canvas import Canvas
    from app.controllers.file_actions import FileActions
    from app.document.workspace import Workspace
    from app.photos.row import PhotoRow
    from app.widgets.frame import Frame
    from engine.views.viewport import Viewport


class Film(QObject):
    """Show the photos that were given together below the canvas.

    The strip gives way to results as long as there are any to choose from, and is locked while a
    photo is being saved.
    """

    def __init__(
        self,
        workspace: Workspace,
        files: FileActions,
        row: PhotoRow,
        frame: Frame,
        canvas: Canvas,
    ) -> None:
        """Build the strip into ``frame``."""
        super().__init__(row)
        self._work, self._files, self._row, self._canvas = workspace, files, row, canvas
        self._results = frame.strip
        self._saved: dict[Path, str] = {}
        self._views: dict[Path, Viewport] = {}
        self._open: Path | None = None
        self.strip = PhotoStrip(frame.strip.parentWidget())
        self.strip.hide()
        frame.add_photos(self.strip)
        photos = self.strip.photos
        self._pictures = Pictures(workspace.pictures, self._missed, photos.set_picture, self._bad)
        self.strip.wanted.connect(lambda place: row.go(row.given[place]))
        photos.missed.connect(self._pictures.go_on)
        workspace.document.opened.connect(self._on_opened)
        workspace.facts_changed.connect(self._on_facts)
        workspace.settings.changed.connect(lambda _key: self._fit_in())
        files.title_changed.connect(lambda: self._mark(self._open))
        files.saved.connect(self._on_saved)
        files.refused.connect(lambda _path, _text: self._on_stayed())
        row.given_changed.connect(self._take)
        row.stayed.connect(self._on_stayed)
        row.leaving.connect(self._keep_view)
        frame.strip.installEventFilter(self)
        self._take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give way to the results, and come back once they are closed."""
        if event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            self._fit_in()
        return False

    def _take(self) -> None:
        self.strip.take(self._row.given)
        self._on_opened()
        self._fit_in()

    def _fit_in(self) -> None:
        wanted = self._work.settings.get("show_photos") and bool(self._row.given)
        self.strip.setVisible(wanted and self._results.isHidden())

    def _on_facts(self) -> None:
        self.strip.setEnabled(Fact.SAVING not in self._work.facts)

    def _on_opened(self) -> None:
        left, self._open = self._open, self._work.document.path
        for path in {left, self._open}:
            self._mark(path)
        self.strip.show_open(self._open)
        view = self._views.get(self._open) if self._open is not None else None
        now = self._canvas.viewport
        if view and (view.photo_width, view.photo_height) == (now.photo_width, now.photo_height):
            self._canvas.move_to(view)
        self._pictures.go_on()

    def _on_stayed(self) -> None:
        self.strip.show_open(self._open)
        self._pictures.go_on()

    def _on_saved(self, path: Path) -> None:
        if self._open is not None:
            self._saved[self._open] = path.name
            self._mark(self._open)

    def _keep_view(self) -> None:
        """Remember what is seen of the open photo, to show the same when it is opened again."""
        view = self._canvas.viewport
        if self._open is not None:
            self._views.pop(self._open, None)
            if view != view.fitted():
                self._views[self._open] = view

    def _mark(self, path: Path | None) -> None:
        photos = self.strip.photos
        if path is None:
            return
        if path == self._work.document.path and self._files.unsaved:
            photos.set_mark(path, Mark.CHANGED, self.tr("Changes are not saved."))
        elif path in self._saved:
            photos.set_mark(path, Mark.SAVED, self.tr("Saved as {0}.").format(self._saved[path]))
        elif photos.mark(path)[0] is not Mark.BROKEN or path == self._open:
            photos.set_mark(path, Mark.NONE)

    def _missed(self) -> Path | None:
        return None if self._work.files.busy else self.strip.first_missed()

    def _bad(self, path: Path, text: str) -> None:
        self.strip.photos.set_mark(path, Mark.BROKEN, said(text))
