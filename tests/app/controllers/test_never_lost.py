"""What is being saved, exported or copied is never lost, whatever is pressed meanwhile."""

import threading

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox

from app.document.jobs import CopyPhoto, SavePhoto, WriteMask
from app.widgets.actions import ACTIONS
from tests.app.hands import fill

BUSY = {"saving": SavePhoto, "exporting": WriteMask, "copying": CopyPhoto}
LEAVES = {"quit", "forget"}
"""Pressed in tests of their own."""


class Gate:
    """Hold a job at its beginning until it is let go."""

    def __init__(self, monkeypatch, kind):
        self.began, self.go = threading.Event(), threading.Event()
        whole = kind.__call__

        def held(job, report):
            self.began.set()
            assert self.go.wait(60)
            return whole(job, report)

        monkeypatch.setattr(kind, "__call__", held)


@pytest.fixture(autouse=True)
def no_dialogs(monkeypatch):
    """Answer every dialog as somebody who pressed a key by mistake."""
    for name in ("getOpenFileName", "getSaveFileName", "getOpenFileNames"):
        empty = ([], "") if name.endswith("s") else ("", "")
        monkeypatch.setattr(QFileDialog, name, lambda *a, empty=empty, **k: empty)
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("", False))
    monkeypatch.setattr(QDialog, "exec", lambda self: 0)
    for name in ("question", "warning", "information", "critical", "about"):
        cancel = QMessageBox.StandardButton.Cancel
        monkeypatch.setattr(QMessageBox, name, lambda *a, cancel=cancel, **k: cancel)


def begin(window, busy, path, monkeypatch):
    """Begin what ``busy`` says, into ``path``."""
    if busy == "saving":
        window.files.save_to(path, overwrite=False)
    elif busy == "exporting":
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
        window.actions_by_id["export_mask"].trigger()
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: ("", ""))
    else:
        window.actions_by_id["copy"].trigger()


def arrived(busy, path):
    if busy == "copying":
        return not QGuiApplication.clipboard().image().isNull()
    return path.exists()


@pytest.mark.parametrize("busy", BUSY)
def test_every_action_pressed_meanwhile_leaves_it_whole(
    painted, qtbot, tmp_path, monkeypatch, busy
):
    gate, path = Gate(monkeypatch, BUSY[busy]), tmp_path / "kept.png"
    QGuiApplication.clipboard().clear()
    begin(painted, busy, path, monkeypatch)
    assert gate.began.wait(30)
    for row in ACTIONS:
        if row.id not in LEAVES and painted.actions_by_id[row.id].isEnabled():
            painted.actions_by_id[row.id].trigger()
    gate.go.set()
    qtbot.waitUntil(lambda: arrived(busy, path), timeout=60_000)
    qtbot.waitUntil(lambda: not painted.workspace.writer.busy, timeout=60_000)
    assert not {"saving", "keeping"} & painted.workspace.facts
    assert painted.workspace.document.is_open


@pytest.mark.parametrize("busy", BUSY)
@pytest.mark.parametrize("other", BUSY)
def test_two_of_them_both_arrive(painted, qtbot, tmp_path, monkeypatch, busy, other):
    gate, paths = Gate(monkeypatch, BUSY[busy]), [tmp_path / "one.png", tmp_path / "two.png"]
    QGuiApplication.clipboard().clear()
    begin(painted, busy, paths[0], monkeypatch)
    assert gate.began.wait(30)
    begin(painted, other, paths[1], monkeypatch)
    gate.go.set()
    qtbot.waitUntil(lambda: not painted.workspace.writer.busy, timeout=60_000)
    assert arrived(busy, paths[0])
    assert arrived(other, paths[1])


def test_results_on_their_way_do_not_touch_a_save(painted, qtbot, tmp_path, monkeypatch):
    gate, path = Gate(monkeypatch, SavePhoto), tmp_path / "kept.png"
    painted.files.save_to(path, overwrite=False)
    assert gate.began.wait(30)
    fill(painted, qtbot)
    painted.actions_by_id["accept"].trigger()
    gate.go.set()
    qtbot.waitUntil(lambda: not painted.workspace.writer.busy, timeout=60_000)
    saved = cv2.imread(str(path))[..., ::-1]
    original = painted.workspace.document.photo.pixels
    assert np.array_equal(saved, original), "what was changed later is not in the file"
    assert painted.files.unsaved, "and it is not taken for saved"


def test_the_window_closes_once_the_save_is_done(painted, qtbot, tmp_path, monkeypatch):
    gate, path = Gate(monkeypatch, SavePhoto), tmp_path / "kept.png"
    painted.files.save_to(path, overwrite=False)
    assert gate.began.wait(30)
    threading.Timer(0.1, gate.go.set).start()
    painted.workspace.close()
    assert path.exists()


def test_another_photo_opened_during_a_save_keeps_its_own_name(
    painted, qtbot, tmp_path, photo_file, monkeypatch
):
    gate, path, other = Gate(monkeypatch, SavePhoto), tmp_path / "kept.png", tmp_path / "other.png"
    cv2.imwrite(str(other), np.zeros((30, 40, 3), np.uint8))
    painted.files.save_to(path, overwrite=False)
    assert gate.began.wait(30)
    painted.masks.clear()
    with qtbot.waitSignal(painted.workspace.document.opened, timeout=60_000):
        painted.files.open(other)
    gate.go.set()
    qtbot.waitUntil(lambda: not painted.workspace.writer.busy, timeout=60_000)
    assert path.exists()
    assert painted.workspace.document.photo.path == other


def test_a_snapshot_never_changes(document):
    before = document.image.copy()
    shown = document.frozen()
    assert np.shares_memory(shown, document.image)
    with pytest.raises(ValueError, match="read-only"):
        shown[0, 0] = 7
    document.write_image(document.box, 255 - before)
    assert np.array_equal(shown, before)
    assert np.array_equal(document.image, 255 - before)
    assert document.photo_levels.levels[0] is document.image


def test_nothing_is_copied_where_nobody_holds_a_snapshot(document):
    document.write_image(document.box, 255 - document.image)  # the file's own are copied once
    image = document.image
    document.frozen()
    document.write_image(document.box, 255 - image)
    assert document.image is image
