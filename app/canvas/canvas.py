"""Show the photo, the mask's tint and what lies over them; redraw only what changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)

from app.canvas.overlay import Overlay
from app.canvas.qimage import view8, view32
from app.canvas.surface import Surface
from app.document.document import Document
from engine.geometry import Box
from engine.views.pyramid import Layer
from engine.views.renderer import OUTLINE, Renderer
from engine.views.viewport import Viewport

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

STEPS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 2, 3, 4, 6, 8, 12, 16, 32)
EDGE = 3


class Canvas(Surface):
    """View a document at any zoom.

    Attributes:
        overlay: ring, outlines and other lines drawn over the picture.
        tint_visible: whether the mask is shown.

    Signals:
        viewport_changed(): zoom or position changed.
        painted(): a paint event is done.
    """

    viewport_changed = Signal()
    painted = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        """Show ``document`` and follow its changes."""
        super().__init__(parent)
        self._document = document
        self._renderer = Renderer()
        self._layers: list[Layer] = []
        self._stale = {"photo": QRegion(), "tint": QRegion()}
        self._fitted = True
        self._held: Box | None = None
        self._ways: tuple[Viewport, Viewport] | None = None
        self.tint_visible = True
        self._tint_table: list[int] = []
        self.overlay = Overlay(self)
        self.set_tint(QColor("#ff3b30"), 0.5)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(self.tr("Photo"))
        document.opened.connect(self._on_document_opened)
        document.image_changed.connect(self._on_document_image_changed)
        document.mask_changed.connect(self._on_document_mask_changed)
        self._renew_buffers()
        if document.is_open:
            self._on_document_opened()

    @property
    def viewport(self) -> Viewport:
        """Return where the photo lies in the view."""
        return self._renderer.viewport

    @property
    def layers(self) -> list[Layer]:
        """Return what lies over the photo without being part of it."""
        return self._layers

    def set_layers(self, layers: Sequence[Layer]) -> None:
        """Lay other pieces over the photo; only what they cover is redrawn."""
        old, self._layers = self._layers, list(layers)
        if not self._document.is_open:
            return
        same = set(map(id, old)) & set(map(id, self._layers))
        for layer in [*old, *self._layers]:
            if id(layer) not in same:
                self._spoil(layer.box, "photo")

    def set_tint(self, colour: QColor, opacity: float) -> None:
        """Show the mask in ``colour`` at ``opacity`` in [0, 1], with a solid outline."""
        table = []
        for value in range(OUTLINE):
            shade = QColor(colour)
            shade.setAlphaF(opacity * value / (OUTLINE - 1))
            table.append(shade.rgba())
        self._tint_table = [*table, colour.lighter(125).rgba()]
        if hasattr(self, "_tint_image"):
            self._tint_image.setColorTable(self._tint_table)
        self.update()

    def set_tint_visible(self, visible: bool) -> None:
        """Show or hide the mask."""
        if visible != self.tint_visible:
            self.tint_visible = visible
            self.update()

    def set_background(self, colour: QColor) -> None:
        """Surround the photo with ``colour``; a neutral one lets colours be judged."""
        self._renderer.background = (colour.blue(), colour.green(), colour.red())
        self._spoil_all()

    @property
    def background(self) -> QColor:
        """Return what surrounds the photo."""
        blue, green, red = self._renderer.background
        return QColor(red, green, blue)

    def fit(self) -> None:
        """Show the whole photo, and keep doing so when the window is resized."""
        self._move(self.viewport.fitted())
        self._fitted = True

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """Zoom to ``scale`` device pixels per photo pixel around ``at``, else the middle."""
        spot = (at or QPointF(self.width() / 2, self.height() / 2)) * self.devicePixelRatioF()
        self._move(self.viewport.zoomed(scale, spot.x(), spot.y()))

    def zoom_step(self, direction: int) -> None:
        """Zoom to the next (1) or previous (-1) even scale."""
        now = self.viewport.scale
        bigger = [step for step in STEPS if step > now * 1.01]
        smaller = [step for step in STEPS if step < now * 0.99]
        steps = bigger[:1] if direction > 0 else smaller[-1:]
        for step in steps:
            self.zoom_to(step)

    def pan(self, dx: float, dy: float) -> None:
        """Move the photo by (dx, dy) logical pixels."""
        ratio = self.devicePixelRatioF()
        self._move(self.viewport.panned(round(dx * ratio), round(dy * ratio)))

    def centre_on(self, box: Box, scale: float | None = None) -> None:
        """Bring the middle of ``box`` of the photo to the middle of the view."""
        middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        self._move(self.viewport.centred(*middle, scale or self.viewport.scale))

    def hold_in_view(self, box: Box | None) -> None:
        """Keep ``box`` of the photo in view when the view gets another size; None ends that."""
        self._held = box

    def show_box(self, box: Box) -> None:
        """Move the photo as far as it takes to see ``box`` of it."""
        if not self._fitted:
            self._move(self.viewport.showing(box))

    def centre_at(self, x: float, y: float, scale: float) -> None:
        """Bring the photo position (x, y) to the middle of the view at ``scale``."""
        self._move(self.viewport.centred(x, y, scale))

    def move_to(self, viewport: Viewport) -> None:
        """Show the same part of the photo as ``viewport`` does in another view of equal size."""
        own = self.viewport
        self._move(replace(viewport, width=own.width, height=own.height))

    def to_photo(self, at: QPointF) -> tuple[float, float]:
        """Return the photo position under the logical widget position ``at``."""
        ratio = self.devicePixelRatioF()
        return self.viewport.to_photo(at.x() * ratio, at.y() * ratio)

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return the logical widget position of the photo position (x, y)."""
        at = self.viewport.to_view(x, y)
        return QPointF(*at) / self.devicePixelRatioF()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bring the buffers up to date and copy the exposed part to the screen."""
        self._refresh()
        painter = QPainter(self)
        painter.drawImage(0, 0, self._photo_image)
        self.overlay.paint_split(painter)
        if self.tint_visible and self._document.hole_pixels:
            painter.drawImage(0, 0, self._tint_image)
        self.overlay.paint(painter)
        painter.end()
        self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the photo where it is, or all of it in view."""
        self._renew_buffers()

    def showEvent(self, event: object) -> None:
        """Take the screen's pixel ratio into account, now that it is known."""
        self._renew_buffers()

    def draw_with(self, layers: Sequence[Layer]) -> Renderer:
        """Return a renderer that has drawn this view with other ``layers``."""
        other = Renderer()
        other.viewport, other.background = self.viewport, self._renderer.background
        other.resize(self.viewport.width, self.viewport.height)
        other.draw_photo(self._document.photo_levels, layers, self.viewport.box)
        return other

    def logical(self, box: Box) -> QRect:
        """Return the logical rectangle around ``box`` of device pixels."""
        ratio = self.devicePixelRatioF()
        left, top = math.floor(box.left / ratio), math.floor(box.top / ratio)
        right, bottom = math.ceil(box.right / ratio), math.ceil(box.bottom / ratio)
        return QRect(left, top, right - left, bottom - top)

    def _renew_buffers(self) -> None:
        ratio = self.devicePixelRatioF()
        width, height = math.ceil(self.width() * ratio), math.ceil(self.height() * ratio)
        self._renderer.viewport = self._resized(width, height)
        self._renderer.resize(width, height)
        self._photo_image = view32(self._renderer.photo)
        self._tint_image = view8(self._renderer.tint, self._tint_table)
        for image in (self._photo_image, self._tint_image):
            image.setDevicePixelRatio(ratio)
        if self._fitted:
            self._renderer.viewport = self.viewport.fitted()
        self._spoil_all()
        self.viewport_changed.emit()

    def _resized(self, width: int, height: int) -> Viewport:
        """Return the view at another size, back where it was once nothing is held any more."""
        now = self.viewport
        if self._held is None:
            ways, self._ways = self._ways, None
            return (ways[0] if ways and ways[1] == now else now).resized(width, height)
        out = now.resized(width, height).showing(self._held)
        self._ways = (self._ways[0] if self._ways and self._ways[1] == now else now), out
        return out

    def _move(self, viewport: Viewport) -> None:
        """Go to another viewport; at the same zoom what is drawn already is shifted."""
        old, self._renderer.viewport = self.viewport, viewport
        if viewport == old:
            return
        self._fitted = False
        fresh = all(region.isEmpty() for region in self._stale.values())
        if viewport.scale == old.scale and fresh:
            for box in self._renderer.scroll(viewport.x - old.x, viewport.y - old.y):
                self._spoil_view(box, "photo", "tint")
            self.update()
        else:
            self._spoil_all()
        self.viewport_changed.emit()

    def _spoil(self, box: Box, *kinds: str) -> None:
        """Have ``box`` of the photo drawn anew."""
        self._spoil_view(self.viewport.view_of(box, EDGE).clip(self.viewport.box), *kinds)

    def _spoil_view(self, box: Box, *kinds: str) -> None:
        if box.empty:
            return
        area = QRect(box.left, box.top, box.width, box.height)
        for kind in kinds:
            self._stale[kind] += area
        self.update(self.logical(box))

    def _spoil_all(self) -> None:
        self._spoil_view(self.viewport.box, "photo", "tint")

    def _refresh(self) -> None:
        """Draw the stale boxes into the buffers."""
        document = self._document
        for rect in _rectangles(self._stale["photo"]):
            self._renderer.draw_photo(document.photo_levels, self._layers, rect)
        for rect in _rectangles(self._stale["tint"]):
            self._renderer.draw_tint(document.mask_levels, [], rect)
        self._stale = {"photo": QRegion(), "tint": QRegion()}

    def _on_document_opened(self) -> None:
        height, width = self._document.image.shape[:2]
        self._layers = []
        self._renderer.viewport = replace(self.viewport, photo_width=width, photo_height=height)
        self.fit()
        self._spoil_all()
        self.viewport_changed.emit()

    def _on_document_image_changed(self, box: Box) -> None:
        self._spoil(box, "photo")

    def _on_document_mask_changed(self, box: Box) -> None:
        self._spoil(box, "tint")


def _rectangles(region: QRegion) -> list[Box]:
    """Return the boxes of ``region``, one around all when they are many."""
    rects = [region.boundingRect()] if region.rectCount() > 12 else cast("list[QRect]", region)
    return [Box(r.left(), r.top(), r.left() + r.width(), r.top() + r.height()) for r in rects]
