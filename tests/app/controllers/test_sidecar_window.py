"""Saving to a new name takes the photo's sidecars along; saving over a file leaves them alone."""

import pytest
from PySide6.QtWidgets import QCheckBox, QFileDialog

from app.widgets.dialogs import SettingsDialog

PACKET = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


@pytest.fixture
def save_as(window, qtbot, monkeypatch, photo_file):
    """Return a function that saves under a name beside the photo, which has two sidecars."""
    photo_file.with_name("photo.png.xmp").write_bytes(PACKET)
    photo_file.with_name("photo.xmp").write_bytes(PACKET)

    def run(name):
        answer = str(photo_file.with_name(name)), ""
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: answer)
        with qtbot.waitSignal(window.files.saved, timeout=60_000):
            window.actions_by_id["save_as"].trigger()
        return window.frame.status._message.text()

    return run


def test_a_new_name_gets_the_sidecars_and_the_report_says_so(save_as, photo_file):
    said = save_as("new.png")
    assert "“photo.png.xmp” was copied to “new.png.xmp”." in said
    assert "“photo.xmp” was copied to “new.xmp”." in said
    for name in ("new.png.xmp", "new.xmp", "photo.xmp", "photo.png.xmp"):
        assert photo_file.with_name(name).read_bytes() == PACKET


def test_a_sidecar_that_is_there_stays_and_that_is_said(save_as, photo_file):
    photo_file.with_name("new.xmp").write_bytes(b"precious")
    said = save_as("new.png")
    assert "“new.xmp” was not saved: a file of this name exists" in said
    assert photo_file.with_name("new.xmp").read_bytes() == b"precious"
    assert photo_file.with_name("new.png.xmp").read_bytes() == PACKET


def test_saving_once_more_leaves_what_others_wrote_since(window, qtbot, save_as, photo_file):
    save_as("new.png")
    photo_file.with_name("new.xmp").write_bytes(b"rated")
    photo_file.with_name("new.png.xmp").unlink()
    with qtbot.waitSignal(window.files.saved, timeout=60_000):
        window.actions_by_id["save"].trigger()
    assert photo_file.with_name("new.xmp").read_bytes() == b"rated"
    assert not photo_file.with_name("new.png.xmp").exists()
    assert "xmp" not in window.frame.status._message.text()


def test_a_box_in_the_settings_switches_it_off(window, settings, save_as, photo_file):
    dialog = SettingsDialog(settings, window)
    [box] = [box for box in dialog.findChildren(QCheckBox) if "sidecar" in box.text()]
    assert box.isChecked()
    box.click()
    said = save_as("new.png")
    assert "“photo.xmp” beside the photo was not copied, as the settings wish." in said
    assert not photo_file.with_name("new.xmp").exists()
