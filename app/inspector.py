"""Show gamma and certainty at every resolution, for those who want to know how the net works."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.map_jobs import EvidenceFound
from app.map_windows import Seen
from app.qimage import to_qimage

SIDE = 92
GAP = 10
_RGB = cv2.COLOR_BGR2RGB


class Inspector(QDockWidget):
    """Lay the maps of one window side by side, from 8 pixels to the network's size."""

    def __init__(self, parent: QWidget) -> None:
        """Start hidden and empty."""
        super().__init__(parent.tr("Gamma inspector"), parent)
        self.setObjectName("inspector")
        self._seen: list[Seen] = []
        self._window = QComboBox(self)
        self._window.setAccessibleName(self.tr("Window"))
        self._window.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._window.currentIndexChanged.connect(self._draw)
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._export = QPushButton(self.tr("Export PNG…"), self)
        self._export.clicked.connect(self.ask_export)
        meaning = QLabel(
            self.tr(
                "Small: taken from the decoder's deep features. Large: from the photo around. "
                "Both depend on the mask alone."
            ),
            self,
        )
        meaning.setObjectName("muted")
        row = QHBoxLayout()
        row.addWidget(self._window)
        row.addWidget(_legend(self))
        row.addWidget(meaning, 1)
        row.addWidget(self._export)
        scroll = QScrollArea(self)
        scroll.setWidget(self._picture)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setMinimumHeight(2 * (SIDE + self.fontMetrics().height() + GAP) + GAP)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 8, 12, 8)
        column.addLayout(row)
        column.addWidget(scroll, 1)
        self.setWidget(body)
        self.hide()
        self.show_found(None)

    def show_found(self, found: EvidenceFound | None) -> None:
        """Show what was found for the mask as it is; None: there is no mask."""
        kept = self._window.currentIndex()
        self._seen = found.seen if found else []
        self._window.blockSignals(True)
        self._window.clear()
        for number, seen in enumerate(self._seen, 1):
            size = f"{seen.box.width} × {seen.box.height}"
            self._window.addItem(self.tr("Window {0}: {1} px").format(number, size))
        self._window.setCurrentIndex(min(max(kept, 0), len(self._seen) - 1))
        self._window.blockSignals(False)
        self._draw()

    def ask_export(self) -> None:
        """Ask for a name and write the pictures there."""
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export maps"), "gamma.png", "PNG (*.png)"
        )
        if name:
            self._picture.pixmap().save(name, "PNG")

    def _draw(self) -> None:
        index = self._window.currentIndex()
        there = 0 <= index < len(self._seen)
        self._export.setEnabled(there)
        if not there:
            self._picture.setText(self.tr("Paint a mask to see its maps."))
            return
        maps = self._seen[index].maps
        rows = (("γ", maps.gamma), (self.tr("certainty"), maps.certainty))
        self._picture.setPixmap(self._sheet([(name, row) for name, row in rows if row]))

    def _sheet(self, rows: list[tuple[str, dict[int, NDArray[np.float32]]]]) -> QPixmap:
        """Return one picture with a row for each kind of map, finest resolution last."""
        metrics = self.fontMetrics()
        line = metrics.height() + 4
        margin = max(metrics.horizontalAdvance(name) for name, _ in rows) + GAP if rows else 0
        count = max((len(maps) for _, maps in rows), default=0)
        width = margin + count * (SIDE + GAP)
        sheet = QPixmap(max(width, 1), len(rows) * (SIDE + line + GAP) + 1)
        sheet.fill(self.palette().window().color())
        painter = QPainter(sheet)
        painter.setPen(self.palette().windowText().color())
        for row, (name, maps) in enumerate(rows):
            top = row * (SIDE + line + GAP)
            painter.drawText(0, top + line + metrics.ascent(), name)
            for column, (resolution, values) in enumerate(sorted(maps.items())):
                left = margin + column * (SIDE + GAP)
                painter.drawImage(left, top + line, _coloured(values).scaled(SIDE, SIDE))
                extremes = f"{values.min():.2f}–{values.max():.2f}"
                spot = QRect(left, top, SIDE, line - 2)
                painter.drawText(spot, Qt.AlignmentFlag.AlignLeft, f"{resolution}")
                painter.drawText(spot, Qt.AlignmentFlag.AlignRight, extremes)
        painter.end()
        return sheet


def _coloured(values: NDArray[np.float32]) -> QImage:
    """Return values (h, w) in [0, 1] from dark blue to yellow."""
    levels = np.clip(np.rint(values * 255), 0, 255).astype(np.uint8)
    colours = cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_VIRIDIS), _RGB)
    return to_qimage(np.asarray(colours, np.uint8))


def _legend(parent: QWidget) -> QLabel:
    """Return the colour scale from 0 to 1."""
    ramp = np.repeat(np.linspace(0, 1, 90, dtype=np.float32)[None], 10, axis=0)
    strip = QPixmap(130, 14)
    strip.fill(Qt.GlobalColor.transparent)
    painter = QPainter(strip)
    painter.setPen(Qt.GlobalColor.gray)
    painter.drawText(0, 12, "0")
    painter.drawImage(14, 2, _coloured(ramp))
    painter.drawText(110, 12, "1")
    painter.end()
    label = QLabel(parent)
    label.setPixmap(strip)
    label.setAccessibleName(parent.tr("Colour scale from 0 to 1"))
    return label
