"""Say above the photo that something did not work, until it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QAction


class Notice(QWidget):
    """Show one sentence with buttons to copy diagnostics and to close it."""

    def __init__(self, diagnostics: QAction, parent: QWidget) -> None:
        """Build the bar; ``diagnostics`` copies them."""
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(8)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = QPushButton(self.tr("Copy diagnostics"), self)
        copy.clicked.connect(diagnostics.trigger)
        close = QPushButton(self.tr("Close"), self)
        close.clicked.connect(self.hide)
        row.addWidget(self._label, 1)
        row.addWidget(copy)
        row.addWidget(close)

    @property
    def text(self) -> str:
        """Return the sentence shown."""
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Show ``text``."""
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.show()
