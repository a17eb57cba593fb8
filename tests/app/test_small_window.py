"""A small window leaves nothing out, and what is said goes when it is no longer so."""

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.selecting.spot_marks import SIGNAL
from app.selecting.spots_bar import SpotsBar
from app.widgets.icons import icon
from app.widgets.menus import TOOL_IDS
from app.words.language import speak
from tests.app.hands import fill, stroke

KEYS = "B", "E", "L", "M", "S", "P", "W", "F", "Q", "C", "Shift+C"


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))
    QApplication.processEvents()


def said(window):
    return window.frame.status._message.text()


def pixels(widget):
    picture = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB32)
    flat = np.frombuffer(picture.constBits(), np.uint8)
    return flat.reshape(picture.height(), -1, 4)[:, : picture.width(), 2::-1].astype(int)


@pytest.fixture(params=["en", "de"])
def small(qapp, request):
    translators = speak(qapp, request.param)
    window = request.getfixturevalue("painted")
    window.resize(0, 0)  # as small as it gets
    QApplication.processEvents()
    yield window
    for translator in translators:
        qapp.removeTranslator(translator)


def test_fill_and_every_tool_are_seen_in_the_smallest_window(small):
    assert (small.width(), small.height()) <= (900, 600)
    for name in KEYS:
        key(small, name)
        small.selecting.spots.found.emit(120, 120)  # the longest that is said beside the slider
        QApplication.processEvents()
        assert small.frame.options.fill_button.isVisible(), name
    for name in (*TOOL_IDS[:-1], "hand", "fit", "actual", "original", "split", "evidence"):
        if name != "take":
            assert small.frame.tools.widgetForAction(small.actions_by_id[name]).isVisible(), name


def test_nothing_to_press_is_cut_in_the_strip_of_the_smallest_window(small, qtbot):
    fill(small, qtbot)
    strip = small.frame.strip
    for button in strip.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.minimumSizeHint().width(), button.text()
            assert strip.rect().contains(
                strip.mapFromGlobal(button.mapToGlobal(button.rect().center()))
            )


def test_what_a_tool_says_goes_with_it(painted):
    for name in ("P", "W", "F", "C"):
        key(painted, name)
        assert said(painted)
        key(painted, "B")
        assert said(painted) == ""


def test_undo_and_redo_say_what_they_did(choosing):
    key(choosing, "Return")
    assert "Undo" in said(choosing)
    key(choosing, "Ctrl+Z")
    assert said(choosing) == "Taken back: Fill SAFE."
    key(choosing, "Ctrl+Shift+Z")
    assert said(choosing) == "Done again: Fill SAFE."


def test_many_places_have_a_short_name_in_the_history(painted, qtbot):
    stroke(painted.canvas, [(450, 320), (460, 320)])
    fill(painted, qtbot)
    key(painted, "Return")
    assert painted.workspace.stack.undoText() == "Fill 2 places"


def test_rings_have_a_colour_where_the_photo_is_black_and_white(painted, qtbot):
    key(painted, "Q")
    qtbot.waitUntil(lambda: not painted.workspace.selecting.busy, timeout=60_000)
    painted.canvas.zoom_to(1.0)
    stroke(painted.canvas, [(420, 300)])  # a disc, if nothing was found there
    key(painted, "A")
    signal = np.array(SIGNAL.getRgb()[:3])
    seen = pixels(painted.canvas)
    assert np.ptp(seen, axis=2).max() > 100, "all is grey"
    assert (abs(seen - signal).max(axis=2) < 40).any()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_cross_that_closes_a_panel_is_seen(window, theme):
    window.workspace.settings.set("theme", theme)
    key(window, "F9")
    close = window.frame.history.findChild(QAbstractButton, "qt_dockwidget_closebutton")
    assert close.isVisible()
    grey = pixels(close).mean(axis=2)
    assert np.ptp(grey) > 60


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_an_empty_box_to_tick_is_seen(window, theme):
    window.workspace.settings.set("theme", theme)
    key(window, "Q")
    box = window.findChild(SpotsBar).check
    assert box.isVisible()
    assert not box.isChecked()
    assert np.ptp(pixels(box)[:, :16].mean(axis=2)) > 60


def test_small_pictures_of_a_large_hole_show_the_hole(painted, qtbot):
    painted.workspace.settings.set("brush_size", 260)
    stroke(painted.canvas, [(200, 200), (420, 200)])
    fill(painted, qtbot)
    grey, safe = (pixels(thumb) for thumb in painted.frame.strip.thumbs[1:3])
    shares = [
        (abs(seen - colour).max(axis=2) < 8).mean()
        for seen, colour in ((grey, (128, 128, 128)), (safe, (200, 100, 50)))
    ]
    assert min(shares) > 0.2


def test_a_sign_is_shown_until_the_grid_is_there(choosing, monkeypatch):
    shown = []
    monkeypatch.setattr(QApplication, "setOverrideCursor", shown.append)
    monkeypatch.setattr(QApplication, "restoreOverrideCursor", lambda: shown.append(None))
    key(choosing, "G")
    assert shown == [Qt.CursorShape.WaitCursor, None]


def test_an_icon_without_room_is_drawn_in_silence(qapp, qtlog):
    drawn = icon("save", QColor("white"), QColor("grey"))
    drawn.pixmap(QSize(0, 0))
    drawn.pixmap(QSize(16, 0))
    assert not [record for record in qtlog.records if "QPainter" in record.message]
