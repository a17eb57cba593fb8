"""A release that Qt never delivers ends the stroke where it was last seen."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.app.hands import MIDDLE, mouse, move, pen, press, release, stroke

PRESS, MOVE, RELEASE = (
    QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
)  # fmt: skip


def hover(canvas, at):
    mouse(canvas, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, held=Qt.MouseButton.NoButton)


def begin_with_the_mouse(canvas):
    press(canvas, (100, 100))
    move(canvas, (120, 100))


def begin_with_the_pen(canvas):
    pen(canvas, PRESS, (100, 100), 1.0)
    pen(canvas, MOVE, (120, 100), 1.0)


BEGINNINGS = [begin_with_the_mouse, begin_with_the_pen]


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_moving_without_a_button_paints_nothing(painting, canvas, document, begin):
    begin(canvas)
    hover(canvas, (300, 300))
    hover(canvas, (310, 300))
    assert document.mask[100, 110]
    assert not document.mask[300, 305]
    assert painting.stack.count() == 1
    assert not painting.input.busy


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_the_next_stroke_is_one_of_its_own(painting, canvas, document, begin):
    begin(canvas)
    stroke(canvas, [(300, 300), (320, 300)])
    assert document.mask[300, 310]
    assert not document.mask[200, 210]
    assert painting.stack.count() == 2


def test_a_pen_that_comes_back_begins_anew(painting, canvas, document):
    begin_with_the_pen(canvas)
    pen(canvas, PRESS, (400, 100), 1.0)
    pen(canvas, RELEASE, (400, 100), 0.0)
    assert painting.stack.count() == 2
    assert not document.mask[100, 260]


@pytest.mark.parametrize("begin", BEGINNINGS)
@pytest.mark.parametrize("kind", [QEvent.Type.WindowDeactivate, QEvent.Type.Hide])
def test_a_window_that_is_left_ends_the_stroke(painting, canvas, document, begin, kind):
    begin(canvas)
    QApplication.sendEvent(canvas, QEvent(kind))
    assert painting.stack.count() == 1
    move(canvas, (300, 300))
    release(canvas, (300, 300))
    assert not document.mask[300, 300]


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_escape_takes_the_stroke_back(painting, canvas, document, begin):
    begin(canvas)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not document.mask.any()
    assert painting.stack.count() == 0
    stroke(canvas, [(300, 300), (320, 300)])
    assert document.mask[300, 310]


def test_a_lost_drag_with_the_middle_button_moves_nothing_more(painting, canvas):
    canvas.zoom_to(2.0)
    press(canvas, (100, 100), MIDDLE)
    before = canvas.viewport
    hover(canvas, (200, 200))
    assert canvas.viewport == before
    assert not painting.input.busy


def test_space_released_in_another_window_is_not_held_for_ever(painting, canvas, document):
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.WindowDeactivate))
    stroke(canvas, [(300, 300), (320, 300)])
    assert document.mask[300, 310]
