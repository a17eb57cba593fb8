"""Put the tools that find things together: their gestures, their controls, their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.canvas.canvas import Canvas
from app.canvas.painting import Painting
from app.document.workspace import Fact, Workspace
from app.selecting.object_tool import ObjectTool
from app.selecting.refine_tool import RefineTool
from app.selecting.sources_bar import SourcesBar
from app.selecting.sources_tool import SourcesTool
from app.selecting.spot_jobs import WriteSpots
from app.selecting.spots_bar import SpotsBar
from app.selecting.spots_tool import SpotsTool
from app.selecting.wire_tool import WireTool
from engine.views.strokes import MARK_TOOLS, Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from app.widgets.panels import OptionsBar

KIND = "*.json"


class Selecting(QObject):
    """Serve the Select menu.

    Attributes:
        spots, objects, wires, sources: the tools.
        refining: what changes the whole mask by its edges.
    """

    def __init__(
        self, workspace: Workspace, canvas: Canvas, painting: Painting, window: QWidget
    ) -> None:
        """Register the tools with ``painting``; dialogs belong to ``window``."""
        super().__init__(window)
        self._work, self._window = workspace, window
        self.spots = SpotsTool(workspace, canvas)
        self.objects = ObjectTool(workspace, canvas)
        self.wires = WireTool(workspace, canvas)
        self.sources = SourcesTool(workspace, canvas)
        self.refining = RefineTool(workspace, canvas)
        painting.gestures |= {
            Tool.SPOTS: self.spots,
            Tool.OBJECT: self.objects,
            Tool.WIRE: self.wires,
        }
        for tool in (self.objects, self.wires):
            tool.selected.connect(painting.stroke_finished)
        painting.tool_changed.connect(self._on_tool_changed)

    def dress(self, options: OptionsBar, actions: Mapping[str, QAction]) -> None:
        """Put the tools' controls into ``options``."""
        bar = SpotsBar(self._work.settings, actions["visualize"], options)
        self.spots.found.connect(bar.show_count)
        options.add_for(bar, frozenset({Tool.SPOTS}))
        options.add_for(SourcesBar(actions, options), MARK_TOOLS)

    def ask_save_spots(self) -> None:
        """Ask for a name and write the spots there, for other photos."""
        if self.spots.last is None:
            self._work.told.emit(self.tr("There are no spots to save yet."))
            return
        title, start = self.tr("Save spots"), str(Path(self._folder) / "spots.json")
        name, _ = QFileDialog.getSaveFileName(self._window, title, start, self._kinds)
        if name:
            job = WriteSpots(self.spots.last, Path(name))
            self._work.writer.submit(job, self._on_saved, self._work.fail)

    def ask_open_spots(self) -> None:
        """Ask for a file of spots and look for them in this photo."""
        title = self.tr("Open spots")
        name, _ = QFileDialog.getOpenFileName(self._window, title, self._folder, self._kinds)
        if name:
            self.spots.see(Path(name))

    @property
    def _kinds(self) -> str:
        return self.tr("Spots ({0})").format(KIND)

    @property
    def _folder(self) -> str:
        return str(self._work.settings.get("last_folder"))

    def _on_saved(self, path: Path) -> None:
        self._work.told.emit(self.tr("The spots were saved as {0}.").format(path.name))

    def _on_tool_changed(self, tool: Tool) -> None:
        self._work.state(Fact.SPOTS, tool is Tool.SPOTS)
        for own in (self.spots, self.objects, self.wires, self.sources):
            own.use(tool)
