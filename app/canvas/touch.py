"""Tell one finger, which paints or moves the photo, from two, which pinch it."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEventPoint, QTouchEvent

from app.canvas.canvas import Canvas

NEAREST = 8.0
SLACK = 6.0


class Finger(Protocol):
    """Describe what one finger does."""

    def press(self, at: QPointF) -> None:
        """Begin at a position on the canvas."""

    def move(self, at: QPointF) -> None:
        """Go on."""

    def release(self, at: QPointF) -> None:
        """End."""

    def cancel(self) -> None:
        """Take back what was begun."""


class _Doing(Enum):
    NOTHING = auto()
    WAITING = auto()
    ONE = auto()
    PINCH = auto()


class Touch:
    """Follow the fingers on a canvas from the first one down to the last one up.

    The first finger begins when it moves or is lifted, since a second one may follow; if that comes
    later, it takes back what the first one began. After a pinch the fingers left do nothing,
    so that lifting one after the other paints no dot.
    """

    def __init__(self, canvas: Canvas, finger: Finger) -> None:
        """Pinch ``canvas``; pass single fingers on to ``finger``."""
        self._canvas, self._finger = canvas, finger
        self._doing = _Doing.NOTHING
        self._grip: tuple[QPointF, float] | None = None
        self._start = QPointF()

    def handle(self, event: QTouchEvent) -> bool:
        """Follow one touch event; every one is used up."""
        if event.type() == QEvent.Type.TouchCancel:
            self._let_go(self._finger.cancel)
            return True
        points = event.points()
        down = [p.position() for p in points if p.state() != QEventPoint.State.Released]
        if len(down) >= 2:
            self._pinch(down[0], down[1])
        elif down:
            self._one(down[0], began=event.type() == QEvent.Type.TouchBegin)
        else:
            if self._doing is _Doing.WAITING:
                self._press()
            self._let_go(lambda: self._finger.release(points[0].position()))
        self._grip = self._grip if len(down) >= 2 else None
        return True

    def _one(self, at: QPointF, *, began: bool) -> None:
        if began:
            self._doing, self._start = _Doing.WAITING, at
        elif self._doing is _Doing.WAITING and (at - self._start).manhattanLength() > SLACK:
            self._press()
        if self._doing is _Doing.ONE:
            self._finger.move(at)

    def _press(self) -> None:
        self._doing = _Doing.ONE
        self._finger.press(self._start)

    def _let_go(self, end: Callable[[], None]) -> None:
        if self._doing is _Doing.ONE:
            end()
        self._doing, self._grip = _Doing.NOTHING, None

    def _pinch(self, one: QPointF, other: QPointF) -> None:
        """Zoom by how the fingers' distance changes, and move by how their middle does."""
        if self._doing is _Doing.ONE:
            self._finger.cancel()
        self._doing = _Doing.PINCH
        middle = (one + other) / 2
        span = max(math.hypot(one.x() - other.x(), one.y() - other.y()), NEAREST)
        if self._grip is not None:
            moved = middle - self._grip[0]
            self._canvas.pan(moved.x(), moved.y())
            self._canvas.zoom_to(self._canvas.viewport.scale * span / self._grip[1], middle)
        self._grip = middle, span
