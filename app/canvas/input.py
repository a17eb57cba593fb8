"""Turn mouse, pen, finger, wheel and key events on the canvas into strokes and moves."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtWidgets import QLineEdit

from app.canvas.canvas import Canvas
from app.canvas.touch import Touch
from app.canvas.wheel import Wheel
from engine.views.strokes import Sample

FAR = 40
_MOUSE, _PEN, _PAN, _FINGER = "mouse", "pen", "pan", "finger"


class Manner(NamedTuple):
    """Say how a stroke was begun: with the opposite effect, or as a straight line."""

    opposite: bool = False
    straight: bool = False


class CanvasInput(QObject):
    """Watch a canvas's events; one press-to-release of one device is one stroke.

    Qt sends a pen's movement twice, as tablet and as mouse events. While a pen is down the
    mouse is ignored, and a release without a press of the same device is no release. A release
    that never came is noticed by the next event that could not be otherwise; the stroke then
    ends where it was last seen.

    Signals:
        stroke_started(Sample, Manner), stroke_moved(Sample), stroke_finished(Sample)
        stroke_cancelled(): what was begun is to be taken back.
        hovered(object): the Sample under the pointer, None when it left.
        size_step_requested(int): make the brush larger (1) or smaller (-1).
        let_go(): no button, pen or finger is down any more.
    """

    stroke_started = Signal(object, object)
    stroke_moved = Signal(object)
    stroke_finished = Signal(object)
    stroke_cancelled = Signal()
    hovered = Signal(object)
    size_step_requested = Signal(int)
    let_go = Signal()

    def __init__(self, canvas: Canvas) -> None:
        """Watch ``canvas``."""
        super().__init__(canvas)
        self._canvas = canvas
        self._holding = ""
        self._pen = False
        self._last = QPointF()
        self._space = False
        self.panning_tool = False
        wheel = Wheel(canvas, self.size_step_requested.emit)
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
            QEvent.Type.Wheel: lambda event: self.busy or wheel.turn(event),
            QEvent.Type.ShortcutOverride: self._on_shortcut,
            QEvent.Type.KeyPress: self._on_key,
            QEvent.Type.KeyRelease: self._on_key,
            QEvent.Type.NativeGesture: wheel.pinch,
            QEvent.Type.TouchBegin: self._touch.handle,
            QEvent.Type.TouchUpdate: self._touch.handle,
            QEvent.Type.TouchEnd: self._touch.handle,
            QEvent.Type.TouchCancel: self._touch.handle,
            QEvent.Type.Enter: self._on_enter,
            QEvent.Type.Leave: self._on_leave,
            QEvent.Type.WindowDeactivate: self._on_gone,
            QEvent.Type.Hide: self._on_gone,
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
        if self._holding and not self._is_lost(event):
            return True
        self._end_lost()
        button, keys = event.button(), event.modifiers()
        primary = button == Qt.MouseButton.LeftButton
        if button == Qt.MouseButton.MiddleButton or (primary and self._pans):
            self._begin_pan(event.position())
        elif primary or button == Qt.MouseButton.RightButton:
            self._hold(_MOUSE, event.position())
            opposite = not primary or bool(keys & Qt.KeyboardModifier.AltModifier)
            straight = bool(keys & Qt.KeyboardModifier.ShiftModifier)
            self.stroke_started.emit(self._sample(event.position()), Manner(opposite, straight))
        return True

    def _on_mouse_move(self, event: QMouseEvent) -> bool:
        if self._holding != _FINGER and not event.buttons() and self._is_lost(event):
            self._end_lost()
        if self._pen:
            return True
        if self._holding == _PAN:
            self._pan_to(event.position())
            return True
        sample = self._sample(event.position())
        self.hovered.emit(sample)
        if self._holding == _MOUSE:
            self._last = event.position()
            self.stroke_moved.emit(sample)
        return True

    def _on_mouse_release(self, event: QMouseEvent) -> bool:
        if self._holding == _PAN and not self._pen:
            self._end_pan()
        elif self._holding == _MOUSE and not event.buttons():
            self._finish(self._sample(event.position()))
        return True

    def _hold(self, what: str, at: QPointF, *, pen: bool = False) -> None:
        self._holding, self._last, self._pen = what, at, pen

    def _finish(self, sample: Sample) -> None:
        self._holding, self._pen = "", False
        self.stroke_finished.emit(sample)
        self.let_go.emit()

    def _is_lost(self, event: QMouseEvent) -> bool:
        """Tell whether ``event`` could not be if what is held were still down.

        A pen's own mouse events are where the pen is; one elsewhere is of a real mouse.
        """
        if self._pen:
            return (event.position() - self._last).manhattanLength() > FAR
        others = event.buttons() & ~event.button()
        return bool(self._holding) and not others

    def _end_lost(self) -> None:
        """End what is held where it was last seen."""
        if self._holding == _PAN:
            self._end_pan()
        elif self._holding:
            self._finish(self._sample(self._last))

    def _on_gone(self, event: QEvent) -> bool:
        """Let go of everything; what is released elsewhere is never told here."""
        self._end_lost()
        self._space = False
        return False

    def _on_shortcut(self, event: QKeyEvent) -> bool:
        """Tell Qt that no key but that of undo is a shortcut in the middle of a stroke."""
        return self._holding in {_MOUSE, _PEN} and not event.matches(QKeySequence.StandardKey.Undo)

    def _on_tablet(self, event: QTabletEvent) -> bool:
        sample = self._sample(event.position(), event.pressure())
        kind = event.type()
        if self._pen and kind != QEvent.Type.TabletRelease and not event.buttons():
            self._end_lost()
        if kind == QEvent.Type.TabletPress and (self._pen or not self._holding):
            self._end_lost()
            if self._pans or event.button() == Qt.MouseButton.MiddleButton:
                self._begin_pan(event.position(), pen=True)
                return True
            self._hold(_PEN, event.position(), pen=True)
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
                self._last = event.position()
                self.stroke_moved.emit(sample)
        elif kind == QEvent.Type.TabletRelease and self._holding == _PEN:
            self._finish(sample)
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
            self._hold(_FINGER, at)
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
            self._finish(self._sample(at))
            self.hovered.emit(None)

    def cancel(self) -> None:
        """Take back what the finger began; a second one came."""
        if self._holding == _PAN:
            self._end_pan()
        elif self._holding == _FINGER:
            self._take_back()
            self.hovered.emit(None)

    def _take_back(self) -> None:
        self._holding, self._pen = "", False
        self.stroke_cancelled.emit()
        self.let_go.emit()

    def _on_key(self, event: QKeyEvent) -> bool:
        if self._holding in {_MOUSE, _PEN} and event.key() != Qt.Key.Key_Space:
            if event.key() == Qt.Key.Key_Escape and event.type() == QEvent.Type.KeyPress:
                self._take_back()
            return True
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._space = event.type() == QEvent.Type.KeyPress
            if self._holding != _PAN:
                self._show_hand(self._pans)
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

    def _begin_pan(self, at: QPointF, *, pen: bool = False) -> None:
        self._hold(_PAN, at, pen=pen)
        self.hovered.emit(None)
        self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _pan_to(self, at: QPointF) -> None:
        moved = at - self._last
        self._last = at
        self._canvas.pan(moved.x(), moved.y())

    def _end_pan(self) -> None:
        self._holding, self._pen = "", False
        self._show_hand(self._pans)
        self.let_go.emit()

    def _show_hand(self, hand: bool) -> None:
        if hand:
            self.hovered.emit(None)
            self._canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self._canvas.unsetCursor()
