"""Keys, wheel and windows in the middle of something: nothing happens that was not meant."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.document.workspace import Fact
from tests.app.hands import fill, move, press, release, stroke, wheel

KEYS = Qt.Key


@pytest.fixture
def drawing(painted):
    """Return a window in the middle of a second stroke."""
    painted.activateWindow()
    painted.canvas.setFocus()
    press(painted.canvas, (400, 300))
    move(painted.canvas, (420, 305))
    yield painted
    release(painted.canvas, (440, 305))


@pytest.mark.parametrize(
    "key", [KEYS.Key_Return, KEYS.Key_Delete, KEYS.Key_L, KEYS.Key_W, KEYS.Key_D, KEYS.Key_O]
)
def test_no_key_acts_in_the_middle_of_a_stroke(drawing, key):
    canvas, stack = drawing.canvas, drawing.workspace.stack
    before, steps = drawing.workspace.document.mask.copy(), stack.count()
    QTest.keyClick(canvas, key)
    assert not drawing.fills.waiting
    assert np.array_equal(drawing.workspace.document.mask, before)
    assert drawing.painting.tool.value == "brush"
    assert canvas.tint_visible
    release(canvas, (440, 305))
    assert stack.count() == steps + 1
    assert drawing.workspace.document.mask[305, 420]


def test_undo_in_the_middle_of_a_stroke_takes_that_stroke_back(drawing):
    steps = drawing.workspace.stack.count()
    QTest.keyClick(drawing.canvas, KEYS.Key_Z, Qt.KeyboardModifier.ControlModifier)
    move(drawing.canvas, (440, 305))
    release(drawing.canvas, (440, 305))
    assert drawing.workspace.stack.count() == steps
    assert not drawing.workspace.document.mask[300, 400]
    assert drawing.workspace.document.mask[150, 200], "the stroke before it stays"


def test_the_wheel_does_not_move_the_photo_under_a_pressed_button(drawing):
    before = drawing.canvas.viewport
    wheel(drawing.canvas, (420, 305), 3)
    assert drawing.canvas.viewport == before
    release(drawing.canvas, (440, 305))
    wheel(drawing.canvas, (420, 305), 3)
    assert drawing.canvas.viewport != before


def test_a_double_click_is_two_dabs_and_no_more(painted):
    canvas, stack = painted.canvas, painted.workspace.stack
    steps, at = stack.count(), canvas.to_widget(450, 320).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert stack.count() == steps + 1, "the second dab paints nothing new"
    assert not painted.painting.active


def test_escape_leaves_the_grid_first_and_then_the_results(choosing):
    choosing.activateWindow()
    QTest.keyClick(choosing, KEYS.Key_G)
    assert choosing.choosing.grid is not None
    QTest.keyClick(choosing, KEYS.Key_Escape)
    assert choosing.choosing.grid is None
    assert choosing.fills.choice is not None
    QTest.keyClick(choosing, KEYS.Key_Escape)
    assert choosing.fills.choice is None


def test_what_went_wrong_is_no_longer_said_once_it_went_right(
    choosing, qtbot, tmp_path, monkeypatch
):
    choosing.fills.accept()
    names = iter([tmp_path / "gone" / "x.png", tmp_path / "x.png"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(next(names)), ""))
    with qtbot.waitSignal(choosing.workspace.failed, timeout=60_000):
        choosing.files.ask_save_as()
    assert choosing.frame.notice.isVisible()
    assert choosing.frame.status._message.text() == "", "“Saving …” is over"
    with qtbot.waitSignal(choosing.files.saved, timeout=60_000):
        choosing.files.ask_save_as()
    assert not choosing.frame.notice.isVisible()
    assert cv2.imread(str(tmp_path / "x.png")) is not None


def test_keys_do_nothing_without_a_photo(empty_window):
    for key in (KEYS.Key_Escape, KEYS.Key_Return, KEYS.Key_Delete, KEYS.Key_V, KEYS.Key_1):
        QTest.keyClick(empty_window, key)
    stroke(empty_window.canvas, [(10, 10), (50, 50)])
    QApplication.processEvents()
    assert Fact.MASK not in empty_window.workspace.facts
    assert not empty_window.frame.notice.isVisible()


def test_a_click_on_a_result_of_another_hole_shows_it(painted, qtbot):
    stroke(painted.canvas, [(450, 320), (460, 320)])
    fill(painted, qtbot)
    first = painted.fills.choice.hole
    stroke(painted.canvas, [(455, 320)])
    assert painted.fills.choice is not None
    assert painted.fills.choice.hole is not first
