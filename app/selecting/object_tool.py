"""The object tool: a click, a loose loop or a rough stroke becomes a thing's own outline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.canvas.canvas import Canvas
from app.canvas.gesture import Gesture
from app.canvas.input import Manner
from app.document.commands import FlipMask, cover_mask
from app.document.workspace import Workspace
from engine.geometry import Box
from engine.selecting.cutting import Marks, Way
from engine.selecting.objects import select
from engine.selecting.shadow import with_shadow
from engine.views.strokes import Sample, Stamp, Tool

if TYPE_CHECKING:
    from app.document.worker import Report
    from engine.arrays import Pixels

CLICK = 4.0
"""Screen pixels a pointer may move in a click."""
THICK = 5.0
"""How wide a click or a stroke counts, in screen pixels."""
CLOSED = 0.3
"""A way whose ends are nearer than this share of its size is a loop."""


@dataclass(frozen=True, eq=False)
class SelectObject:
    """Find the thing that ``marks`` tell of in ``image``, with its shadow if that is wanted."""

    image: Pixels
    marks: Marks
    shadow: bool

    def __call__(self, report: Report) -> Stamp | None:
        """Return its pixels, None if nothing is told apart."""
        found = select(self.image, self.marks)
        return with_shadow(self.image, found) if found and self.shadow else found


class ObjectTool(QObject, Gesture):
    """Gather what the pointer says of one thing, and keep its outline as one step.

    Signals:
        selected(): a step is in the history.
    """

    selected = Signal()

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        """Work on ``workspace`` with what is drawn on ``canvas``."""
        super().__init__(canvas)
        self._work, self._canvas = workspace, canvas
        self._way: list[Sample] = []
        self._manner = Manner()
        self._marks = Marks()
        self._last: tuple[FlipMask, Box] | None = None
        workspace.document.opened.connect(self._forget)

    def use(self, tool: Tool) -> None:
        """Say what the tool does when it is taken up."""
        if tool is Tool.OBJECT:
            self._work.told.emit(
                self.tr(
                    "Click, stroke or circle a thing; more clicks add, Alt takes away, Shift: "
                    "shadow."
                )
            )

    def press(self, sample: Sample, manner: Manner) -> None:
        """Begin a click, a stroke or a loop."""
        self._way, self._manner = [sample], manner

    def move(self, sample: Sample) -> None:
        """Draw it."""
        self._way.append(sample)
        self._canvas.overlay.set_draft([(at.x, at.y) for at in self._way])

    def release(self, sample: Sample) -> None:
        """Look for the thing."""
        self._canvas.overlay.set_draft([])
        box = self._work.document.box
        inside = [at for at in self._way if 0 <= at.x < box.width and 0 <= at.y < box.height]
        if not inside:
            return
        way: Way = [(at.x, at.y) for at in inside]
        kind = self._kind(way)
        way = way[:1] if kind == "click" else way
        if kind == "loop" and not self._manner.opposite:
            self._ask(Marks(loop=way, size=self._thick), adds=True)
        elif self._manner.opposite:
            self._take_away(way)
        elif self._is_near(way):
            self._ask(self._marks._replace(on=(*self._marks.on, way), size=self._thick), again=True)
        else:
            self._ask(Marks(on=(way,), size=self._thick), adds=True)

    def cancel(self) -> None:
        """Take the line back."""
        self._canvas.overlay.set_draft([])

    @property
    def _thick(self) -> float:
        return THICK / self._canvas.viewport.scale

    def _kind(self, way: Way) -> str:
        xs, ys = [x for x, _ in way], [y for _, y in way]
        size = math.hypot(max(xs) - min(xs), max(ys) - min(ys))
        if size * self._canvas.viewport.scale <= CLICK:
            return "click"
        (left, top), (right, bottom) = way[0], way[-1]
        gap = math.hypot(right - left, bottom - top)
        return "loop" if len(way) > 4 and gap < CLOSED * size else "stroke"

    def _take_away(self, way: Way) -> None:
        """Say that ``way`` is no part of the thing; with none at hand, take another thing out."""
        if self._is_near(way):
            self._ask(self._marks._replace(off=(*self._marks.off, way)), again=True)
        else:
            self._ask(Marks(on=(way,), size=self._thick), adds=False)

    def _is_near(self, way: Way) -> bool:
        """Tell whether ``way`` is about the thing that was selected last."""
        if self._last is None or not self._on_top(self._last[0]):
            return False
        box = self._last[1]
        near = box.grow(max(box.width, box.height) // 6)
        x, y = way[0]
        return near.left <= x < near.right and near.top <= y < near.bottom

    def _on_top(self, command: FlipMask) -> bool:
        stack = self._work.stack
        return bool(stack.index()) and stack.command(stack.index() - 1) is command

    def _ask(self, marks: Marks, *, adds: bool = True, again: bool = False) -> None:
        """Look for what ``marks`` tell of; ``again`` puts it in place of the last answer."""
        before = self._last if again else None
        job = SelectObject(self._work.document.frozen(), marks, self._manner.straight)
        self._work.select(job, lambda found: self._take(found, marks, before, adds=adds))

    def _take(
        self,
        found: Stamp | None,
        marks: Marks,
        before: tuple[FlipMask, Box] | None,
        *,
        adds: bool,
    ) -> None:
        if found is None and before is not None and marks.off and self._on_top(before[0]):
            self._work.stack.undo()
        elif found is None:
            self._work.told.emit(
                self.tr("Nothing was told apart there. Draw a loop around the thing.")
            )
        if found is None:
            return
        document, stack = self._work.document, self._work.stack
        if before is not None and self._on_top(before[0]):
            stack.undo()
        name = self.tr("Select object") if adds else self.tr("Take object away")
        command = cover_mask(document, name, *found, fill=adds)
        if command is None:
            self._work.told.emit(self.tr("Nothing changed: it is so already."))
            return
        stack.push(command)
        if adds:
            self._marks, self._last = marks, (command, found.box)
        self.selected.emit()

    def _forget(self) -> None:
        self._marks, self._last = Marks(), None
