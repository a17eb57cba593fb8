"""Put the parts of the window together; the work is done by the controllers."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow

from app.batch.actions import BatchActions
from app.canvas.canvas import Canvas
from app.canvas.painting import Painting
from app.controllers.choice_actions import ChoiceActions
from app.controllers.choice_view import ChoiceView
from app.controllers.dropped import dropped_files
from app.controllers.edit_actions import EditActions
from app.controllers.facts import Facts
from app.controllers.file_actions import FileActions
from app.controllers.fill_actions import FillActions
from app.controllers.first_brush import fit_brush
from app.controllers.help_actions import HelpActions
from app.controllers.line_actions import LineActions
from app.controllers.map_actions import MapActions
from app.controllers.mask_actions import MaskActions
from app.controllers.recipe_actions import RecipeActions
from app.controllers.view_actions import ViewActions
from app.document.workspace import Fact, Workspace
from app.export.actions import ExportActions
from app.photos.row import PhotoRow
from app.photos.several import show_where_several
from app.recovery.bar import RecoveryBar
from app.recovery.beside import RecipeBeside
from app.recovery.recovery import Recovery
from app.recovery.session import Session
from app.selecting.selecting import Selecting
from app.widgets import theme
from app.widgets.acting import allow, build, draw_icons
from app.widgets.frame import Frame
from app.widgets.inspector import Inspector
from app.widgets.menus import TOOL_IDS
from engine.views.strokes import Sample, Tool

HELD_KEYS = {Qt.Key.Key_Backslash, Qt.Key.Key_Tab}


class MainWindow(QMainWindow):
    """Show one photo and everything that can be done with it.

    Attributes:
        files, row, exports, batch, edit, masks, fills, choices, view, recipes, help: the
            controllers the action table names.
    """

    def __init__(self, workspace: Workspace) -> None:
        """Build the window over ``workspace``."""
        super().__init__()
        self.workspace = workspace
        workspace.setParent(self)
        self.setAcceptDrops(True)
        self.resize(QSize(1280, 800))
        self.canvas = Canvas(workspace.document, self)
        self._make_controllers()
        self.actions_by_id = build(self)
        self._group_tools()
        self.frame = Frame(
            self, self.canvas, self.actions_by_id, workspace.settings, workspace.stack
        )
        self.selecting.dress(self.frame.options, self.actions_by_id)
        show_where_several(workspace, self.files, self.row, self.frame, self.canvas)
        self.actions_by_id["photos"].setChecked(workspace.settings.get("show_photos"))
        self.frame.add_recovery(RecoveryBar(self.recovery, self))
        self.inspector = Inspector(self)
        self.maps.evidence_found.connect(self.inspector.show_found)
        self.painting.input.hovered.connect(self.inspector.follow)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.inspector)
        self.inspector.setFloating(True)  # below the photo it would leave no room for it
        self._connect_workspace()
        self._connect_controllers()
        self.apply_theme()
        self._restore_state()
        self.choosing = ChoiceView(workspace, self.canvas, self.frame, self.fills, self.choices)
        self.facts = Facts(
            workspace, self, self.canvas, self.painting, self.files, self.frame.status
        )
        self._show_recent()
        self._show_facts()

    def apply_theme(self) -> None:
        """Dress the window as the settings or the system say."""
        look = theme.chosen(self.workspace.settings.get("theme"))
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, look)
        draw_icons(self.actions_by_id, look)
        self.canvas.set_background(QColor(look.canvas))

    def _make_controllers(self) -> None:
        work, canvas = self.workspace, self.canvas
        self.painting = Painting(work.document, canvas, work.stack, work.store, work.settings)
        self.fills = FillActions(work, canvas)
        self.choices = ChoiceActions(work, self.fills, self)
        self.view = ViewActions(work, canvas, self.fills.layers)
        self.selecting = Selecting(work, canvas, self.painting, self)
        self.edit = EditActions(work, self.painting, self.fills)
        self.masks = MaskActions(work, self)
        self.maps = MapActions(work, canvas, self.fills)
        self.lines = LineActions(work, canvas, self.painting)
        self.files = FileActions(work, self)
        self.row = PhotoRow(work, self.files, self)
        self.exports = ExportActions(work, self.files, self)
        self.recipes = RecipeActions(work, self.files, self.fills, self.masks, self)
        self.beside = RecipeBeside(work, self.files, self.recipes, self)
        self.batch = BatchActions(work, self.files, self.recipes, self)
        self.help = HelpActions(work, self)
        self.session = Session(work, self.fills, self)
        self.recovery = Recovery(work, self.session, self.files, self.fills, self)

    def _group_tools(self) -> None:
        group = QActionGroup(self)
        for name in TOOL_IDS:
            group.addAction(self.actions_by_id[name])
        self.actions_by_id["brush"].setChecked(True)
        self.actions_by_id["show_mask"].setChecked(True)
        self.actions_by_id["show_lines"].setChecked(self.workspace.settings.get("show_lines"))

    def _connect_workspace(self) -> None:
        work = self.workspace
        work.told.connect(self.frame.status.tell)
        work.failed.connect(self.frame.notice.show_text)
        work.facts_changed.connect(self._show_facts)
        work.failed.connect(lambda _text: self.frame.status.tell(""))  # "Opening …" is over
        for over in (work.document.opened, self.files.saved):
            over.connect(self.frame.notice.hide)
            over.connect(self.frame.welcome.hide)
        work.document.opened.connect(lambda: fit_brush(work.settings, self.canvas))
        meet = self.actions_by_id["around"]
        work.document.opened.connect(lambda: meet.setChecked(work.document.around))
        work.settings.changed.connect(self._on_setting_changed)

    def _connect_controllers(self) -> None:
        frame, fills = self.frame, self.fills
        self.files.recent_changed.connect(self._show_recent)
        frame.options.left.connect(self.canvas.setFocus)
        self.files.settle, self.files.pending = fills.settle, lambda: fills.pending
        self.files.mask_waits = lambda: self.masks.waits
        self.files.keep_mask = self.masks.ask_export
        self.masks.kept.connect(self.files.go_on)
        for changed in (fills.choice_changed, self.masks.waits_changed):
            changed.connect(self.files.title_changed)
        fills.progressed.connect(frame.status.show_progress)
        fills.device_known.connect(frame.status.show_device)
        self.painting.intercept = self._on_canvas_pressed
        self.painting.stroke_finished.connect(self._on_stroke_finished)
        self.painting.input.hovered.connect(self.recipes.follow)
        self.painting.input.let_go.connect(self._show_strip)
        self.painting.tool_changed.connect(self._on_tool_changed)
        frame.history.visibilityChanged.connect(self.actions_by_id["history"].setChecked)
        self.view.compare_ended.connect(self._end_compare)
        self.maps.map_ended.connect(lambda name: self.actions_by_id[name].setChecked(False))
        self.inspector.visibilityChanged.connect(self._on_inspector_shown)
        self.view.hold_with(frame.tools.widgetForAction(self.actions_by_id["original"]))

    def _show_facts(self) -> None:
        facts = self.workspace.facts
        allow(self.actions_by_id, facts)
        busy = Fact.FILLING in facts
        if not busy:
            self.frame.status.show_progress(None)
        accepts = self.workspace.settings.get("accept_on_stroke")
        locked = bool({Fact.SAVING, Fact.REPLAYING, Fact.REFINING} & facts)
        self.painting.enabled = not locked and (Fact.CHOOSING not in facts or accepts)
        self._show_strip()
        if Fact.DRAWS not in facts:
            self.actions_by_id["grid"].setChecked(False)

    def _show_strip(self) -> None:
        """Show the results or not; never under a pressed button, as the photo moves with it."""
        if not self.painting.input.busy:
            self.frame.strip.setVisible(Fact.CHOOSING in self.workspace.facts)

    def _show_recent(self) -> None:
        names = self.workspace.settings.get("recent_files")
        for action, path in self.frame.show_recent(names):
            action.triggered.connect(partial(self.files.open, path))

    def _on_canvas_pressed(self, sample: Sample) -> bool:
        """Use a press for choosing where there is a choice; tell whether it was used up."""
        if self.painting.tool is not Tool.RESTORE:
            self.actions_by_id["show_mask"].setChecked(True)  # nobody paints what is not seen
        if Fact.CHOOSING not in self.workspace.facts:
            return False
        box = self.workspace.document.box
        if not (0 <= sample.x < box.width and 0 <= sample.y < box.height):
            return True
        if self.choices.select_hole_at(sample):
            return True
        self.fills.accept()
        return False

    def _on_stroke_finished(self) -> None:
        painted = {Fact.PHOTO, Fact.MASK} <= self.workspace.facts
        if painted and self.workspace.settings.get("fill_on_release"):
            self.fills.fill()

    def _on_tool_changed(self, tool: Tool) -> None:
        self.frame.options.show_for(tool)
        self.actions_by_id[tool.value].setChecked(True)

    def _on_inspector_shown(self, shown: bool) -> None:
        self.actions_by_id["inspector"].setChecked(shown)
        self.maps.inspect(shown)

    def _on_setting_changed(self, key: str) -> None:
        if key == "theme":
            self.apply_theme()
        elif key == "accept_on_stroke":
            self._show_facts()
        elif key in {"device", "threads"}:
            settings = self.workspace.settings
            self.workspace.remover.use(settings.get("device"), settings.get("threads"))
            self.fills.warm_up()

    def _end_compare(self) -> None:
        for name in ("split", "flicker"):
            self.actions_by_id[name].setChecked(False)

    def _restore_state(self) -> None:
        settings = self.workspace.settings
        self.restoreGeometry(settings.get("window_geometry"))
        self.restoreState(settings.get("window_state"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the original as long as its key is down."""
        if event.key() in HELD_KEYS and self.workspace.document.is_open:
            if not event.isAutoRepeat():
                self.view.show_original(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show the photo as it is again."""
        if event.key() in HELD_KEYS and self.workspace.document.is_open:
            if not event.isAutoRepeat():
                self.view.show_original(False)
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the system when it changes between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and hasattr(self, "facts"):
            self.view.let_go_of_original()
        if event.type() == QEvent.Type.ThemeChange and hasattr(self, "frame"):
            QTimer.singleShot(0, self, self.apply_theme)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped photos, one after the other; with Shift held, use one as mask."""
        paths = dropped_files(event.mimeData())
        if not paths:
            return
        event.acceptProposedAction()
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if shift and self.workspace.document.is_open:
            self.masks.read(paths[0])
        else:
            self.row.open(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, remember the window, and stop the threads."""
        if Fact.SAVING in self.workspace.facts:
            self.files.close_when_saved()
        if Fact.SAVING in self.workspace.facts or not self.files.may_close():
            event.ignore()
            return
        settings = self.workspace.settings
        settings.set("window_geometry", self.saveGeometry())
        settings.set("window_state", self.saveState())
        self.hide()
        self.recovery.close()
        self.session.close()
        self.beside.close()
        self.workspace.close()
        event.accept()
