"""Draw the icons of ``assets/icons`` in the colour of the text around them."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from assets import ASSETS

FOLDER = ASSETS / "icons"
SIZES = (16, 24, 32, 48, 64, 128)


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


class _Drawn(QIconEngine):
    """Draw an icon once it is asked for, at just that size; drawing all ahead delays the start."""

    def __init__(self, name: str, colour: QColor, faint: QColor) -> None:
        super().__init__()
        self._name, self._colour, self._faint = name, colour, faint
        self._made: dict[tuple[int, bool], QPixmap] = {}

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon at ``size`` device pixels."""
        key = max(min(size.width(), size.height()), 1), mode is QIcon.Mode.Disabled
        if key not in self._made:
            self._made[key] = pixmap(self._name, key[0], self._faint if key[1] else self._colour)
        return self._made[key]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the icon into ``rect``, sharp on any screen."""
        ratio = painter.device().devicePixelRatio()
        drawn = QPixmap(self.pixmap(rect.size() * ratio, mode, state))
        drawn.setDevicePixelRatio(ratio)
        painter.drawPixmap(rect.topLeft(), drawn)

    def clone(self) -> QIconEngine:
        """Return another that draws the same."""
        return _Drawn(self._name, self._colour, self._faint)

    def availableSizes(
        self, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off
    ) -> list[QSize]:
        """Return the sizes that desktops use."""
        return [QSize(side, side) for side in SIZES]


def icon(name: str, colour: QColor, faint: QColor) -> QIcon:
    """Return icon ``name`` in ``colour``, and in ``faint`` where it is disabled."""
    return QIcon(_Drawn(name, colour, faint))


def app_icon() -> QIcon:
    """Return the program's own icon."""
    return icon("lacuna", QColor("#000000"), QColor("#000000"))
