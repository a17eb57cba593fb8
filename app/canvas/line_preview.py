"""Show the line that Shift and a click would draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.canvas.canvas import Canvas

if TYPE_CHECKING:
    from engine.views.strokes import Sample

SHIFT = Qt.KeyboardModifier.ShiftModifier


class LinePreview(QObject):
    """Draw a thin line from the last stroke's end to the pointer as long as Shift is held."""

    def __init__(self, canvas: Canvas, start: Callable[[], Sample | None]) -> None:
        """Watch the keys and the pointer of ``canvas``; lines begin at ``start()``."""
        super().__init__(canvas)
        self._canvas, self._start = canvas, start
        self._under: Sample | None = None
        self._shift = self._shown = False
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note whether Shift is held; use nothing up."""
        if isinstance(event, QMouseEvent):
            self._shift = bool(event.modifiers() & SHIFT)
            if event.type() == QEvent.Type.MouseButtonPress:
                self._show(None)
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Shift:
            self._shift = event.type() == QEvent.Type.KeyPress
            self._show(self._under)
        return False

    def follow(self, sample: Sample | None) -> None:
        """Know where on the photo the pointer is."""
        self._under = sample
        self._show(sample)

    def _show(self, under: Sample | None) -> None:
        start = self._start() if self._shift and under is not None else None
        if start is not None and under is not None:
            self._canvas.overlay.set_draft([(start.x, start.y), (under.x, under.y)])
            self._shown = True
        elif self._shown:
            self._canvas.overlay.set_draft([])
            self._shown = False
