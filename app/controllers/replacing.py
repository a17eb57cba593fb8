"""Ask before a file is replaced."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget


def may_replace(parent: QWidget, path: Path, original: Path | None) -> bool:
    """Return whether the file at ``path`` may be replaced; ``original`` is the photo's own."""
    if original is not None and same_file(path, original):
        text = parent.tr("“{0}” is the original photo. Replace it? It cannot be brought back.")
    else:
        text = parent.tr("“{0}” exists already. Replace it?")
    buttons = QMessageBox.StandardButton
    title, choices = parent.tr("Replace file"), buttons.Yes | buttons.No
    asked = QMessageBox.warning(parent, title, text.format(path.name), choices, buttons.No)
    return asked == buttons.Yes


def same_file(one: Path, other: Path) -> bool:
    """Tell whether both name the same file."""
    return one.resolve() == other.resolve()
