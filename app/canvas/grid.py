"""Show up to four results side by side, with one zoom and one position for all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QResizeEvent, QTouchEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.canvas.canvas import Canvas
from app.canvas.input import CanvasInput
from app.document.document import Document
from engine.geometry import Box
from engine.views.pyramid import Layer

STILL = 4
ROOM = 0.6
PLACES = ((0, 0), (0, 1), (1, 0), (1, 1))


class GridView(QWidget):
    """Hold four canvases that move together.

    Signals:
        picked(int): the canvas with this index, 0 to 3, was clicked.
    """

    picked = Signal(int)

    def __init__(self, document: Document) -> None:
        """Show ``document`` four times."""
        super().__init__()
        self._target: Box | None = None
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.canvases = [Canvas(document, self) for _ in PLACES]
        for index, (canvas, place) in enumerate(zip(self.canvases, PLACES, strict=True)):
            layout.addWidget(canvas, *place)
            CanvasInput(canvas).panning_tool = True
            _ClickWatcher(canvas).clicked.connect(lambda index=index: self.picked.emit(index))
            canvas.viewport_changed.connect(lambda index=index: self._follow(index))

    def show_results(self, results: Sequence[tuple[str, Sequence[Layer]]], chosen: int) -> None:
        """Show ``results``, each a caption and its layers; frame number ``chosen``."""
        for index, canvas in enumerate(self.canvases):
            there = index < len(results)
            canvas.set_tint_visible(False)
            canvas.setVisible(there)
            if there:
                caption, layers = results[index]
                canvas.set_layers(layers)
                canvas.overlay.set_caption(caption, framed=index == chosen)

    def look_at(self, box: Box) -> None:
        """Show ``box`` of the photo with its surroundings as soon as there is room."""
        self._target = box

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Go where ``look_at`` said, once the canvases have their size."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._aim)

    def _aim(self) -> None:
        if self._target is None:
            return
        view, box = self.canvases[0].viewport, self._target
        scale = min(view.width / box.width, view.height / box.height) * ROOM
        self.canvases[0].centre_on(box, min(scale, 2.0))
        self._follow(0)

    def set_background(self, colour: QColor) -> None:
        """Surround the photo with ``colour``."""
        for canvas in self.canvases:
            canvas.set_background(colour)

    def _follow(self, leader: int) -> None:
        """Move the other canvases where the one under the pointer went."""
        view = self.canvases[leader].viewport
        for canvas in self.canvases:
            if canvas is not self.canvases[leader]:
                canvas.move_to(view)


class _ClickWatcher(QObject):
    """Tell a click from a drag."""

    clicked = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._at = QPointF()
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch presses and releases; use none up."""
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            self._note(event.position(), began=event.type() == QEvent.Type.MouseButtonPress)
        elif isinstance(event, QTouchEvent) and event.type() in _FINGER:
            self._note(event.points()[0].position(), began=_FINGER[event.type()])
        return False

    def _note(self, at: QPointF, *, began: bool) -> None:
        if began:
            self._at = at
        elif (at - self._at).manhattanLength() <= STILL:
            self.clicked.emit()


_FINGER = {QEvent.Type.TouchBegin: True, QEvent.Type.TouchEnd: False}
