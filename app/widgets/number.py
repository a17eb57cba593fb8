"""Enter a number without filling or accepting anything."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSpinBox


class Number(QSpinBox):
    """Keep Enter to itself, which fills or accepts everywhere else.

    Signals:
        entered(): Enter was pressed.
    """

    entered = Signal()

    def event(self, event: QEvent) -> bool:
        """Take Enter before the shortcuts do."""
        if event.type() == QEvent.Type.ShortcutOverride and _is_enter(event):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the number on Enter, and tell so."""
        super().keyPressEvent(event)
        if _is_enter(event):
            self.entered.emit()


def _is_enter(event: QEvent) -> bool:
    enter = Qt.Key.Key_Return, Qt.Key.Key_Enter
    return isinstance(event, QKeyEvent) and event.key() in enter
