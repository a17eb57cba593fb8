"""Odd machines: disks that fail while reading, strange names, spoilt settings, jumping clocks."""

import errno
import io
import os
import shutil
import time

import numpy as np
import pytest
from PySide6.QtCore import QSettings

from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import SETTINGS, Settings
from engine.errors import PhotoReadError
from engine.geometry import Box
from engine.photo import read_photo, save_photo
from engine.reader.apart import read_photo_apart
from engine.record.interrupted import interrupted
from engine.record.journal import Journal
from engine.record.session_steps import Change
from tests.engine.photo import conftest as make


class FailingDisk(io.FileIO):
    """A file whose disk fails, or is pulled out, after some reads."""

    left = 2
    number = errno.EIO

    def read(self, size=-1):
        FailingDisk.left -= 1
        if FailingDisk.left < 0:
            raise OSError(self.number, os.strerror(self.number))
        return super().read(size)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV, errno.ESTALE])
@pytest.mark.parametrize("reads", [0, 1, 3])
def test_a_disk_that_fails_while_reading_is_told(tmp_path, monkeypatch, reads, number):
    path = tmp_path / "photo.png"
    path.write_bytes(make.png(make.scene()))
    monkeypatch.setattr(FailingDisk, "left", reads)
    monkeypatch.setattr(FailingDisk, "number", number)
    monkeypatch.setattr("engine.photo.read.open", FailingDisk, raising=False)
    with pytest.raises(PhotoReadError, match=r"^“photo\.png” cannot be opened: .*\.$"):
        read_photo(path)


NAMES = [
    "with spaces and 'quotes'.png",
    "Grüße aus Köln – 海辺の写真 🏖.png",
    "-rf.png",
    "%s{0}\\n.png",
    "x" * 251 + ".png",
    "two\nlines.png",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_any_name_is_opened_and_saved(tmp_path, name):
    folder = tmp_path / "Ordner mit Ümläuten und Leerzeichen"
    folder.mkdir()
    path = folder / name
    try:
        path.write_bytes(make.png(make.scene()))
    except OSError:
        pytest.skip("this disk knows no such name")
    photo = read_photo_apart(path)
    assert photo.path == path
    copy = save_photo(photo, photo.pixels, folder / f"2{name[-40:]}").path
    assert np.array_equal(read_photo(copy).pixels, photo.pixels)
    save_photo(photo, 255 - photo.pixels, path, overwrite=True)
    assert np.array_equal(read_photo_apart(path).pixels, 255 - photo.pixels)


def test_a_name_that_is_no_text_is_opened(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    try:
        path.write_bytes(make.png(make.scene()))
    except OSError:
        pytest.skip("this disk wants names to be text")
    assert read_photo_apart(path).path == path


@pytest.mark.parametrize(
    "spoilt", [b"", b"\0" * 5000, b"[General]\nbrush_size=\xff\xfe\n%%%[[", b"x"]
)
def test_spoilt_settings_become_the_defaults(qtbot, host, tmp_path, spoilt):
    path = tmp_path / "spoilt.ini"
    path.write_bytes(spoilt)
    settings = Settings(QSettings(str(path), QSettings.Format.IniFormat))
    window = MainWindow(Workspace(settings, host))
    window.show()
    assert settings.get("brush_size") == SETTINGS["brush_size"].default
    window.close()
    window.deleteLater()


@pytest.mark.parametrize("when", [0, 86_400, 4_102_444_800])
def test_a_clock_that_jumped_hides_no_interrupted_work(tmp_path, when):
    journal = Journal(tmp_path, lambda error: None)
    journal.begin({"path": "/photo.png", "sha256": "", "width": 9, "height": 9})
    journal.append(0, "Paint", [Change(0, Box(0, 0, 4, 4), np.ones((4, 4), bool))])
    journal.flush()
    left = tmp_path / "left"
    left.mkdir()
    for path in tmp_path.glob("*.journal*"):
        shutil.copy(path, left / path.name)
        os.utime(left / path.name, (when, when))
    journal.close()
    (session,) = interrupted(left)
    assert session.steps == 1
    assert abs(time.time() - when) > 3600
    session.release()


def test_two_programs_on_one_photo_never_overwrite_each_other(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(make.png(make.scene()))
    one, other = read_photo(path), read_photo(path)
    save_photo(one, 255 - one.pixels, path, overwrite=True)
    from engine.errors import PhotoWriteError

    with pytest.raises(PhotoWriteError, match="another program has changed the file"):
        save_photo(other, other.pixels, path, overwrite=True)
    assert np.array_equal(read_photo(path).pixels, 255 - one.pixels)
