"""Change the brush's size by dragging on the canvas with two modifiers held."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTabletEvent

from app.canvas.canvas import Canvas
from app.settings import Settings

Keys = Qt.KeyboardModifier
BOTH = Keys.ControlModifier | Keys.AltModifier
PRESSES = {QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress}
MOVES = {QEvent.Type.MouseMove, QEvent.Type.TabletMove}
GONE = {QEvent.Type.WindowDeactivate, QEvent.Type.Hide}


class SizeDrag(QObject):
    """Let Ctrl, Alt and a drag to the right make the brush larger, to the left smaller.

    The ring stays where the drag began, its rim under the pointer; Alt and the right button do
    the same, as in other programs. What is pressed so is kept from the canvas's other watchers.
    """

    def __init__(self, canvas: Canvas, settings: Settings, ready: Callable[[], bool]) -> None:
        """Watch ``canvas`` before all who watch it already; drag only where ``ready()``."""
        super().__init__(canvas)
        self._canvas, self._settings, self._ready = canvas, settings, ready
        self._start: QPointF | None = None
        self._size = 0
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a drag from its press to its release; tell Qt which events were used up."""
        kind = event.type()
        if kind in GONE:
            self._start = None
        if not isinstance(event, QMouseEvent | QTabletEvent):
            return False
        if kind in PRESSES and self._start is None and _asks(event) and self._ready():
            self._start, self._size = event.position(), self._settings.get("brush_size")
        elif self._start is None:
            return False
        elif kind in MOVES and event.buttons():
            self._drag(event.position().x() - self._start.x())
        elif kind not in PRESSES:
            self._start = None
        return True

    def _drag(self, moved: float) -> None:
        scale = self._canvas.viewport.scale / self._canvas.devicePixelRatioF()
        size = round(self._size + 2 * moved / scale)
        self._settings.set("brush_size", min(max(size, 1), 2000))


def _asks(event: QMouseEvent | QTabletEvent) -> bool:
    keys, button = event.modifiers(), event.button()
    if button == Qt.MouseButton.RightButton:
        return bool(keys & Keys.AltModifier)
    return button == Qt.MouseButton.LeftButton and keys & BOTH == BOTH
