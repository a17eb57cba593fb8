"""Serve the two brushes that say from where a fill may copy."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.canvas.canvas import Canvas
from app.document.commands import change_sources
from app.document.workspace import Fact, Workspace
from app.selecting.source_marks import SourceMarks
from engine.record.sources import ANYWHERE
from engine.views.strokes import Tool


class SourcesTool(QObject):
    """Say what the marks do, show them, and take them all away."""

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        """Follow the marks in ``workspace`` and show them on ``canvas``."""
        super().__init__(canvas)
        self._work = workspace
        self._marks = SourceMarks(workspace.document, canvas)
        workspace.document.sources_changed.connect(lambda _box: self._note())
        workspace.document.opened.connect(self._note)

    def use(self, tool: Tool) -> None:
        """Say what a brush does when it is taken up."""
        if tool is Tool.AVOID:
            told = self.tr(
                "Paint what must not be copied from; Alt erases. It counts until cleared."
            )
        elif tool is Tool.TAKE:
            told = self.tr(
                "Paint what alone may be copied from; Alt erases. It counts until cleared."
            )
        else:
            return
        self._work.told.emit(told)

    def clear(self) -> None:
        """Let fills copy from anywhere again."""
        stack = self._work.stack
        commands = change_sources(self._work.document, "", ANYWHERE)
        if commands:
            stack.beginMacro(self.tr("Clear marks"))
            for command in commands:
                stack.push(command)
            stack.endMacro()

    def _note(self) -> None:
        drawn = self._work.document.drawn
        marked = any(drawn[paint].count for paint in self._marks.kinds)
        self._work.state(Fact.SOURCES, marked)
