"""Tune the results: how bold they are, and how two of them are mixed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from engine.removal.latents import BOLDEST

PAUSE_MS = 250


class Tuning(QWidget):
    """Hold the boldness slider and, while a mix is shown, the mix slider.

    Signals:
        boldness_changed(float): 0 to 1.5, after the slider came to rest.
        mix_changed(float): 0 to 1, after the slider came to rest.
    """

    boldness_changed = Signal(float)
    mix_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build both sliders; the mix is hidden."""
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self.boldness = _slider(self, round(BOLDEST * 100), 100, self.tr("Boldness"))
        self.boldness.setToolTip(
            self.tr("How far the results stray from the safe one; 100 % is as drawn")
        )
        self.mix = _slider(self, 100, 50, self.tr("Mix"))
        self.mix.setToolTip(self.tr("From one result to the other"))
        self._boldness_text, self._mix_text = QLabel(self), QLabel(self)
        rows = ((self.boldness, self._boldness_text), (self.mix, self._mix_text))
        self._mix_row: list[QWidget] = [self.mix, self._mix_text]
        for row, (slider, text) in enumerate(rows):
            name = QLabel(slider.accessibleName(), self)
            name.setBuddy(slider)
            if slider is self.mix:
                self._mix_row.append(name)
            text.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
            for column, widget in enumerate((name, slider, text)):
                grid.addWidget(widget, row, column)
        self._rest = {slider: QTimer(self) for slider in (self.boldness, self.mix)}
        for slider, timer in self._rest.items():
            timer.setSingleShot(True)
            timer.setInterval(PAUSE_MS)
            slider.valueChanged.connect(timer.start)
            slider.valueChanged.connect(self._show_numbers)
        self._rest[self.boldness].timeout.connect(
            lambda: self.boldness_changed.emit(self.boldness.value() / 100)
        )
        self._rest[self.mix].timeout.connect(lambda: self.mix_changed.emit(self.mix.value() / 100))
        self.reset()

    def reset(self) -> None:
        """Go back to drawn boldness and no mix, telling nobody."""
        for slider, value in ((self.boldness, 100), (self.mix, 50)):
            slider.setValue(value)
            self._rest[slider].stop()
        self.show_mix(False)
        self._show_numbers()

    def show_mix(self, shown: bool) -> None:
        """Show or hide the mix slider."""
        for widget in self._mix_row:
            widget.setVisible(shown)

    def _show_numbers(self) -> None:
        self._boldness_text.setText(f"{self.boldness.value()} %")
        self._mix_text.setText(f"{self.mix.value()} %")


def _slider(parent: QWidget, top: int, value: int, name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal, parent)
    slider.setRange(0, top)
    slider.setValue(value)
    slider.setAccessibleName(name)
    return slider
