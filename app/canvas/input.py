"""Turn mouse, pen, finger, wheel and key events on the canvas into strokes and moves."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit

from app.canvas.canvas import Canvas
from app.canvas.touch import Touch
from engine.views.strokes import Sample

ZOOM_PER_NOTCH = 1.25
NOTCH = 120
_MOUSE, _PEN, _PAN, _FINGER = "mouse", "pen", "pan", "finger"


class Manner(NamedTuple):
    """Say how a stroke was begun: with the opposite effect, or as a straight line."""

    opposite: bool = False
    straight: bool = False


class CanvasInput(QObject):
    """Watch a canvas's events; one press-to-release of one device is one stroke.

    Qt sends a pen's movement twice, as tablet and as mouse events. While a pen is down the
    mouse is ignored, and a release without a press of the same device is no release.

    Signals:
        stroke_started(Sample, Manner), stroke_moved(Sample), stroke_finished(Sample)
        stroke_cancelled(): what was begun is to be taken back.
        hovered(object): the Sample under the pointer, None when it left.
        size_step_requested(int): make the brush larger (1) or smaller (-1).
    """

    stroke_started = Signal(object, object)
    stroke_moved = Signal(object)
    stroke_finished = Signal(object)
    stroke_cancelled = Signal()
    hovered = Signal(object)
    size_step_requested = Signal(int)

    def __init__(self, canvas: Canvas) -> None:
        """Watch ``canvas``."""
        super().__init__(canvas)
        self._canvas = canvas
        self._holding = ""
        self._last = QPointF()
        self._space = False
        self.panning_tool = False
        self._wheel = 0
        self._touch = Touch(canvas, self)
        canvas.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        canvas.installEventFilter(self)
        self._handlers = {
            QEvent.Type.MouseButtonPress: self._on_mouse_press,
            QEvent.Type.MouseButtonDblClick: self._on_mouse_press,
            QEvent.Type.MouseMove: self._on_mouse_move,
            QEvent.Type.MouseButtonRelease: self._on_mouse_release,
            QEvent.Type.TabletPress: self._on_tablet,
            QEvent.Type.TabletMove: self._on_tablet,
            QEvent.Type.TabletRelease: self._on_tablet,
            QEvent.Type.Wheel: self._on_wheel,
            QEvent.Type.KeyPress: self._on_key,
            QEvent.Type.KeyRelease: self._on_key,
            QEvent.Type.NativeGesture: self._on_native_gesture,
            QEvent.Type.TouchBegin: self._touch.handle,
            QEvent.Type.TouchUpdate: self._touch.handle,
            QEvent.Type.TouchEnd: self._touch.handle,
            QEvent.Type.TouchCancel: self._touch.handle,
            QEvent.Type.Enter: self._on_enter,
            QEvent.Type.Leave: self._on_leave,
        }

    @property
    def busy(self) -> bool:
        """Tell whether a button or the pen is down."""
        return bool(self._holding)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the canvas's input events; tell Qt which ones were used up."""
        handler = self._handlers.get(event.type())
        if handler is None:
            return False
        used = handler(event)  # type: ignore[operator]
        if used:
            event.accept()
        return bool(used)

    def _sample(self, at: QPointF, pressure: float = 1.0) -> Sample:
        return Sample(*self._canvas.to_photo(at), pressure)

    def _on_mouse_press(self, event: QMouseEvent) -> bool:
        if self._holding:
            return True
        button, keys = event.button(), event.modifiers()
        primary = button == Qt.MouseButton.LeftButton
        if button == Qt.MouseButton.MiddleButton or (primary and self._pans):
            self._begin_pan(event.position())
        elif primary or button == Qt.MouseButton.RightButton:
            self._holding = _MOUSE
            opposite = not primary or bool(keys & Qt.KeyboardModifier.AltModifier)
            straight = bool(keys & Qt.KeyboardModifier.ShiftModifier)
            self.stroke_started.emit(self._sample(event.position()), Manner(opposite, straight))
        return True

    def _on_mouse_move(self, event: QMouseEvent) -> bool:
        if self._holding == _PEN:
            return True
        if self._holding == _PAN:
            self._pan_to(event.position())
            return True
        sample = self._sample(event.position())
        self.hovered.emit(sample)
        if self._holding == _MOUSE:
            self.stroke_moved.emit(sample)
        return True

    def _on_mouse_release(self, event: QMouseEvent) -> bool:
        if self._holding == _PAN:
            self._end_pan()
        elif self._holding == _MOUSE and not event.buttons():
            self._holding = ""
            self.stroke_finished.emit(self._sample(event.position()))
        return True

    def _on_tablet(self, event: QTabletEvent) -> bool:
        sample = self._sample(event.position(), event.pressure())
        kind = event.type()
        if kind == QEvent.Type.TabletPress and not self._holding:
            if self._pans or event.button() == Qt.MouseButton.MiddleButton:
                self._begin_pan(event.position())
                return True
            self._holding = _PEN
            tip = event.pointerType() == QPointingDevice.PointerType.Eraser
            opposite = tip or event.button() == Qt.MouseButton.RightButton
            straight = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.stroke_started.emit(sample, Manner(opposite, straight))
        elif kind == QEvent.Type.TabletMove:
            if self._holding == _PAN:
                self._pan_to(event.position())
                return True
            self.hovered.emit(sample)
            if self._holding == _PEN:
                self.stroke_moved.emit(sample)
        elif kind == QEvent.Type.TabletRelease and self._holding == _PEN:
            self._holding = ""
            self.stroke_finished.emit(sample)
        elif kind == QEvent.Type.TabletRelease and self._holding == _PAN:
            self._end_pan()
        return True

    def press(self, at: QPointF) -> None:
        """Begin a stroke with a finger, or move the photo with it."""
        if self._holding:
            return
        if self._pans:
            self._begin_pan(at)
        else:
            self._holding = _FINGER
            self.stroke_started.emit(self._sample(at), Manner())

    def move(self, at: QPointF) -> None:
        """Go on with what the finger began."""
        if self._holding == _PAN:
            self._pan_to(at)
        elif self._holding == _FINGER:
            self.hovered.emit(self._sample(at))
            self.stroke_moved.emit(self._sample(at))

    def release(self, at: QPointF) -> None:
        """End what the finger began."""
        if self._holding == _PAN:
            self._end_pan()
        elif self._holding == _FINGER:
            self._holding = ""
            self.stroke_finished.emit(self._sample(at))
            self.hovered.emit(None)

    def cancel(self) -> None:
        """Take back what the finger began; a second one came."""
        if self._holding == _PAN:
            self._end_pan()
        elif self._holding == _FINGER:
            self._holding = ""
            self.stroke_cancelled.emit()
            self.hovered.emit(None)

    def _on_wheel(self, event: QWheelEvent) -> bool:
        keys, delta = event.modifiers(), event.angleDelta()
        turned = delta.y() or delta.x()
        if keys & Qt.KeyboardModifier.AltModifier:
            self._turn(turned)
        elif _is_touch_pad(event) and not keys & Qt.KeyboardModifier.ControlModifier:
            move = event.pixelDelta()
            self._canvas.pan(move.x(), move.y())
        elif turned:
            factor = ZOOM_PER_NOTCH ** (turned / NOTCH)
            self._canvas.zoom_to(self._canvas.viewport.scale * factor, event.position())
        return True

    def _turn(self, turned: int) -> None:
        """Add up fine wheel movements until they make a whole notch."""
        self._wheel += turned
        while abs(self._wheel) >= NOTCH:
            step = 1 if self._wheel > 0 else -1
            self._wheel -= step * NOTCH
            self.size_step_requested.emit(step)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._space = event.type() == QEvent.Type.KeyPress
            if self._holding != _PAN:
                self._show_hand(self._pans)
        return True

    def _on_native_gesture(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        scale = self._canvas.viewport.scale * (1 + event.value())
        self._canvas.zoom_to(scale, event.position())
        return True

    def _on_enter(self, event: QEvent) -> bool:
        window = self._canvas.window()
        if window.isActiveWindow() and not isinstance(window.focusWidget(), QLineEdit):
            self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        return False

    def _on_leave(self, event: QEvent) -> bool:
        self.hovered.emit(None)
        return False

    @property
    def _pans(self) -> bool:
        return self._space or self.panning_tool

    def _begin_pan(self, at: QPointF) -> None:
        self._holding, self._last = _PAN, at
        self.hovered.emit(None)
        self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _pan_to(self, at: QPointF) -> None:
        moved = at - self._last
        self._last = at
        self._canvas.pan(moved.x(), moved.y())

    def _end_pan(self) -> None:
        self._holding = ""
        self._show_hand(self._pans)

    def _show_hand(self, hand: bool) -> None:
        if hand:
            self.hovered.emit(None)
            self._canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self._canvas.unsetCursor()


def _is_touch_pad(event: QWheelEvent) -> bool:
    device = event.device()
    pad = device is not None and device.type() == QPointingDevice.DeviceType.TouchPad
    return pad and not event.pixelDelta().isNull()
