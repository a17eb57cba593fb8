"""Say on the empty canvas what to do first, with a button for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QAction


class Welcome(QWidget):
    """Lie in the middle of ``parent`` while no photo is open."""

    def __init__(self, open_photo: QAction, parent: QWidget) -> None:
        """Build the page; its button triggers ``open_photo``."""
        super().__init__(parent)
        self.button = QPushButton(self.tr("Open a photo"), self)
        self.button.setObjectName("primary")
        self.button.clicked.connect(open_photo.trigger)
        column = QVBoxLayout(self)
        column.setSpacing(14)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        self.lines = [
            QLabel(self.tr("Drop a photo here, or open one with Ctrl+O"), self),
            QLabel(self.tr("Paint over what should go, then press Fill"), self),
        ]
        column.addWidget(self.lines[0], 0, middle)
        column.addWidget(self.button, 0, middle)
        column.addWidget(self.lines[1], 0, middle)
        column.addStretch(1)
        over = QVBoxLayout(parent)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self)
