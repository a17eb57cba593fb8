"""Draw lines with the structure pen, and take clicks on lines with whatever tool."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.canvas.canvas import Canvas
from app.canvas.input import Manner
from app.document.document import Document
from engine.removal.line_jobs import Shown
from engine.views.near import Place, drawn
from engine.views.strokes import Sample, Tool

MOVED = 4.0
"""Logical pixels from which a press is no click."""
SLACK = 1.5
PICKING = frozenset({Tool.BRUSH, Tool.LASSO, Tool.RECTANGLE, Tool.PEN})
"""Tools with which a click on a line drops it."""


def place_of(sample: Sample) -> Place:
    """Return where the pointer was, (0, 0) the middle of the photo's first pixel."""
    return sample.x - 0.5, sample.y - 0.5


class Pen(QObject):
    """Hold a press until it is known what it is: a click on a line, a line, or another tool's.

    Signals:
        drew(Stroke): a line was drawn.
        picked(list): these lines, each a ``Shown``, were clicked on.
        erased(list): a drag that erases went over these lines.
        missed(): the pen was clicked where there is no line.
    """

    drew = Signal(object)
    picked = Signal(object)
    erased = Signal(object)
    missed = Signal()

    def __init__(self, document: Document, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        super().__init__(canvas)
        self._document, self._canvas = document, canvas
        self._marks = canvas.overlay.lines
        self._held: tuple[Sample, Manner] | None = None
        self._tool = Tool.PEN
        self._way: list[Place] = []
        self._dragged = False

    @property
    def holds(self) -> bool:
        """Tell whether a press is held."""
        return self._held is not None

    def lines_at(self, sample: Sample, tool: Tool) -> list[Shown]:
        """Return the lines that a click with a tool would be for."""
        if tool not in PICKING or (tool is not Tool.PEN and not self._in_hole(sample)):
            return []
        return self._marks.at(place_of(sample))

    def press(self, sample: Sample, manner: Manner, tool: Tool) -> bool:
        """Take a press; tell whether it is held."""
        plain = not (manner.opposite or manner.straight)
        if tool is not Tool.PEN and not (plain and self.lines_at(sample, tool)):
            return False
        self._held, self._tool, self._dragged = (sample, manner), tool, False
        start = place_of(sample)
        self._way = [start if manner.opposite else self._marks.snapped(start)]
        return True

    def move(self, sample: Sample) -> tuple[Sample, Manner] | None:
        """Go on; return how another tool's stroke began that this turns out to be."""
        assert self._held is not None
        start, manner = self._held
        self._dragged = self._dragged or self._far(start, sample) > MOVED
        if self._tool is not Tool.PEN and self._dragged:
            self._held = None
            return start, manner
        self._way.append(place_of(sample))
        if self._tool is Tool.PEN and self._dragged and not manner.opposite:
            self._marks.set_draft(self._followed(manner))
        return None

    def release(self, sample: Sample) -> None:
        """End what is held."""
        assert self._held is not None
        (start, manner), self._held = self._held, None
        self._marks.set_draft([])
        self._way.append(place_of(sample))
        here = self._marks.at(place_of(start))
        if manner.opposite:
            self.erased.emit(self._marks.under(self._way))
        elif self._dragged or self._far(start, sample) > MOVED:
            way = self._followed(manner)
            stroke = drawn(way, SLACK / self._scale, curved=manner.straight)
            if stroke is not None:
                self.drew.emit(stroke)
        elif here:
            self.picked.emit(here)
        else:
            self.missed.emit()

    def cancel(self) -> None:
        """Forget what is held."""
        self._held = None
        self._marks.set_draft([])

    def _followed(self, manner: Manner) -> list[Place]:
        """Return the way so far: all of it for a curve, else its ends; the last one snaps."""
        middle = self._way[1:-1] if manner.straight else []
        return [self._way[0], *middle, self._marks.snapped(self._way[-1])]

    def _in_hole(self, sample: Sample) -> bool:
        box = self._document.box
        inside = 0 <= sample.x < box.width and 0 <= sample.y < box.height
        return inside and bool(self._document.mask[int(sample.y), int(sample.x)])

    def _far(self, start: Sample, sample: Sample) -> float:
        """Return how far apart the pointer was twice, in logical pixels."""
        return max(abs(start.x - sample.x), abs(start.y - sample.y)) * self._scale

    @property
    def _scale(self) -> float:
        return self._canvas.viewport.scale / self._canvas.devicePixelRatioF()
