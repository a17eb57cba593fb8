"""Turn strokes on the canvas into undoable changes of the mask or of the photo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.canvas.canvas import Canvas
from app.canvas.gesture import Gesture
from app.canvas.input import CanvasInput, Manner
from app.canvas.line_preview import LinePreview
from app.canvas.pen import Pen
from app.canvas.size_drag import SizeDrag
from app.document.commands import MaskRecorder
from app.document.document import Document
from app.document.restoring import ImageRecorder
from app.settings import Settings
from engine.record.patches import PatchStore
from engine.record.sources import Paint
from engine.views.strokes import (
    MARK_TOOLS,
    OUTLINE_TOOLS,
    ROUND_TOOLS,
    Sample,
    Stamp,
    Tool,
    diameter_at,
    pieces,
    polygon,
    rectangle,
    segment,
    soften,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoCommand, QUndoStack

SIZE_STEP = 1.15
NAMES = {
    Tool.BRUSH: "Paint mask",
    Tool.ERASER: "Erase mask",
    Tool.LASSO: "Lasso",
    Tool.RECTANGLE: "Rectangle",
    Tool.RESTORE: "Restore original",
    Tool.AVOID: "Keep out",
    Tool.TAKE: "Take from",
}


class Painting(QObject):
    """Follow one stroke at a time with the current tool.

    Attributes:
        intercept: asked at every press; a press it uses begins no stroke.
        pen: the structure pen; it holds presses that may be for lines.
        enabled: whether strokes do anything.
        gestures: what tools do that are no brushes.

    Signals:
        stroke_finished(): after the step is in the history, unless it only marks sources.
        tool_changed(Tool)
    """

    stroke_finished = Signal()
    tool_changed = Signal(object)

    def __init__(
        self,
        document: Document,
        canvas: Canvas,
        stack: QUndoStack,
        store: PatchStore,
        settings: Settings,
    ) -> None:
        """Paint on ``document`` with what ``canvas`` reports."""
        super().__init__(canvas)
        self._document, self._canvas = document, canvas
        self._stack, self._store, self._settings = stack, store, settings
        self._recorder: MaskRecorder | ImageRecorder | None = None
        self._tool = Tool.BRUSH
        self._doing = Tool.BRUSH
        self._erases = False
        self._way: list[Sample] = []
        self._end: Sample | None = None
        self._under: Sample | None = None
        self.enabled = True
        self.gestures: dict[Tool, Gesture] = {}
        self._gesture: Gesture | None = None
        self.intercept: Callable[[Sample], bool] = lambda sample: False
        self.pen = Pen(document, canvas)
        self.input = CanvasInput(canvas)
        self.input.stroke_started.connect(self._on_stroke_started)
        self.input.stroke_moved.connect(self._on_stroke_moved)
        self.input.stroke_finished.connect(self._on_stroke_finished)
        self.input.stroke_cancelled.connect(self.cancel)
        self.input.hovered.connect(self._on_hovered)
        self.input.size_step_requested.connect(self.step_size)
        line = LinePreview(canvas, lambda: self.line_start)
        self.input.hovered.connect(line.follow)
        SizeDrag(canvas, settings, lambda: self.sizes and not self.active)
        settings.changed.connect(self._on_settings_changed)
        document.opened.connect(self._on_document_opened)

    @property
    def tool(self) -> Tool:
        """Return what the pointer does."""
        return self._tool

    @property
    def active(self) -> bool:
        """Tell whether a stroke is being made."""
        return not (self._recorder is None and self._gesture is None) or self.pen.holds

    @property
    def line_start(self) -> Sample | None:
        """Return where a line begins that Shift and a click would draw now."""
        idle = self.enabled and not self.active and self._tool in ROUND_TOOLS
        return self._end if idle else None

    @property
    def sizes(self) -> bool:
        """Tell whether the brush's size is of use now."""
        return self.enabled and self._document.is_open and self._tool in ROUND_TOOLS

    def set_tool(self, tool: Tool) -> None:
        """Let the pointer do something else."""
        self._tool = tool
        self.input.panning_tool = tool is Tool.HAND
        self._show_pointer()
        self.tool_changed.emit(tool)

    def step_size(self, direction: int) -> None:
        """Make the brush larger (1) or smaller (-1) by 15 %, at least by one pixel."""
        gesture = self.gestures.get(self._tool)
        if gesture is not None and gesture.step_size(direction):
            return
        size = self._settings.get("brush_size")
        wanted = round(size * SIZE_STEP**direction)
        wanted = wanted if wanted != size else size + direction
        self._settings.set("brush_size", min(max(wanted, 1), 2000))

    def cancel(self) -> None:
        """Take back the stroke that is being made."""
        self.pen.cancel()
        self._canvas.overlay.set_draft([])
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
        if self._recorder is not None:
            command = self._take_command()
            if command is not None:
                command.redo()
                command.undo()

    def _on_stroke_started(self, sample: Sample, manner: Manner) -> None:
        if not self._document.is_open or not self.enabled or self._tool is Tool.HAND:
            return
        if self.intercept(sample):
            return
        if not self.pen.press(sample, manner, self._tool):
            self._begin(sample, manner)

    def _begin(self, sample: Sample, manner: Manner) -> None:
        self._gesture = self.gestures.get(self._tool)
        if self._gesture is not None:
            self._gesture.press(sample, manner)
            return
        self._doing, self._erases = self._tool, manner.opposite
        if self._tool is Tool.ERASER:
            self._doing, self._erases = Tool.BRUSH, not manner.opposite
        if self._doing is Tool.RESTORE:
            self._recorder = ImageRecorder(self._document, self._store)
        else:
            marks = self._doing in MARK_TOOLS
            paint = Paint(self._doing.value) if marks else Paint.MASK
            self._recorder = MaskRecorder(self._document, paint)
        joined = manner.straight and self._end is not None and self._doing in ROUND_TOOLS
        self._way = [sample]
        self._stroke_to(sample, self._end if joined else sample)

    def _on_stroke_moved(self, sample: Sample) -> None:
        if self.pen.holds:
            begun = self.pen.move(sample)
            if begun is not None:
                self._begin(*begun)
        if self._gesture is not None:
            self._gesture.move(sample)
        if self._recorder is None:
            return
        if self._doing in ROUND_TOOLS:
            self._stroke_to(sample, self._way[-1])
            self._way = [sample]
        else:
            self._way.append(sample)
            self._canvas.overlay.set_draft(self._draft())

    def _on_stroke_finished(self, sample: Sample) -> None:
        if self.pen.holds:
            self.pen.release(sample)
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.release(sample)
        if self._recorder is None:
            return
        self._end = self._way[-1]
        if self._doing in OUTLINE_TOOLS:
            self._way.append(sample)
            self._canvas.overlay.set_draft([])
            self._apply(self._outline())
        command = self._take_command()
        if command is not None:
            self._stack.push(command)
            if self._doing not in MARK_TOOLS:
                self.stroke_finished.emit()

    def _take_command(self) -> QUndoCommand | None:
        recorder, self._recorder = self._recorder, None
        if isinstance(recorder, MaskRecorder):
            if self._erases and self._doing in MARK_TOOLS:
                return recorder.command(self.tr("Erase marks"))
            name = NAMES[Tool.ERASER if self._erases else self._doing]
            return recorder.command(self.tr(name))
        assert isinstance(recorder, ImageRecorder)
        return recorder.command(self.tr(NAMES[Tool.RESTORE]))

    def _stroke_to(self, sample: Sample, start: Sample | None) -> None:
        if self._doing not in ROUND_TOOLS:
            return
        for first, last in pieces(start or sample, sample, self._settings.get("brush_size")):
            sizes = self._diameter(first), self._diameter(last)
            self._apply(segment(first, last, sizes, self._document.box))

    def _diameter(self, sample: Sample) -> float:
        size = self._settings.get("brush_size")
        return diameter_at(size, sample.pressure, by_pressure=self._settings.get("pen_pressure"))

    def _apply(self, stamp: Stamp | None) -> None:
        if stamp is None:
            return
        if isinstance(self._recorder, ImageRecorder):
            hardness = self._settings.get("brush_hardness") / 100
            weights = soften(stamp, hardness, self._settings.get("brush_size"))
            self._recorder.restore(stamp.box, weights)
        elif self._recorder is not None:
            self._recorder.paint(stamp.box, stamp.cover, fill=not self._erases)

    def _outline(self) -> Stamp | None:
        if self._doing is Tool.RECTANGLE:
            return rectangle(self._way[0], self._way[-1], self._document.box)
        return polygon(self._way, self._document.box)

    def _draft(self) -> list[tuple[float, float]]:
        if self._doing is Tool.RECTANGLE:
            (left, top, _), (right, bottom, _) = self._way[0], self._way[-1]
            return [(left, top), (right, top), (right, bottom), (left, bottom)]
        return [(sample.x, sample.y) for sample in self._way]

    def _on_hovered(self, sample: Sample | None) -> None:
        self._under = sample
        self._show_pointer()

    def _on_settings_changed(self, key: str) -> None:
        if key == "brush_size":
            self._show_pointer()

    def _on_document_opened(self) -> None:
        self._recorder, self._gesture, self._end, self._way = None, None, None, []
        self.pen.cancel()
        self._show_pointer()

    def _show_pointer(self) -> None:
        """Show the size ring for round tools, a cross for outlines, a hand for panning."""
        ring = self.sizes
        if ring and self._under is not None:
            size = self._settings.get("brush_size")
            self._canvas.overlay.set_ring((self._under.x, self._under.y, size))
        else:
            self._canvas.overlay.set_ring(None)
        if self._under is None:
            return
        shape = Qt.CursorShape.BlankCursor if ring else Qt.CursorShape.CrossCursor
        if self._tool is Tool.HAND:
            shape = Qt.CursorShape.OpenHandCursor
        if not self._document.is_open or not self.enabled:
            shape = Qt.CursorShape.ArrowCursor
        if self._canvas.cursor().shape() != shape:
            self._canvas.setCursor(shape)
