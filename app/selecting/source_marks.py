"""Show over the photo what must not be copied from, and what alone may be: hatched and dotted."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from app.canvas.canvas import Canvas
from app.canvas.qimage import view8
from app.document.document import Document
from engine.geometry import Box
from engine.record.sources import Paint
from engine.views.renderer import OUTLINE, Renderer

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from engine.arrays import Levels
    from engine.views.viewport import Viewport

COLOURS: Final = {Paint.AVOID: QColor("#ffb000"), Paint.TAKE: QColor("#38a3ff")}
"""Orange and blue are told apart by nearly everybody; the patterns say the same without colour."""
WASH, FIGURE = 60, 254
"""Values of a pixel between the lines or dots, and on them."""
WASHED, DRAWN = 0.16, 0.9
PITCH: Final = 9
THICK: Final = 2
"""Logical pixels from line to line, and across one."""


class SourceMarks:
    """Draw both kinds of marks, and only what has changed of them.

    Attributes:
        kinds: of marks.
    """

    kinds = tuple(COLOURS)

    def __init__(self, document: Document, canvas: Canvas) -> None:
        """Follow ``document`` and draw over ``canvas``."""
        self._document, self._canvas = document, canvas
        self._drawn = {paint: Renderer() for paint in COLOURS}
        self._view: Viewport | None = None
        self._stale: list[Box] = []
        document.sources_changed.connect(self._on_changed)
        document.opened.connect(self._forget)
        canvas.overlay.extras["sources"] = self.paint

    def _forget(self) -> None:
        self._view = None

    def _on_changed(self, box: Box) -> None:
        seen = self._canvas.viewport.view_of(box, 3).clip(self._canvas.viewport.box)
        if not seen.empty:
            self._stale.append(seen)
            self._canvas.update(self._canvas.logical(seen))

    def paint(self, painter: QPainter) -> None:
        """Draw the marks, as long as the mask is shown."""
        drawn = self._document.drawn
        there = [paint for paint in COLOURS if drawn[paint].count]
        if not there or not self._canvas.tint_visible:
            self._view = None
            return
        self._refresh()
        ratio = self._canvas.devicePixelRatioF()
        for paint in there:
            seen = self._seen(paint)
            part = np.ascontiguousarray(self._drawn[paint].tint[seen.slices])
            if part.size:
                image = view8(part, _table(COLOURS[paint]))
                image.setDevicePixelRatio(ratio)
                painter.drawImage(QPointF(seen.left, seen.top) / ratio, image)

    def _seen(self, paint: Paint) -> Box:
        """Return the part of the view in which there are marks of a kind."""
        box, view = self._document.drawn[paint].box(), self._canvas.viewport
        return Box(0, 0, 0, 0) if box is None else view.view_of(box, 3).clip(view.box)

    def _refresh(self) -> None:
        """Bring what is drawn up to date."""
        view = self._canvas.viewport
        moved = view != self._view
        for paint, renderer in self._drawn.items():
            if moved:
                renderer.viewport = view
                renderer.resize(view.width, view.height)
            for box in [self._seen(paint)] if moved else self._stale:
                if not box.empty:
                    self._draw(paint, box)
        self._view, self._stale = view, []

    def _draw(self, paint: Paint, box: Box) -> None:
        """Draw the marks of a kind in ``box`` of the view."""
        renderer, view = self._drawn[paint], self._canvas.viewport
        renderer.draw_tint(self._document.drawn[paint].levels, [], box)
        part = renderer.tint[box.slices]
        tile = _tile(paint, self._canvas.devicePixelRatioF())
        rows, cols = (-(-side // tile.shape[0]) for side in part.shape)
        moved = np.roll(tile, (view.y - box.top, view.x - box.left), axis=(0, 1))
        figure = np.tile(moved, (rows, cols))[: part.shape[0], : part.shape[1]]
        np.copyto(part, figure, where=(part > 0) & (part < OUTLINE))


@cache
def _tile(paint: Paint, ratio: float) -> Levels:
    """Return a square of the pattern that fits to itself on all sides: lines, or moved dots."""
    pitch = 2 * round(PITCH * ratio / 2)
    rows, cols = np.indices((2 * pitch, 2 * pitch))
    if paint is Paint.AVOID:
        figure = (rows + cols) % pitch < round(THICK * ratio)
    else:
        side = round((THICK + 1) * ratio)
        moved = cols + rows // pitch * (pitch // 2)
        figure = (rows % pitch < side) & (moved % pitch < side)
    return np.where(figure, FIGURE, WASH).astype(np.uint8)


def _table(colour: QColor) -> list[int]:
    """Return the colours of clear, wash, figure and outline."""
    table = [0] * (OUTLINE + 1)
    for value, opacity in ((WASH, WASHED), (FIGURE, DRAWN), (OUTLINE, 1.0)):
        shade = QColor(colour)
        shade.setAlphaF(opacity)
        table[value] = shade.rgba()
    return table
