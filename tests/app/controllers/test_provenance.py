"""The note that a model invented a part: off at first, switched on in the settings, saved."""

import numpy as np
import pytest
from PySide6.QtWidgets import QCheckBox

from app.widgets.dialogs import SettingsDialog
from engine.geometry import Box
from engine.photo import read_photo

MARK = b"compositeWithTrainedAlgorithmicMedia"


@pytest.fixture
def save(window, qtbot, tmp_path):
    """Return a function that saves what the window shows, and gives back the file's XMP."""

    def run(name):
        with qtbot.waitSignal(window.files.saved, timeout=60_000):
            window.files.save_to(tmp_path / name, overwrite=False)
        return read_photo(tmp_path / name).xmp or b""

    return run


def change(document):
    box = Box(10, 10, 30, 30)
    patch = np.full((20, 20, 3), 7, document.image.dtype)
    document.write_image(box, patch)


def test_the_note_is_written_only_if_asked_for_and_something_was_filled(window, save):
    change(window.workspace.document)
    assert MARK not in save("a.png")
    window.workspace.settings.set("provenance", True)
    assert MARK in save("b.png")


def test_an_unchanged_photo_gets_no_note(window, save):
    window.workspace.settings.set("provenance", True)
    assert MARK not in save("a.png")


def test_a_box_in_the_settings_switches_the_note_on(empty_window, settings):
    dialog = SettingsDialog(settings, empty_window)
    [box] = [box for box in dialog.findChildren(QCheckBox) if "invented" in box.text()]
    assert not box.isChecked()
    box.click()
    assert settings.get("provenance") is True
