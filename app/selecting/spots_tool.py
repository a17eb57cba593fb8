"""The spots tool: finds dust and blemishes, and lets each be dropped or added by a click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.canvas.canvas import Canvas
from app.canvas.gesture import Gesture
from app.canvas.input import Manner
from app.document.workspace import Fact, Workspace
from app.selecting.spot_jobs import FindSpots, FoundSpots, SeeSpots
from app.selecting.spot_marks import SpotMarks
from app.selecting.spot_steps import SpotSteps
from engine.geometry import Box
from engine.selecting.high_pass import visualized
from engine.selecting.spot_file import SpotSet, set_of
from engine.selecting.spots import Spot, chosen, spot_near
from engine.views.heat import Heat
from engine.views.strokes import Sample, Tool, polygon

PAUSE_MS = 40
STEP = 5
CLICK = 4.0
"""Screen pixels a pointer may move in a click."""


class SpotsTool(QObject, Gesture):
    """Keep what was found, and the mask in step with it.

    A spot is on if its middle is in the mask; so undo, redo and the brush need not be followed.

    Attributes:
        marks: the rings.
        last: the spots that were on last, in this photo or one before, for other photos.

    Signals:
        found(int, int): how many spots are on, and how many are shown.
        visualized(bool): the high-pass view was switched on or off from here.
    """

    found = Signal(int, int)
    visualized = Signal(bool)

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        """Work on ``workspace``, draw over ``canvas``."""
        super().__init__(canvas)
        self._work, self._canvas = workspace, canvas
        self._steps = SpotSteps(workspace.document, workspace.stack)
        self.marks = SpotMarks(canvas, self._steps.is_on)
        self.last: SpotSet | None = None
        self._found: FoundSpots | None = None
        self._added: list[Spot] = []
        self._dropped: set[Spot] = set()
        self._way: list[Sample] = []
        self._takes, self._in_use, self._visual = False, False, False
        self._sizes: tuple[tuple[int, int], int] = ((0, 0), 1)
        self._rest = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._rest.timeout.connect(self._follow)
        workspace.settings.changed.connect(self._on_setting_changed)
        workspace.document.opened.connect(self._on_opened)
        self._count = QTimer(self, singleShot=True)
        self._count.timeout.connect(self._tell_count)
        workspace.document.mask_changed.connect(lambda _box: self._count.start())

    # What the window asks

    def use(self, tool: Tool) -> None:
        """Take the tool up, and look for spots the first time; or put it down."""
        self._in_use = tool is Tool.SPOTS
        self.marks.show(self._in_use)
        if self._in_use and self._found is None:
            self.find()
        self._show_view()

    def find(self) -> None:
        """Look for spots in the photo as it is now."""
        document = self._work.document
        if document.is_open:
            self._work.told.emit(self.tr("Looking for spots …"))
            self._work.select(FindSpots(document.frozen()), self._on_found)

    def see(self, spots: SpotSet | Path) -> None:
        """Look for the spots of another photo."""
        document = self._work.document
        if document.photo is not None:
            job = SeeSpots(document.frozen(), document.photo.orientation, spots)
            self._work.select(job, self._on_seen)

    def see_last(self) -> None:
        """Look for the spots of the photo that was open before."""
        if self.last is None:
            self._work.told.emit(self.tr("No spots were found in a photo before this one."))
        else:
            self.see(self.last)

    def set_visualized(self, on: bool) -> None:
        """Show the photo's high-pass view, in which spots stand out, or the photo."""
        self._visual = on
        self.visualized.emit(on)
        self._show_view()

    def next(self) -> None:
        """Show the next spot at 100 %."""
        self._go(1)

    def previous(self) -> None:
        """Show the previous spot at 100 %."""
        self._go(-1)

    def _go(self, direction: int) -> None:
        spots = sorted(self.marks.spots, key=lambda spot: (spot.y // 200, spot.x))
        if spots:
            now = self.marks.current
            number = spots.index(now) + direction if now in spots else min(direction, 0)
            spot = spots[number % len(spots)]
            self.marks.current = spot
            self._canvas.centre_at(spot.x, spot.y, max(self._canvas.viewport.scale, 1.0))
            text = self.tr("Spot {0} of {1}. Backspace drops it or takes it again.")
            self._work.told.emit(text.format(number % len(spots) + 1, len(spots)))

    def toggle_current(self) -> None:
        """Drop the spot that is looked at, or take it again."""
        if self.marks.current is not None:
            self._toggle(self.marks.current)

    # The gesture

    def press(self, sample: Sample, manner: Manner) -> None:
        """Begin a click, or a loop around spots to drop."""
        self._way, self._takes = [sample], manner.opposite

    def move(self, sample: Sample) -> None:
        """Draw the loop."""
        self._way.append(sample)
        if self._moved:
            self._canvas.overlay.set_draft([(at.x, at.y) for at in self._way])

    def release(self, sample: Sample) -> None:
        """Drop the spots in the loop; of a click, drop, take or add one."""
        self._canvas.overlay.set_draft([])
        if self._found is None:
            return
        if self._moved:
            self._drop_within([*self._way, sample])
            return
        spot = self.marks.under((sample.x, sample.y))
        if spot is not None:
            self._toggle(spot)
        elif not self._takes:
            self._add(sample)

    def cancel(self) -> None:
        """Draw no loop."""
        self._canvas.overlay.set_draft([])

    @property
    def _moved(self) -> bool:
        first, last = self._way[0], self._way[-1]
        far = max(abs(last.x - first.x), abs(last.y - first.y))
        return len(self._way) > 8 or far * self._canvas.viewport.scale > CLICK

    def step_size(self, direction: int) -> bool:
        """Find fainter spots (1) or only clearer ones (-1)."""
        wanted = self._work.settings.get("spot_sensitivity") + STEP * direction
        self._work.settings.set("spot_sensitivity", min(max(wanted, 0), 100))
        return True

    # What becomes of it

    @property
    def _is_late(self) -> bool:
        """Tell that something else is being done: nothing is painted then that nobody expects."""
        return not self._in_use or bool({Fact.FILLING, Fact.CHOOSING} & self._work.facts)

    def _on_found(self, found: FoundSpots) -> None:
        if self._is_late:
            return
        self._take(found, chosen(found.spots, self._sensitivity), self.tr("Find spots"))
        if not self.marks.spots:
            self._work.told.emit(self.tr("No spots were found. More sensitivity finds fainter "
                                         "ones; click on one to add it."))  # fmt: skip
        else:
            self._work.told.emit(self.tr("Click a spot to drop it, anywhere else to add one; Fill "
                                         "removes them."))  # fmt: skip

    def _on_seen(self, found: FoundSpots) -> None:
        if self._is_late:
            return
        self._take(found, found.spots, self.tr("Spots of another photo"))
        text = self.tr("{0} of the other photo's spots are seen here, too.")
        self._work.told.emit(text.format(len(found.spots)))

    def _take(self, found: FoundSpots, spots: list[Spot], text: str) -> None:
        document = self._work.document
        assert document.photo is not None
        self._sizes = document.photo.size, document.photo.orientation
        self._found, self._added, self._dropped = found, [], set()
        self._steps.forget()
        self.marks.current = None
        self._lay([], spots, text)
        self._show_view()

    def _follow(self) -> None:
        """Show as many spots as the sensitivity asks for; those that were dropped stay so."""
        if self._found is None or not self._in_use or Fact.CHOOSING in self._work.facts:
            return
        before = self.marks.spots
        on = {spot for spot in before if self._steps.is_on(spot)}
        if on:
            self._dropped = (self._dropped | set(before)) - on
        wanted = [*chosen(self._found.spots, self._sensitivity), *self._added]
        self._steps.take_back()
        left = [spot for spot in before if self._steps.is_on(spot)]
        self._lay(left, wanted, self.tr("Find spots"))
        self._show_view()

    def _lay(self, before: list[Spot], after: list[Spot], text: str) -> None:
        """Put spots into the mask in place of others, except those that were dropped."""
        self.marks.spots = after
        taken = [spot for spot in after if spot not in self._dropped]
        self._steps.change(text, before, taken)
        self._canvas.update()
        self._tell_count()

    def _toggle(self, spot: Spot) -> None:
        if self._steps.is_on(spot):
            self._steps.drop([spot], self.marks.spots, self.tr("Drop spot"))
        else:
            self._steps.change(self.tr("Take spot"), [], [spot])
        self._canvas.update()

    def _drop_within(self, way: list[Sample]) -> None:
        loop = polygon(way, self._work.document.box)
        if loop is not None:
            spots = [spot for spot in self.marks.spots if self._steps.is_on(spot)]
            inside = [spot for spot in spots if _holds(loop.box, loop.cover, spot)]
            if inside:
                self._steps.drop(inside, self.marks.spots, self.tr("Drop spot"))

    def _add(self, sample: Sample) -> None:
        document = self._work.document
        if not (0 <= sample.x < document.box.width and 0 <= sample.y < document.box.height):
            return
        reach = 16 / self._canvas.viewport.scale
        radius = self._work.settings.get("brush_size") / 2
        spot = spot_near(document.image, sample.x, sample.y, reach)
        spot = spot or Spot(sample.x, sample.y, radius)
        self._added.append(spot)
        self.marks.spots = [*self.marks.spots, spot]
        self._steps.change(self.tr("Add spot"), [], [spot])
        self._canvas.update()

    @property
    def _sensitivity(self) -> float:
        return float(self._work.settings.get("spot_sensitivity")) / 100

    def _show_view(self) -> None:
        seen = self._in_use and self._visual and self._found is not None
        self.marks.signal = seen
        heats = []
        if seen and self._found is not None:
            grey = visualized(self._found.detail, self._sensitivity)
            picture = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
            heats = [Heat(self._work.document.box, picture)]
        self._canvas.overlay.set_heats("spots", heats)

    def _tell_count(self) -> None:
        if self._found is not None and self._in_use:
            on = [spot for spot in self.marks.spots if self._steps.is_on(spot)]
            if on:
                self.last = set_of(on, *self._sizes)
            self.found.emit(len(on), len(self.marks.spots))

    def _on_setting_changed(self, key: str) -> None:
        if key == "spot_sensitivity" and self._found is not None:
            self._rest.start()

    def _on_opened(self) -> None:
        self._found, self._added, self._dropped = None, [], set()
        self._steps.forget()
        self.marks.spots, self.marks.current = [], None
        self._show_view()
        self.found.emit(0, 0)


def _holds(box: Box, cover: np.ndarray, spot: Spot) -> bool:
    row, column = int(spot.y) - box.top, int(spot.x) - box.left
    inside = 0 <= row < box.height and 0 <= column < box.width
    return bool(inside and cover[row, column])
