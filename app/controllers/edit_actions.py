"""Undo, redo, and the choice of tool and brush."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.canvas.painting import Painting
from app.controllers.fill_actions import FillActions
from app.document.workspace import Fact, Workspace
from engine.views.strokes import Tool

HARDNESS_STEP = 10


class EditActions(QObject):
    """Serve the Edit and Tools menus."""

    def __init__(self, workspace: Workspace, painting: Painting, fills: FillActions) -> None:
        """Work on ``workspace``, ``painting`` and the choice of ``fills``."""
        super().__init__(painting)
        self._work, self._painting, self._fills = workspace, painting, fills
        stack = workspace.stack
        stack.canUndoChanged.connect(lambda _can: self._note_ways())
        stack.canRedoChanged.connect(lambda _can: self._note_ways())
        workspace.facts_changed.connect(self._note_ways)

    def undo(self) -> None:
        """Take back the last step: an unfinished stroke, an open choice, else the history's."""
        if self._painting.active:
            self._painting.cancel()
        elif Fact.CHOOSING in self._work.facts:
            self._fills.dismiss()
        else:
            self._work.stack.undo()
            self._say(self.tr("Taken back: {0}."), self._work.stack.redoText())

    def redo(self) -> None:
        """Bring back what was taken back last: the results that were left, or a step."""
        if self._painting.active:
            return
        if Fact.LEFT in self._work.facts:
            self._fills.bring_back()
        else:
            self._work.stack.redo()
            self._say(self.tr("Done again: {0}."), self._work.stack.undoText())

    def _say(self, told: str, step: str) -> None:
        """Tell which step it was, or take away what an earlier one was told."""
        self._work.told.emit(told.format(step) if step else "")

    def use(self, name: str, on: bool) -> None:
        """Let the pointer be the tool called ``name``; what another tool told is taken away."""
        if on:
            if self._painting.tool is not Tool(name):
                self._work.told.emit("")
            self._painting.set_tool(Tool(name))

    def let_edges_meet(self, on: bool) -> None:
        """Fill across the left and right edges of a photo that goes once around, or not."""
        self._work.document.around = on

    def swap(self) -> None:
        """Take the eraser instead of the brush, and the other way round."""
        erasing = self._painting.tool is Tool.ERASER
        self._painting.set_tool(Tool.BRUSH if erasing else Tool.ERASER)

    def smaller_brush(self) -> None:
        """Make the brush smaller."""
        self._painting.step_size(-1)

    def larger_brush(self) -> None:
        """Make the brush larger."""
        self._painting.step_size(1)

    def softer_brush(self) -> None:
        """Let the restore brush fall off earlier."""
        self._step_hardness(-HARDNESS_STEP)

    def harder_brush(self) -> None:
        """Let the restore brush fall off later."""
        self._step_hardness(HARDNESS_STEP)

    def _step_hardness(self, by: int) -> None:
        settings = self._work.settings
        settings.set("brush_hardness", min(max(settings.get("brush_hardness") + by, 0), 100))

    def _note_ways(self) -> None:
        stack, facts = self._work.stack, self._work.facts
        choosing, left = Fact.CHOOSING in facts, Fact.LEFT in facts
        self._work.state(Fact.UNDO, stack.canUndo() or choosing)
        self._work.state(Fact.REDO, (stack.canRedo() or left) and not choosing)
