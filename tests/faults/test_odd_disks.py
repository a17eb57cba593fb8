"""Disks as people have them: without modes, syncs or steady numbers; with attributes and lists."""

import errno
import itertools
import os
import stat
import struct

import numpy as np
import pytest

from engine import files
from engine.errors import PhotoWriteError
from engine.photo import propose_name, read_photo, save_photo
from tests.engine.photo import conftest as make

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the faults are POSIX")
ACL = "system.posix_acl_access"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(make.png(make.scene()))
    return read_photo(path)


def refusing(number):
    def act(*_, **__):
        raise OSError(number, os.strerror(number))

    return act


def saved_both_ways(photo):
    """Save beside the photo and over it; check both."""
    beside = save_photo(photo, 255 - photo.pixels, photo.path.with_name("beside.png")).path
    assert np.array_equal(read_photo(beside).pixels, 255 - photo.pixels)
    report = save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    assert np.array_equal(read_photo(photo.path).pixels, 255 - photo.pixels)
    assert sorted(p.name for p in photo.path.parent.iterdir()) == ["beside.png", "photo.png"]
    return report


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.EACCES, errno.ENOSYS])
def test_a_folder_that_refuses_modes_and_owners_is_saved_in(photo, monkeypatch, number):
    for name in ("chmod", "chown", "link"):
        monkeypatch.setattr(os, name, refusing(number))
    saved_both_ways(photo)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_folder_that_knows_no_sync_is_saved_in(photo, monkeypatch, number):
    monkeypatch.setattr(os, "fsync", refusing(number))
    saved_both_ways(photo)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_a_sync_that_loses_bytes_is_an_error(photo, monkeypatch, number):
    before = photo.path.read_bytes()
    monkeypatch.setattr(os, "fsync", refusing(number))
    with pytest.raises(PhotoWriteError):
        save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    assert photo.path.read_bytes() == before
    assert [p.name for p in photo.path.parent.iterdir()] == ["photo.png"]


@pytest.fixture
def unsteady(monkeypatch):
    """Give every file another inode number at every look, as some FUSE and SMB disks do."""
    numbers, real = itertools.count(1), os.stat

    def look(path, *args, **how):
        found = list(real(path, *args, **how))
        whole = real(path, *args, **how)
        found[1] = next(numbers)
        extra = {n: getattr(whole, n) for n in ("st_mtime_ns", "st_atime_ns", "st_ctime_ns")}
        return os.stat_result(found, extra)

    monkeypatch.setattr(os, "stat", look)


def test_a_disk_of_unsteady_numbers_is_saved_in(photo, unsteady):
    saved_both_ways(photo)


def test_a_change_is_noticed_on_a_disk_of_unsteady_numbers(photo, unsteady, monkeypatch):
    same_size = bytearray(photo.path.read_bytes())
    same_size[-1] ^= 1
    was = photo.path.stat().st_mtime_ns
    photo.path.write_bytes(same_size)
    os.utime(photo.path, ns=(was, was))
    with pytest.raises(PhotoWriteError, match="another program has changed the file"):
        save_photo(photo, photo.pixels, photo.path, overwrite=True)
    assert photo.path.read_bytes() == same_size

    def meddle(name):
        if name == "verified":
            photo.path.write_bytes(b"what another program wrote")

    fresh = read_photo(save_photo(photo, photo.pixels, photo.path.with_name("new.png")).path)
    monkeypatch.setattr(files, "checkpoint", meddle)
    with pytest.raises(PhotoWriteError, match="another program has changed the file"):
        save_photo(fresh, fresh.pixels, photo.path, overwrite=True)
    assert photo.path.read_bytes() == b"what another program wrote"


def test_the_same_bytes_under_another_time_are_no_change(photo):
    os.utime(photo.path, ns=(5_000_000_000, 5_000_000_000))
    save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    assert np.array_equal(read_photo(photo.path).pixels, 255 - photo.pixels)


@pytest.mark.parametrize("size", [243, 248, 251, 252, 255])
def test_names_up_to_the_disks_limit_are_saved_and_proposed(photo, size):
    path = photo.path.rename(photo.path.with_name("a" * (size - 4) + ".png"))
    long = read_photo(path)
    proposed = propose_name(long)
    assert len(os.fsencode(proposed.name)) <= 255
    assert proposed.name.endswith("-edited.png")
    assert save_photo(long, 255 - long.pixels, proposed).path.exists()
    assert propose_name(long).name.endswith("-edited-2.png")
    save_photo(long, 255 - long.pixels, path, overwrite=True)
    assert np.array_equal(read_photo(path).pixels, 255 - long.pixels)


