"""Saving on a disk that is really full: a small tmpfs, filled to twenty levels."""

import os
import subprocess
import time

import numpy as np
import pytest

from engine.errors import PhotoWriteError
from engine.photo import read_photo, save_photo
from tests.engine.photo import conftest as make
from tests.faults.share import figure

SIZE = 3 << 20


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_full_at_20_levels_keeps_the_old_file(small_disk, tmp_path):
    source = tmp_path / "photo.png"
    source.write_bytes(make.png(np.random.default_rng(1).integers(0, 256, (400, 600, 3), np.uint8)))
    photo = read_photo(source)
    target = small_disk / "result.png"
    needed = save_photo(photo, photo.pixels, target).bytes
    old, told, slowest = target.read_bytes(), 0, 0.0
    for share in np.linspace(0.0, 0.95, 20):
        filler = small_disk / "filler"
        filler.write_bytes(bytes(SIZE - needed - 16_384 - int(share * needed)))
        start = time.monotonic()
        with pytest.raises(PhotoWriteError, match="the disk is full"):
            save_photo(photo, 255 - photo.pixels, target, overwrite=True)
        slowest = max(slowest, time.monotonic() - start)
        told += 1
        filler.unlink()
        assert target.read_bytes() == old
        assert [path.name for path in small_disk.iterdir()] == ["result.png"]
    figure("full disk: old file kept, told why", f"{told} of 20 levels", "20 of 20")
    figure("full disk: slowest message", f"{slowest:.2f} s", "at most 2 s")
    save_photo(photo, 255 - photo.pixels, target, overwrite=True)
    assert np.array_equal(read_photo(target).pixels, 255 - photo.pixels)


def test_a_disk_that_becomes_read_only_keeps_the_old_file(small_disk, tmp_path):
    source = tmp_path / "photo.png"
    source.write_bytes(make.png(make.scene()))
    photo = read_photo(source)
    target = small_disk / "result.png"
    save_photo(photo, photo.pixels, target)
    old = target.read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(PhotoWriteError, match="read-only disk"):
        save_photo(photo, 255 - photo.pixels, target, overwrite=True)
    assert target.read_bytes() == old


def test_a_journal_on_a_full_disk_gives_up_quietly(small_disk, empty_window, qtbot, tmp_path):
    from tests.app.hands import load, stroke

    (small_disk / "filler").write_bytes(bytes(SIZE - 400_000))
    source = tmp_path / "photo.png"
    source.write_bytes(make.png(make.scene(600, 400)))
    work, said = empty_window.workspace, []
    work.failed.connect(said.append)
    empty_window.recovery.start(small_disk / "sessions")
    load(work.document, source)
    work.state("photo", True)
    empty_window.canvas.zoom_to(1.0)
    stroke(empty_window.canvas, [(50.0, 10.0), (90.0, 90.0)])
    while not said and work.stack.count() < 50:
        put(work, work.stack.count())
        qtbot.wait(1)
    put(work, 50)
    assert len(said) == 1
    assert "recovery" in said[0]
    assert (work.document.image[10:210, 10:210] == fill(50)).all()
    while work.stack.canUndo():
        work.stack.undo()
    assert np.array_equal(work.document.image, work.document.photo.pixels)
    assert not work.document.mask.any()


def fill(seed):
    return np.random.default_rng(seed).integers(0, 256, (200, 200, 3), np.uint8)


def put(work, seed):
    """Change pixels as a fill does."""
    from app.document.commands import replace_image
    from engine.geometry import Box

    box = Box(10, 10, 210, 210)
    work.stack.push(replace_image(work.document, work.store, "Fill", box, fill(seed)))
