"""Fill what is painted, and let the user choose among the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.canvas.canvas import Canvas
from app.canvas.preview import Preview
from app.controllers.accepting import accepting, called
from app.document.worker import Job
from app.document.workspace import Fact, Workspace
from app.words.saying import said
from engine.kept import Kept
from engine.record.planes import Plane
from engine.record.steps import FilledHole
from engine.removal.choice import LETTERS, Choice, HoleChoice, Role
from engine.removal.codes import draws_of_set, fresh_set
from engine.removal.fallback import Remark
from engine.removal.jobs import Answers, Fill, Holes, Ready, Redraw, WarmUp
from engine.removal.latents import Latent
from engine.removal.scene import Hole, Scene, everything
from engine.views.pyramid import Layer

if TYPE_CHECKING:
    from engine.arrays import Mask
    from engine.geometry import Box

T = TypeVar("T")
Piece = Ready | Holes | Answers | Remark
"""What a job of the engine's thread hands over before its end."""


class FillActions(QObject):
    """Drive the engine's thread and hold the choice that comes of it.

    Attributes:
        choice: what there is to choose from; None while there is nothing.
        preview: shows it on the canvas.

    Signals:
        opened(): there is something to choose from now.
        choice_changed(): results came, or another one is chosen; ``choice`` may be None.
        progressed(float): share of the running fill in [0, 1].
        device_known(str): what the engine runs on, in words.
    """

    opened = Signal()
    choice_changed = Signal()
    progressed = Signal(float)
    device_known = Signal(str)

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        """Fill the document of ``workspace`` and show results on ``canvas``."""
        super().__init__(canvas)
        self._work = workspace
        self.preview = Preview(workspace.document, canvas)
        self._holes: list[Hole] = []
        self._removed: Plane | None = None
        self._kept = Kept()
        self._arriving: Choice | None = None
        self.choice: Choice | None = None
        self._left: tuple[Choice, list[Hole]] | None = None
        document = workspace.document
        document.opened.connect(self._end)
        document.mask_changed.connect(lambda _box: self._on_document_changed())
        document.image_changed.connect(lambda _box: self._on_document_changed())
        document.lines_changed.connect(self._on_document_changed)
        document.sources_changed.connect(lambda _box: self._on_document_changed())

    @property
    def waiting(self) -> bool:
        """Tell whether results are still being made."""
        return Fact.FILLING in self._work.facts

    def warm_up(self) -> None:
        """Load the engine in its thread, ahead of the first fill."""
        self._work.engine.submit(WarmUp(self._work.remover), self._on_ready, self._work.fail)

    def warm_up_once(self) -> None:
        """Load the engine unless it is there or about to be."""
        if not self._work.remover.reason and not self.waiting:
            self.warm_up()

    def fill(self, asked: Mapping[Box, FilledHole] | None = None, *, grow: bool = True) -> None:
        """Fill every painted place, and what is being selected.

        Args:
            asked: for a hole's box, a result to show, keep and choose beside those drawn.
            grow: grow each hole first, as the settings say.
        """
        self._work.once_selected(partial(self._fill, asked or {}, grow=grow))

    def _fill(self, asked: Mapping[Box, FilledHole], *, grow: bool) -> None:
        document = self._work.document
        box = document.mask_box()
        if box is None:
            self._work.told.emit(self.tr("Paint over what should go first."))
            return
        self._end()
        mask: Mask = np.zeros(document.mask.shape, bool)
        mask[box.slices] = document.mask[box.slices]
        draws = [] if self._work.settings.get("one_result") else draws_of_set(fresh_set())
        latents = [Latent(seed) for seed in draws]
        share = self._work.settings.get("grow_percent") / 100 if grow else 0.0
        scene = self._scene()
        self.submit(Fill(self._work.remover, scene, mask, latents, share, asked))
        self._work.told.emit(self.tr("Filling …"))

    def _scene(self) -> Scene:
        document = self._work.document
        context = self._work.settings.context
        about = document.frozen(), document.colour, context, None, document.clear
        how = document.around, document.lines, self._kept, document.sources
        return Scene(*about, *how, self._work.settings.transforms)

    def stop(self) -> None:
        """Stop filling; what is there already stays."""
        self._work.engine.cancel()
        self._work.state(Fact.FILLING, False)
        self._arriving = None
        self._work.told.emit(self.tr("Filling was stopped."))
        if self.choice is not None:
            self.refresh()
        else:
            self._kept = Kept()

    def accept(self) -> None:
        """Write the chosen results into the photo and take their holes out of the mask."""
        choice = self.choice
        if choice is None:
            return
        codes = [hole.chosen.code or hole.chosen.kind for hole in choice.changed if hole.chosen]
        commands = accepting(self._work, choice, self._removed)
        self._end()
        if not codes:
            return
        stack = self._work.stack
        stack.beginMacro(called(stack, ", ".join(codes)))
        for command in commands:
            stack.push(command)
        stack.endMacro()
        self._work.told.emit(self.tr("The fill is in the photo; Undo takes it back."))

    @property
    def pending(self) -> bool:
        """Tell whether a result is shown that is not in the photo yet."""
        return self.choice is not None and bool(self.choice.changed)

    def settle(self) -> None:
        """Accept what is shown, so that it is what is saved."""
        if self.pending:
            self.accept()

    def dismiss(self) -> None:
        """Leave the photo and the mask as they were; the results can be brought back."""
        if self.choice is not None:
            left = self.choice, self._holes
            self._end()
            self._left = left
            self._work.state(Fact.LEFT, True)
            key = QKeySequence("Ctrl+Shift+Z").toString(QKeySequence.SequenceFormat.NativeText)
            told = self.tr("Photo and mask are as they were; {0} brings the results back.")
            self._work.told.emit(told.format(key))

    def bring_back(self) -> None:
        """Open the results that were left, as they were."""
        if self._left is not None:
            left = self._left
            self._end()
            self._arriving, self._holes = left
            self._open()
            self.refresh()

    def _forget(self) -> None:
        self._left, self._kept = None, Kept()
        self._work.state(Fact.LEFT, False)

    def ask_for(self, latents: Sequence[Latent], role: Role) -> None:
        """Make results from ``latents`` for the hole being chosen for."""
        if self.choice is not None:
            number = self.choice.active
            scene = replace(self._scene(), removed=self._removed)
            hole = self._holes[number]
            open_hole = self.choice.hole
            fixed, free = open_hole.fixed_looks, max(1, LETTERS - len(open_hole.kept))
            job = Redraw(self._work.remover, scene, number, hole, latents, role, fixed, free)
            self.submit(job)
            self.refresh()

    def submit(self, job: Job[T], answered: Callable[[T], object] = lambda done: None) -> None:
        """Run ``job`` in the engine's thread, in place of what is running, and show how far."""

        def finished(done: T) -> None:
            self._on_ended()
            answered(done)

        told = self._on_delivered, self.progressed.emit
        self._work.engine.submit(job, finished, self._on_failed, *told)
        self._work.state(Fact.FILLING, True)
        self.progressed.emit(0.0)

    def _on_ready(self, ready: Ready) -> None:
        self.device_known.emit(said(ready.reason))

    def _on_delivered(self, piece: Piece) -> None:
        match piece:
            case Ready():
                self._on_ready(piece)
            case Holes():
                self._expect(piece.holes, piece.removed)
            case Answers():
                self._take(piece)
            case Remark():
                self._work.fail(piece.text)

    def offer(self, holes: list[Hole], pieces: Sequence[Answers]) -> None:
        """Open a choice with results that were made earlier."""
        self._end()
        self._expect(holes, everything(self._work.document.mask, holes))
        for piece in pieces:
            self._take(piece)

    def _expect(self, holes: list[Hole], removed: Plane | None) -> None:
        self._holes, self._removed = holes, removed
        choices = [HoleChoice(hole.box, hole.mask, hole.original) for hole in holes]
        self._arriving = Choice(self._work.document.version, choices)

    def _take(self, piece: Answers) -> None:
        choice = self.choice or self._arriving
        if choice is None:
            return
        hole = choice.holes[piece.hole]
        hole.receive(piece.role, piece.answers, piece.doubt, piece.looks)
        if self.choice is None:
            self._open()
        self.refresh()

    def _open(self) -> None:
        """Let the user choose from what has arrived."""
        self.choice, self._arriving = self._arriving, None
        self._work.state(Fact.HOLES, self.choice is not None and len(self.choice.holes) > 1)
        self._work.told.emit("")
        self.opened.emit()
        self._work.state(Fact.CHOOSING, True)

    def _on_ended(self) -> None:
        self._work.state(Fact.FILLING, False)
        if self.choice is not None:
            self.refresh()

    def _on_failed(self, text: str) -> None:
        self._on_ended()
        self._work.fail(text)

    def _on_document_changed(self) -> None:
        """Drop answers to a question that is no longer the same."""
        self._forget()
        if self.choice is not None:
            self._end()
        elif self.waiting:
            self.stop()

    def layers(self) -> list[Layer]:
        """Return what lies over the photo at the moment."""
        return self.preview.layers(self.choice)

    def refresh(self) -> None:
        """Show the choice as it is now."""
        self._work.state(Fact.DRAWS, self.choice is not None and bool(self.choice.hole.shown))
        self.preview.show(self.choice)
        self.choice_changed.emit()

    def _end(self) -> None:
        """Close the choice and stop what is being made for it."""
        self._forget()
        if self.waiting:
            self._work.engine.cancel()
            self._work.state(Fact.FILLING, False)
        if self.choice is None and self._arriving is None:
            return
        self.choice = self._arriving = None
        self._holes = []
        for fact in (Fact.CHOOSING, Fact.HOLES):
            self._work.state(fact, False)
        self.refresh()
