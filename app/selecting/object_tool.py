"""The object tool: a click, a loose loop or a rough stroke becomes a thing's own outline."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from app.canvas.canvas import Canvas
from app.canvas.gesture import Gesture
from app.canvas.input import Manner
from app.document.commands import FlipMask, cover_mask
from app.document.workspace import Workspace
from engine.geometry import Box
from engine.selecting.cutting import Marks, Way
from engine.selecting.objects import Found, amend, look, stepped
from engine.selecting.refine import with_edge
from engine.selecting.shadow import with_shadow
from engine.selecting.survey import OVERVIEW, Survey
from engine.views.strokes import Sample, Stamp, Tool

if TYPE_CHECKING:
    from app.document.worker import Report
    from engine.arrays import Levels, Pixels

CLICK = 4.0
"""Screen pixels a pointer may move in a click."""
THICK = 5.0
"""How wide a click or a stroke counts, in screen pixels."""
CLOSED = 0.3
"""A way whose ends are nearer than this share of its size is a loop."""


@dataclass(frozen=True, eq=False)
class SelectObject:
    """Find a thing by ``find`` in ``image``, with its shadow if that is wanted.

    ``overview``: (h, w, 3) uint8, a small copy of all of the photo, None if that is small itself.
    """

    image: Pixels
    overview: Levels | None
    find: Callable[[Survey], Found | None]
    shadow: bool

    def __call__(self, report: Report) -> tuple[Found, Stamp] | None:
        """Return it, and its pixels with edge and shadow; None if nothing is told apart."""
        found = self.find(Survey(self.image, self.overview))
        if found is None:
            return None
        whole = with_shadow(self.image, found.stamp) if self.shadow else found.stamp
        return found, with_edge(whole, Box.of(self.image))


class Selected(NamedTuple):
    """Hold what was found last, what told of it, and the step that put it into the mask."""

    found: Found
    marks: Marks
    shadow: bool
    command: FlipMask


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
        self._last: Selected | None = None
        workspace.document.opened.connect(self._forget)

    def use(self, tool: Tool) -> None:
        """Say what the tool does when it is taken up."""
        if tool is Tool.OBJECT:
            self._work.told.emit(
                self.tr(
                    "Click, stroke or circle a thing; more clicks add, Alt takes away, [ ] "
                    "smaller or larger."
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
        if self._manner.opposite:
            self._mark(way, more=False)
        elif kind == "loop":
            self._find(Marks(loop=way, size=self._thick), adds=True)
        else:
            self._mark(way, more=True)

    def step_size(self, direction: int) -> bool:
        """Take the next larger (1) or smaller (-1) thing that may have been meant."""
        last = self._at_hand()
        if last is None or not last.found.others:
            return False
        sentence = self.tr("Nothing larger is seen.")
        if direction < 0:
            sentence = self.tr("Nothing smaller is seen.")
        self._change(
            last,
            last.marks,
            lambda survey: stepped(survey, last.marks, last.found, direction),
            sentence,
            shadow=last.shadow,
        )
        return True

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

    def _mark(self, way: Way, *, more: bool) -> None:
        """Say that ``way`` is a part of the thing at hand or none; elsewhere it is another thing.

        With Alt, another thing is taken out of the mask.
        """
        last = self._at_hand()
        if last is None or not _is_near(last.found.stamp.box, way):
            self._find(Marks(on=(way,), size=self._thick), adds=more)
            return
        marks = last.marks._replace(size=self._thick)
        if more:
            marks = marks._replace(on=(*marks.on, way))
        else:
            marks = marks._replace(off=(*marks.off, way))
        self._change(
            last,
            marks,
            lambda survey: amend(survey, marks, last.found, more=more),
            self._nothing,
            shadow=last.shadow or self._manner.straight,
        )

    def _find(self, marks: Marks, *, adds: bool) -> None:
        """Look for another thing."""
        shadow = self._manner.straight

        def take(answer: tuple[Found, Stamp] | None) -> None:
            if answer is None:
                self._work.told.emit(self._nothing)
            else:
                self._keep(*answer, marks, shadow=shadow, adds=adds)

        self._ask(lambda survey: look(survey, marks), take, shadow=shadow)

    def _change(
        self,
        last: Selected,
        marks: Marks,
        find: Callable[[Survey], Found | None],
        sentence: str,
        *,
        shadow: bool,
    ) -> None:
        """Put another answer in the place of the last one; say ``sentence`` if there is none."""

        def replace(answer: tuple[Found, Stamp] | None) -> None:
            if answer is None:
                self._work.told.emit(sentence)
            elif self._at_hand() is last:
                self._work.stack.undo()
                self._keep(*answer, marks, shadow=shadow, adds=True)

        self._ask(find, replace, shadow=shadow)

    def _at_hand(self) -> Selected | None:
        """Return what was selected last if nothing was done since."""
        stack, last = self._work.stack, self._last
        on_top = last and stack.index() and stack.command(stack.index() - 1) is last.command
        return last if on_top else None

    def _ask(
        self,
        find: Callable[[Survey], Found | None],
        answered: Callable[[tuple[Found, Stamp] | None], object],
        *,
        shadow: bool,
    ) -> None:
        """Look for something in the photo as it is now."""
        document = self._work.document
        large = [level for level in document.photo_levels.levels if max(level.shape) >= OVERVIEW]
        overview = large[-1].copy() if large[1:] else None
        self._work.select(SelectObject(document.frozen(), overview, find, shadow), answered)

    def _keep(self, found: Found, stamp: Stamp, marks: Marks, *, shadow: bool, adds: bool) -> None:
        """Put what was found into the mask, or take it out."""
        name = self.tr("Select object") if adds else self.tr("Take object away")
        command = cover_mask(self._work.document, name, *stamp, fill=adds)
        if command is None:
            self._work.told.emit(self.tr("Nothing changed: it is so already."))
            return
        self._work.stack.push(command)
        if adds:
            self._last = Selected(found, marks, shadow, command)
        self.selected.emit()

    @property
    def _nothing(self) -> str:
        return self.tr("Nothing was told apart there. Draw a loop around the thing.")

    def _forget(self) -> None:
        self._last = None


def _is_near(box: Box, way: Way) -> bool:
    """Tell whether ``way`` begins in or beside a thing in ``box``."""
    near = box.grow(max(box.width, box.height) // 6)
    x, y = way[0]
    return near.left <= x < near.right and near.top <= y < near.bottom
