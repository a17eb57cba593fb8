"""Several photos as a strip: seen, gone to by click and key, marked, and out of the way."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app.photos.film import Film
from app.photos.strip import Mark
from tests.app.hands import fill, stroke, wait

NAMES = "a.png", "b.png", "c.png"
BUTTONS = QMessageBox.StandardButton
KEYS = Qt.Key


@pytest.fixture
def shoot(tmp_path):
    """Return three photos of 600 x 400, each of another grey."""
    paths = [tmp_path / name for name in NAMES]
    for number, path in enumerate(paths):
        cv2.imwrite(str(path), np.full((400, 600, 3), 60 + 60 * number, np.uint8))
    return paths


@pytest.fixture
def strip(empty_window, qtbot, shoot):
    """Return the strip of a window in which the three were opened together."""
    empty_window.row.open(shoot)
    reach(empty_window, qtbot, "a.png")
    return strip_of(empty_window)


def strip_of(window):
    return window.row.findChild(Film).strip


def reach(window, qtbot, name):
    document = window.workspace.document
    qtbot.waitUntil(
        lambda: document.path is not None and document.path.name == name, timeout=60_000
    )


def click(strip, row):
    place = strip.visualRect(strip.photos.index(row)).center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(strip.viewport(), left, none, place)


def wheel(widget, turn):
    at, none = QPointF(40, 40), Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at, QPointF(widget.mapToGlobal(QPoint(40, 40))), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget.viewport(), event)


def paint(window):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 40)
    stroke(window.canvas, [(200, 150), (260, 160)])


def removed(window, qtbot):
    """Remove something and accept that."""
    paint(window)
    fill(window, qtbot)
    window.actions_by_id["accept"].trigger()


def answering(monkeypatch, answer):
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: asked.append(a[2]) or answer)
    return asked


def test_photos_chosen_together_are_shown_with_names_and_pictures(
    empty_window, qtbot, shoot, monkeypatch
):
    names = [str(path) for path in shoot]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *a, **k: (names, ""))
    empty_window.actions_by_id["open"].trigger()
    reach(empty_window, qtbot, "a.png")
    strip = strip_of(empty_window)
    assert strip.isVisible()
    photos = strip.photos
    assert [photos.data(photos.index(row)) for row in range(3)] == list(NAMES)
    qtbot.waitUntil(lambda: not any(map(photos.lacks, range(3))), timeout=60_000)
    greys = [photos.picture(row).toImage().pixelColor(5, 5).red() for row in range(3)]
    assert greys == [60, 120, 180]


def test_a_single_photo_needs_no_strip(window):
    assert window.row.findChild(Film) is None
    assert not window.actions_by_id["photos"].isEnabled()


def test_a_click_goes_to_a_photo(empty_window, strip, qtbot):
    click(strip, 2)
    reach(empty_window, qtbot, "c.png")
    assert strip.photos.open == 2
    QTest.keySequence(empty_window, QKeySequence("Alt+Left"))
    reach(empty_window, qtbot, "b.png")
    assert strip.photos.open == strip.currentIndex().row() == 1


def test_the_arrow_keys_go_to_a_photo(empty_window, strip, qtbot):
    strip.setFocus()
    for pressed, name in ((KEYS.Key_Right, "b.png"), (KEYS.Key_End, "c.png")):
        QTest.keyClick(strip, pressed)
        reach(empty_window, qtbot, name)


def test_unsaved_work_stays_where_the_user_wants_to_stay(empty_window, strip, qtbot, monkeypatch):
    removed(empty_window, qtbot)
    assert strip.photos.mark(strip.photos.paths[0])[0] is Mark.CHANGED
    asked = answering(monkeypatch, BUTTONS.Cancel)
    click(strip, 1)
    assert len(asked) == 1
    assert empty_window.workspace.document.path.name == "a.png"
    assert strip.photos.open == strip.currentIndex().row() == 0
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: BUTTONS.Discard)
    click(strip, 1)
    reach(empty_window, qtbot, "b.png")
    assert strip.photos.mark(strip.photos.paths[0])[0] is Mark.NONE


def test_what_was_saved_is_marked_and_asks_nothing(empty_window, strip, qtbot, tmp_path):
    removed(empty_window, qtbot)
    with qtbot.waitSignal(empty_window.files.saved, timeout=60_000):
        empty_window.files.save_to(tmp_path / "a-edited.png", overwrite=False)
    click(strip, 1)
    reach(empty_window, qtbot, "b.png")
    mark, said = strip.photos.mark(strip.photos.paths[0])
    assert mark is Mark.SAVED
    assert "a-edited.png" in said
    index = strip.photos.index(0)
    assert said in strip.photos.data(index, Qt.ItemDataRole.AccessibleTextRole)


def test_saving_when_asked_then_goes_on(empty_window, strip, qtbot, monkeypatch, tmp_path):
    removed(empty_window, qtbot)
    answering(monkeypatch, BUTTONS.Save)
    target = tmp_path / "kept.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    click(strip, 2)
    reach(empty_window, qtbot, "c.png")
    assert target.exists()
    assert strip.photos.mark(strip.photos.paths[0])[0] is Mark.SAVED


def test_going_back_and_forth_keeps_what_was_looked_at(empty_window, strip, qtbot):
    empty_window.canvas.zoom_to(2.0)
    seen = empty_window.canvas.viewport
    click(strip, 1)
    reach(empty_window, qtbot, "b.png")
    assert empty_window.canvas.viewport == empty_window.canvas.viewport.fitted()
    click(strip, 0)
    reach(empty_window, qtbot, "a.png")
    assert empty_window.canvas.viewport == seen


def test_the_strip_can_be_hidden_and_that_is_remembered(empty_window, strip, qtbot):
    QTest.keySequence(empty_window, QKeySequence("F8"))
    assert strip.isHidden()
    assert not empty_window.workspace.settings.get("show_photos")
    QTest.keySequence(empty_window, QKeySequence("F8"))
    assert strip.isVisible()


def test_results_take_the_strips_place(empty_window, strip, qtbot):
    paint(empty_window)
    empty_window.actions_by_id["fill"].trigger()
    wait(empty_window, qtbot)
    assert strip.isHidden()
    empty_window.actions_by_id["accept"].trigger()
    assert strip.isVisible()


def test_nobody_leaves_a_photo_that_is_being_saved(empty_window, strip, qtbot, tmp_path):
    removed(empty_window, qtbot)
    with qtbot.waitSignal(empty_window.files.saved, timeout=60_000):
        empty_window.files.save_to(tmp_path / "out.png", overwrite=False)
        assert not strip.isEnabled()
    assert strip.isEnabled()


def test_a_photo_that_cannot_be_opened_says_so_and_the_others_stay_in_reach(
    empty_window, qtbot, shoot
):
    shoot[0].write_bytes(b"no photo")
    empty_window.row.open(shoot)
    qtbot.waitUntil(lambda: empty_window.row.findChild(Film) is not None, timeout=60_000)
    photos = strip_of(empty_window).photos
    qtbot.waitUntil(lambda: photos.mark(shoot[0])[0] is Mark.BROKEN, timeout=60_000)
    assert "a.png" in photos.mark(shoot[0])[1]
    click(strip_of(empty_window), 1)
    reach(empty_window, qtbot, "b.png")


def test_another_set_is_taken_only_once_it_is_here(empty_window, strip, qtbot, monkeypatch, shoot):
    removed(empty_window, qtbot)
    answering(monkeypatch, BUTTONS.Cancel)
    empty_window.row.open(shoot[1:])
    assert strip.photos.paths == shoot
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: BUTTONS.Discard)
    empty_window.row.open(shoot[1:])
    reach(empty_window, qtbot, "b.png")
    assert strip.photos.paths == shoot[1:]


def test_pictures_are_read_only_for_what_is_in_view(empty_window, qtbot, shoot):
    many = [*shoot, *(shoot[0].with_name(f"none-{number}.png") for number in range(400))]
    empty_window.row.open(many)
    reach(empty_window, qtbot, "a.png")
    strip = strip_of(empty_window)
    seen = strip.viewport().width() // strip.visualRect(strip.photos.index(0)).width() + 2
    qtbot.waitUntil(lambda: strip.first_missed() is None, timeout=60_000)
    assert all(map(strip.photos.lacks, range(seen + 1, len(many))))


def test_a_wheel_moves_a_long_strip(empty_window, qtbot, shoot):
    empty_window.row.open([*shoot, *(shoot[0].with_name(f"n{n}.png") for n in range(40))])
    reach(empty_window, qtbot, "a.png")
    strip = strip_of(empty_window)
    bar = strip.horizontalScrollBar()
    assert bar.isVisible()
    assert strip.height() >= strip.visualRect(strip.photos.index(0)).height() + bar.height()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=60_000)
    wheel(strip, -120)
    assert bar.value() > 0
