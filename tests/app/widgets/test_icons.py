"""Icons are drawn at the size they are shown at, in the colour of their state."""

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPainter

from app.widgets.icons import app_icon, icon


def ink(picture):
    """Return the pixels (N, 4) RGBA of a QPixmap or QImage that anything is drawn on."""
    image = QImage(picture) if isinstance(picture, QImage) else picture.toImage()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)
    return pixels[pixels[:, 3] > 250]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_has_the_pixels_of_the_screen(qapp, ratio):
    made = icon("fill", QColor("#112233"), QColor("#aabbcc")).pixmap(QSize(20, 20), ratio)
    assert made.size() == QSize(20, 20) * ratio
    assert made.devicePixelRatio() == ratio
    assert len(ink(made)) > 10


@pytest.mark.parametrize(
    ("mode", "colour"), [(QIcon.Mode.Normal, "#112233"), (QIcon.Mode.Disabled, "#aabbcc")]
)
def test_its_colour_tells_its_state(qapp, mode, colour):
    made = icon("fill", QColor("#112233"), QColor("#aabbcc"))
    drawn = QImage(32, 32, QImage.Format.Format_ARGB32)
    drawn.fill(0)
    with QPainter(drawn) as painter:
        made.paint(painter, QRect(0, 0, 32, 32), mode=mode)
    for seen in (ink(made.pixmap(QSize(32, 32), mode)), ink(drawn)):
        assert np.abs(seen[:, :3] - np.array(QColor(colour).getRgb()[:3], float)).max() <= 2


def test_the_program_s_icon_comes_in_the_sizes_that_desktops_ask_for(qapp):
    sizes = {size.width() for size in app_icon().availableSizes()}
    assert {16, 32, 48, 128} <= sizes
    assert len(ink(app_icon().pixmap(QSize(128, 128)))) > 1000
