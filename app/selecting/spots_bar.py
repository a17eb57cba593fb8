"""The controls of the spots tool in the bar above the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from app.settings import Settings
from app.widgets.panels import SLIDER

if TYPE_CHECKING:
    from PySide6.QtGui import QAction


class SpotsBar(QWidget):
    """Set how faint a spot may be, say how many there are, and show them without the photo."""

    def __init__(self, settings: Settings, visualize: QAction, parent: QWidget) -> None:
        """Show and change the setting ``spot_sensitivity`` and the action ``visualize``."""
        super().__init__(parent)
        self._settings = settings
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(8)
        label = QLabel(self.tr("Sensiti&vity"), self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, 100)
        self.slider.setFixedWidth(SLIDER)
        self.slider.setAccessibleName(self.tr("Sensitivity to spots"))
        label.setBuddy(self.slider)
        for widget in (label, self.slider):
            widget.setToolTip(self.tr("How faint a spot may be that is still found ([ and ])"))
        self.count = QLabel(self)
        self.count.setMinimumWidth(self.fontMetrics().averageCharWidth() * 12)
        self.check = QCheckBox(self.tr("Black and white"), self)
        self.check.setToolTip(visualize.toolTip())
        self.check.toggled.connect(visualize.setChecked)
        visualize.toggled.connect(self.check.setChecked)
        parts: tuple[QWidget, ...] = (label, self.slider, self.count, self.check)
        for part in parts:
            row.addWidget(part)
        self._show("spot_sensitivity")
        self.slider.valueChanged.connect(lambda value: settings.set("spot_sensitivity", value))
        settings.changed.connect(self._show)

    def show_count(self, on: int, shown: int) -> None:
        """Say how many of the spots that are shown are in the mask."""
        self.count.setText(self.tr("{0} of {1} spots").format(on, shown) if shown else "")

    def _show(self, key: str) -> None:
        if key == "spot_sensitivity":
            with QSignalBlocker(self.slider):
                self.slider.setValue(self._settings.get(key))
