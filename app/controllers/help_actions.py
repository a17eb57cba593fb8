"""Show the keys, the settings, and what the program is made of."""

from __future__ import annotations

import json
import platform
import sys

from PySide6.QtCore import QObject, qVersion
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from app import APP_NAME
from app.document.workspace import Workspace
from app.widgets.about import about_html, versions
from app.widgets.dialogs import SettingsDialog, ShortcutSheet
from app.words.saying import said
from engine import __version__
from engine.diagnostics import LOG


class HelpActions(QObject):
    """Serve the Help menu and the settings."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        """Show dialogs over ``window``."""
        super().__init__(window)
        self._work, self._window = workspace, window
        self._sheet: ShortcutSheet | None = None
        self._settings: SettingsDialog | None = None

    def show_shortcuts(self) -> None:
        """Show the page of keys; it stays open beside the work."""
        if self._sheet is None:
            self._sheet = ShortcutSheet(self._window)
        self._sheet.setVisible(not self._sheet.isVisible())

    def show_settings(self) -> None:
        """Show the settings; they take effect at once."""
        if self._settings is None:
            forget = self._window.findChild(QAction, "forget")
            self._settings = SettingsDialog(self._work.settings, self._window, forget)
        self._settings.show()
        self._settings.raise_()

    def copy_diagnostics(self) -> None:
        """Put what is needed to report a problem on the clipboard."""
        QGuiApplication.clipboard().setText(self.diagnostics())
        self._work.told.emit(self.tr("Diagnostics are on the clipboard."))

    def diagnostics(self) -> str:
        """Return versions, device, photo size and the last messages as JSON; no file names."""
        box = self._work.document.box
        facts = {
            "program": f"{APP_NAME} {__version__}",
            "python": sys.version.split()[0],
            "system": platform.platform(),
            "qt": f"{qVersion()} {QGuiApplication.platformName()}",
            "parts": versions(),
            "device": self._work.remover.reason or "not loaded yet",
            "photo": f"{box.width} x {box.height} {self._work.document.image.dtype}",
            "steps": self._work.stack.count(),
            "messages": list(LOG.lines),
        }
        return json.dumps(facts, indent=2)

    def show_about(self) -> None:
        """Show versions and licences."""
        text = self.tr(
            "<h3>{0} {1}</h3><p>Removes things from photographs, on this computer only. "
            "No photo leaves it.</p><p>Licence: MIT. Method: {2}.</p><p>Device: {3}</p>"
            "<p>Weights: {4}, SHA-256<br>{5}</p><p>Built on Qt {6} and</p>"
        )
        page = about_html(text, said(self._work.remover.reason) or self.tr("not loaded yet"))
        QMessageBox.about(self._window, self.tr("About {0}").format(APP_NAME), page)