def test_a_shortened_name_ends_between_letters(photo):
    path = photo.path.rename(photo.path.with_name("ä" * 125 + ".png"))
    proposed = propose_name(read_photo(path)).name
    assert proposed == "ä" * 122 + "-edited.png"


# --- what a file has beside its bytes ------------------------------------------------------------


@pytest.fixture
def attributes(photo):
    """Return a function that sets attributes of the photo's file, or skips the test."""

    def put(**values):
        for name, value in values.items():
            try:
                os.setxattr(photo.path, f"user.{name}", value)
            except (AttributeError, OSError):
                pytest.skip("this disk keeps no attributes")

    return put


def access_list(*entries):
    """Return an access list as Linux keeps it, of (tag, rights, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY = 0xFFFFFFFF
SHARED = access_list(
    (1, 6, NOBODY), (2, 6, 1000), (4, 4, NOBODY), (0x10, 6, NOBODY), (0x20, 4, NOBODY)
)
"""Reading and writing for user 1000 too; the mask makes the mode say that the group may write."""


@pytest.fixture
def shared(photo):
    """Give the photo's file an access list, or skip the test."""
    photo.path.chmod(0o644)
    try:
        os.setxattr(photo.path, ACL, SHARED)
    except (AttributeError, OSError):
        pytest.skip("this disk keeps no access lists")
    return photo


def test_a_replaced_file_keeps_its_attributes(photo, attributes):
    attributes(**{"xdg.tags": b"holiday", "baloo.rating": b"8"})
    report = save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    assert os.getxattr(photo.path, "user.xdg.tags") == b"holiday"
    assert os.getxattr(photo.path, "user.baloo.rating") == b"8"
    assert not [line for line in report.dropped if "ttributes" in line]


def test_attributes_that_are_lost_are_told(photo, attributes, monkeypatch):
    attributes(rating=b"8")
    monkeypatch.setattr(os, "setxattr", refusing(errno.ENOSPC))
    report = save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    assert "Attributes of the old file were lost: rating." in report.dropped


def test_a_replaced_file_keeps_its_access_list(shared):
    before = os.getxattr(shared.path, ACL), shared.path.stat().st_mode
    save_photo(shared, 255 - shared.pixels, shared.path, overwrite=True)
    assert (os.getxattr(shared.path, ACL), shared.path.stat().st_mode) == before


def test_an_access_list_that_is_lost_lets_nobody_in(shared, monkeypatch):
    assert stat.S_IMODE(shared.path.stat().st_mode) == 0o664, "so much for what the mode says"
    monkeypatch.setattr(os, "setxattr", refusing(errno.ENOTSUP))
    report = save_photo(shared, 255 - shared.pixels, shared.path, overwrite=True)
    assert stat.S_IMODE(shared.path.stat().st_mode) == 0o644
    assert "The access list of the old file was lost; others may not see it." in report.dropped


@pytest.mark.parametrize(("old", "new"), [(0o660, 0o600), (0o664, 0o644), (0o640, 0o600)])
def test_a_group_that_cannot_be_kept_lets_no_other_group_in(photo, monkeypatch, old, new):
    try:
        os.chown(photo.path, -1, 54321)
    except OSError:
        pytest.skip("only root may give a file to any group")
    photo.path.chmod(old)
    monkeypatch.setattr(os, "chown", refusing(errno.EPERM))
    save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    assert stat.S_IMODE(photo.path.stat().st_mode) == new


def test_owner_and_group_are_kept(photo):
    try:
        os.chown(photo.path, 1234, 4321)
    except OSError:
        pytest.skip("only root may give a file away")
    photo.path.chmod(0o660)
    save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    found = photo.path.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (1234, 4321, 0o660)


def test_a_list_that_a_folder_hands_down_is_not_put_on_an_old_file(photo):
    folder = photo.path.parent
    try:
        os.setxattr(folder, "system.posix_acl_default", SHARED)
    except (AttributeError, OSError):
        pytest.skip("this disk keeps no access lists")
    save_photo(photo, 255 - photo.pixels, photo.path, overwrite=True)
    assert ACL not in os.listxattr(photo.path)
    fresh = save_photo(photo, photo.pixels, folder / "new.png").path
    assert ACL in os.listxattr(fresh), "a new file takes what its folder hands down"
