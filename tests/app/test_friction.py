"""Small things that stopped a new user."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QSpinBox, QWidget

from app.startup import begin
from tests.app.hands import fill, stroke, wait


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


@pytest.fixture
def size_field(painted, qtbot):
    field = next(f for f in painted.findChildren(QSpinBox) if "size" in f.accessibleName())
    field.setFocus()
    field.selectAll()
    qtbot.waitUntil(field.hasFocus, timeout=5000)
    return field


@pytest.mark.parametrize("enter", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_in_the_size_field_sets_the_size_and_gives_the_keys_back(painted, size_field, enter):
    QTest.keyClicks(size_field, "77")
    QTest.keyClick(size_field, enter)
    assert painted.workspace.settings.get("brush_size") == 77
    assert not painted.fills.waiting
    assert painted.canvas.hasFocus()


def test_painting_shows_the_mask_again(painted):
    key(painted, "O")
    assert not painted.canvas.tint_visible
    stroke(painted.canvas, [(300, 300), (310, 300)])
    assert painted.canvas.tint_visible
    assert painted.actions_by_id["show_mask"].isChecked()


def test_evidence_is_not_offered_while_it_would_tint_nothing(painted, qtbot):
    fill(painted, qtbot)
    key(painted, "V")
    assert not painted.actions_by_id["evidence"].isChecked()
    assert not painted.actions_by_id["evidence"].isEnabled()


def test_the_empty_canvas_has_a_button_that_opens(empty_window, qtbot, monkeypatch, photo_file):
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *a, **k: ([str(photo_file)], ""))
    welcome = empty_window.frame.welcome
    assert any("press Fill" in line.text() for line in welcome.lines)
    with qtbot.waitSignal(empty_window.workspace.document.opened, timeout=60_000):
        QTest.mouseClick(welcome.button, Qt.MouseButton.LeftButton)
    assert not welcome.isVisible()


def test_nothing_is_said_to_be_opening_after_a_failure(window, qtbot, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8 not a photo")
    with qtbot.waitSignal(window.workspace.failed, timeout=60_000):
        window.files.open(bad)
    assert window.frame.status._message.text() == ""


def test_a_large_photo_begins_with_a_brush_that_is_seen(empty_window, qtbot, tmp_path):
    path = tmp_path / "large.png"
    cv2.imwrite(str(path), np.full((4000, 6000, 3), 90, np.uint8))
    empty_window.workspace.settings.set("brush_size", 30)
    with qtbot.waitSignal(empty_window.workspace.document.opened, timeout=60_000):
        begin(empty_window, path)
    shown = empty_window.workspace.settings.get("brush_size") * empty_window.canvas.viewport.scale
    assert 40 <= shown <= 48


def test_a_brush_that_is_seen_stays_as_it_was(empty_window, qtbot, photo_file):
    empty_window.workspace.settings.set("brush_size", 71)
    with qtbot.waitSignal(empty_window.workspace.document.opened, timeout=60_000):
        empty_window.files.open(photo_file)
    assert empty_window.workspace.settings.get("brush_size") == 71


def test_comma_and_full_stop_change_the_brush_as_brackets_do(painted):
    settings = painted.workspace.settings
    before = settings.get("brush_size")
    key(painted, ".")
    assert settings.get("brush_size") > before
    key(painted, ",")
    assert settings.get("brush_size") == pytest.approx(before, abs=1)


def test_one_result_is_enough_where_that_is_set(painted, qtbot, filler):
    painted.workspace.settings.set("one_result", True)
    fill(painted, qtbot)
    hole = painted.fills.choice.hole
    assert filler.calls == [[0]]
    assert hole.chosen is hole.safe
    assert "R makes" in painted.frame.strip._note.text()
    key(painted, "R")
    qtbot.waitUntil(lambda: len(hole.shown) == 4, timeout=60_000)
    wait(painted, qtbot)


def test_a_lossless_save_says_what_matters(painted, qtbot, monkeypatch, tmp_path):
    fill(painted, qtbot)
    name = str(tmp_path / "saved.png"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: name)
    with qtbot.waitSignal(painted.files.saved, timeout=60_000):
        key(painted, "Ctrl+S")
    told = painted.frame.status._message.text()
    assert told.startswith("Saved saved.png. The rest of the photo is unchanged.")


def test_the_inspector_leaves_the_photo_its_room(painted):
    before = painted.canvas.size()
    key(painted, "Shift+V")
    assert painted.inspector.isVisible()
    assert painted.canvas.size() == before
    key(painted, "Shift+V")


def test_the_original_is_not_held_for_ever(painted, qtbot):
    fill(painted, qtbot)
    key(painted, "Return")
    painted.canvas.setFocus()
    QTest.keyPress(painted.canvas, Qt.Key.Key_Backslash)
    assert painted.view.shows_original
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not painted.view.shows_original, timeout=5000)
    other.close()


def test_a_photo_painted_over_entirely_is_told_of(painted, qtbot):
    painted.actions_by_id["invert_mask"].trigger()
    stroke(painted.canvas, [(200, 150), (260, 160)])
    assert painted.workspace.document.mask.all()
    fill(painted, qtbot)
    assert painted.frame.notice.text.startswith("Hardly anything of the photo is left around")


def test_an_ordinary_hole_is_not(painted, qtbot):
    fill(painted, qtbot)
    assert not painted.frame.notice.isVisible()
