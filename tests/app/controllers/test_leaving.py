"""Esc and undo in the strip: the first stops, what is left can be brought back."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.app.hands import stroke, wait


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


@pytest.fixture
def gate(filler):
    """Hold every later call of the engine up."""
    out = threading.Event()
    filler.on_step = lambda: out.wait(20)
    yield out
    out.set()


def test_the_first_escape_stops_and_keeps_every_result(choosing, gate):
    choice = choosing.fills.choice
    before = list(choice.hole.slots)
    key(choosing, "R")
    assert choosing.fills.waiting
    key(choosing, "Escape")
    assert not choosing.fills.waiting
    assert choosing.fills.choice is choice
    assert choice.hole.slots == before
    key(choosing, "Escape")
    assert choosing.fills.choice is None


def test_stop_works_while_more_results_are_being_made(painted, qtbot, filler):
    go_on = threading.Event()

    def hold_the_drafts():
        if len(filler.calls) > 1:
            go_on.wait(20)

    filler.on_step = hold_the_drafts
    key(painted, "Return")
    qtbot.waitUntil(lambda: painted.fills.choice is not None, timeout=60_000)
    stop = painted.frame.status._stop
    assert "being made" in painted.frame.strip._note.text()
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert not painted.fills.waiting
    assert painted.fills.choice is not None
    assert "being made" not in painted.frame.strip._note.text()
    assert not stop.isVisible()
    go_on.set()


@pytest.mark.parametrize("way", ["Escape", "Ctrl+Z"])
def test_redo_brings_left_results_back(choosing, way):
    choice = choosing.fills.choice
    key(choosing, "5")
    layers = choosing.canvas.layers
    key(choosing, way)
    assert choosing.fills.choice is None
    assert "Ctrl+Shift+Z" in choosing.frame.status._message.text()
    key(choosing, "Ctrl+Shift+Z")
    assert choosing.fills.choice is choice
    assert choosing.frame.strip.isVisible()
    assert [layer.box for layer in choosing.canvas.layers] == [layer.box for layer in layers]
    key(choosing, "Return")
    assert not choosing.workspace.document.mask.any()


def test_left_results_go_once_something_else_is_painted(choosing):
    key(choosing, "Escape")
    stroke(choosing.canvas, [(450, 300), (460, 300)])
    assert not choosing.actions_by_id["redo"].isEnabled()
    key(choosing, "Ctrl+Z")
    key(choosing, "Ctrl+Shift+Z")
    assert choosing.fills.choice is None
    assert choosing.workspace.document.mask[300, 455]


def test_the_button_leaves_at_once_even_while_more_is_being_made(choosing, gate):
    mask = choosing.workspace.document.mask.copy()
    key(choosing, "R")
    buttons = choosing.frame.strip.findChildren(QPushButton)
    (leave,) = (button for button in buttons if button.text() == "Leave as it was")
    QTest.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert choosing.fills.choice is None
    assert not choosing.fills.waiting
    assert np.array_equal(choosing.workspace.document.mask, mask)


def test_results_brought_back_can_be_drawn_anew(choosing, qtbot):
    key(choosing, "Escape")
    key(choosing, "Ctrl+Y")
    before = {answer.code for answer in choosing.fills.choice.hole.shown}
    key(choosing, "R")
    wait(choosing, qtbot)
    assert not before & {answer.code for answer in choosing.fills.choice.hole.shown}
