"""Lay out the window: menus and bars around the canvas, the strip below, the history beside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QUndoView,
    QVBoxLayout,
    QWidget,
)

from app.canvas.canvas import Canvas
from app.settings import Settings
from app.widgets.actions import translated
from app.widgets.menus import MENUS, Menu
from app.widgets.notice import Notice
from app.widgets.panels import OptionsBar, tool_bar
from app.widgets.results import ResultsStrip
from app.widgets.status_bar import StatusBar
from app.widgets.welcome import Welcome

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QUndoStack

    from app.recovery.bar import RecoveryBar


class Frame:
    """Hold the parts around the canvas.

    Attributes:
        options, tools, status, strip, notice, recovery_bar: the bars.
        welcome: what the empty canvas says.
        pages: the canvas, and over it what takes its place for a while.
        history: the dock with the list of steps.
        recent: the submenu of recent files.
        grid_switch: the action that shows four results, or one.
    """

    def __init__(
        self,
        window: QMainWindow,
        canvas: Canvas,
        actions: Mapping[str, QAction],
        settings: Settings,
        stack: QUndoStack,
    ) -> None:
        """Build everything into ``window``."""
        self._window, self._actions, self._settings = window, actions, settings
        window.setMinimumSize(900, 600)
        self.options = OptionsBar(actions, settings, window)
        window.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.options)
        self.tools = tool_bar(actions, window)
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.tools)
        self.grid_switch = actions["grid"]
        self.welcome = Welcome(actions["open"], canvas)
        self.strip = ResultsStrip(actions, window)
        self.strip.hide()
        self.notice = Notice(actions["diagnostics"], window)
        self.notice.hide()
        window.setCentralWidget(self._column(canvas))
        self.status = StatusBar(actions["stop"], window)
        window.setStatusBar(self.status)
        self._show_details("details")
        settings.changed.connect(self._show_details)
        self.history = self._add_history(stack)
        for menu in MENUS:
            self._fill_menu(window.menuBar().addMenu(translated(menu.title)), menu)

    def _column(self, canvas: Canvas) -> QWidget:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        self._column_layout = column
        self.pages = QStackedWidget(self._window)
        self.pages.addWidget(canvas)
        column.addWidget(self.pages, 1)
        column.addWidget(self.strip)
        middle = QWidget(self._window)
        middle.setLayout(column)
        return middle

    def _show_details(self, key: str) -> None:
        if key == "details":
            on = self._settings.get("details")
            self.strip.show_details(on)
            self.status.show_details(on)
            self._actions["details"].setChecked(on)

    def add_recovery(self, bar: RecoveryBar) -> None:
        """Put ``bar`` right above the canvas."""
        self.recovery_bar = bar
        self._column_layout.insertWidget(1, bar)

    def add_photos(self, strip: QWidget) -> None:
        """Put the ``strip`` of photos below everything else."""
        self._column_layout.addWidget(strip)

    def _add_history(self, stack: QUndoStack) -> QDockWidget:
        window = self._window
        view = QUndoView(stack, window, emptyLabel=window.tr("Photo as opened"))
        view.setAccessibleName(window.tr("History"))
        dock = QDockWidget(window.tr("History"), window)
        dock.setObjectName("history")
        dock.setWidget(view)
        dock.hide()
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        return dock

    def _fill_menu(self, target: QMenu, menu: Menu) -> None:
        for entry in menu.entries:
            if entry is None:
                target.addSeparator()
            elif isinstance(entry, Menu):
                self.recent = target.addMenu(translated(entry.title))
            else:
                target.addAction(self._actions[entry])

    def show_recent(self, names: list[str]) -> list[tuple[QAction, Path]]:
        """List ``names`` in the submenu and return its actions with their paths."""
        self.recent.clear()
        out = []
        for name in names:
            path = Path(name)
            action = self.recent.addAction(f"{path.name}  —  {path.parent}")
            out.append((action, path))
        self.recent.setEnabled(bool(names))
        return out
