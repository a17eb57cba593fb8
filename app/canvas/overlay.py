"""Draw the thin things over the picture: size ring, outlines, frames, the split line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from app.canvas.legend import Legend, paint_legend
from app.canvas.line_marks import LineMarks
from app.canvas.qimage import rgba, view32
from app.canvas.surface import Surface
from engine.geometry import Box
from engine.views.heat import Heat

if TYPE_CHECKING:
    from engine.views.pyramid import Layer
    from engine.views.renderer import Renderer

DARK, LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)
SMALL_RING = 3.0


class Overlay:
    """Hold what is drawn over the picture and repaint only where it was and will be.

    Attributes:
        ring: photo position and diameter of the size ring, None to hide it.
        draft: photo positions of a loop or rectangle being drawn.
        frame: photo box with a thin frame, such as the hole being chosen for.
        split: where the compare line stands, as a share of the width; None = no compare.
        caption: text in the corner.
        legends: what the colours of each kind of map mean.
        lines: the lines that a fill will carry.
        extras: what tools draw over all that, by their names; ``update`` the canvas to see it.
    """

    def __init__(self, canvas: Surface) -> None:
        """Belong to ``canvas``."""
        self._canvas = canvas
        self.ring: tuple[float, float, float] | None = None
        self.draft: list[tuple[float, float]] = []
        self.frame: Box | None = None
        self.split: float | None = None
        self.split_layers: Sequence[Layer] = ()
        self._split_drawn: tuple[object, Renderer] | None = None
        self.caption = ""
        self.legends: dict[str, Legend] = {}
        self.lines = LineMarks(canvas)
        self.extras: dict[str, Callable[[QPainter], None]] = {}
        self._framed = False
        self._outlines: list[QPolygonF] = []
        self._heats: dict[str, list[tuple[Box, QImage]]] = {}
        self._hidden_heats: set[str] = set()

    def set_ring(self, ring: tuple[float, float, float] | None) -> None:
        """Move, resize or hide the size ring."""
        for shown in (self.ring, ring):
            if shown is not None:
                self._canvas.update(self._ring_rect(shown))
        self.ring = ring

    def set_draft(self, points: Sequence[tuple[float, float]]) -> None:
        """Show the loop or rectangle being drawn, or nothing."""
        for shown in (self.draft, points):
            if shown:
                outline = QPolygonF([self._canvas.to_widget(*point) for point in shown])
                self._canvas.update(outline.boundingRect().toAlignedRect().adjusted(-3, -3, 3, 3))
        self.draft = list(points)

    def set_frame(self, box: Box | None) -> None:
        """Frame ``box`` of the photo, or nothing."""
        if box != self.frame:
            self.frame = box
            self._canvas.update()

    def set_outlines(self, loops: Sequence[NDArray[np.float32]]) -> None:
        """Outline where the mask reaches once it is grown; loops (N, 2) of photo positions."""
        if loops or self._outlines:
            self._outlines = [
                QPolygonF([QPointF(x, y) for x, y in loop.tolist()]) for loop in loops
            ]
            self._canvas.update()

    def set_heats(self, kind: str, heats: Sequence[Heat]) -> None:
        """Lay the maps called ``kind`` over the photo, or nothing."""
        if heats or self._heats.get(kind):
            self._heats[kind] = [(heat.box, rgba(heat.picture)) for heat in heats]
            self._canvas.update()

    def heats(self, kind: str) -> list[tuple[Box, QImage]]:
        """Return the maps called ``kind`` that are set."""
        return self._heats.get(kind, [])

    def hide_heats(self, kind: str, *, hidden: bool) -> None:
        """Hide the maps called ``kind`` for a while."""
        if hidden != (kind in self._hidden_heats):
            self._hidden_heats ^= {kind}
            self._canvas.update()

    def set_caption(self, caption: str, *, framed: bool) -> None:
        """Name the view in its corner, and frame it if it is the chosen one."""
        self.caption, self._framed = caption, framed
        self._canvas.update()

    def set_split(self, share: float | None, layers: Sequence[Layer] = ()) -> None:
        """Show ``layers`` over the photo left of the line at ``share`` of the width."""
        self.split, self.split_layers = share, layers
        self._split_drawn = None if share is None else self._split_drawn
        self._canvas.update()

    def paint_split(self, painter: QPainter) -> None:
        """Draw the other picture left of the line."""
        if self.split is None:
            return
        canvas = self._canvas
        key = (canvas.viewport, tuple(map(id, self.split_layers)))
        if self._split_drawn is None or self._split_drawn[0] != key:
            self._split_drawn = (key, canvas.draw_with(self.split_layers))
        image = view32(self._split_drawn[1].photo)
        image.setDevicePixelRatio(canvas.devicePixelRatioF())
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.split * canvas.width(), canvas.height()))
        painter.drawImage(0, 0, image)
        painter.restore()

    def paint(self, painter: QPainter) -> None:
        """Draw everything that is set."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.split is not None:
            self._paint_split_line(painter)
        self._paint_heats(painter)
        if self._outlines and self._canvas.tint_visible:
            self._paint_outlines(painter)
        self.lines.paint(painter)
        self._paint_legends(painter)
        if self.caption:
            self._paint_caption(painter)
        if self.frame is not None:
            canvas = self._canvas
            corner = canvas.to_widget(self.frame.left, self.frame.top)
            other = canvas.to_widget(self.frame.right, self.frame.bottom)
            stroke(painter, lambda: painter.drawRect(QRectF(corner, other)), dashed=True)
        for draw in self.extras.values():
            draw(painter)
        if self.draft:
            outline = QPolygonF([self._canvas.to_widget(*point) for point in self.draft])
            stroke(painter, lambda: painter.drawPolygon(outline), dashed=True)
        if self.ring is not None:
            self._paint_ring(painter, *self.ring)

    def _paint_heats(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for kind, heats in self._heats.items():
            for box, image in heats if kind not in self._hidden_heats else ():
                corner = self._canvas.to_widget(box.left, box.top)
                other = self._canvas.to_widget(box.right, box.bottom)
                painter.drawImage(QRectF(corner, other), image)

    def _paint_legends(self, painter: QPainter) -> None:
        bottom = self._canvas.height() - 10.0
        for kind, legend in self.legends.items():
            if self._heats.get(kind) and kind not in self._hidden_heats:
                bottom -= paint_legend(painter, legend, QPointF(10, bottom)) + 6

    def _paint_outlines(self, painter: QPainter) -> None:
        painter.save()
        scale = self._canvas.viewport.scale / self._canvas.devicePixelRatioF()
        painter.translate(self._canvas.to_widget(0, 0))
        painter.scale(scale, scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, pattern in ((QColor(0, 0, 0, 130), None), (LIGHT, [3, 4])):
            pen = QPen(colour, 1)
            pen.setCosmetic(True)
            if pattern:
                pen.setDashPattern(pattern)
            painter.setPen(pen)
            for loop in self._outlines:
                painter.drawPolygon(loop)
        painter.restore()

    def _paint_caption(self, painter: QPainter) -> None:
        canvas = self._canvas
        metrics = canvas.fontMetrics()
        width = metrics.horizontalAdvance(self.caption) + 20
        spot = QRectF(10, 10, width, metrics.height() + 10)
        painter.fillRect(spot, QColor(0, 0, 0, 160))
        painter.setPen(LIGHT)
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, self.caption)
        if self._framed:
            painter.setPen(QPen(canvas.palette().highlight().color(), 4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(canvas.rect().adjusted(2, 2, -2, -2))

    def _paint_ring(self, painter: QPainter, x: float, y: float, diameter: float) -> None:
        centre = self._canvas.to_widget(x, y)
        scale = self._canvas.viewport.scale / self._canvas.devicePixelRatioF()
        radius = diameter * scale / 2
        if 2 * radius < SMALL_RING:
            for dx, dy in ((8, 0), (0, 8)):
                arm = QPointF(dx, dy)
                stroke(painter, partial(painter.drawLine, centre - arm, centre + arm))
        radius = max(radius, SMALL_RING / 2)
        stroke(painter, lambda: painter.drawEllipse(centre, radius, radius))

    def _ring_rect(self, ring: tuple[float, float, float]) -> QRect:
        centre = self._canvas.to_widget(ring[0], ring[1])
        scale = self._canvas.viewport.scale / self._canvas.devicePixelRatioF()
        reach = max(ring[2] * scale / 2, 9) + 3
        around = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
        return around.toAlignedRect()

    def _paint_split_line(self, painter: QPainter) -> None:
        canvas = self._canvas
        x = (self.split or 0) * canvas.width()
        stroke(painter, lambda: painter.drawLine(QPointF(x, 0), QPointF(x, canvas.height())))
        middle = QPointF(x, canvas.height() / 2)
        painter.setBrush(LIGHT)
        stroke(painter, lambda: painter.drawEllipse(middle, 7, 7), keep_brush=True)
        metrics = canvas.fontMetrics()
        for text, right in ((canvas.tr("Original"), False), (canvas.tr("Now"), True)):
            width = metrics.horizontalAdvance(text) + 20
            left = x + 10 if right else x - 10 - width
            spot = QRectF(left, 10, width, metrics.height() + 10)
            painter.fillRect(spot, QColor(0, 0, 0, 150))
            painter.setPen(LIGHT)
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)


def stroke(
    painter: QPainter,
    draw: Callable[..., object],
    *,
    dashed: bool = False,
    keep_brush: bool = False,
    colour: QColor = LIGHT,
) -> None:
    """Draw the same line dark and wide, then ``colour`` and thin, so that it shows on anything."""
    if not keep_brush:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    light = QPen(colour, 1.2)
    if dashed:
        light.setDashPattern([5, 4])
    for pen in (QPen(DARK, 2.6), light):
        painter.setPen(pen)
        draw()
