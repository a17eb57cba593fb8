"""Draw the icons of ``assets/icons`` in the colour of the text around them."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from assets import ASSETS

FOLDER = ASSETS / "icons"
SIZES = (16, 20, 24, 32, 48)


@cache
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, side: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """Return icon ``name`` at ``side`` logical pixels, its black lines drawn in ``colour``."""
    source = _source(name).replace("#000", colour.name())
    renderer = QSvgRenderer(QByteArray(source.encode()))
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setOpacity(colour.alphaF())
    renderer.render(painter, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, colour: QColor, faint: QColor) -> QIcon:
    """Return icon ``name`` in ``colour``, and in ``faint`` where it is disabled."""
    out = QIcon()
    for side in SIZES:
        for ratio in (1, 2):
            out.addPixmap(pixmap(name, side, colour, ratio), QIcon.Mode.Normal)
            out.addPixmap(pixmap(name, side, faint, ratio), QIcon.Mode.Disabled)
    return out


def app_icon() -> QIcon:
    """Return the program's own icon."""
    out = QIcon()
    for side in (*SIZES, 64, 128, 256):
        out.addPixmap(pixmap("lacuna", side, QColor("#000000")))
    return out
