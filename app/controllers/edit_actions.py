"""Undo, redo, and the choice of tool and brush."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.canvas.painting import Painting
from app.document.workspace import Workspace
from engine.views.strokes import Tool

HARDNESS_STEP = 10


class EditActions(QObject):
    """Serve the Edit and Tools menus."""

    def __init__(
        self, workspace: Workspace, painting: Painting, dismiss: Callable[[], None]
    ) -> None:
        """Work on ``workspace`` and ``painting``; ``dismiss`` closes an open choice."""
        super().__init__(painting)
        self._work, self._painting, self._dismiss = workspace, painting, dismiss
        stack = workspace.stack
        stack.canUndoChanged.connect(lambda _can: self._note_undo())
        stack.canRedoChanged.connect(lambda can: workspace.state("redo", can))
        workspace.facts_changed.connect(self._note_undo)

    def undo(self) -> None:
        """Take back the last step: an unfinished stroke, an open choice, else the history's."""
        if self._painting.active:
            self._painting.cancel()
        elif "choosing" in self._work.facts:
            self._dismiss()
        else:
            self._work.stack.undo()

    def redo(self) -> None:
        """Do the step taken back again."""
        if not self._painting.active:
            self._work.stack.redo()

    def use_brush(self, on: bool) -> None:
        """Paint the mask."""
        self._use(Tool.BRUSH, on)

    def use_eraser(self, on: bool) -> None:
        """Erase the mask."""
        self._use(Tool.ERASER, on)

    def use_lasso(self, on: bool) -> None:
        """Draw loops."""
        self._use(Tool.LASSO, on)

    def use_rectangle(self, on: bool) -> None:
        """Drag rectangles."""
        self._use(Tool.RECTANGLE, on)

    def use_restore(self, on: bool) -> None:
        """Paint the original back."""
        self._use(Tool.RESTORE, on)

    def use_hand(self, on: bool) -> None:
        """Move the photo."""
        self._use(Tool.HAND, on)

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

    def _use(self, tool: Tool, on: bool) -> None:
        if on:
            self._painting.set_tool(tool)

    def _step_hardness(self, by: int) -> None:
        settings = self._work.settings
        settings.set("brush_hardness", min(max(settings.get("brush_hardness") + by, 0), 100))

    def _note_undo(self) -> None:
        can = self._work.stack.canUndo() or "choosing" in self._work.facts
        self._work.state("undo", can)
