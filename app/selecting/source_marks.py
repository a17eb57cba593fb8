"""Show over the photo what must not be copied from, and what alone may be: hatched and dotted."""

from __future__ import annotations

from functools import partial
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

    from engine.arrays import AnyArray, Mask
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
        for paint in there:
            image = view8(self._drawn[paint].tint, _table(COLOURS[paint]))
            image.setDevicePixelRatio(self._canvas.devicePixelRatioF())
            painter.drawImage(QPointF(), image)

    def _refresh(self) -> None:
        """Bring what is drawn up to date."""
        view, stale = self._canvas.viewport, self._stale
        if view != self._view:
            stale = [view.box]
            for renderer in self._drawn.values():
                renderer.viewport = view
                renderer.resize(view.width, view.height)
        self._view, self._stale = view, []
        ratio = self._canvas.devicePixelRatioF()
        for paint, renderer in self._drawn.items():
            figure = partial(_hatched if paint is Paint.AVOID else _dotted, ratio=ratio)
            for box in stale:
                renderer.draw_tint(self._document.drawn[paint].levels, [], box)
                part = renderer.tint[box.slices]
                inside = (part > 0) & (part < OUTLINE)
                rows = np.arange(box.top, box.bottom)[:, None] - view.y
                cols = np.arange(box.left, box.right) - view.x
                part[inside] = np.where(figure(rows, cols), FIGURE, WASH)[inside]


def _hatched(rows: AnyArray, cols: AnyArray, ratio: float) -> Mask:
    return np.asarray((rows + cols) % round(PITCH * ratio) < round(THICK * ratio))


def _dotted(rows: AnyArray, cols: AnyArray, ratio: float) -> Mask:
    """Return dots in rows, every other row moved by half."""
    pitch, side = round(PITCH * ratio), round((THICK + 1) * ratio)
    moved = cols + (rows // pitch % 2) * (pitch // 2)
    return np.asarray((rows % pitch < side) & (moved % pitch < side))


def _table(colour: QColor) -> list[int]:
    """Return the colours of clear, wash, figure and outline."""
    table = [0] * (OUTLINE + 1)
    for value, opacity in ((WASH, WASHED), (FIGURE, DRAWN), (OUTLINE, 1.0)):
        shade = QColor(colour)
        shade.setAlphaF(opacity)
        table[value] = shade.rgba()
    return table
