"""Ask how a copy to hand on is to be: format, quality, size, name and folder; all remembered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.settings import Settings
from engine.formats import FORMATS, WRITABLE
from engine.photo.export import QUALITIES, Wishes, size_of_copy
from engine.photo.write import beside


class ExportDialog(QDialog):
    """Show the wishes of the last time, and what file they make of this photo."""

    def __init__(
        self, settings: Settings, photo: Path, size: tuple[int, int], parent: QWidget
    ) -> None:
        """Ask for a copy of ``photo`` (its file need not be there) of ``size`` (width, height)."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export a copy"))
        self._settings, self._photo, self._size = settings, photo, size
        form = QFormLayout(verticalSpacing=10, horizontalSpacing=18)
        form.addRow(self.tr("&Format"), self._formats())
        form.addRow(self.tr("&Quality"), self._qualities())
        form.addRow(self.tr("&Longer side at most"), self._sizes())
        form.addRow(self.tr("&End of the name"), self._suffix())
        form.addRow(self.tr("Fol&der"), self._folder())
        self._told = QLabel(self)
        self._told.setObjectName("told")
        self._told.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        export = buttons.addButton(self.tr("E&xport"), QDialogButtonBox.ButtonRole.AcceptRole)
        export.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(18)
        column.addLayout(form)
        column.addWidget(self._told)
        column.addWidget(buttons)
        settings.changed.connect(self._show)
        self._show()

    @property
    def path(self) -> Path:
        """Return where the copy goes."""
        ending = self._settings.get("export_suffix") + self._settings.get("export_ending")
        folder = self._settings.get("export_folder")
        return beside(self._photo, ending, Path(folder) if folder else None)

    @property
    def wishes(self) -> Wishes:
        """Return how the copy is to be."""
        get = self._settings.get
        return Wishes(get("export_longest"), get("export_quality"))

    def _formats(self) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName("format")
        for kind in dict.fromkeys(WRITABLE.values()):
            row = FORMATS[kind]
            combo.addItem(f"{row.title} ({row.endings[0]})", row.endings[0])
        combo.setCurrentIndex(max(combo.findData(self._settings.get("export_ending")), 0))
        combo.currentIndexChanged.connect(
            lambda index: self._settings.set("export_ending", combo.itemData(index))
        )
        return combo

    def _qualities(self) -> QWidget:
        self._quality = QWidget(self)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName("quality")
        slider.setRange(QUALITIES[0], QUALITIES[-1])
        number = QSpinBox()
        number.setRange(QUALITIES[0], QUALITIES[-1])
        slider.valueChanged.connect(number.setValue)
        number.valueChanged.connect(slider.setValue)
        slider.setValue(self._settings.get("export_quality"))
        slider.valueChanged.connect(lambda value: self._settings.set("export_quality", value))
        row = QHBoxLayout(self._quality)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(slider, 1)
        row.addWidget(number)
        return self._quality

    def _sizes(self) -> QSpinBox:
        box = QSpinBox(self)
        box.setObjectName("longest")
        box.setRange(0, 65_500)
        box.setSingleStep(100)
        box.setSuffix(self.tr(" pixels"))
        box.setSpecialValueText(self.tr("As the photo"))
        box.setValue(self._settings.get("export_longest"))
        box.valueChanged.connect(lambda value: self._settings.set("export_longest", value))
        return box

    def _suffix(self) -> QLineEdit:
        line = QLineEdit(self._settings.get("export_suffix"), self)
        line.setObjectName("suffix")
        line.textEdited.connect(lambda text: self._settings.set("export_suffix", _plain(text)))
        return line

    def _folder(self) -> QPushButton:
        self._where = QPushButton(self, autoDefault=False)
        self._where.clicked.connect(self._ask_folder)
        return self._where

    def _ask_folder(self) -> None:
        title, now = self.tr("Folder for copies"), str(self.path.parent)
        folder = QFileDialog.getExistingDirectory(self, title, now)
        if folder:
            own = Path(folder) == self._photo.parent
            self._settings.set("export_folder", "" if own else folder)

    def _show(self, _key: str = "") -> None:
        """Show what the wishes come to."""
        exact = FORMATS[WRITABLE[self._settings.get("export_ending")]].exact
        self._quality.setEnabled(not exact)
        folder = self._settings.get("export_folder")
        self._where.setText(folder or self.tr("Beside the photo"))
        width, height = size_of_copy(self._size, self.wishes.longest)
        self._told.setText(f"{self.path.name}  ·  {width} × {height}")


def _plain(text: str) -> str:
    """Return a part of a file's name without what no name may hold."""
    return "".join(sign for sign in text if sign not in '/\\:*?"<>|' and sign.isprintable())
