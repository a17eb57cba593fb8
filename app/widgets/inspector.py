"""Show gamma and certainty at every resolution, for those who want to know how the net works."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
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

from app.canvas.qimage import to_qimage
from app.words.numbers import written
from engine.arrays import Floats
from engine.removal.map_jobs import EvidenceFound
from engine.views.seen import Seen
from engine.views.sheet import coloured
from engine.views.strokes import Sample

SIDE = 104
GAP = 10
RAMP = 90
START = QSize(860, 380)


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
        meaning.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self._window)
        row.addWidget(_Scale(self))
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
        self.resize(START)
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
        self._window.setMinimumWidth(self._window.sizeHint().width())
        self._draw()

    def follow(self, sample: Sample | None) -> None:
        """Show the window of the hole under the pointer."""
        if sample is None or not self.isVisible():
            return
        for number, seen in enumerate(self._seen):
            left, top, right, bottom = seen.box
            if left <= sample.x < right and top <= sample.y < bottom:
                self._window.setCurrentIndex(number)
                return

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

    def _sheet(self, rows: list[tuple[str, dict[int, Floats]]]) -> QPixmap:
        """Return one picture with a row for each kind of map, finest resolution last."""
        metrics = self.fontMetrics()
        line = metrics.height() + 4
        margin = max(metrics.horizontalAdvance(name) for name, _ in rows) + GAP if rows else 0
        columns = sorted({resolution for _, maps in rows for resolution in maps})
        width = margin + len(columns) * (SIDE + GAP)
        ratio = self.devicePixelRatioF()
        height = len(rows) * (SIDE + line + GAP) + 1
        sheet = QPixmap(round(max(width, 1) * ratio), round(height * ratio))
        sheet.setDevicePixelRatio(ratio)
        sheet.fill(self.palette().window().color())
        painter = QPainter(sheet)
        painter.setPen(self.palette().windowText().color())
        for row, (name, maps) in enumerate(rows):
            top = row * (SIDE + line + GAP)
            painter.drawText(0, top + line + metrics.ascent(), name)
            for resolution, values in maps.items():
                left = margin + columns.index(resolution) * (SIDE + GAP)
                painter.drawImage(QRect(left, top + line, SIDE, SIDE), to_qimage(coloured(values)))
                extremes = f"{written(values.min(), 2)}–{written(values.max(), 2)}"
                spot = QRect(left, top, SIDE, line - 2)
                size = self.tr("{0} px").format(resolution)
                painter.drawText(spot, Qt.AlignmentFlag.AlignLeft, size)
                painter.drawText(spot, Qt.AlignmentFlag.AlignRight, extremes)
        painter.end()
        return sheet


class _Scale(QWidget):
    """Show the colours from 0 to 1."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(RAMP + 40, self.fontMetrics().height() + 4)
        self.setAccessibleName(parent.tr("Colour scale from 0 to 1"))
        self.setToolTip(parent.tr("Colour scale from 0 to 1"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the scale."""
        painter = QPainter(self)
        painter.setPen(self.palette().placeholderText().color())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle, "0")
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, "1")
        ramp = np.linspace(0, 1, RAMP, dtype=np.float32)[None]
        painter.drawImage(QRect(20, 3, RAMP, self.height() - 6), to_qimage(coloured(ramp)))
        painter.end()
