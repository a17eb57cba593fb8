"""Show the lines a fill will carry, and let them be drawn, erased, dropped and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from app.canvas.canvas import Canvas
from app.canvas.line_marks import NOTHING, provisional
from app.canvas.painting import Painting
from app.document.commands import ChangeLines
from app.document.workspace import Fact, Workspace
from engine.removal.line_jobs import FindLines, LinesFound, Shown, toggled
from engine.removal.scene import Scene
from engine.structure.given import Given, Stroke
from engine.views.strokes import Sample, Tool

PAUSE_MS = 150


class LineActions(QObject):
    """Serve what has to do with lines in the menus and on the canvas."""

    def __init__(self, workspace: Workspace, canvas: Canvas, painting: Painting) -> None:
        """Look for lines in the document of ``workspace`` and show them on ``canvas``."""
        super().__init__(canvas)
        self._work, self._canvas, self._painting = workspace, canvas, painting
        self._marks = canvas.overlay.lines
        self._stale = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        document = workspace.document
        document.opened.connect(self._forget)
        document.mask_changed.connect(lambda _box: self._note_change())
        document.image_changed.connect(lambda _box: self._note_change())
        document.lines_changed.connect(self._note_change)
        document.sources_changed.connect(lambda _box: self._note_change())
        workspace.settings.changed.connect(self._on_setting_changed)
        workspace.facts_changed.connect(self._show_or_hide)
        painting.input.stroke_started.connect(lambda *_: workspace.lines.cancel())
        painting.input.let_go.connect(self._go_on)
        painting.input.hovered.connect(self._point)
        painting.tool_changed.connect(self._on_tool_changed)
        painting.pen.drew.connect(self.draw)
        painting.pen.picked.connect(self._toggle)
        painting.pen.erased.connect(self._erase)
        painting.pen.missed.connect(self._explain)
        self._show_or_hide()

    def show(self, on: bool) -> None:
        """Show in the mask which lines a fill carries, or not."""
        self._work.settings.set("show_lines", on)

    def next(self) -> None:
        """Point at the next line."""
        lines = list(self._marks.found.lines)
        now = self._marks.pointed[:1]
        number = (lines.index(now[0]) + 1) % len(lines) if now and now[0] in lines else 0
        self._marks.point_at(lines[number : number + 1])
        told = self.tr("Line {0} of {1}: {2}")
        self._work.told.emit(told.format(number + 1, len(lines), self._about(lines[number])))

    def drop(self) -> None:
        """Drop the line that is pointed at, or bring it back."""
        if self._marks.pointed:
            self._toggle(self._marks.pointed)
        else:
            self._work.told.emit(self.tr("I points at a line first."))

    def draw(self, stroke: Stroke) -> None:
        """Let the fill carry a line that was drawn."""
        now = self._work.document.lines
        self._change(self.tr("Draw line"), replace(now, drawn=(*now.drawn, stroke)))
        self._marks.show(provisional(self._marks.found, stroke))

    @property
    def settled(self) -> bool:
        """Tell whether what is shown is what a fill would do now."""
        return not self._stale and not self._pause.isActive()

    @property
    def _wanted(self) -> bool:
        """Tell whether lines are to be seen at the moment."""
        facts = self._work.facts
        shown = self._work.settings.get("show_lines") or self._painting.tool is Tool.PEN
        return bool(shown) and "choosing" not in facts and "replaying" not in facts

    def _note_change(self) -> None:
        """Look anew, soon; what is shown stays until then, unless there is no mask any more."""
        self._work.lines.cancel()
        self._stale = True
        if not self._work.document.hole_pixels:
            self._take(NOTHING)
        elif self._wanted:
            self._pause.start()

    def _go_on(self) -> None:
        """Look, where a stroke kept from it."""
        if self._stale and self._wanted:
            self._pause.start()

    def _forget(self) -> None:
        self._work.lines.cancel()
        self._pause.stop()
        self._take(NOTHING)

    def _ask(self) -> None:
        """Look for lines, as a fill would, in the thread for it."""
        document, settings = self._work.document, self._work.settings
        if self._painting.input.busy:
            return
        box = document.mask_box()
        if box is None or not self._wanted:
            return
        about = document.frozen(), document.colour, 1.0, None, document.clear
        scene = Scene(*about, document.around, document.lines, sources=document.sources)
        share = settings.get("grow_percent") / 100
        job = FindLines(scene, box, document.mask[box.slices].copy(), share)
        self._work.lines.submit(job, self._on_found, self._on_failed)

    def _on_found(self, found: LinesFound) -> None:
        first = found.lines and not self._marks.found.lines
        self._take(found)
        if first and self._marks.visible and Fact.FILLING not in self._work.facts:
            told = self.tr("The fill carries the thin lines on; a click on one drops it.")
            self._work.told.emit(told)

    def _on_failed(self, _text: str) -> None:
        """Show none; the fill will say what is wrong."""
        self._take(NOTHING)

    def _take(self, found: LinesFound) -> None:
        self._stale = False
        self._marks.show(found)
        self._work.state(Fact.LINES, bool(found.lines) and self._marks.visible)

    def _show_or_hide(self) -> None:
        wanted, was = self._wanted, self._marks.visible
        pen = self._painting.tool is Tool.PEN
        self._marks.set_visible(wanted, with_ends=pen)
        self._work.state(Fact.LINES, bool(self._marks.found.lines) and wanted)
        if wanted and not was:
            self._go_on()

    def _on_setting_changed(self, key: str) -> None:
        if key == "show_lines":
            self._show_or_hide()
        elif key == "grow_percent":
            self._note_change()

    def _on_tool_changed(self, tool: Tool) -> None:
        self._show_or_hide()
        if tool is Tool.PEN:
            self._explain()

    def _explain(self) -> None:
        self._work.told.emit(
            self.tr(
                "Draw a line from edge to edge; Shift draws a curve, Alt or a click takes it away."
            )
        )

    def _point(self, sample: Sample | None) -> None:
        """Let the line under the pointer stand out."""
        if sample is None or self._painting.input.busy:
            return
        here = self._painting.pen.lines_at(sample, self._painting.tool)
        if self._marks.point_at(here) and here:
            self._work.told.emit(self._about(here[0]))

    def _about(self, line: Shown) -> str:
        """Return what is to be known of a line."""
        if line.drawn is not None and not line.carried:
            return self.tr("This line begins at no edge of the photo; the fill cannot carry it on.")
        if line.drawn is not None:
            return self.tr("You drew this line; a click erases it.")
        if line.carried and line.doubtful:
            return self.tr("Some variants end this line or bend it another way; a click drops it.")
        if line.carried:
            return self.tr("The fill carries this line on; a click drops it.")
        return self.tr("This line was dropped; a click brings it back.")

    def _toggle(self, chosen: Sequence[Shown]) -> None:
        """Do what a click on some lines does."""
        name = self.tr("Bring back line")
        if any(line.drawn is not None for line in chosen):
            chosen, name = [one for one in chosen if one.drawn is not None], self.tr("Erase line")
        elif any(line.carried for line in chosen):
            name = self.tr("Drop line")
        self._change(name, toggled(self._work.document.lines, chosen))
        self._marks.show_after(chosen)

    def _erase(self, chosen: Sequence[Shown]) -> None:
        """Erase drawn lines, and drop found ones."""
        going = [line for line in chosen if line.carried or line.drawn is not None]
        if going:
            self._change(self.tr("Erase line"), toggled(self._work.document.lines, going))
            self._marks.show_after(going)

    def _change(self, name: str, lines: Given) -> None:
        if lines != self._work.document.lines:
            self._work.stack.push(ChangeLines(self._work.document, name, lines))
