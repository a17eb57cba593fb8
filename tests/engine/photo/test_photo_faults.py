"""Saving under faults: the old file stays as it was, a sentence says why, no litter remains."""

import errno
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time

import numpy as np
import pytest

from engine import files as saving
from engine.errors import PhotoWriteError
from engine.photo import read_photo, save_photo

STEPS = ("created", "written", "synced", "verified")
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")


@pytest.fixture
def photo(files, put):
    return read_photo(put("photo.png", files.png(files.scene())))


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "result.png"
    path.write_bytes(b"what was there before")
    return path


@pytest.fixture
def at_step(monkeypatch):
    """Return a function that lets something happen at one step of saving."""

    def arrange(step, happening):
        def checkpoint(name):
            if name == step:
                happening()

        monkeypatch.setattr(saving, "checkpoint", checkpoint)

    return arrange


def raising(error):
    def happen():
        raise error

    return happen


def assert_untouched(target):
    assert target.read_bytes() == b"what was there before"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "quota",
    errno.EROFS: "read-only disk",
    errno.EACCES: "not allowed",
    errno.EPERM: "not allowed",
    errno.EIO: "the disk reported an error",
    errno.ESTALE: "was not saved",
}


@pytest.mark.parametrize("number", REASONS)
@pytest.mark.parametrize("step", STEPS)
def test_an_error_at_any_step_leaves_the_old_file(photo, target, at_step, step, number):
    at_step(step, raising(OSError(number, os.strerror(number))))
    with pytest.raises(PhotoWriteError, match=REASONS[number]) as caught:
        save_photo(photo, photo.pixels, target, overwrite=True)
    assert str(caught.value).startswith("“result.png” was not saved: ")
    assert str(caught.value).endswith(".")
    assert_untouched(target)


@pytest.mark.parametrize("step", STEPS)
def test_no_memory_at_any_step_leaves_the_old_file(photo, target, at_step, step):
    at_step(step, raising(MemoryError()))
    with pytest.raises(PhotoWriteError, match="memory"):
        save_photo(photo, photo.pixels, target, overwrite=True)
    assert_untouched(target)


