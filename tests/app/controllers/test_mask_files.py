"""A mask from a file: how it was read is said, an empty one is a failure, a lying one is turned."""

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from app.words.language import speak

SHAPE = 400, 600


@pytest.fixture
def give(window, monkeypatch, tmp_path):
    """Return a function that chooses a mask with these levels in the menu's dialog."""

    def run(levels):
        path = tmp_path / "mask.png"
        assert cv2.imwrite(str(path), levels)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
        window.actions_by_id["import_mask"].trigger()

    return run


def labels():
    levels = np.zeros(SHAPE, np.uint8)
    levels[50:90, 100:160] = 1
    return levels


def test_how_a_mask_was_read_is_said_in_the_status_bar(window, qtbot, give):
    give(labels())
    qtbot.waitUntil(window.workspace.document.mask.any, timeout=60_000)
    assert np.array_equal(window.workspace.document.mask, labels() > 0)
    assert window.frame.status._message.text() == (
        "The mask holds labels: every value but 0 was taken."
    )
    assert not window.frame.notice.isVisible()


def test_it_is_said_in_german(qapp, request, qtbot):
    translators = speak(qapp, "de")
    try:
        window = request.getfixturevalue("window")
        with qtbot.waitSignal(window.workspace.told, timeout=60_000) as told:
            request.getfixturevalue("give")(labels())
        assert told.args == ["Die Maske enthält Nummern: Jeder Wert außer 0 wurde genommen."]
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_a_plain_mask_needs_no_word(window, qtbot, give):
    told = []
    window.workspace.told.connect(told.append)
    give(labels() * 255)
    qtbot.waitUntil(window.workspace.document.mask.any, timeout=60_000)
    assert told == []


def test_an_empty_mask_fails_and_leaves_the_one_that_is_there(window, qtbot, give):
    give(labels() * 255)
    qtbot.waitUntil(window.workspace.document.mask.any, timeout=60_000)
    steps = window.workspace.stack.count()
    with qtbot.waitSignal(window.workspace.failed, timeout=60_000):
        give(labels() * 0)
    assert window.frame.notice.text.startswith(
        "The mask “mask.png” is empty: its only value is 0 of 255"
    )
    assert window.frame.notice.isVisible()
    assert np.array_equal(window.workspace.document.mask, labels() > 0)
    assert window.workspace.stack.count() == steps


def test_a_mask_that_lies_as_the_photos_file_does_is_turned(empty_window, qtbot, give, tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    stored = np.random.default_rng(2).integers(0, 256, (*SHAPE, 3), np.uint8)
    Image.fromarray(stored).save(tmp_path / "turned.jpg", exif=exif)
    document = empty_window.workspace.document
    with qtbot.waitSignal(document.opened, timeout=60_000):
        empty_window.files.open(tmp_path / "turned.jpg")
    give(labels() * 255)
    qtbot.waitUntil(document.mask.any, timeout=60_000)
    assert np.array_equal(document.mask, np.rot90(labels() > 0, -1))
    assert "turned with it" in empty_window.frame.status._message.text()
