"""Show in the holes which lines a fill will carry, thin and quiet, and which one is pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.canvas.surface import Surface
from engine.removal.line_jobs import LinesFound, Shown
from engine.structure.given import Stroke
from engine.views.near import Place, distance, nearest

DARK, LIGHT = QColor(0, 0, 0, 120), QColor(255, 255, 255, 225)
REACH = 5.0
"""Logical pixels from which a line is pointed at."""
SNAP = 12.0
"""Logical pixels from which the pen goes to where an edge meets the hole."""
DOT = 2.5
DOTS, DASHES = [1.5, 4.0], [7.0, 3.0]
"""Strokes and gaps of lines that are not carried, and of those that some variants do not carry."""
NOTHING = LinesFound((), ())


class LineMarks:
    """Hold the lines over the photo.

    Attributes:
        found: the lines, and where edges run into the holes.
        visible: whether lines are shown.
        with_ends: whether the places are shown to which the pen goes.
        draft: the line being drawn, in photo pixels.
    """

    def __init__(self, canvas: Surface) -> None:
        """Belong to ``canvas``."""
        self._canvas = canvas
        self.found = NOTHING
        self.visible = True
        self.with_ends = False
        self.draft: list[Place] = []
        self._pointed: list[Shown] = []

    def show(self, found: LinesFound) -> None:
        """Show other lines."""
        if found != self.found:
            self.found, self._pointed = found, []
            self._canvas.update()

    def show_after(self, chosen: Sequence[Shown]) -> None:
        """Show at once what a click on some lines does, before it is looked at anew."""
        away = not any(one.carried or one.drawn for one in chosen)
        lines = [
            replace(one, carried=away) if one in chosen else one
            for one in self.found.lines
            if one not in chosen or one.drawn is None
        ]
        self.show(LinesFound(tuple(lines), self.found.ends))

    def set_visible(self, visible: bool, *, with_ends: bool) -> None:
        """Show the lines or not, with or without where the pen goes to."""
        if (visible, with_ends) != (self.visible, self.with_ends):
            self.visible, self.with_ends = visible, with_ends
            self._canvas.update()

    def set_draft(self, points: Sequence[Place]) -> None:
        """Show the line being drawn, or nothing."""
        self.draft = list(points)
        self._canvas.update()

    def point_at(self, lines: Sequence[Shown]) -> bool:
        """Let some lines stand out; tell whether that is new."""
        if list(lines) == self._pointed:
            return False
        self._pointed = list(lines)
        self._canvas.update()
        return True

    @property
    def pointed(self) -> list[Shown]:
        """Return the lines that stand out."""
        return self._pointed

    def at(self, place: Place) -> list[Shown]:
        """Return the lines that are shown within reach of a place of the photo."""
        if not (self.visible and self._canvas.tint_visible):
            return []
        reach = REACH / self._scale
        return [line for line in self.found.lines if distance(line.way, place) <= reach]

    def under(self, way: Sequence[Place]) -> list[Shown]:
        """Return the lines that a way over the photo crosses or touches."""
        steps = [b for b, before in zip(way, [None, *way[:-1]], strict=True) if b != before]
        places = np.array(steps)
        if len(steps) > 1:
            apart = max(1, int(REACH / self._scale / 2))
            places = np.concatenate([Stroke(tuple(steps)).dense()[::apart], places[-1:]])
        over = [line for x, y in places for line in self.at((float(x), float(y)))]
        return [line for line in self.found.lines if line in over]

    def snapped(self, place: Place) -> Place:
        """Return the place to which the pen goes."""
        return nearest(self.found.ends, place, SNAP / self._scale) or place

    @property
    def _scale(self) -> float:
        """Return logical pixels per photo pixel."""
        return self._canvas.viewport.scale / self._canvas.devicePixelRatioF()

    def paint(self, painter: QPainter) -> None:
        """Draw what is shown."""
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.visible and self._canvas.tint_visible:
            if self.with_ends:
                self._paint_ends(painter)
            for line in self.found.lines:
                self._paint_line(painter, line)
        if len(self.draft) > 1:
            self._draw(painter, self.draft, self._accent, 1.6)
        painter.restore()

    @property
    def _accent(self) -> QColor:
        return self._canvas.palette().highlight().color().lighter(135)

    def _paint_line(self, painter: QPainter, line: Shown) -> None:
        colour = QColor(LIGHT if line.drawn is None else self._accent)
        wide = 2.4 if line in self._pointed else 1.3
        way = line.way.polyline().tolist()
        if not line.carried:
            self._draw(painter, way, colour, wide, DOTS)
        else:
            self._draw(painter, way, colour, wide, DASHES if line.doubtful else None)

    def _draw(
        self,
        painter: QPainter,
        points: Sequence[Sequence[float]],
        colour: QColor,
        wide: float,
        pattern: list[float] | None = None,
    ) -> None:
        way = QPolygonF([self._spot(x, y) for x, y in points])
        light = QPen(colour, wide)
        if pattern is not None:
            light.setDashPattern(pattern)
        if pattern != DOTS:
            painter.setPen(QPen(DARK, wide + 1.6))
            painter.drawPolyline(way)
        painter.setPen(light)
        painter.drawPolyline(way)

    def _paint_ends(self, painter: QPainter) -> None:
        painter.setPen(QPen(DARK, 1))
        painter.setBrush(LIGHT)
        for x, y in self.found.ends:
            painter.drawEllipse(self._spot(x, y), DOT, DOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _spot(self, x: float, y: float) -> QPointF:
        return self._canvas.to_widget(x + 0.5, y + 0.5)


def provisional(found: LinesFound, stroke: Stroke) -> LinesFound:
    """Return lines with one more that was just drawn."""
    return LinesFound((*found.lines, Shown(stroke, stroke)), found.ends)
