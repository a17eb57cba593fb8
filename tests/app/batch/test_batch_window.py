"""What was removed from one photo is removed from others, each with its own line."""

import shutil
import threading

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLabel, QProgressBar, QTableWidget

from app.batch.dialog import BatchDialog
from tests.app.hands import fill, stroke


@pytest.fixture
def removed(window, qtbot):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 30)
    stroke(window.canvas, [(200, 150)])
    fill(window, qtbot)
    window.actions_by_id["accept"].trigger()
    yield window
    window.workspace.stack.setClean()


@pytest.fixture
def others(photo_file):
    """Two more frames of the same size, and one of another."""
    paths = [photo_file.with_name(f"frame{n}.png") for n in range(3)]
    for path in paths[:2]:
        shutil.copy(photo_file, path)
    cv2.imwrite(str(paths[2]), np.zeros((40, 60, 3), np.uint8))
    return paths


def begin(window, monkeypatch, paths):
    names = [str(path) for path in paths]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *a, **k: (names, ""))
    window.actions_by_id["batch"].trigger()
    return window.findChild(BatchDialog)


def ended(dialog, qtbot):
    qtbot.waitUntil(
        lambda: any("written" in label.text() for label in dialog.findChildren(QLabel)),
        timeout=60_000,
    )


def test_every_photo_has_its_line_and_a_failure_stops_no_other(
    removed, qtbot, monkeypatch, others, photo_file
):
    before = others[0].read_bytes()
    dialog = begin(removed, monkeypatch, [others[0], others[2], others[1]])
    ended(dialog, qtbot)
    table = dialog.findChild(QTableWidget)
    said = [table.item(row, 1).text() for row in range(3)]
    assert "frame0-replayed.png" in said[0]
    assert "60 × 40" in said[1]
    assert "frame1-replayed.png" in said[2]
    assert dialog.findChild(QProgressBar).value() == dialog.findChild(QProgressBar).maximum()
    wanted = removed.workspace.document.image[..., ::-1]
    for other in others[:2]:
        assert np.array_equal(
            cv2.imread(str(other.with_name(f"{other.stem}-replayed.png"))), wanted
        )
    assert others[0].read_bytes() == before
    dialog.reject()


def test_stopping_keeps_what_is_written_and_writes_no_more(removed, qtbot, monkeypatch, others):
    from engine.removal import replayed

    entered, go_on = threading.Event(), threading.Event()
    real = replayed.replay_on

    def slow(path, *args, **kwargs):
        if path == others[1]:
            entered.set()
            go_on.wait(30)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(replayed, "replay_on", slow)
    dialog = begin(removed, monkeypatch, others[:2])
    qtbot.waitUntil(entered.is_set, timeout=60_000)
    threading.Timer(0.2, go_on.set).start()
    dialog.findChild(QDialogButtonBox).buttons()[0].click()
    assert others[0].with_name("frame0-replayed.png").exists()
    assert not others[1].with_name("frame1-replayed.png").exists()


def test_there_is_no_batch_before_something_is_removed(window):
    assert not window.actions_by_id["batch"].isEnabled()
