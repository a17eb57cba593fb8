"""The small panel over the photo with which a mask is refined."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from app.widgets.number import Number

MARGIN = 10


class RefinePanel(QWidget):
    """Say how the mask is to be, at the upper edge of ``parent``; hidden at other times.

    Signals:
        changed(): another mask is wished.
        applied(), left(): a button was pressed.
    """

    changed = Signal()
    applied = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Build the panel."""
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._check = QCheckBox(self.tr("Snap to edges"), self)
        label = QLabel(self.tr("Gro&w"), self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setFixedWidth(150)
        self._slider.setAccessibleName(self.tr("Grow or shrink the mask"))
        self._slider.setToolTip(self.tr("Grow the mask to the right, shrink it to the left"))
        self._number = Number(self)
        self._number.setSuffix(self.tr(" px"))
        self._number.setKeyboardTracking(False)
        self._number.setFixedWidth(self.fontMetrics().averageCharWidth() * 14)
        self._number.setAccessibleName(self.tr("Pixels by which the mask is grown"))
        label.setBuddy(self._number)
        apply = QPushButton(self.tr("Apply"), self)
        apply.setObjectName("primary")
        cancel = QPushButton(self.tr("Cancel"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        parts = self._check, label, self._slider, self._number, cancel, apply
        for part in parts:
            row.addWidget(part)
        for button in (apply, cancel):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        apply.clicked.connect(self.applied)
        cancel.clicked.connect(self.left)
        self._check.toggled.connect(self.changed)
        self._slider.valueChanged.connect(self._set)
        self._number.valueChanged.connect(self._set)
        self._number.entered.connect(self._slider.setFocus)
        parent.installEventFilter(self)
        self.hide()

    @property
    def edges(self) -> bool:
        """Tell whether the mask is to be moved to edges."""
        return self._check.isChecked()

    @property
    def pixels(self) -> int:
        """Return by how many pixels the mask is to grow, or to shrink if negative."""
        return self._slider.value()

    def open(self, most: int) -> None:
        """Show the panel, nothing grown, up to ``most`` pixels possible; the keys are its own."""
        with (
            QSignalBlocker(self._slider),
            QSignalBlocker(self._number),
            QSignalBlocker(self._check),
        ):
            for part in (self._slider, self._number):
                part.setRange(-most, most)
                part.setValue(0)
            self._check.setChecked(True)
        self.adjustSize()
        self._place()
        self.show()
        self._slider.setFocus()

    def close_it(self) -> None:
        """Hide the panel and give the keys back to the photo."""
        self.hide()
        parent = self.parentWidget()
        assert parent is not None
        parent.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the photo's upper edge."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        parent = self.parentWidget()
        assert parent is not None
        self.move(max((parent.width() - self.width()) // 2, 0), MARGIN)

    def _set(self, pixels: int) -> None:
        with QSignalBlocker(self._slider), QSignalBlocker(self._number):
            self._slider.setValue(pixels)
            self._number.setValue(pixels)
        self.changed.emit()
