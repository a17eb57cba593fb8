"""Several photos at once, and the next one of the folder without a dialog."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest

from app.startup import begin


@pytest.fixture
def folder(tmp_path):
    """Return a folder with three photos and something else."""
    out = tmp_path / "shoot"
    out.mkdir()
    for number, name in enumerate(("a.png", "B.png", "c.png")):
        cv2.imwrite(str(out / name), np.full((40, 60, 3), 40 * number, np.uint8))
    (out / "notes.txt").write_text("no photo")
    (out / ".hidden.png").write_bytes(b"")
    return out


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


def reach(window, qtbot, name):
    document = window.workspace.document
    qtbot.waitUntil(
        lambda: document.path is not None and document.path.name == name, timeout=60_000
    )


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none = Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none))


def test_the_next_photo_of_the_folder(empty_window, qtbot, folder):
    empty_window.files.open(folder / "a.png")
    reach(empty_window, qtbot, "a.png")
    for way, name in (("Right", "B.png"), ("Right", "c.png"), ("Left", "B.png")):
        key(empty_window, f"Alt+{way}")
        reach(empty_window, qtbot, name)


def test_the_row_ends_with_a_word(empty_window, qtbot, folder):
    empty_window.files.open(folder / "c.png")
    reach(empty_window, qtbot, "c.png")
    key(empty_window, "Alt+Right")
    assert "last photo" in empty_window.frame.status._message.text()
    assert empty_window.workspace.document.path.name == "c.png"


def test_several_photos_dropped_come_one_after_the_other(empty_window, qtbot, folder):
    drop(empty_window, folder / "c.png", folder / "a.png")
    reach(empty_window, qtbot, "c.png")
    key(empty_window, "Alt+Right")
    reach(empty_window, qtbot, "a.png")
    key(empty_window, "Alt+Right")
    assert "last photo" in empty_window.frame.status._message.text()


def test_a_folder_opens_its_first_photo(empty_window, qtbot, folder):
    begin(empty_window, folder)
    reach(empty_window, qtbot, "a.png")


def test_a_folder_without_photos_is_told(empty_window, qtbot, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    begin(empty_window, empty)
    assert "holds no photo" in empty_window.frame.notice.text


def test_several_photos_are_given_on_the_command_line(empty_window, qtbot, folder):
    begin(empty_window, folder / "B.png", folder / "a.png")
    reach(empty_window, qtbot, "B.png")
    key(empty_window, "Alt+Right")
    reach(empty_window, qtbot, "a.png")
