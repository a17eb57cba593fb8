"""Export copies from the window; the wishes are remembered, the photo stays unsaved."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QLineEdit, QMessageBox, QSlider, QSpinBox

from app.export.dialog import ExportDialog


def ask(window):
    window.actions_by_id["export"].trigger()
    return window.findChild(ExportDialog)


def press_export(dialog, qtbot):
    buttons = dialog.findChild(QDialogButtonBox)
    export = buttons.buttons()[[b.text() for b in buttons.buttons()].index("E&xport")]
    qtbot.mouseClick(export, Qt.MouseButton.LeftButton)


def exported(window, dialog, qtbot):
    with qtbot.waitSignal(window.workspace.writer.finished, timeout=60_000):
        press_export(dialog, qtbot)


def test_a_copy_as_wished_and_the_wishes_stay(window, qtbot, photo_file):
    dialog = ask(window)
    formats = dialog.findChild(QComboBox, "format")
    formats.setCurrentIndex(formats.findData(".webp"))
    dialog.findChild(QSlider, "quality").setValue(70)
    dialog.findChild(QSpinBox, "longest").setValue(200)
    name = dialog.findChild(QLineEdit, "suffix")
    name.clear()
    QTest.keyClicks(name, "-we/b")
    target = photo_file.with_name(f"{photo_file.stem}-web.webp")
    assert dialog.path == target
    exported(window, dialog, qtbot)
    copy = cv2.imread(str(target))
    assert max(copy.shape) == 200
    assert "Exported" in window.frame.status._message.text()
    again = ask(window)
    assert (again.wishes.longest, again.wishes.quality) == (200, 70)
    assert again.findChild(QLineEdit, "suffix").text() == "-web"
    again.reject()


def test_what_is_seen_is_exported_and_the_photo_still_counts_as_unsaved(
    window, qtbot, photo_file, monkeypatch
):
    from tests.app.hands import fill, stroke

    window.workspace.settings.set("export_ending", ".png")
    stroke(window.canvas, [(100, 100), (120, 100)])
    fill(window, qtbot)
    exported(window, ask(window), qtbot)
    target = photo_file.with_name(f"{photo_file.stem}-export.png")
    wanted = window.workspace.document.image[..., ::-1]
    assert np.array_equal(cv2.imread(str(target)), wanted)
    assert window.files.unsaved
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: QMessageBox.StandardButton.Discard)


def test_an_existing_file_is_replaced_only_after_a_yes(window, qtbot, photo_file, monkeypatch):
    target = photo_file.with_name(f"{photo_file.stem}-export.jpg")
    target.write_bytes(b"mine")
    answers = iter([QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])
    monkeypatch.setattr(QMessageBox, "warning", lambda *a, **k: next(answers))
    press_export(ask(window), qtbot)
    assert target.read_bytes() == b"mine"
    assert not window.workspace.writer.busy
    window.findChild(ExportDialog).deleteLater()
    qtbot.wait(0)
    exported(window, ask(window), qtbot)
    assert cv2.imread(str(target)) is not None


@pytest.mark.parametrize(("ending", "lossy"), [(".jpg", True), (".png", False), (".tif", False)])
def test_quality_is_asked_only_where_something_is_lost(window, ending, lossy):
    window.workspace.settings.set("export_ending", ending)
    dialog = ask(window)
    assert dialog.findChild(QSlider, "quality").isEnabled() is lossy
    dialog.reject()
