"""Offer above the photo, quietly, to bring interrupted work back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.recovery import Recovery


class RecoveryBar(QWidget):
    """Show what ``Recovery`` offers, with two buttons; hidden while there is nothing."""

    def __init__(self, recovery: Recovery, parent: QWidget) -> None:
        """Build the bar and follow ``recovery``."""
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self.accept = QPushButton(self.tr("Bring it back"), self)
        self.accept.clicked.connect(recovery.bring_back)
        self.discard = QPushButton(self.tr("Discard"), self)
        self.discard.clicked.connect(recovery.discard)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self._label, 1)
        row.addWidget(self.accept)
        row.addWidget(self.discard)
        self.hide()
        recovery.offered.connect(self.show_text)

    @property
    def text(self) -> str:
        """Return the sentence shown."""
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Show ``text``; hide for an empty one."""
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self.setVisible(bool(text))
