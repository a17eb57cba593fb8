"""Draw a ring around every spot, large enough to be seen at any zoom."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from app.canvas.overlay import LIGHT, stroke
from engine.selecting.spots import Spot

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.canvas.canvas import Canvas

SIGNAL = QColor("#ffb000")
"""The rings over the high-pass view, which is black and white itself."""
LEAST = 7.0
"""Radius in logical pixels of the smallest ring."""


class SpotMarks:
    """Show where the spots are: a ring for one in the mask, a dashed one for one that was dropped.

    Attributes:
        spots: what is ringed.
        current: the one that the keys act on, with a cross.
        signal: the rings are coloured.
    """

    def __init__(self, canvas: Canvas, is_on: Callable[[Spot], bool]) -> None:
        """Draw over ``canvas``; ``is_on`` tells whether a spot is in the mask."""
        self._canvas, self._is_on = canvas, is_on
        self.spots: list[Spot] = []
        self.current: Spot | None = None
        self.signal = False

    def show(self, shown: bool) -> None:
        """Draw the rings from now on, or no more."""
        extras = self._canvas.overlay.extras
        extras.pop("spots", None)
        if shown:
            extras["spots"] = self.paint
        self._canvas.update()

    def under(self, at: tuple[float, float]) -> Spot | None:
        """Return the spot whose ring holds the photo position ``at``, the nearest of several."""
        inside = [spot for spot in self.spots if _away(spot, at) <= self._reach(spot)]
        return min(inside, key=lambda spot: _away(spot, at), default=None)

    def _reach(self, spot: Spot) -> float:
        """Return the ring's radius in photo pixels."""
        return max(spot.radius, LEAST / self._scale)

    @property
    def _scale(self) -> float:
        return self._canvas.viewport.scale / self._canvas.devicePixelRatioF()

    def paint(self, painter: QPainter) -> None:
        """Draw the rings that are in view."""
        canvas, scale = self._canvas, self._scale
        view = canvas.rect().adjusted(-50, -50, 50, 50)
        for spot in self.spots:
            middle = canvas.to_widget(spot.x, spot.y)
            if view.contains(middle.toPoint()):
                radius = self._reach(spot) * scale + 2
                self._stroke(
                    painter,
                    partial(painter.drawEllipse, middle, radius, radius),
                    dashed=not self._is_on(spot),
                )
                if spot is self.current:
                    self._paint_cross(painter, middle, radius)

    def _paint_cross(self, painter: QPainter, middle: QPointF, radius: float) -> None:
        for dx, dy in ((1, 0), (0, 1)):
            for side in (-1, 1):
                inner = middle + QPointF(dx, dy) * (side * (radius + 3))
                outer = middle + QPointF(dx, dy) * (side * (radius + 12))
                self._stroke(painter, partial(painter.drawLine, inner, outer))

    def _stroke(
        self, painter: QPainter, draw: Callable[..., object], *, dashed: bool = False
    ) -> None:
        stroke(painter, draw, dashed=dashed, colour=SIGNAL if self.signal else LIGHT)


def _away(spot: Spot, at: tuple[float, float]) -> float:
    return float(((spot.x - at[0]) ** 2 + (spot.y - at[1]) ** 2) ** 0.5)
