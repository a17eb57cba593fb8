"""The controls of the brushes for sources in the bar above the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from app.widgets.menus import TOOL_IDS
from app.widgets.panels import ICON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction


class SourcesBar(QWidget):
    """Choose between keeping out and taking from, and clear both."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        """Offer three of ``actions``."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for name in ("avoid", "take", "clear_sources"):
            button = QToolButton(self)
            button.setDefaultAction(actions[name])
            if name in TOOL_IDS:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setIconSize(ICON)
            row.addWidget(button)
