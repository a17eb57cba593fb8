"""Lay out the bars: tools at the left, the brush and the filling above, facts below."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)

from app.settings import CONTEXTS, Settings
from app.widgets.menus import TOOL_IDS
from app.widgets.number import Number
from engine.views.strokes import MARK_TOOLS, Tool

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QResizeEvent

ICON = QSize(22, 22)
LARGEST = 2000
STEPS = 200
SLIDER, SHORT_SLIDER, ROOMY = 140, 60, 1000
"""Width of a slider in the bar, and where the bar is narrower than so many pixels."""
TALL = 600
SMALL_ICON = QSize(16, 16)
"""Icons of the tools' column where it is lower than so many pixels."""


def tool_bar(actions: Mapping[str, QAction], parent: QWidget) -> QToolBar:
    """Return the column of tools."""
    bar = ToolColumn(parent.tr("Tools"), parent)
    bar.setObjectName("tools")
    bar.setOrientation(Qt.Orientation.Vertical)
    bar.setIconSize(ICON)
    bar.setMovable(False)
    for name in TOOL_IDS[:-1]:
        if name != "take":
            bar.addAction(actions[name])
    _share(bar, actions["avoid"], actions["take"])
    bar.addSeparator()
    for name in ("hand", "fit", "actual"):
        bar.addAction(actions[name])
    bar.addSeparator()
    for name in ("original", "split", "evidence"):
        bar.addAction(actions[name])
    return bar


class ToolColumn(QToolBar):
    """Draw smaller icons where the window is low, so that none is out of sight."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose how large they are."""
        super().resizeEvent(event)
        self.setIconSize(ICON if event.size().height() >= TALL else SMALL_ICON)


def _share(bar: QToolBar, first: QAction, second: QAction) -> None:
    """Let the button of ``first`` stand for ``second``, too: for the one that was used last."""
    button = bar.widgetForAction(first)
    assert isinstance(button, QToolButton)
    for action in (first, second):
        action.toggled.connect(
            lambda on, action=action: button.setDefaultAction(action) if on else None
        )


class OptionsBar(QToolBar):
    """Hold file and history buttons, the brush's size, and the Fill button.

    Signals:
        left(): a number was entered; the keys are the photo's again.
    """

    left = Signal()

    def __init__(self, actions: Mapping[str, QAction], settings: Settings, parent: QWidget) -> None:
        """Build the bar; it writes the brush straight into ``settings``."""
        super().__init__(parent.tr("Options"), parent)
        self.setObjectName("options")
        self.setMovable(False)
        self.setIconSize(ICON)
        for name in ("open", "save", None, "undo", "redo", None):
            if name is None:
                self.addSeparator()
            else:
                self.addAction(actions[name])
        size = SizeControl(settings, self)
        size.entered.connect(self.left)
        spring = QWidget(self)
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._own: list[tuple[QAction, frozenset[Tool]]] = []
        self._tool = Tool.BRUSH
        self._spring = self.addWidget(spring)
        self.add_for(size, frozenset(Tool) - {Tool.SPOTS, Tool.OBJECT, Tool.WIRE})
        self.hardness = HardnessControl(settings, self)
        self.add_for(self.hardness, frozenset({Tool.RESTORE}))
        self.add_for(
            ContextControl(settings, self),
            frozenset(Tool) - {Tool.RESTORE, Tool.SPOTS, *MARK_TOOLS},
        )
        clear = QToolButton(self)  # the marks' brushes have a Clear of their own in its place
        clear.setDefaultAction(actions["clear_mask"])
        clear.setAutoRaise(True)
        clear.setIconSize(ICON)
        self._own.append((self.addWidget(clear), frozenset(Tool) - MARK_TOOLS))
        self.addAction(actions["history"])
        self.addSeparator()
        self.fill_button = QToolButton(self)
        self.fill_button.setObjectName("primary")
        self.fill_button.setDefaultAction(actions["fill"])
        self.fill_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addWidget(self.fill_button)

    def add_for(self, control: QWidget, tools: frozenset[Tool]) -> None:
        """Put ``control`` after the others; it is seen with these tools only."""
        action = self.insertWidget(self._spring, control)
        self._own.append((action, tools))
        action.setVisible(self._tool in tools)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the sliders where there is little room, so that Fill keeps its place."""
        for slider in self.findChildren(QSlider):
            slider.setFixedWidth(SLIDER if event.size().width() >= ROOMY else SHORT_SLIDER)
        super().resizeEvent(event)

    def show_for(self, tool: Tool) -> None:
        """Show what ``tool`` has."""
        self._tool = tool
        for action, tools in self._own:
            action.setVisible(tool in tools)


class _Control(QWidget):
    """Lay out one setting of the bar: its name, and beside it what changes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(6, 0, 6, 0)
        self.row.setSpacing(8)


