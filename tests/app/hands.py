"""Hands for the tests: real mouse, pen and wheel events on a canvas, in photo pixels."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.document.jobs import prepared
from engine.photo import read_photo

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
NONE = Qt.KeyboardModifier.NoModifier


def mouse(canvas, kind, at, button=LEFT, keys=NONE, held=None):
    where = canvas.to_widget(*at)
    if held is None:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    point = QPointF(canvas.mapToGlobal(where))
    event = QMouseEvent(kind, where, point, button, held, keys)
    QApplication.sendEvent(canvas, event)


def press(canvas, at, button=LEFT, keys=NONE):
    mouse(canvas, QEvent.Type.MouseButtonPress, at, button, keys)


def move(canvas, at, button=LEFT, keys=NONE):
    mouse(canvas, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, keys, held=button)


def release(canvas, at, button=LEFT, keys=NONE):
    mouse(canvas, QEvent.Type.MouseButtonRelease, at, button, keys)


def stroke(canvas, points, button=LEFT, keys=NONE):
    press(canvas, points[0], button, keys)
    for point in points[1:]:
        move(canvas, point, button, keys)
    release(canvas, points[-1], button, keys)


def pen(canvas, kind, at, pressure, eraser=False):
    types = QPointingDevice.PointerType
    device = QPointingDevice(
        "pen", 7, QPointingDevice.DeviceType.Stylus, types.Eraser if eraser else types.Pen,
        QPointingDevice.Capability.Position | QPointingDevice.Capability.Pressure, 1, 2,
    )  # fmt: skip
    where = canvas.to_widget(*at)
    point = QPointF(canvas.mapToGlobal(where))
    down = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else LEFT
    event = QTabletEvent(
        kind, device, where, point, pressure, 0.0, 0.0, 0.0, 0.0, 0.0, NONE, LEFT, down
    )
    QApplication.sendEvent(canvas, event)
    return event


def wheel(canvas, at, notches=1, keys=NONE):
    where = canvas.to_widget(*at)
    point = QPointF(canvas.mapToGlobal(where))
    event = QWheelEvent(
        where, point, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def load(document, path):
    """Open ``path`` without a thread."""
    opened = prepared(read_photo(path), path)
    document.open(opened.photo, opened.path, opened.image, opened.levels, opened.colour)


def fill(window, qtbot):
    """Fill what is painted and wait until all results are there."""
    window.actions_by_id["fill"].trigger()
    wait(window, qtbot)


def wait(window, qtbot):
    qtbot.waitUntil(lambda: window.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.fills.waiting, timeout=60_000)
