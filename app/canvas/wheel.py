"""Zoom and move the photo, or change the brush, by wheel, touch pad and trackpad pinch."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent

from app.canvas.canvas import Canvas

ZOOM_PER_NOTCH = 1.25
NOTCH = 120
Keys = Qt.KeyboardModifier


class Wheel:
    """Follow the wheel over a canvas.

    Alt and the wheel change the brush; as many window managers keep that for themselves, so do
    Ctrl, Shift and the wheel.
    """

    def __init__(self, canvas: Canvas, step_size: Callable[[int], object]) -> None:
        """Zoom ``canvas``; ``step_size(1)`` makes the brush larger, ``step_size(-1)`` smaller."""
        self._canvas, self._step_size = canvas, step_size
        self._turned = 0

    def turn(self, event: QWheelEvent) -> bool:
        """Follow one wheel event; every one is used up."""
        keys, delta = event.modifiers(), event.angleDelta()
        turned = delta.y() or delta.x()
        both = Keys.ControlModifier | Keys.ShiftModifier
        if keys & Keys.AltModifier or keys & both == both:
            self._turn(turned)
        elif _is_touch_pad(event) and not keys & Keys.ControlModifier:
            move = event.pixelDelta()
            self._canvas.pan(move.x(), move.y())
        elif turned:
            factor = ZOOM_PER_NOTCH ** (turned / NOTCH)
            self._canvas.zoom_to(self._canvas.viewport.scale * factor, event.position())
        return True

    def pinch(self, event: QNativeGestureEvent) -> bool:
        """Zoom by a pinch on a trackpad."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._canvas.zoom_to(self._canvas.viewport.scale * (1 + event.value()), event.position())
        return True

    def _turn(self, turned: int) -> None:
        """Add up fine wheel movements until they make a whole notch."""
        self._turned += turned
        while abs(self._turned) >= NOTCH:
            step = 1 if self._turned > 0 else -1
            self._turned -= step * NOTCH
            self._step_size(step)


def _is_touch_pad(event: QWheelEvent) -> bool:
    device = event.device()
    pad = device is not None and device.type() == QPointingDevice.DeviceType.TouchPad
    return pad and not event.pixelDelta().isNull()
