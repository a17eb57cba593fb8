"""Zoom, compare with the original, and show or hide what lies over the photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.canvas.canvas import Canvas
from app.document.workspace import Fact, Workspace
from engine.views.pyramid import Layer

FLICKER_MS = 500
FLASH_MS = 1200
GRIP = 7


class ViewActions(QObject):
    """Change what the canvas shows without changing the document.

    Signals:
        compare_ended(): split view or flicker was switched off from here.
    """

    compare_ended = Signal()

    def __init__(
        self, workspace: Workspace, canvas: Canvas, now: Callable[[], Sequence[Layer]]
    ) -> None:
        """Work on ``canvas``; ``now()`` returns what lies over the photo at the moment."""
        super().__init__(canvas)
        self._work, self._canvas, self._now = workspace, canvas, now
        self._mask_wanted = True
        self._kept: tuple[int, list[Layer]] = (-1, [])
        self._original = False
        self._timer = QTimer(self, interval=FLICKER_MS)
        self._timer.timeout.connect(lambda: self.show_original(not self._original))
        self._flash = QTimer(self, singleShot=True, interval=FLASH_MS)
        self._flash.timeout.connect(lambda: self.show_original(False))
        self._grip = SplitGrip(canvas)
        workspace.facts_changed.connect(self._show_mask)
        workspace.settings.changed.connect(self._on_settings_changed)
        workspace.document.opened.connect(self.compare_ended)
        self._apply_tint()

    @property
    def shows_original(self) -> bool:
        """Tell whether the photo is shown as it was opened."""
        return self._original

    def hold_with(self, button: QWidget | None) -> None:
        """Show the original as long as a button is held."""
        if isinstance(button, QToolButton):
            button.pressed.connect(partial(self.show_original, True))
            button.released.connect(partial(self.show_original, False))

    def zoom_in(self) -> None:
        """Zoom to the next larger even scale."""
        self._canvas.zoom_step(1)

    def zoom_out(self) -> None:
        """Zoom to the next smaller even scale."""
        self._canvas.zoom_step(-1)

    def fit(self) -> None:
        """Show the whole photo."""
        self._canvas.fit()

    def actual_size(self) -> None:
        """Show one photo pixel for every screen pixel."""
        self._canvas.zoom_to(1.0)

    def zoom_to_hole(self) -> None:
        """Show the painted place as large as fits, with its surroundings."""
        box = self._canvas.overlay.frame or self._work.document.mask_box()
        if box is not None:
            view = self._canvas.viewport
            scale = min(view.width / box.width, view.height / box.height) / 2
            self._canvas.centre_on(box, min(max(scale, view.fitted().scale), 4.0))

    def toggle_mask(self, shown: bool) -> None:
        """Show or hide the mask."""
        self._mask_wanted = shown
        self._show_mask()

    def show_details(self, shown: bool) -> None:
        """Show what only few want to know of results, or not."""
        self._work.settings.set("details", shown)

    def show_original(self, original: bool) -> None:
        """Show the photo as it was opened, or as it is now."""
        self._original = original
        self._canvas.set_layers(self.original_layers() if original else self._now())
        self._show_mask()

    def let_go_of_original(self) -> None:
        """Show the photo as it is; a key let go in another window is never told here."""
        if self._original and not self._timer.isActive():
            self.show_original(False)

    def flash_original(self) -> None:
        """Show the original for a moment; for those who reach it from the menu."""
        self.show_original(True)
        self._flash.start()

    def toggle_split(self, on: bool) -> None:
        """Show the original left of a line that can be dragged."""
        layers = self.original_layers() if on else ()
        self._canvas.overlay.set_split(0.5 if on else None, layers)

    def toggle_flicker(self, on: bool) -> None:
        """Switch between original and now by a timer."""
        if on:
            self._timer.start()
        else:
            self._timer.stop()
            self.show_original(False)

    def original_layers(self) -> list[Layer]:
        """Return the squares of the original that were written to, as layers."""
        document = self._work.document
        if self._kept[0] != document.version:
            layers = [document.layer(box, document.original(box)) for box in document.edited]
            self._kept = document.version, layers
        return self._kept[1]

    def _show_mask(self) -> None:
        choosing = Fact.CHOOSING in self._work.facts
        self._canvas.set_tint_visible(self._mask_wanted and not choosing and not self._original)

    def _on_settings_changed(self, key: str) -> None:
        if key in {"tint_colour", "tint_opacity"}:
            self._apply_tint()

    def _apply_tint(self) -> None:
        settings = self._work.settings
        colour = QColor(settings.get("tint_colour"))
        self._canvas.set_tint(colour, settings.get("tint_opacity") / 100)


class SplitGrip(QObject):
    """Let the compare line be dragged; takes the mouse only when it is on the line."""

    def __init__(self, canvas: Canvas) -> None:
        """Watch ``canvas`` ahead of the painting."""
        super().__init__(canvas)
        self._canvas = canvas
        self._dragging = False
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the line while it is dragged."""
        if self._canvas.overlay.split is None or not isinstance(event, QMouseEvent):
            return False
        x, width = event.position().x(), max(self._canvas.width(), 1)
        near = abs(x - self._canvas.overlay.split * width) <= GRIP
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and near:
            self._dragging = event.button() == Qt.MouseButton.LeftButton
        elif kind == QEvent.Type.MouseButtonRelease and self._dragging:
            self._dragging = False
            return True
        elif kind == QEvent.Type.MouseMove and self._dragging:
            overlay = self._canvas.overlay
            overlay.set_split(min(max(x / width, 0.0), 1.0), overlay.split_layers)
        elif kind == QEvent.Type.MouseMove and near and not event.buttons():
            self._canvas.setCursor(Qt.CursorShape.SplitHCursor)
            return True
        return self._dragging
