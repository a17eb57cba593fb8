"""Make what menus, keys and buttons trigger from the rows of ``actions``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QKeySequence, QPalette

from app.widgets.actions import ACTIONS, NATIVE, Action, translated
from app.widgets.icons import icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.document.workspace import Fact
    from app.widgets.theme import Theme


def build(window: QWidget) -> dict[str, QAction]:
    """Return one QAction for every row, connected to the method of ``window`` its slot names."""
    out = {}
    for row in ACTIONS:
        action = QAction(translated(row.text), window)
        action.setObjectName(row.id)
        if not row.held:
            action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(row.checkable)
        action.setToolTip(tool_tip(row))
        signal = action.toggled if row.checkable else action.triggered
        signal.connect(lambda checked, row=row: _call(window, row, checked))
        window.addAction(action)
        out[row.id] = action
    return out


def allow(actions: Mapping[str, QAction], facts: set[Fact]) -> None:
    """Enable those of ``actions`` that make sense while ``facts`` hold."""
    for row in ACTIONS:
        actions[row.id].setEnabled(row.when.met(facts))


def draw_icons(actions: Mapping[str, QAction], theme: Theme) -> None:
    """Give ``actions`` their icons in the colours of ``theme``, which is applied already."""
    faint = QGuiApplication.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    for row in ACTIONS:
        if row.icon:
            actions[row.id].setIcon(icon(row.icon, QColor(theme.text), faint))
    actions["fill"].setIcon(icon("fill", QColor(theme.on_accent), faint))


def _call(window: QWidget, row: Action, checked: bool) -> None:
    """Call the slot of ``row``; checkable ones are told their new state."""
    slot = slot_of(window, row.slot)
    if row.checkable:
        slot(checked)
    else:
        slot()


def slot_of(window: QWidget, slot: str) -> Callable[..., object]:
    """Return the method a row names, such as "choices.choose 3"."""
    path, _, argument = slot.partition(" ")
    target: object = window
    for name in path.split("."):
        target = getattr(target, name)
    assert callable(target)
    if not argument:
        return target
    return partial(target, int(argument) if argument.isdigit() else argument)


def tool_tip(row: Action) -> str:
    """Return the tooltip of a row: its name, its first key, and its sentence."""
    name = translated(row.text).replace("&", "").rstrip("…")
    key = f" ({QKeySequence(row.keys[0]).toString(NATIVE)})" if row.keys else ""
    return f"{name}{key}\n{translated(row.tip)}" if row.tip else name + key
