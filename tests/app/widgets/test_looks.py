"""The looks follow the system and the settings: theme, text size, tint, narrow windows."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.canvas.qimage import to_array
from app.widgets import theme
from app.widgets.status_bar import Message
from app.widgets.theme import DARK, LIGHT
from tests.app.hands import fill, stroke


class System:
    """Stand for a desktop that is light or dark."""

    scheme = Qt.ColorScheme.Dark

    @classmethod
    def styleHints(cls):
        return cls

    @classmethod
    def colorScheme(cls):
        return cls.scheme


@pytest.mark.parametrize(
    ("scheme", "look"), [(Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Dark, DARK)]
)
def test_the_window_changes_with_the_system(empty_window, qtbot, monkeypatch, scheme, look):
    monkeypatch.setattr(theme, "QGuiApplication", System)
    empty_window.workspace.settings.set("theme", "light" if look is DARK else "dark")
    empty_window.workspace.settings.set("theme", "system")
    monkeypatch.setattr(System, "scheme", scheme)
    QApplication.sendEvent(empty_window, QEvent(QEvent.Type.ThemeChange))
    qtbot.waitUntil(lambda: empty_window.canvas.background == QColor(look.canvas), timeout=60_000)
    assert empty_window.palette().window().color() == QColor(look.window)


def test_a_chosen_theme_does_not_follow_the_system(empty_window, monkeypatch):
    monkeypatch.setattr(theme, "QGuiApplication", System)
    empty_window.workspace.settings.set("theme", "light")
    QApplication.sendEvent(empty_window, QEvent(QEvent.Type.ThemeChange))
    QApplication.processEvents()
    assert empty_window.canvas.background == QColor(LIGHT.canvas)


@pytest.mark.parametrize("look", [DARK, LIGHT])
def test_writing_stands_out_enough_to_be_read(look):
    def luminance(name):
        colour = QColor(name)
        parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    def contrast(one, other):
        high, low = sorted([luminance(one), luminance(other)], reverse=True)
        return (high + 0.05) / (low + 0.05)

    for ground in (look.window, look.panel, look.field):
        assert contrast(look.text, ground) > 7
    assert contrast(look.muted, look.window) > 4.5
    assert contrast(look.on_accent, look.accent) > 3


@pytest.fixture
def large_text(qapp):
    before = qapp.font()
    font = QFont(before)
    font.setPointSizeF(before.pointSizeF() * 2)
    qapp.setFont(font)
    yield
    qapp.setFont(before)


def test_twice_the_text_size_cuts_nothing_in_the_strip(large_text, window, qtbot):
    window.resize(1500, 1000)
    window.workspace.settings.set("details", True)
    window.canvas.zoom_to(1.0)
    stroke(window.canvas, [(200, 150), (260, 160)])
    fill(window, qtbot)
    strip = window.frame.strip
    QApplication.processEvents()
    line = QFontMetrics(strip.font()).height()
    assert line > 20
    for thumb in strip.thumbs:
        assert thumb._code_rect().bottom() <= thumb.height()
        assert thumb._code_rect().height() >= line
        assert strip.rect().contains(thumb.geometry())
    for widget in [*strip.findChildren(QPushButton), *strip.findChildren(QLabel)]:
        if widget.isVisible() and widget.text() and not getattr(widget, "wordWrap", bool)():
            assert widget.width() >= widget.minimumSizeHint().width(), widget.text()
            assert widget.height() >= line, widget.text()


def test_a_long_message_is_cut_with_an_ellipsis_and_whole_in_the_tooltip(empty_window):
    text = "word " * 200
    empty_window.workspace.told.emit(text)
    message = empty_window.frame.status.findChild(Message)
    assert message.toolTip() == text
    assert message.minimumSizeHint().width() < 5000
    QApplication.processEvents()
    assert empty_window.width() < 1300
    short = empty_window.grab().toImage()
    empty_window.workspace.told.emit("word " * 199 + "end")
    assert empty_window.grab().toImage() == short


def test_the_tint_takes_the_colour_and_strength_of_the_settings(window):
    canvas, settings = window.canvas, window.workspace.settings
    canvas.zoom_to(1.0)
    settings.set("brush_size", 100)
    stroke(canvas, [(300, 200), (320, 200)])
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))

    def colour():
        at = canvas.to_widget(310, 200).toPoint()
        shot = to_array(canvas.grab().toImage())
        return shot[at.y() - 8 : at.y() + 8, at.x() - 8 : at.x() + 8].mean(axis=(0, 1))

    settings.set("tint_opacity", 90)
    settings.set("tint_colour", "#00ff00")
    green = colour()
    assert green[1] > 200
    assert green[0] < 60
    settings.set("tint_colour", "#0000ff")
    assert colour()[2] > 200
    settings.set("tint_opacity", 10)
    assert colour()[2] < 170
