"""Refining a mask by hand: seen before it is applied, applied in one step, left by Esc."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox, QPushButton, QSlider, QSpinBox

from app.canvas.qimage import to_array
from tests.app.hands import stroke
from tests.engine.selecting.dusty import sky


@pytest.fixture
def image():
    """Return a sky with a red ball."""
    out = sky(400, 600)
    cv2.circle(out, (300, 200), 60, (200, 60, 50), -1, cv2.LINE_AA)
    return out


def ball():
    rows, cols = np.mgrid[:400, :600]
    return np.hypot(cols - 300, rows - 200) <= 60


@pytest.fixture
def ready(window):
    """A window with a ball that is painted over roughly."""
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 100)
    window.workspace.settings.set("grow_percent", 0)
    stroke(window.canvas, [(285, 190), (318, 190), (318, 212), (285, 212)])
    return window


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


def mask(window):
    return window.workspace.document.mask


def settle(window, qtbot):
    qtbot.waitUntil(lambda: window.selecting.refining.settled, timeout=60_000)


def agreement(one, other):
    return (one & other).sum() / (one | other).sum()


def begun(window, qtbot):
    key(window, "T")
    panel = window.selecting.refining.panel
    assert panel.isVisible()
    settle(window, qtbot)
    return panel


def test_enter_puts_the_thing_s_outline_in_the_mask_s_place_in_one_step(ready, qtbot):
    before, steps = mask(ready).copy(), ready.workspace.stack.index()
    panel = begun(ready, qtbot)
    assert (mask(ready) == before).all()
    key(ready, "Return")
    assert not panel.isVisible()
    assert agreement(mask(ready), ball()) > 0.95 > agreement(before, ball())
    assert ready.workspace.stack.index() == steps + 1
    assert ready.workspace.stack.undoText() == "Refine mask"
    assert ready.fills.choice is None
    key(ready, "Ctrl+Z")
    assert (mask(ready) == before).all()


def test_esc_leaves_the_mask_and_the_history_alone(ready, qtbot):
    before, steps = mask(ready).copy(), ready.workspace.stack.index()
    panel = begun(ready, qtbot)
    key(ready, "Esc")
    assert not panel.isVisible()
    assert (mask(ready) == before).all()
    assert ready.workspace.stack.index() == steps
    assert ready.actions_by_id["fill"].isEnabled()


def test_the_arrows_grow_and_shrink_it_and_the_outline_follows(ready, qtbot):
    panel = begun(ready, qtbot)
    slider = panel.findChild(QSlider)
    qtbot.waitUntil(slider.hasFocus, timeout=60_000)
    at_edges = ready.selecting.refining._shown.mask.cover.sum()
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    settle(ready, qtbot)
    assert panel.findChild(QSpinBox).value() == 3
    larger = ready.selecting.refining._shown.mask.cover.sum()
    assert larger > at_edges
    for _ in range(7):
        QTest.keyClick(slider, Qt.Key.Key_Left)
    key(ready, "Return")
    qtbot.waitUntil(lambda: not panel.isVisible(), timeout=60_000)
    assert mask(ready).sum() < at_edges


def test_without_edges_it_is_the_painted_mask_that_grows(ready, qtbot):
    before = mask(ready).copy()
    panel = begun(ready, qtbot)
    check = panel.findChild(QCheckBox)
    QTest.mouseClick(check, Qt.MouseButton.LeftButton, pos=QPoint(8, check.height() // 2))
    settle(ready, qtbot)
    number = panel.findChild(QSpinBox)
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "5")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert panel.isVisible()  # Enter in the number enters the number
    settle(ready, qtbot)
    apply = next(b for b in panel.findChildren(QPushButton) if b.objectName() == "primary")
    QTest.mouseClick(apply, Qt.MouseButton.LeftButton)
    away = cv2.distanceTransform((~before).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    assert (mask(ready) == (away <= 5)).all()


def test_enter_at_once_waits_for_the_outline(ready, qtbot):
    key(ready, "T")
    key(ready, "Return")
    qtbot.waitUntil(lambda: ready.workspace.stack.undoText() == "Refine mask", timeout=60_000)
    assert agreement(mask(ready), ball()) > 0.95


def test_the_outline_is_seen_before_it_is_applied(ready, qtbot):
    def green():
        picture = to_array(ready.canvas.grab().toImage()).astype(int)
        return (picture[..., 1] - picture[..., 0] > 90).sum()

    QApplication.processEvents()
    assert green() == 0
    panel = begun(ready, qtbot)
    first = green()
    assert first > 200
    panel.findChild(QSlider).setValue(20)
    settle(ready, qtbot)
    assert green() > first
    key(ready, "Esc")
    assert green() == 0


def test_nobody_paints_or_fills_meanwhile(ready, qtbot):
    begun(ready, qtbot)
    before = mask(ready).copy()
    stroke(ready.canvas, [(60, 300), (90, 320)])
    assert (mask(ready) == before).all()
    assert not ready.actions_by_id["fill"].isEnabled()
    key(ready, "Esc")
    stroke(ready.canvas, [(60, 300), (90, 320)])
    assert (mask(ready) != before).any()


@pytest.mark.parametrize("name", ["undo", "clear_mask", "invert_mask"])
def test_another_change_of_the_mask_leaves_it(ready, qtbot, name):
    panel = begun(ready, qtbot)
    ready.actions_by_id[name].trigger()
    after = mask(ready).copy()
    assert not panel.isVisible()
    assert "refining" not in ready.workspace.facts
    assert (mask(ready) == after).all()


def test_another_photo_leaves_it(ready, qtbot, photo_file, monkeypatch):
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Discard)
    panel = begun(ready, qtbot)
    with qtbot.waitSignal(ready.workspace.document.opened, timeout=60_000):
        ready.files.open(photo_file)
    assert not panel.isVisible()
    assert not mask(ready).any()
    assert not ready.actions_by_id["refine"].isEnabled()


def test_a_mask_that_fits_already_is_told_of_and_no_step(window, qtbot):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 40)
    stroke(window.canvas, [(80, 330), (120, 330)])
    steps = window.workspace.stack.index()
    begun(window, qtbot)
    key(window, "Return")
    assert window.workspace.stack.index() == steps
    assert window.frame.status._message.text() == "The mask was right already."