class SizeControl(_Control):
    """Set the brush's diameter by a slider with equal steps of ratio, or by a number.

    Signals:
        entered(): Enter was pressed in the number.
    """

    entered = Signal()

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        """Show and change the setting ``brush_size``."""
        super().__init__(parent)
        self._settings = settings
        label = QLabel(self.tr("&Size"), self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(0, STEPS)
        self._slider.setFixedWidth(SLIDER)
        self._slider.setAccessibleName(self.tr("Brush size"))
        self._number = Number(self)
        self._number.entered.connect(self.entered)
        self._number.setRange(1, LARGEST)
        self._number.setSuffix(self.tr(" px"))
        self._number.setFixedWidth(self.fontMetrics().averageCharWidth() * 14)
        self._number.setKeyboardTracking(False)
        self._number.setAccessibleName(self.tr("Brush size in pixels"))
        label.setBuddy(self._number)
        for widget in (self._slider, self._number):
            widget.setToolTip(self.tr("Brush size in photo pixels ([ and ], Alt+wheel)"))
        self.row.addWidget(label)
        self.row.addWidget(self._slider)
        self.row.addWidget(self._number)
        self._show()
        self._slider.valueChanged.connect(self._on_slider_moved)
        self._number.valueChanged.connect(lambda value: settings.set("brush_size", value))
        settings.changed.connect(self._on_settings_changed)

    def _on_slider_moved(self, place: int) -> None:
        self._settings.set("brush_size", round(math.exp(place / STEPS * math.log(LARGEST))))

    def _on_settings_changed(self, key: str) -> None:
        if key == "brush_size":
            self._show()

    def _show(self) -> None:
        size = self._settings.get("brush_size")
        place = round(math.log(size) / math.log(LARGEST) * STEPS)
        with QSignalBlocker(self._slider), QSignalBlocker(self._number):
            self._slider.setValue(place)
            self._number.setValue(size)


class HardnessControl(_Control):
    """Set how early the restore brush falls off."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        """Show and change the setting ``brush_hardness``."""
        super().__init__(parent)
        label = QLabel(self.tr("&Hardness"), self)
        number = QSpinBox(self)
        number.setRange(0, 100)
        number.setSingleStep(10)
        number.setSuffix(" %")
        number.setValue(settings.get("brush_hardness"))
        number.setAccessibleName(self.tr("Hardness of the restore brush"))
        label.setBuddy(number)
        self.row.addWidget(label)
        self.row.addWidget(number)
        number.valueChanged.connect(lambda value: settings.set("brush_hardness", value))
        settings.changed.connect(
            lambda key: number.setValue(settings.get(key)) if key == "brush_hardness" else None
        )


class ContextControl(_Control):
    """Choose how much of the surroundings the network looks at."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        """Show and change the setting ``context``."""
        super().__init__(parent)
        label = QLabel(self.tr("&Context"), self)
        self._combo = QComboBox(self)
        words = self.tr("Closer"), self.tr("Automatic"), self.tr("Wider")
        for text, value in zip(words, CONTEXTS, strict=True):
            self._combo.addItem(text, value)
        self._combo.setAccessibleName(self.tr("Context around the hole"))
        label.setBuddy(self._combo)
        for widget in (label, self._combo):
            widget.setToolTip(
                self.tr(
                    "How much of the surroundings the network looks at: closer shows it more "
                    "detail, wider more of the scene. Counts for the next fill, and for R."
                )
            )
            self.row.addWidget(widget)
        self._settings = settings
        self._show("context")
        self._combo.activated.connect(
            lambda index: settings.set("context", self._combo.itemData(index))
        )
        settings.changed.connect(self._show)

    def _show(self, key: str) -> None:
        if key == "context":
            self._combo.setCurrentIndex(list(CONTEXTS).index(self._settings.get(key)))
