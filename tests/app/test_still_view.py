"""The photo stays where it is under a pressed button, and the strip covers no hole."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.app.hands import LEFT, NONE, fill, move, press, release, stroke


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


def settle(window):
    """Let the layout come to rest."""
    for _ in range(4):
        QApplication.processEvents()


@pytest.fixture
def fitted(window):
    """Show the whole photo with one hole in it."""
    window.resize(920, 620)
    window.workspace.settings.set("brush_size", 40)
    window.workspace.settings.set("grow_percent", 0)
    settle(window)
    window.canvas.fit()
    stroke(window.canvas, [(200, 150), (260, 160)])
    return window


def test_a_stroke_over_results_goes_where_the_pointer_goes(fitted, qtbot):
    fill(fitted, qtbot)
    settle(fitted)
    canvas, document = fitted.canvas, fitted.workspace.document
    before = canvas.viewport
    press(canvas, (450, 300))
    settle(fitted)
    assert fitted.fills.choice is None
    assert canvas.viewport == before
    spot = canvas.to_widget(480, 300)
    move(canvas, (480, 300))
    settle(fitted)
    at = QPointF(canvas.mapToGlobal(spot))
    event = QMouseEvent(
        QEvent.Type.MouseButtonRelease, spot, at, LEFT, Qt.MouseButton.NoButton, NONE
    )
    QApplication.sendEvent(canvas, event)
    qtbot.waitUntil(lambda: not fitted.frame.strip.isVisible(), timeout=5000)
    settle(fitted)
    ys, xs = np.nonzero(document.mask)
    assert (xs.min(), xs.max()) == pytest.approx((430, 499), abs=3)
    assert (ys.min(), ys.max()) == pytest.approx((280, 319), abs=3)


def test_a_click_beside_the_photo_accepts_nothing(fitted, qtbot):
    fill(fitted, qtbot)
    settle(fitted)
    press(fitted.canvas, (-20, 100))
    release(fitted.canvas, (-20, 100))
    assert fitted.fills.choice is not None
    assert fitted.workspace.stack.undoText() == "Paint mask"


def zoomed_to_the_bottom(window):
    """Show the photo at 200 % with a hole near the lower edge of the view."""
    canvas = window.canvas
    canvas.zoom_to(2.0)
    canvas.pan(0, -100)
    x, y = canvas.to_photo(QPointF(canvas.width() / 2, canvas.height() - 40))
    key(window, "Ctrl+D")
    stroke(canvas, [(x, y), (x + 10, y)])
    return canvas


def test_the_strip_opens_beside_the_hole_and_the_view_returns(fitted, qtbot):
    canvas = zoomed_to_the_bottom(fitted)
    before = canvas.viewport
    fill(fitted, qtbot)
    settle(fitted)
    seen = canvas.viewport.view_of(fitted.fills.choice.hole.box)
    assert canvas.viewport.box.holds(seen)
    assert canvas.viewport.height < before.height
    key(fitted, "Escape")
    settle(fitted)
    assert canvas.viewport == before


def test_after_zooming_to_the_hole_no_void_is_left_below(fitted, qtbot):
    zoomed_to_the_bottom(fitted)
    fill(fitted, qtbot)
    settle(fitted)
    key(fitted, "Z")
    key(fitted, "Return")
    settle(fitted)
    view = fitted.canvas.viewport
    assert view.photo_box.holds(view.box)


def test_the_next_hole_is_shown(fitted, qtbot):
    stroke(fitted.canvas, [(560, 380), (570, 380)])
    fill(fitted, qtbot)
    settle(fitted)
    canvas = fitted.canvas
    canvas.zoom_to(4.0, QPointF(0, 0))
    key(fitted, "PgDown")
    settle(fitted)
    assert canvas.viewport.box.holds(canvas.viewport.view_of(fitted.fills.choice.hole.box))
