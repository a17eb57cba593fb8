"""The wire tool: a click on something long and thin follows it to both its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.canvas.canvas import Canvas
from app.canvas.gesture import Gesture
from app.canvas.input import Manner
from app.document.commands import cover_mask
from app.document.workspace import Workspace
from engine.geometry import Box
from engine.selecting.wires import covered, follow
from engine.views.strokes import Sample, Stamp, Tool

if TYPE_CHECKING:
    from app.document.worker import Report
    from engine.arrays import Pixels

REACH = 7.0
"""Screen pixels by which a click may miss a wire."""


@dataclass(frozen=True, eq=False)
class FollowWire:
    """Follow the wire that was clicked in ``image``."""

    image: Pixels
    x: float
    y: float
    reach: float

    def __call__(self, report: Report) -> Stamp | None:
        """Return its pixels, None if there is none."""
        pieces = follow(self.image, self.x, self.y, self.reach)
        return covered(pieces, Box.of(self.image))


class WireTool(QObject, Gesture):
    """Put each wire that is clicked into the mask, or with Alt take it out, as one step.

    Signals:
        selected(): a step is in the history.
    """

    selected = Signal()

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        """Work on ``workspace`` with what is clicked on ``canvas``."""
        super().__init__(canvas)
        self._work, self._canvas = workspace, canvas

    def use(self, tool: Tool) -> None:
        """Say what the tool does when it is taken up."""
        if tool is Tool.WIRE:
            self._work.told.emit(
                self.tr("Click a wire, crack or hair; more clicks add others, Alt takes one away.")
            )

    def press(self, sample: Sample, manner: Manner) -> None:
        """Follow what lies under the pointer."""
        box = self._work.document.box
        if 0 <= sample.x < box.width and 0 <= sample.y < box.height:
            self._ask(sample, adds=not manner.opposite)

    def _ask(self, sample: Sample, *, adds: bool) -> None:
        reach = max(REACH / self._canvas.viewport.scale, 2.0)
        job = FollowWire(self._work.document.frozen(), sample.x, sample.y, reach)
        self._work.select(job, lambda found: self._take(found, adds=adds))

    def _take(self, found: Stamp | None, *, adds: bool) -> None:
        if found is None:
            self._work.told.emit(self.tr("No wire is seen there. Zoom in and click its middle."))
            return
        name = self.tr("Select wire") if adds else self.tr("Take wire away")
        command = cover_mask(self._work.document, name, *found, fill=adds)
        if command is not None:
            self._work.stack.push(command)
            self.selected.emit()
