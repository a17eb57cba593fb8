"""Say in a corner of the picture what the colours of a map mean."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

GROUND, INK = QColor(0, 0, 0, 175), QColor(255, 255, 255, 235)
SWATCH = 16.0
EDGE = 10.0

Rgb = tuple[int, int, int]


class Legend(NamedTuple):
    """Name both ends of a row of colours."""

    first: str
    colours: tuple[Rgb, ...]
    last: str


def paint_legend(painter: QPainter, legend: Legend, corner: QPointF) -> float:
    """Draw ``legend`` with its left bottom at ``corner`` and return its height."""
    metrics = QFontMetricsF(painter.font())
    height = metrics.height() + EDGE
    ends = metrics.horizontalAdvance(legend.first), metrics.horizontalAdvance(legend.last)
    strip = SWATCH * len(legend.colours)
    width = ends[0] + strip + ends[1] + 4 * EDGE
    ground = QRectF(corner.x(), corner.y() - height, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(ground, 4, 4)
    left = ground.left() + EDGE + ends[0] + EDGE
    for number, colour in enumerate(legend.colours):
        spot = QRectF(left + number * SWATCH, ground.top() + 5, SWATCH, height - 10)
        painter.fillRect(spot, QColor(*colour))
    painter.setPen(INK)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(ground.adjusted(EDGE, 0, 0, 0), middle, legend.first)
    painter.drawText(ground.adjusted(0, 0, -EDGE, 0), middle | Qt.AlignmentFlag.AlignRight,
                     legend.last)  # fmt: skip
    return height
