"""Say above the photo that something did not work, until it is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QAction


class Bar(QWidget):
    """Show one sentence above the photo, with buttons beside it."""

    def __init__(self, parent: QWidget) -> None:
        """Build the bar without buttons."""
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 8, 10, 8)
        self._row.setSpacing(8)
        self._row.addWidget(self._label, 1)

    def add_button(self, text: str, slot: Callable[[], object]) -> QPushButton:
        """Add a button on the right that calls ``slot``."""
        button = QPushButton(text, self)
        button.clicked.connect(slot)
        self._row.addWidget(button)
        return button

    @property
    def text(self) -> str:
        """Return the sentence shown."""
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Show ``text``; hide for an empty one."""
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.setVisible(bool(text))


class Notice(Bar):
    """Show one sentence with buttons to copy diagnostics and to close it."""

    def __init__(self, diagnostics: QAction, parent: QWidget) -> None:
        """Build the bar; ``diagnostics`` copies them."""
        super().__init__(parent)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_button(self.tr("Copy diagnostics"), diagnostics.trigger)
        self.add_button(self.tr("Close"), self.hide)
