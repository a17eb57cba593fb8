"""Drag the brush to another size; see the line that Shift and a click would draw."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from engine.views.strokes import Tool
from tests.app.hands import LEFT, RIGHT, move, press, release, stroke

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def halved(painting, canvas):
    canvas.zoom_to(0.5)


@pytest.mark.parametrize(("button", "keys"), [(LEFT, CTRL_ALT), (RIGHT, ALT)])
def test_a_drag_with_modifiers_sets_the_size_and_paints_nothing(
    painting, canvas, document, settings, button, keys
):
    move(canvas, (100, 100), Qt.MouseButton.NoButton)
    press(canvas, (100, 100), button, keys)
    move(canvas, (150, 120), button, keys)
    assert settings.get("brush_size") == 120
    assert canvas.overlay.ring == (100, 100, 120)
    move(canvas, (20, 100), button, keys)
    assert settings.get("brush_size") == 1
    release(canvas, (110, 100), button, keys)
    move(canvas, (150, 100), Qt.MouseButton.NoButton)
    assert settings.get("brush_size") == 1
    assert not document.mask.any()


def test_strokes_go_on_as_ever_after_a_drag_whose_release_got_lost(
    painting, canvas, document, settings
):
    press(canvas, (100, 100), LEFT, CTRL_ALT)
    move(canvas, (110, 100), LEFT, CTRL_ALT)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.WindowDeactivate))
    stroke(canvas, [(200, 100), (220, 100)])
    assert settings.get("brush_size") == 40
    assert document.mask[100, 210]


def test_tools_without_a_size_take_the_press_as_theirs(painting, canvas, settings):
    painting.set_tool(Tool.RECTANGLE)
    stroke(canvas, [(100, 100), (150, 150)], LEFT, CTRL_ALT)
    assert settings.get("brush_size") == 20


def hold_shift(canvas, kind):
    QApplication.sendEvent(canvas, QKeyEvent(kind, Qt.Key.Key_Shift, SHIFT))


def test_shift_shows_the_line_until_it_is_let_go(painting, canvas):
    stroke(canvas, [(100, 100)])
    move(canvas, (200, 160), Qt.MouseButton.NoButton)
    assert not canvas.overlay.draft
    hold_shift(canvas, QEvent.Type.KeyPress)
    assert canvas.overlay.draft == [(100, 100), (200, 160)]
    move(canvas, (210, 160), Qt.MouseButton.NoButton, SHIFT)
    assert canvas.overlay.draft == [(100, 100), (210, 160)]
    hold_shift(canvas, QEvent.Type.KeyRelease)
    assert not canvas.overlay.draft


def test_there_is_no_line_before_the_first_stroke_nor_with_outline_tools(painting, canvas):
    move(canvas, (200, 160), Qt.MouseButton.NoButton, SHIFT)
    assert not canvas.overlay.draft
    stroke(canvas, [(100, 100)])
    painting.set_tool(Tool.LASSO)
    move(canvas, (200, 160), Qt.MouseButton.NoButton, SHIFT)
    assert not canvas.overlay.draft
