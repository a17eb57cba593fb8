"""Settings and the page of keyboard shortcuts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.settings import Settings
from app.widgets.actions import NATIVE, TABLE, translated
from app.widgets.menus import MENUS, Menu
from app.words.language import LANGUAGES
from app.words.numbers import own_locale

MOUSE = (
    ("Wheel", "Zoom at the pointer"),
    ("Alt + wheel, Ctrl + Shift + wheel", "Brush size"),
    ("Ctrl + Alt + drag, Alt + right drag", "Brush size, by how far you drag"),
    ("Space + drag, middle drag", "Move the photo"),
    ("Right button, Alt + drag", "The opposite: brush erases, eraser paints"),
    ("Shift + click", "Straight line from the last stroke"),
    ("Click on a line", "Drop it, or bring it back"),
    ("Pen: Shift, Alt", "Draw a curve, erase lines"),
    ("Two fingers", "Zoom and move the photo"),
    ("Drag a result onto another", "Mix the two"),
)
COLUMNS = 3


class ShortcutSheet(QDialog):
    """List every key, menu by menu; does not keep one from working."""

    def __init__(self, parent: QWidget) -> None:
        """Build the page from the table of actions."""
        super().__init__(parent, Qt.WindowType.Tool)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 16, 20, 18)
        grid.setHorizontalSpacing(36)
        grid.setVerticalSpacing(16)
        groups = [(translated(menu.title).replace("&", ""), _rows(menu)) for menu in MENUS]
        groups.append(
            (self.tr("Mouse, pen, fingers"), [(self.tr(a), self.tr(b)) for a, b in MOUSE])
        )
        groups = [group for group in groups if group[1]]
        for number, column in enumerate(_balanced(groups)):
            text = "".join(_table(title, rows) for title, rows in column)
            label = QLabel(text, self, textFormat=Qt.TextFormat.RichText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, 0, number)


Group = tuple[str, list[tuple[str, str]]]


def _balanced(groups: list[Group]) -> list[list[Group]]:
    """Return the groups in columns of about the same length, in their order."""
    total = sum(len(rows) + 2 for _, rows in groups)
    columns: list[list[Group]] = [[]]
    height = 0
    for group in groups:
        if height > total * len(columns) / COLUMNS - len(group[1]) / 2 and len(columns) < COLUMNS:
            columns.append([])
        columns[-1].append(group)
        height += len(group[1]) + 2
    return columns


def _rows(menu: Menu) -> list[tuple[str, str]]:
    rows = [TABLE[entry] for entry in menu.entries if isinstance(entry, str)]
    return [
        (
            " · ".join(dict.fromkeys(QKeySequence(key).toString(NATIVE) for key in row.keys[:2])),
            translated(row.text).replace("&", "").rstrip("…"),
        )
        for row in rows
        if row.keys
    ]


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    lines = "".join(
        f"<tr><td><b>{keys}</b>&nbsp;&nbsp;&nbsp;</td><td>{what}</td></tr>" for keys, what in rows
    )
    return f"<p><b style='font-size:large'>{title}</b></p><table cellpadding='2'>{lines}</table>"


class SettingsDialog(QDialog):
    """Change what is remembered between runs; every change takes effect at once."""

    def __init__(self, settings: Settings, parent: QWidget, forget: QAction | None = None) -> None:
        """Show ``settings``; ``forget`` deletes the recovery data."""
        super().__init__(parent)
        self._forget = forget
        self.setWindowTitle(self.tr("Settings"))
        self._settings = settings
        form = QFormLayout(verticalSpacing=10, horizontalSpacing=18)
        self._add_behaviour(form)
        self._add_mask(form)
        self._add_system(form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(18)
        column.addLayout(form)
        column.addWidget(buttons)

    def _add_behaviour(self, form: QFormLayout) -> None:
        form.addRow(self._check("fill_on_release", self.tr("Fill when the stroke ends")))
        one = self._check("one_result", self.tr("Make one result only; R makes the others"))
        one.setToolTip(self.tr("Saves most of the processor's time after the first result"))
        form.addRow(one)
        accept = self.tr("A new stroke accepts the chosen result")
        form.addRow(self._check("accept_on_stroke", accept))
        form.addRow(self._check("pen_pressure", self.tr("Pen pressure changes the brush size")))
        note = self._check(
            "provenance", self.tr("Note in saved files that a model invented a part of them")
        )
        note.setToolTip(self.tr("Writes the IPTC digital source type into XMP"))
        form.addRow(note)
        beside = self._check("sidecars", self.tr("Copy sidecar files (.xmp) to a new name, too"))
        beside.setToolTip(self.tr("Other programs keep ratings and keywords in them"))
        form.addRow(beside)
        recipe = self._check("recipe_beside", self.tr("Keep a recipe (.lacuna) beside the photo"))
        recipe.setToolTip(self.tr("Open the photo again, and every removal can still be changed"))
        form.addRow(recipe)
        keep = self._check(
            "keep_journal", self.tr("Keep my steps to bring them back after a crash")
        )
        keep.setToolTip(self.tr("Takes effect with the next photo; kept on this computer only"))
        form.addRow(keep)
        if self._forget is not None:
            button = QPushButton(self._forget.text(), self)
            button.setAutoDefault(False)  # Enter in any field closes, and never deletes
            button.clicked.connect(self._forget.trigger)
            form.addRow(button)

    def _add_mask(self, form: QFormLayout) -> None:
        self._colour = QPushButton(self, autoDefault=False)
        self._colour.clicked.connect(self._ask_colour)
        self._show_colour()
        form.addRow(self.tr("Mask &colour"), self._colour)
        opacity = QSlider(Qt.Orientation.Horizontal, self)
        opacity.setObjectName("tint_opacity")
        opacity.setRange(5, 100)
        opacity.setValue(self._settings.get("tint_opacity"))
        opacity.valueChanged.connect(lambda value: self._settings.set("tint_opacity", value))
        form.addRow(self.tr("Mask &opacity"), opacity)
        grow = QDoubleSpinBox(self)
        grow.setLocale(own_locale())
        grow.setRange(0, 10)
        grow.setSingleStep(0.5)
        grow.setSuffix(self.tr(" % of its width"))
        grow.setValue(self._settings.get("grow_percent"))
        grow.valueChanged.connect(lambda value: self._settings.set("grow_percent", value))
        form.addRow(self.tr("&Grow the mask before filling by"), grow)
        row = QHBoxLayout()
        row.setSpacing(16)
        words = {"mirror": self.tr("mirrored"), "rotate": self.tr("turned")}
        for key, text in (words | {"scale": self.tr("scaled")}).items():
            box = self._check(key, text)
            box.setToolTip(self.tr("Where the surroundings of a hole are seen so again"))
            row.addWidget(box)
        row.addStretch(1)
        form.addRow(self.tr("Copied parts may be"), row)

    def _add_system(self, form: QFormLayout) -> None:
        themes = {
            "system": self.tr("Like the system"),
            "dark": self.tr("Dark"),
            "light": self.tr("Light"),
        }
        form.addRow(self.tr("&Theme"), self._combo("theme", themes))
        languages = LANGUAGES | {"system": self.tr("Like the system")}
        language = self._combo("language", languages)
        language.setToolTip(self.tr("Takes effect at the next start"))
        form.addRow(self.tr("&Language"), language)
        devices = {
            "auto": self.tr("Automatic"),
            "cpu": self.tr("Processor (CPU)"),
            "cuda": self.tr("Graphics card (CUDA)"),
        }
        form.addRow(self.tr("Compute &on"), self._combo("device", devices))
        threads = QSpinBox(self)
        threads.setRange(0, 256)
        threads.setSpecialValueText(self.tr("Automatic"))
        threads.setValue(self._settings.get("threads"))
        threads.valueChanged.connect(lambda value: self._settings.set("threads", value))
        form.addRow(self.tr("T&hreads"), threads)

    def _check(self, key: str, text: str) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(self._settings.get(key))
        box.toggled.connect(lambda on: self._settings.set(key, on))
        return box

    def _combo(self, key: str, rows: dict[str, str]) -> QComboBox:
        combo = QComboBox(self)
        for value, text in rows.items():
            combo.addItem(text, value)
        combo.setCurrentIndex(list(rows).index(self._settings.get(key)))
        combo.currentIndexChanged.connect(
            lambda index: self._settings.set(key, combo.itemData(index))
        )
        return combo

    def _ask_colour(self) -> None:
        now = QColor(self._settings.get("tint_colour"))
        colour = QColorDialog.getColor(now, self, self.tr("Mask colour"))
        if colour.isValid():
            self._settings.set("tint_colour", colour.name())
            self._show_colour()

    def _show_colour(self) -> None:
        name = self._settings.get("tint_colour")
        text = "#000000" if QColor(name).lightnessF() > 0.6 else "#ffffff"
        self._colour.setText(name)
        self._colour.setStyleSheet(f"background: {name}; color: {text};")
