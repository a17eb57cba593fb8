"""What a replaced file hands on, on a stand-in for a disk that keeps attributes and groups."""

from __future__ import annotations

import os
import struct
import sys

import pytest

from engine import file_extras
from engine.file_extras import keep

ACL = "system.posix_acl_access"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="attributes are Linux's here")


class Disk:
    """Keep attributes, owners and groups of files by name; refuse what a test says."""

    def __init__(self, monkeypatch):
        self.attributes = {}
        self.refused = set()
        self.owners = {}
        self.chowned = []
        for name in ("listxattr", "getxattr", "setxattr", "removexattr", "chown"):
            monkeypatch.setattr(os, name, getattr(self, name))

    def of(self, path):
        return self.attributes.setdefault(path, {})

    def listxattr(self, path):
        if "list" in self.refused:
            raise OSError
        return list(self.of(path))

    def getxattr(self, path, name):
        if ("get", name) in self.refused or name not in self.of(path):
            raise OSError
        return self.of(path)[name]

    def setxattr(self, path, name, value):
        if name in self.refused:
            raise OSError
        self.of(path)[name] = value

    def removexattr(self, path, name):
        if name not in self.of(path):
            raise OSError
        del self.of(path)[name]

    def chown(self, path, user, group):
        if "user" in self.refused and user != -1:
            raise PermissionError
        if "group" in self.refused:
            raise PermissionError
        self.chowned.append((path, user, group))


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


@pytest.fixture
def files(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for path in (old, new):
        path.write_bytes(b"")
    old.chmod(0o664)
    new.chmod(0o600)
    return old, new


def access(group):
    """Return an access list as Linux keeps it, with these rights of the owning group."""
    entries = ((0x01, 6), (0x02, 7), (0x04, group), (0x10, 7), (0x20, 4))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", t, r, 0) for t, r in entries)


def mode(path):
    return path.stat().st_mode & 0o777


def another_group(monkeypatch, old):
    """Let the old file be of another group than the new one."""
    real = type(old).stat

    class Other:
        def __init__(self, state):
            self.state = state

        def __getattr__(self, name):
            return 54321 if name == "st_gid" else getattr(self.state, name)

    monkeypatch.setattr(
        type(old), "stat", lambda path, **more: Other(real(path)) if path == old else real(path)
    )


def test_owner_mode_and_attributes_are_handed_on(disk, files):
    old, new = files
    disk.of(old).update({"user.rating": b"5", ACL: access(6), "security.ima": b"x"})
    assert keep(old, new) == ()
    assert mode(new) == 0o664
    assert disk.of(new) == disk.of(old)
    state = old.stat()
    assert disk.chowned == [(new, state.st_uid, state.st_gid)]


def test_the_group_is_handed_on_where_the_owner_cannot_be(disk, files):
    old, new = files
    disk.refused.add("user")
    keep(old, new)
    assert disk.chowned == [(new, -1, old.stat().st_gid)]


def test_lost_attributes_are_named_without_those_of_the_system(disk, files):
    old, new = files
    disk.of(old).update({"user.rating": b"5", "user.tag": b"x", "security.ima": b"x"})
    disk.refused |= {"user.rating", "security.ima", ("get", "user.tag")}
    (said,) = keep(old, new)
    assert said == "Attributes of the old file were lost: rating, tag."
    assert mode(new) == 0o664


def test_another_group_gets_what_everybody_gets_and_no_access_list(disk, files, monkeypatch):
    old, new = files
    disk.of(old).update({"user.rating": b"5", ACL: access(6)})
    disk.refused |= {"user", "group"}
    another_group(monkeypatch, old)
    (said,) = keep(old, new)
    assert said == "The access list of the old file was lost; others may not see it."
    assert disk.of(new) == {"user.rating": b"5"}  # attributes are no matter of groups
    assert mode(new) == 0o644


@pytest.mark.parametrize(("group", "left"), [(6, 0o664), (4, 0o644), (0, 0o604)])
def test_without_its_access_list_the_group_gets_no_more_than_it_had(disk, files, group, left):
    old, new = files
    disk.of(old)[ACL] = access(group)  # the mode of such a file shows the mask's rights
    disk.refused.add(ACL)
    assert len(keep(old, new)) == 1
    assert mode(new) == left


def test_a_list_that_the_folder_hands_down_goes(disk, files):
    old, new = files
    disk.of(new)[ACL] = access(7)
    assert keep(old, new) == ()
    assert disk.of(new) == {}
    disk.of(old)[ACL] = disk.of(new)[ACL] = access(6)
    keep(old, new)
    assert disk.of(new) == {ACL: access(6)}


def test_a_disk_without_attributes_is_no_trouble(disk, files):
    old, new = files
    disk.refused.add("list")
    assert keep(old, new) == ()
    assert mode(new) == 0o664


def test_rights_of_a_group_are_found_in_an_access_list():
    assert [file_extras._of_group(access(n)) for n in range(8)] == list(range(8))
    assert file_extras._of_group(struct.pack("<I", 2)) == 0
    assert file_extras._of_group(access(5) + b"xyz") == 5
    without = struct.pack("<IHHI", 2, 0x01, 6, 0)
    assert file_extras._of_group(without) == 0


def test_windows_knows_modes_alone(files, monkeypatch):
    old, new = files
    monkeypatch.setattr(sys, "platform", "win32")
    assert keep(old, new) == ()
    assert mode(new) == 0o664
