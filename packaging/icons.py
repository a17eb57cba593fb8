"""Draw the program's icon in every size and format the desktops ask for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
_ICO = (16, 24, 32, 48, 64, 256)
SOURCE = Path(__file__).parents[1] / "assets" / "icons" / "lacuna.svg"


def draw(folder: Path) -> Path:
    """Write ``lacuna-SIZE.png`` for every size, lacuna.ico and lacuna.icns; return ``folder``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    renderer = QSvgRenderer(str(SOURCE))
    for size in (*SIZES, 1024):
        picture = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        picture.save(str(folder / f"lacuna-{size}.png"))
    with Image.open(folder / "lacuna-1024.png") as largest:
        largest.save(folder / "lacuna.icns")
    with Image.open(folder / "lacuna-256.png") as large:
        large.save(folder / "lacuna.ico", sizes=[(size, size) for size in _ICO])
    return folder


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
