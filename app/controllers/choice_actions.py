"""Choose among the results: by key, by pointer, by code; keep, discard, resample, mix."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from app.controllers.fill_actions import FillActions
from app.document.workspace import Workspace
from engine.errors import ImageError
from engine.removal.choice import Answer, HoleChoice, Role
from engine.removal.codes import DRAWS, draws_of_set, fresh_set
from engine.removal.latents import BOLDEST, Latent
from engine.views.strokes import Sample


class ChoiceActions(QObject):
    """Serve the part of the Fill menu that works on an open choice.

    Signals:
        hole_wanted(Box): this hole is to be seen.
    """

    hole_wanted = Signal(object)

    def __init__(self, workspace: Workspace, fills: FillActions, window: QWidget) -> None:
        """Work on the choice of ``fills``; dialogs belong to ``window``."""
        super().__init__(window)
        self._work, self._fills, self._window = workspace, fills, window
        self._boldness = 1.0
        self._seeds: list[int] = []
        self._mixed: tuple[int, int] | None = None
        fills.opened.connect(self._on_opened)

    @property
    def _hole(self) -> HoleChoice | None:
        return self._fills.choice.hole if self._fills.choice else None

    def choose(self, number: int) -> None:
        """Choose result ``number``, 1 to 7 as in the strip."""
        hole = self._hole
        answer = hole.slots[number - 1] if hole else None
        if hole is not None and answer is not None:
            hole.chosen = answer
            self._fills.preview.hovered = None
            self._fills.refresh()

    def hover(self, number: int) -> None:
        """Show result ``number`` on the canvas without choosing it; 0 shows the chosen one."""
        if self._hole is not None:
            self._fills.preview.hovered = self._hole.slots[number - 1] if number else None
            self._fills.preview.show(self._fills.choice)

    def previous(self) -> None:
        """Choose the result to the left."""
        self._step(-1)

    def next(self) -> None:
        """Choose the result to the right."""
        self._step(1)

    def next_hole(self) -> None:
        """Choose for the next hole."""
        choice = self._fills.choice
        if choice is not None:
            self.select_hole((choice.active + 1) % len(choice.holes))
            self.hole_wanted.emit(choice.hole.box)

    def select_hole(self, number: int) -> None:
        """Choose for hole ``number``."""
        if self._fills.choice is not None:
            self._fills.choice.active = number
            self._mixed = None
            self._fills.refresh()

    def select_hole_at(self, sample: Sample) -> bool:
        """Choose for the hole under the pointer; tell whether there is another one."""
        choice = self._fills.choice
        number = choice.hole_at(sample.x, sample.y) if choice else None
        if choice is None or number is None or len(choice.holes) < 2:
            return False
        self.select_hole(number)
        return True

    def keep(self) -> None:
        """Keep the chosen result when resampling, or stop keeping it."""
        hole = self._hole
        if hole is not None and hole.chosen is not None:
            hole.keep(hole.chosen)
            self._fills.refresh()

    def discard(self) -> None:
        """Take the chosen result out of the row."""
        hole = self._hole
        if hole is not None and hole.chosen is not None:
            hole.discard(hole.chosen)
            self._fills.refresh()

    def resample(self) -> None:
        """Draw anew what is not kept, for the hole being chosen for."""
        self._seeds = draws_of_set(fresh_set())
        self._draw()

    def set_boldness(self, boldness: float) -> None:
        """Make the same draws with a smaller or larger z, 0 to 1.5; the kept ones stay."""
        boldness = min(max(round(boldness, 2), 0.0), BOLDEST)
        if boldness != self._boldness:
            self._boldness = boldness
            if self._hole is not None:
                self._seeds = self._seeds or self._present_set(self._hole)
                self._draw()

    def mix(self, one: int, other: int, share: float = 0.5) -> None:
        """Show what lies between two results of the strip."""
        hole = self._hole
        answers = [hole.slots[n - 1] for n in (other, one)] if hole else []
        seeds = [a.latent.seed for a in answers if a is not None and _is_drawn(a)]
        if len(seeds) == 2:
            self._mixed = seeds[0], seeds[1]
            self.set_mix(share)

    def set_mix(self, share: float) -> None:
        """Move the mix that is shown towards one or the other result."""
        if self._mixed is not None:
            seed, other = self._mixed
            self._fills.ask_for([Latent(seed, self._boldness, other, share)], Role.MIX)

    def ask_code(self) -> None:
        """Ask for a code and show its result."""
        text, entered = QInputDialog.getText(
            self._window,
            self.tr("Enter code"),
            self.tr("Code of the result, such as 7F3A-02:"),
        )
        if entered:
            self.show_code(text)

    def show_code(self, text: str) -> None:
        """Show the result with this code."""
        try:
            latent = Latent.of_code(text)
        except ImageError as error:
            self._work.fail(error.sentence)
        else:
            self._fills.ask_for([latent], Role.ASKED)

    def _draw(self) -> None:
        self._fills.ask_for([Latent(seed, self._boldness) for seed in self._seeds], Role.DRAWS)

    def _present_set(self, hole: HoleChoice) -> list[int]:
        return draws_of_set(hole.pool[0].latent.seed // DRAWS) if hole.pool else []

    def _step(self, by: int) -> None:
        hole = self._hole
        if hole is None:
            return
        there = [n for n, answer in enumerate(hole.slots, 1) if answer is not None]
        now = next((n for n in there if hole.slots[n - 1] is hole.chosen), there[0])
        self.choose(there[(there.index(now) + by) % len(there)])

    def _on_opened(self) -> None:
        self._boldness, self._seeds, self._mixed = 1.0, [], None


def _is_drawn(answer: Answer) -> bool:
    return bool(answer.code) and answer.latent.other is None
