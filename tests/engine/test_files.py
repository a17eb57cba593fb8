"""One step at a time: what a file being made looks like, whose leftovers go, what is refused."""

import errno
import os
import stat
import sys

import pytest

from engine import files
from engine.errors import PhotoWriteError
from engine.files import replace_file, stamp_of, sweep

posix = pytest.mark.skipif(os.name != "posix", reason="modes and signals are POSIX")


def writes(data):
    return lambda path: path.write_bytes(data)


def nothing(path):
    pass


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_usual_rights_and_one_that_replaces_is_private_at_first(tmp_path, mask):
    seen = []

    def write(path):
        seen.append((mode_of(path), path.stat().st_size, path.parent))
        path.write_bytes(b"new")

    before = os.umask(mask)
    try:
        replace_file(tmp_path / "a.png", write, nothing, overwrite=False)
        replace_file(tmp_path / "a.png", write, nothing, overwrite=True)
        now = os.umask(mask)
    finally:
        os.umask(before)
    assert now == mask
    assert seen == [(0o666 & ~mask, 0, tmp_path), (0o600, 0, tmp_path)]
    assert mode_of(tmp_path / "a.png") == 0o666 & ~mask
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@posix
def test_a_replaced_file_keeps_its_mode_and_a_link_keeps_pointing(tmp_path):
    (tmp_path / "deep").mkdir()
    target, link = tmp_path / "deep" / "a.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    replace_file(link, writes(b"new"), nothing, overwrite=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert mode_of(target) == 0o640


def test_each_moment_of_saving_is_marked_in_order(tmp_path, monkeypatch):
    names = []
    monkeypatch.setattr(files, "checkpoint", names.append)
    verify = lambda path: names.append(f"verify {path.read_bytes().decode()}")  # noqa: E731
    replace_file(tmp_path / "a.png", writes(b"new"), verify, overwrite=False)
    wanted = ["created", "written", "synced", "verify new", "verified", "replaced"]
    assert names == wanted


def test_file_and_folder_reach_the_disk(tmp_path, monkeypatch):
    synced, real = [], os.fsync

    def fsync(handle):
        synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    replace_file(tmp_path / "a.png", writes(b"new"), nothing, overwrite=False)
    assert synced == ([False] if sys.platform == "win32" else [False, True])


def refused(tmp_path, match, **how):
    target = tmp_path / "a.png"
    before = target.read_bytes() if target.is_file() else None
    with pytest.raises(PhotoWriteError, match=match):
        replace_file(target, writes(b"new"), nothing, **how)
    assert (target.read_bytes() if target.is_file() else None) == before
    assert not list(tmp_path.glob(".lacuna-*"))


def test_what_is_there_is_replaced_only_if_allowed_and_unchanged(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    refused(tmp_path, "a file of this name exists", overwrite=False)
    size, modified, inode = stamp_of(target)
    for other in ((size + 1, modified, inode), (size, modified + 1, inode), (size, modified, 0)):
        refused(tmp_path, "another program has changed", overwrite=True, expected=other)
    target.chmod(0o444)
    refused(tmp_path, "write-protected", overwrite=True)
    target.chmod(0o644)
    replace_file(target, writes(b"new"), nothing, overwrite=True, expected=stamp_of(target))
    assert target.read_bytes() == b"new"


def test_a_folder_is_never_replaced(tmp_path):
    (tmp_path / "a.png").mkdir()
    refused(tmp_path, "what is there is not a file", overwrite=True)
    assert (tmp_path / "a.png").is_dir()


def test_a_target_that_changes_while_the_file_is_made_is_kept(tmp_path):
    target = tmp_path / "a.png"

    def meanwhile(_):
        target.write_bytes(b"theirs")

    with pytest.raises(PhotoWriteError, match="another program has changed"):
        replace_file(target, writes(b"new"), meanwhile, overwrite=False)
    assert target.read_bytes() == b"theirs"
    with pytest.raises(PhotoWriteError, match="another program has changed"):
        replace_file(target, writes(b"new"), lambda _: target.write_bytes(b"x"), overwrite=True)
    assert target.read_bytes() == b"x"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("meanwhile", [False, True])
def test_where_there_are_no_hard_links_the_file_is_renamed(tmp_path, monkeypatch, meanwhile):
    target = tmp_path / "a.png"

    def link(source, place):
        if meanwhile:
            target.write_bytes(b"theirs")
        raise OSError(errno.EOPNOTSUPP, "no links")

    monkeypatch.setattr(os, "link", link)
    if meanwhile:
        with pytest.raises(PhotoWriteError, match="another program has changed"):
            replace_file(target, writes(b"new"), nothing, overwrite=False)
        assert target.read_bytes() == b"theirs"
    else:
        replace_file(target, writes(b"new"), nothing, overwrite=False)
        assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "x"), "the disk is full"),
        (OSError(errno.EROFS, "x"), "read-only disk"),
        (OSError(errno.EBUSY, "Device busy"), "Device busy"),
        (OSError("no number"), "the disk refused"),
        (MemoryError(), "the memory does not suffice"),
    ],
)
def test_what_the_system_raises_becomes_a_sentence(tmp_path, error, said):
    def write(path):
        path.write_bytes(b"half")
        raise error

    with pytest.raises(PhotoWriteError, match=f"“a.png” was not saved: .*{said}"):
        replace_file(tmp_path / "a.png", write, nothing, overwrite=False)
    assert not list(tmp_path.iterdir())


DAY = 24 * 3600
DEAD = 400_000_000
OTHER = "0123ab" if files._HOST != "0123ab" else "ba3210"


@posix
@pytest.mark.parametrize(
    ("host", "pid", "age", "goes"),
    [
        (files._HOST, DEAD, 0, True),
        (files._HOST, os.getpid(), 2 * DAY, False),
        (files._HOST, os.getppid(), 0, False),
        (files._HOST, os.getppid(), 2 * DAY, True),
        (OTHER, DEAD, 0, False),
        (OTHER, DEAD, DAY - 60, False),
        (OTHER, DEAD, DAY + 60, True),
        (OTHER, os.getpid(), DAY + 60, True),
    ],
    ids=["died", "ours", "started us", "its number anew", "away", "a day away", "old", "old, ours"],
)
def test_leftovers_go_when_their_program_has_died_or_after_a_day(tmp_path, host, pid, age, goes):
    left = tmp_path / f".lacuna-{host}-{pid}-0123abcd.part"
    left.write_bytes(b"half")
    state = left.stat()
    os.utime(left, (state.st_atime - age, state.st_mtime - age))
    others = [tmp_path / name for name in ("a.part", f"x.lacuna-{host}-{DEAD}-0123abcd.part")]
    for path in others:
        path.write_bytes(b"mine")
        os.utime(path, (0, 0))
    sweep(tmp_path)
    assert left.exists() != goes
    assert all(path.exists() for path in others)


def test_a_save_sweeps_its_folder_first(tmp_path):
    left = tmp_path / f".lacuna-{files._HOST}-{DEAD}-0123abcd.part"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    replace_file(tmp_path / "a.png", writes(b"new"), nothing, overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    sweep(tmp_path / "no such folder")