@posix
@pytest.mark.parametrize("share", np.linspace(0.01, 0.99, 20))
def test_a_disk_that_fills_at_any_level_leaves_the_old_file(photo, target, share, tmp_path):
    whole = save_photo(photo, photo.pixels, tmp_path / "whole.png").bytes
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(whole * share), hard))
    try:
        with pytest.raises(PhotoWriteError, match="too large for this disk"):
            save_photo(photo, photo.pixels, target, overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert_untouched(target)


def test_a_folder_that_vanishes_is_told(photo, target, at_step):
    at_step("written", lambda: shutil.rmtree(target.parent))
    with pytest.raises(PhotoWriteError, match="no longer there"):
        save_photo(photo, photo.pixels, target, overwrite=True)
    assert not target.parent.exists()
    with pytest.raises(PhotoWriteError, match="no longer there"):
        save_photo(photo, photo.pixels, target)


def test_a_name_that_is_too_long_is_told(photo, tmp_path):
    with pytest.raises(PhotoWriteError, match="name is too long"):
        save_photo(photo, photo.pixels, tmp_path / ("x" * 300 + ".png"))


def test_a_very_long_name_that_the_disk_allows_is_saved(photo, tmp_path):
    path = tmp_path / ("ä" * 125 + ".png")
    assert save_photo(photo, photo.pixels, path).path.exists()


def test_a_file_that_is_there_is_not_replaced_without_a_yes(photo, target):
    with pytest.raises(PhotoWriteError, match="a file of this name exists"):
        save_photo(photo, photo.pixels, target)
    assert_untouched(target)


def test_the_original_is_replaced_only_with_a_yes(photo):
    before = photo.path.read_bytes()
    with pytest.raises(PhotoWriteError, match="a file of this name exists"):
        save_photo(photo, photo.pixels, photo.path)
    assert photo.path.read_bytes() == before
    pixels = photo.pixels.copy()
    pixels[:9] = 0
    save_photo(photo, pixels, photo.path, overwrite=True)
    assert np.array_equal(read_photo(photo.path).pixels, pixels)


def test_an_original_that_changed_since_it_was_opened_is_kept(photo):
    photo.path.write_bytes(b"what another program wrote")
    with pytest.raises(PhotoWriteError, match="another program has changed the file"):
        save_photo(photo, photo.pixels, photo.path, overwrite=True)
    assert photo.path.read_bytes() == b"what another program wrote"


@pytest.mark.parametrize("step", STEPS)
def test_a_target_that_changes_while_saving_is_kept(photo, target, at_step, step):
    at_step(step, lambda: target.write_bytes(b"what another program wrote"))
    with pytest.raises(PhotoWriteError, match="another program has changed the file"):
        save_photo(photo, photo.pixels, target, overwrite=True)
    assert target.read_bytes() == b"what another program wrote"
    assert len(list(target.parent.iterdir())) == 1


@pytest.mark.parametrize("links", [True, False])
def test_a_target_that_appears_while_saving_is_kept(photo, target, at_step, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", raising(OSError(errno.EPERM, "no links here")))
        monkeypatch.setattr(os, "link", lambda *_: raising(OSError(errno.EPERM, "no links"))())
    fresh = target.with_name("fresh.png")
    at_step("verified", lambda: fresh.write_bytes(b"what another program wrote"))
    with pytest.raises(PhotoWriteError, match="another program has changed the file"):
        save_photo(photo, photo.pixels, fresh)
    assert fresh.read_bytes() == b"what another program wrote"
    assert_untouched_beside = sorted(path.name for path in target.parent.iterdir())
    assert assert_untouched_beside == ["fresh.png", "result.png"]


def test_saving_works_where_the_disk_knows_no_hard_links(photo, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_: raising(OSError(errno.EPERM, "no links"))())
    path = save_photo(photo, photo.pixels, tmp_path / "new.png").path
    assert np.array_equal(read_photo(path).pixels, photo.pixels)


def _temporary(folder):
    return next(path for path in folder.iterdir() if path.name.endswith(".part"))


@pytest.mark.parametrize("kind", ["png", "tif", "jpg", "webp", "bmp", "avif"])
def test_bytes_that_arrive_wrong_on_the_disk_are_noticed(photo, target, at_step, kind):
    path = target.with_suffix(f".{kind}")
    target.rename(path)

    def damage():
        temporary = _temporary(path.parent)
        data = bytearray(temporary.read_bytes())
        for at in range(len(data) // 3, len(data) // 3 + 60):
            data[at] ^= 0x5A
        temporary.write_bytes(data)

    at_step("synced", damage)
    with pytest.raises(PhotoWriteError, match="read back"):
        save_photo(photo, photo.pixels, path, overwrite=True)
    assert_untouched(path)


@posix
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_save_leaves_the_old_file_and_the_next_one_cleans_up(photo, target, step):
    script = (
        "import os, signal, sys\n"
        "from engine import files as saving\n"
        "from engine.photo import read_photo, save_photo\n"
        "def die(name):\n"
        "    if name == sys.argv[3]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "saving.checkpoint = die\n"
        "photo = read_photo(sys.argv[1])\n"
        "save_photo(photo, photo.pixels, sys.argv[2], overwrite=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, photo.path, target, step], check=False)
    assert done.returncode == -signal.SIGKILL
    assert target.read_bytes() == b"what was there before"
    assert len(list(target.parent.iterdir())) == 2
    save_photo(photo, photo.pixels, target.with_name("next.png"))
    assert sorted(path.name for path in target.parent.iterdir()) == ["next.png", "result.png"]


def test_only_abandoned_temporary_files_are_swept(photo, target):
    folder = target.parent
    host = saving._HOST
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    names = {
        "dead": f".lacuna-{host}-{dead}-00000000.part",
        "alive": f".lacuna-{host}-{os.getppid()}-00000000.part",
        "ours": f".lacuna-{host}-{os.getpid()}-00000000.part",
        "abroad": f".lacuna-ffffff-{dead}-00000000.part",
        "abroad and old": f".lacuna-ffffff-{dead}-00000001.part",
        "a stranger's": ".lacuna-notes.part",
    }
    for name in names.values():
        (folder / name).write_bytes(b"x")
    long_ago = time.time() - 3 * 24 * 3600
    for name in ("abroad and old", "a stranger's"):
        os.utime(folder / names[name], (long_ago, long_ago))
    saving.sweep(folder)
    left = {path.name for path in folder.iterdir()} - {target.name}
    assert left == {names[k] for k in ("alive", "ours", "abroad", "a stranger's")}


@posix
def test_permissions_are_kept_and_new_files_get_the_usual_ones(photo, target):
    target.chmod(0o640)
    save_photo(photo, photo.pixels, target, overwrite=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    old = os.umask(0o027)
    try:
        fresh = save_photo(photo, photo.pixels, target.with_name("fresh.png")).path
    finally:
        os.umask(old)
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o640


@posix
def test_a_write_protected_file_is_not_replaced(photo, target):
    target.chmod(0o444)
    with pytest.raises(PhotoWriteError, match="write-protected"):
        save_photo(photo, photo.pixels, target, overwrite=True)
    assert_untouched(target)


@posix
def test_a_link_keeps_leading_to_the_file(photo, target):
    link = target.parent.parent / "link.png"
    link.symlink_to(target)
    save_photo(photo, photo.pixels, link, overwrite=True)
    assert link.is_symlink()
    assert np.array_equal(read_photo(target).pixels, photo.pixels)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told(photo, target):
    target.parent.chmod(0o555)
    try:
        with pytest.raises(PhotoWriteError, match="not allowed"):
            save_photo(photo, photo.pixels, target, overwrite=True)
        assert_untouched(target)
    finally:
        target.parent.chmod(0o755)


def test_reading_and_saving_elsewhere_leave_the_original_alone(photo, tmp_path):
    before = photo.path.read_bytes(), photo.path.stat().st_mtime_ns
    for kind in ("png", "jpg", "tif", "webp", "avif", "bmp"):
        save_photo(photo, photo.pixels, tmp_path / f"copy.{kind}")
    assert (photo.path.read_bytes(), photo.path.stat().st_mtime_ns) == before
