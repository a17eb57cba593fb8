"""Refine the mask: another outline is shown, and takes the mask's place once it is applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QPen, QPolygonF

from app.canvas.canvas import Canvas
from app.document.commands import change_mask
from app.document.workspace import Fact, Workspace
from app.selecting.refine_panel import RefinePanel
from engine.geometry import Box
from engine.selecting.refine import resized, snapped
from engine.views.growth import grown_by_width
from engine.views.strokes import Stamp

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.document.worker import Report
    from engine.arrays import Floats, Mask, Pixels

COLOUR = QColor("#2ee6a6")
CUT = 0.5
"""Pixels by which an outline with fewer points may differ."""


@dataclass(frozen=True)
class Wish:
    """Say how the mask is to be: moved to ``edges``, grown by ``pixels`` or shrunk by them."""

    edges: bool = True
    pixels: int = 0


@dataclass(frozen=True, eq=False)
class Refined:
    """Hold an answer.

    Attributes:
        wish: what was asked for.
        moved: the mask at the edges, None where that was not asked for yet.
        mask: what is to be the mask.
        loops, reach: (N, 2) outlines of it, and of what a fill would fill, in photo pixels.
    """

    wish: Wish
    moved: Stamp | None
    mask: Stamp
    loops: list[Floats]
    reach: list[Floats]


@dataclass(frozen=True, eq=False)
class RefineMask:
    """Refine ``painted``; ``moved`` is it at the edges where that is known, ``share`` as in fills.

    ``image``: (H, W, 3), the photo.
    """

    image: Pixels
    painted: Stamp
    moved: Stamp | None
    wish: Wish
    share: float

    def __call__(self, report: Report) -> Refined:
        """Return the answer."""
        moved, bounds = self.moved, Box.of(self.image)
        if self.wish.edges and moved is None:
            moved = snapped(self.image, self.painted, lambda _share: report.check())
        start = moved if self.wish.edges and moved is not None else self.painted
        mask = resized(start, self.wish.pixels, bounds)
        report.check()
        return Refined(self.wish, moved, mask, outlines(mask), outlines(self._filled(mask, bounds)))

    def _filled(self, mask: Stamp, bounds: Box) -> Stamp:
        """Return what a fill of a mask fills."""
        room = round(self.share * max(mask.cover.shape)) + 2
        box = mask.box.grow(room).clip(bounds)
        return Stamp(box, grown_by_width(mask.over(box), self.share))


def outlines(mask: Stamp) -> list[Floats]:
    """Return (N, 2) float32 loops of photo positions around a mask, and around its gaps."""
    bits: Mask = np.pad(mask.cover, 1)
    found, _ = cv2.findContours(bits.view(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    corner = np.array([mask.box.left - 0.5, mask.box.top - 0.5], np.float32)
    return [cv2.approxPolyDP(loop, CUT, True)[:, 0, :] + corner for loop in found]


class RefineTool(QObject):
    """Hold what is shown until it is applied or left; any other change of the mask leaves it."""

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        """Refine the mask of ``workspace`` and show it on ``canvas``."""
        super().__init__(canvas)
        self._work, self._canvas = workspace, canvas
        self.panel = RefinePanel(canvas)
        self.panel.changed.connect(self._ask)
        self.panel.applied.connect(self.apply)
        self.panel.left.connect(self.cancel)
        self._painted: Stamp | None = None
        self._moved: Stamp | None = None
        self._shown: Refined | None = None
        self._asking = self._applies = False
        document = workspace.document
        document.mask_changed.connect(lambda _box: self.cancel())
        document.image_changed.connect(lambda _box: self.cancel())
        document.opened.connect(self.cancel)
        canvas.overlay.extras["refined"] = self._paint

    @property
    def settled(self) -> bool:
        """Tell whether what is shown is what is wished."""
        return self._shown is not None and self._shown.wish == self._wish

    @property
    def _wish(self) -> Wish:
        return Wish(self.panel.edges, self.panel.pixels)

    def begin(self) -> None:
        """Show the mask at the edges of what is under it, and the panel to change that."""
        document = self._work.document
        box = document.mask_box()
        if box is None or self._painted is not None:
            return
        self._painted = Stamp(box, document.mask[box.slices].copy())
        self._work.state(Fact.REFINING, True)
        self.panel.open(max(50, max(document.box.width, document.box.height) // 60))
        self._work.told.emit(self.tr("Enter applies the new outline, Esc leaves the mask."))
        self._ask()

    def apply(self) -> None:
        """Put what is wished in the mask's place, as one step; wait for it if need be."""
        if self._painted is None:
            return
        if not self.settled:
            self._applies = True
            return
        assert self._shown is not None
        painted, mask, document = self._painted, self._shown.mask, self._work.document
        self.cancel()
        box = painted.box.union(mask.box)
        command = change_mask(document, self.tr("Refine mask"), box, mask.over(box))
        if command is not None:
            self._work.stack.push(command)
        told = (
            self.tr("The mask is refined.") if command else self.tr("The mask was right already.")
        )
        self._work.told.emit(told)

    def cancel(self) -> None:
        """Leave the mask as it is."""
        if self._painted is None:
            return
        self._painted = self._moved = self._shown = None
        self._applies = False
        self.panel.close_it()
        self._work.told.emit("")
        self._work.state(Fact.REFINING, False)
        self._canvas.update()

    def _ask(self) -> None:
        """Look for what is wished; while one is looked for, the next waits."""
        if self._painted is None or self._asking:
            return
        share = self._work.settings.get("grow_percent") / 100
        image, painted = self._work.document.frozen(), self._painted
        job = RefineMask(image, painted, self._moved, self._wish, share)
        self._asking = True
        self._work.selecting.submit(job, lambda found: self._take(found, painted), self._on_failed)

    def _take(self, found: Refined, painted: Stamp) -> None:
        self._asking = False
        if self._painted is not painted:
            self._ask()
            return
        self._moved, self._shown = found.moved, found
        self._canvas.update()
        if not self.settled:
            self._ask()
        elif self._applies:
            self.apply()

    def _on_failed(self, text: str) -> None:
        self._asking = False
        self.cancel()
        self._work.fail(text)

    def _paint(self, painter: QPainter) -> None:
        """Draw the new outline, and thinly how far a fill of it reaches."""
        if self._shown is None:
            return
        for loops, width, dark in ((self._shown.reach, 1.0, 90), (self._shown.loops, 2.0, 200)):
            polygons = [
                QPolygonF([self._canvas.to_widget(x, y) for x, y in loop.tolist()])
                for loop in loops
            ]
            for pen in (QPen(QColor(0, 0, 0, dark), width + 2), QPen(COLOUR, width)):
                painter.setPen(pen)
                for polygon in polygons:
                    painter.drawPolygon(polygon)
