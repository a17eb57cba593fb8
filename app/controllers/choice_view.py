"""Show the open choice in the strip and in the grid, and pass on what the user does there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from app.canvas.canvas import Canvas
from app.canvas.grid import GridView
from app.controllers.choice_actions import ChoiceActions
from app.controllers.fill_actions import FillActions
from app.document.workspace import Workspace
from app.widgets.frame import Frame
from engine.geometry import Box

FIRST_LETTER = 4


class ChoiceView(QObject):
    """Keep strip and grid in step with the choice."""

    def __init__(
        self,
        workspace: Workspace,
        canvas: Canvas,
        frame: Frame,
        fills: FillActions,
        choices: ChoiceActions,
    ) -> None:
        """Connect the strip of ``frame`` with ``choices``."""
        super().__init__(canvas)
        self._work, self._canvas, self._frame = workspace, canvas, frame
        self._fills, self._choices = fills, choices
        self.grid: GridView | None = None
        strip, tuning = frame.strip, frame.strip.tuning
        fills.choice_changed.connect(self.refresh)
        fills.opened.connect(tuning.reset)
        fills.opened.connect(self._on_opened)
        choices.hole_wanted.connect(self._on_hole_wanted)
        strip.left.connect(fills.dismiss)
        strip.chosen.connect(choices.choose)
        strip.hovered.connect(choices.hover)
        strip.code_copied.connect(self._on_code_copied)
        strip.mix_requested.connect(self._on_mix_requested)
        tuning.boldness_changed.connect(choices.set_boldness)
        tuning.mix_changed.connect(choices.set_mix)

    def refresh(self) -> None:
        """Show the choice as it is now."""
        choice = self._fills.choice
        answer = choice.hole.chosen if choice else None
        self._frame.status.show_fill(answer.scale if answer else 0.0)
        if choice is None:
            self._canvas.hold_in_view(None)
            return
        self._frame.strip.show_choice(choice, waiting=self._fills.waiting)
        if self.grid is not None:
            shown = choice.hole.shown
            told = self._work.settings.get("details")
            results = [
                (
                    f"{letter}   {draw.code}" if told else letter,
                    self._fills.preview.layers(choice, draw),
                )
                for letter, draw in zip("ABCD", shown, strict=False)
            ]
            chosen = next((i for i, a in enumerate(shown) if a is choice.hole.chosen), -1)
            self.grid.show_results(results, chosen)

    def _on_opened(self) -> None:
        """Let the strip open without covering the place that was filled."""
        self._canvas.overlay.set_ring(None)
        if self._fills.choice is not None:
            self._canvas.hold_in_view(self._fills.choice.hole.box)

    def _on_hole_wanted(self, box: Box) -> None:
        self._canvas.hold_in_view(box)
        self._canvas.show_box(box)

    def leave(self) -> None:
        """Go back from the grid to the one result; from there, leave the photo as it was."""
        if self.grid is not None:
            self._frame.grid_switch.setChecked(False)
        else:
            self._fills.dismiss()

    def toggle_grid(self, on: bool) -> None:
        """Put four linked canvases in the place of the one, or take them away."""
        pages = self._frame.pages
        if on and self.grid is None and self._fills.choice is not None:
            QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            self.grid = GridView(self._work.document)
            self.grid.set_background(self._canvas.background)
            self.grid.picked.connect(lambda index: self._choices.choose(index + FIRST_LETTER))
            self.grid.look_at(self._fills.choice.hole.box)
            pages.addWidget(self.grid)
            pages.setCurrentWidget(self.grid)
            self.refresh()
            QApplication.restoreOverrideCursor()
        elif not on and self.grid is not None:
            pages.removeWidget(self.grid)
            self.grid.deleteLater()
            self.grid = None

    def _on_mix_requested(self, one: int, other: int) -> None:
        self._frame.strip.tuning.show_mix(True)
        self._choices.mix(one, other)

    def _on_code_copied(self, code: str) -> None:
        self._work.told.emit(self.tr("{0} is on the clipboard.").format(code))
