"""Fill what is painted, and let the user choose among the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.canvas import Canvas
from app.choice import Answer, Choice, HoleChoice
from app.commands import change_mask, replace_image
from app.fill_jobs import Answers, Fill, Hole, Holes, Ready, Redraw, WarmUp
from app.pyramid import Layer
from app.tools import Sample
from app.worker import Job
from app.workspace import Workspace
from engine.codes import draws_of_set, fresh_set

if TYPE_CHECKING:
    from app.document import Mask


class FillActions(QObject):
    """Drive the engine's thread and hold the choice that comes of it.

    Signals:
        choice_changed(): results came, or another one is chosen; ``choice`` may be None.
        progressed(float): share of the running fill in [0, 1].
        device_known(str): what the engine runs on, in words.
    """

    choice_changed = Signal()
    progressed = Signal(float)
    device_known = Signal(str)

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        """Fill the document of ``workspace`` and show results on ``canvas``."""
        super().__init__(canvas)
        self._work, self._canvas = workspace, canvas
        self._holes: list[Hole] = []
        self._arriving: Choice | None = None
        self._layers: dict[Answer, Layer] = {}
        self._hovered: Answer | None = None
        self.choice: Choice | None = None
        engine, document = workspace.engine, workspace.document
        engine.progressed.connect(self._on_engine_progressed)
        engine.delivered.connect(self._on_engine_delivered)
        engine.finished.connect(self._on_engine_finished)
        engine.failed.connect(self._on_engine_failed)
        document.opened.connect(self._end)
        document.mask_changed.connect(lambda _box: self._on_document_changed())
        document.image_changed.connect(lambda _box: self._on_document_changed())

    @property
    def waiting(self) -> bool:
        """Tell whether results are still being made."""
        return "filling" in self._work.facts

    def warm_up(self) -> None:
        """Load the engine in its thread, ahead of the first fill."""
        self._work.engine.submit(WarmUp(self._work.host))

    def fill(self) -> None:
        """Fill every painted place."""
        document = self._work.document
        box = document.mask_box()
        if box is None:
            self._work.told.emit(self.tr("Paint over what should go first."))
            return
        self._end()
        mask: Mask = np.zeros(document.mask.shape, bool)
        mask[box.slices] = document.mask[box.slices]
        seeds = draws_of_set(fresh_set())
        grow = self._work.settings.get("grow_percent") / 100
        self._submit(Fill(self._work.host, document.image, mask, seeds, grow))
        self._work.told.emit(self.tr("Filling …"))

    def stop(self) -> None:
        """Stop filling; what is there already stays."""
        self._work.engine.cancel()
        self._work.state("filling", False)
        self._arriving = None
        self._work.told.emit(self.tr("Filling was stopped."))

    def accept(self) -> None:
        """Write the chosen results into the photo and take their holes out of the mask."""
        choice = self.choice
        if choice is None:
            return
        self._end()
        codes = [hole.chosen.code or hole.chosen.kind for hole in choice.changed if hole.chosen]
        if not codes:
            return
        document, stack = self._work.document, self._work.stack
        stack.beginMacro(self.tr("Fill {0}").format(", ".join(codes)))
        for hole in choice.changed:
            assert hole.chosen is not None
            store = self._work.store
            stack.push(replace_image(document, store, "", hole.box, hole.chosen.patch))
            rest = document.mask[hole.box.slices] & ~hole.mask
            command = change_mask(document, "", hole.box, rest)
            if command is not None:
                stack.push(command)
        stack.endMacro()
        self._work.told.emit(self.tr("Accepted {0}.").format(", ".join(codes)))

    def dismiss(self) -> None:
        """Leave the photo and the mask as they were."""
        if self.choice is not None:
            self._end()
            self._work.told.emit(self.tr("Photo and mask are as they were."))

    def choose(self, number: int) -> None:
        """Choose result ``number``, 1 to 7 as in the strip."""
        if self.choice is None:
            return
        answer = self.choice.hole.slots[number - 1]
        if answer is not None:
            self.choice.hole.chosen = answer
            self._hovered = None
            self._show()

    def hover(self, number: int) -> None:
        """Show result ``number`` on the canvas without choosing it; 0 shows the chosen one."""
        if self.choice is not None:
            self._hovered = self.choice.hole.slots[number - 1] if number else None
            self._show_layers()

    def previous(self) -> None:
        """Choose the result to the left."""
        self._step(-1)

    def next(self) -> None:
        """Choose the result to the right."""
        self._step(1)

    def next_hole(self) -> None:
        """Choose for the next hole."""
        if self.choice is not None:
            self.select_hole((self.choice.active + 1) % len(self.choice.holes))

    def select_hole(self, number: int) -> None:
        """Choose for hole ``number``."""
        if self.choice is not None:
            self.choice.active = number
            self._show()

    def select_hole_at(self, sample: Sample) -> bool:
        """Choose for the hole under the pointer; tell whether there is another one."""
        number = self.choice.hole_at(sample.x, sample.y) if self.choice else None
        if self.choice is None or number is None or len(self.choice.holes) < 2:
            return False
        self.select_hole(number)
        return True

    def keep(self) -> None:
        """Keep the chosen result when resampling, or stop keeping it."""
        if self.choice is not None and self.choice.hole.chosen is not None:
            self.choice.hole.keep(self.choice.hole.chosen)
            self._show()

    def discard(self) -> None:
        """Take the chosen result out of the row."""
        if self.choice is not None and self.choice.hole.chosen is not None:
            self.choice.hole.discard(self.choice.hole.chosen)
            self._show()

    def resample(self) -> None:
        """Draw anew what is not kept, for the hole being chosen for."""
        self.ask_for(draws_of_set(fresh_set()), "draws")

    def ask_for(self, seeds: list[int], role: str = "asked") -> None:
        """Make the results with these seeds for the hole being chosen for."""
        if self.choice is not None:
            number = self.choice.active
            holes = {number: self._holes[number]}
            self._submit(Redraw(self._work.host, self._work.document.image, holes, seeds, role))
            self._show()

    def _submit(self, job: Job) -> None:
        self._work.engine.submit(job)
        self._work.state("filling", True)
        self.progressed.emit(0.0)

    def _step(self, by: int) -> None:
        if self.choice is None:
            return
        slots = self.choice.hole.slots
        there = [n for n, answer in enumerate(slots, 1) if answer is not None]
        now = next((n for n in there if slots[n - 1] is self.choice.hole.chosen), there[0])
        self.choose(there[(there.index(now) + by) % len(there)])

    def _on_engine_progressed(self, ticket: int, fraction: float) -> None:
        if self._work.engine.is_current(ticket):
            self.progressed.emit(fraction)

    def _on_engine_delivered(self, ticket: int, piece: object) -> None:
        if not self._work.engine.is_current(ticket):
            return
        if isinstance(piece, Ready):
            self.device_known.emit(piece.reason)
        elif isinstance(piece, Holes):
            self._holes = piece.holes
            holes = [HoleChoice(hole.box, hole.mask, hole.original) for hole in piece.holes]
            self._arriving = Choice(self._work.document.version, holes)
        elif isinstance(piece, Answers):
            self._take(piece)

    def _take(self, piece: Answers) -> None:
        choice = self.choice or self._arriving
        if choice is None:
            return
        hole = choice.holes[piece.hole]
        if piece.role == "draws":
            hole.take_draws(piece.answers)
            self._work.state("draws", True)
        else:
            take = hole.take_asked if piece.role == "asked" else hole.take
            for answer in piece.answers:
                take(answer)
        if self.choice is None:
            self.choice, self._arriving = choice, None
            self._work.state("holes", len(choice.holes) > 1)
            self._work.state("choosing", True)
            self._work.told.emit("")
        self._show()

    def _on_engine_finished(self, ticket: int, answer: object) -> None:
        if not self._work.engine.is_current(ticket):
            return
        if isinstance(answer, Ready):
            self.device_known.emit(answer.reason)
        self._work.state("filling", False)
        if self.choice is not None:
            self._show()

    def _on_engine_failed(self, ticket: int, text: str) -> None:
        if self._work.engine.is_current(ticket):
            self._work.state("filling", False)
            self._work.failed.emit(text)
            if self.choice is not None:
                self._show()

    def _on_document_changed(self) -> None:
        """Drop answers to a question that is no longer the same."""
        if self.choice is not None:
            self._end()
        elif self.waiting:
            self.stop()

    def _show(self) -> None:
        self._show_layers()
        several = self.choice is not None and len(self.choice.holes) > 1
        self._canvas.overlay.set_frame(self.choice.hole.box if several and self.choice else None)
        self.choice_changed.emit()

    def shown_layers(self) -> list[Layer]:
        """Return the chosen result of every hole as layers, the hovered one in its place."""
        if self.choice is None:
            return []
        out = []
        for hole in self.choice.holes:
            active = hole is self.choice.hole
            answer = self._hovered if active and self._hovered else hole.chosen
            if answer is not None and answer is not hole.original:
                out.append(self.layer_of(answer))
        return out

    def layer_of(self, answer: Answer) -> Layer:
        """Return ``answer`` as a layer over the photo, made once."""
        layer = self._layers.get(answer)
        if layer is None:
            layer = Layer(self._work.document.photo_levels, answer.box, answer.patch)
            self._layers[answer] = layer
        return layer

    def _show_layers(self) -> None:
        self._canvas.set_layers(self.shown_layers())

    def _end(self) -> None:
        """Close the choice and stop what is being made for it."""
        if self.waiting:
            self._work.engine.cancel()
            self._work.state("filling", False)
        if self.choice is None and self._arriving is None:
            return
        self.choice = self._arriving = self._hovered = None
        self._layers, self._holes = {}, []
        for fact in ("choosing", "draws", "holes"):
            self._work.state(fact, False)
        self._canvas.set_layers([])
        self._canvas.overlay.set_frame(None)
        self.choice_changed.emit()
