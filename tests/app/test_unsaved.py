"""What is seen is what is saved, and nobody's work goes without a question."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine.photo import read_photo
from tests.app.hands import stroke

BUTTONS = QMessageBox.StandardButton


@pytest.fixture
def asked(monkeypatch):
    """Return the questions that came; the answer is in ``answers``, the last one stays."""

    class Asked(list):
        answer = BUTTONS.Cancel

    out = Asked()

    def question(_parent, _title, text, *_args):
        out.append(text)
        return out.answer

    monkeypatch.setattr(QMessageBox, "question", question)
    return out


@pytest.fixture
def other_photo(tmp_path):
    path = tmp_path / "other.png"
    cv2.imwrite(str(path), np.full((50, 60, 3), 90, np.uint8))
    return path


def save_as(monkeypatch, target):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


def test_saving_with_results_open_saves_what_is_seen(choosing, qtbot, monkeypatch, tmp_path, asked):
    target = tmp_path / "saved.png"
    save_as(monkeypatch, target)
    mask = choosing.workspace.document.mask.copy()
    key(choosing, "5")
    seen = choosing.fills.choice.hole.chosen.patch
    box = choosing.fills.choice.hole.box
    with qtbot.waitSignal(choosing.files.saved, timeout=60_000):
        key(choosing, "Ctrl+S")
    assert np.array_equal(read_photo(target).pixels[box.slices], seen)
    assert not choosing.workspace.document.mask[mask].any()
    assert choosing.close()
    assert not asked


def test_results_that_are_not_accepted_are_asked_about(choosing, asked):
    assert choosing.isWindowModified()
    assert not choosing.close()
    assert choosing.fills.choice is not None
    assert len(asked) == 1
    key(choosing, "1")
    assert not choosing.files.unsaved


def test_copying_copies_what_is_seen(choosing, qtbot):
    mask = choosing.workspace.document.mask.copy()
    with qtbot.waitSignal(choosing.workspace.writer.finished, timeout=60_000):
        key(choosing, "Ctrl+C")
    y, x = (int(side[0]) for side in np.nonzero(mask))
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull(), timeout=5000)
    pixel = QGuiApplication.clipboard().image().pixelColor(x, y)
    assert (pixel.red(), pixel.green(), pixel.blue()) == (200, 100, 50)


def test_a_mask_is_work(painted, asked, other_photo):
    assert painted.isWindowModified()
    mask = painted.workspace.document.mask.copy()
    assert not painted.close()
    painted.files.open(other_photo)
    assert len(asked) == 2
    assert "mask" in asked[0]
    assert np.array_equal(painted.workspace.document.mask, mask)
    asked.answer = BUTTONS.Discard
    assert painted.close()


def test_a_mask_in_a_file_is_no_reason_to_ask(painted, qtbot, monkeypatch, tmp_path, asked):
    save_as(monkeypatch, tmp_path / "mask.png")
    with qtbot.waitSignal(painted.masks.kept, timeout=60_000):
        painted.actions_by_id["export_mask"].trigger()
    assert not painted.isWindowModified()
    stroke(painted.canvas, [(300, 300), (310, 300)])
    assert painted.isWindowModified()
    key(painted, "Ctrl+D")
    assert not painted.isWindowModified()
    assert painted.close()
    assert not asked


def test_saving_before_opening_another_goes_on_to_open_it(
    choosing, qtbot, monkeypatch, tmp_path, asked, other_photo
):
    asked.answer = BUTTONS.Save
    target = tmp_path / "saved.png"
    save_as(monkeypatch, target)
    with qtbot.waitSignal(choosing.workspace.document.opened, timeout=60_000):
        choosing.files.open(other_photo)
    assert choosing.workspace.document.path == other_photo
    assert target.exists()
    assert len(asked) == 1


def test_keeping_the_mask_before_closing_goes_on_to_close(
    painted, qtbot, monkeypatch, tmp_path, asked
):
    asked.answer = BUTTONS.Save
    target = tmp_path / "mask.png"
    save_as(monkeypatch, target)
    assert not painted.close()
    qtbot.waitUntil(lambda: not painted.isVisible(), timeout=60_000)
    assert target.exists()
    assert len(asked) == 1


def test_a_save_that_is_called_off_leaves_all_as_it_was(choosing, monkeypatch, asked, other_photo):
    asked.answer = BUTTONS.Save
    save_as(monkeypatch, "")
    choosing.files.open(other_photo)
    assert choosing.fills.choice is not None
    assert choosing.files.unsaved


def test_enter_in_the_settings_deletes_nothing_and_closes_them(empty_window, qtbot):
    key(empty_window, "Ctrl+,")
    dialog = empty_window.help._settings
    qtbot.waitUntil(dialog.isVisible, timeout=5000)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_deleting_recovery_data_is_not_what_enter_does(empty_window, monkeypatch):
    defaults = []
    monkeypatch.setattr(QMessageBox, "question", lambda *a: defaults.append(a[-1]) or BUTTONS.No)
    empty_window.actions_by_id["forget"].trigger()
    assert defaults == [BUTTONS.No]
