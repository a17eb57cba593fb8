"""Keep the window's title and the status bar's facts true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app import APP_NAME
from app.canvas.canvas import Canvas
from app.canvas.painting import Painting
from app.controllers.file_actions import FileActions
from app.document.workspace import Fact, Workspace
from app.widgets.status_bar import StatusBar
from app.words.numbers import written
from engine.views.outline import grown_outlines
from engine.views.strokes import Sample

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

PAUSE_MS = 120


class Facts(QObject):
    """Follow the workspace and show what it is like."""

    def __init__(
        self,
        workspace: Workspace,
        window: QMainWindow,
        canvas: Canvas,
        painting: Painting,
        files: FileActions,
        status: StatusBar,
    ) -> None:
        """Show the facts of ``workspace`` in ``status`` and in the title of ``window``."""
        super().__init__(window)
        self._work, self._window, self._canvas = workspace, window, canvas
        self._painting, self._files, self._status = painting, files, status
        self._outline = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._outline.timeout.connect(self._show_outline)
        document = workspace.document
        document.opened.connect(self.show_photo)
        document.path_changed.connect(self.show_title)
        document.mask_changed.connect(lambda _box: self._note_mask())
        workspace.settings.changed.connect(self._on_setting_changed)
        files.title_changed.connect(self.show_title)
        painting.input.hovered.connect(self._show_cursor)
        canvas.viewport_changed.connect(self._show_zoom)
        self.show_photo()

    def show_photo(self) -> None:
        """Show what there is to say about another photo."""
        document = self._work.document
        height, width = document.image.shape[:2]
        megapixels, bits = width * height / 1e6, document.image.dtype.itemsize * 8
        size = self.tr("{0} × {1}  ·  {2} MP  ·  {3} bit").format(
            width, height, written(megapixels, 1), bits
        )
        self._status.size_label.setText(size if document.is_open else "")
        self._status.size_label.setToolTip(self._about_colours())
        self._note_mask()
        self.show_title()
        self._show_zoom()

    def _about_colours(self) -> str:
        """Return how the colours are shown: a profile other than sRGB is converted for the screen.

        The screen's own profile is the system's affair.
        """
        photo = self._work.document.photo
        if self._work.document.colour is None or photo is None or photo.icc is None:
            return ""
        from engine.photo.metadata.icc import name_of

        told = self.tr("Colour profile: {0}. It is shown converted to sRGB and kept in the file.")
        return told.format(name_of(photo.icc) or "?")

    def show_title(self) -> None:
        """Show the photo's name, and a mark while it is not saved."""
        document = self._work.document
        name = document.path.name if document.path else self.tr("pasted photo")
        self._window.setWindowModified(self._files.unsaved or self._files.mask_waits())
        self._window.setWindowTitle(f"{name}[*] – {APP_NAME}" if document.is_open else APP_NAME)

    def _show_zoom(self) -> None:
        percent = self._canvas.viewport.scale * 100
        shown = f"{written(percent, 0 if percent >= 10 else 1)} %"
        self._status.zoom_label.setText(shown if self._work.document.is_open else "")

    def _show_cursor(self, sample: Sample | None) -> None:
        known = sample is not None and self._work.document.is_open
        self._status.cursor_label.setText(
            f"{int(sample.x)}, {int(sample.y)}" if known and sample else ""
        )

    def _note_mask(self) -> None:
        painted = self._work.document.hole_pixels > 0
        self._work.state(Fact.MASK, painted)
        if not painted:
            self._canvas.overlay.set_outlines([])
        if not self._outline.isActive():
            self._outline.start()

    def _on_setting_changed(self, key: str) -> None:
        if key == "grow_percent":
            self._show_outline()

    def _show_outline(self) -> None:
        if self._painting.active:
            self._outline.start()
            return
        share = self._work.settings.get("grow_percent") / 100
        painted = self._work.document.hole_pixels > 0
        loops = grown_outlines(self._work.document.mask_levels, share) if painted else []
        self._canvas.overlay.set_outlines(loops)
