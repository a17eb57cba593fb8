"""Give a new file what its owner sees of the old one: group, rights, access list, attributes."""

from __future__ import annotations

import os
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from engine.sentence import Sentence

_ACL = "system.posix_acl_access"
_OWNING_GROUP = 0x04
_MACOS_ACL, _MACOS_ATTRIBUTES = 1 << 0, 1 << 2
"""Flags of copyfile(3)."""


def keep(old: Path, new: Path) -> tuple[Sentence, ...]:
    """Give the file ``new`` the owner, group, mode, access list and attributes of ``old``.

    Where the disk or the system refuses, ``new`` never lets in anybody whom ``old`` kept out.

    Returns:
        A sentence for each thing that was lost.
    """
    if sys.platform == "win32":
        _tried(os.chmod, new, stat.S_IMODE(old.stat().st_mode))
        return ()
    state = old.stat()
    mode = stat.S_IMODE(state.st_mode)
    if not _tried(os.chown, new, state.st_uid, state.st_gid):
        _tried(os.chown, new, -1, state.st_gid)
    same_group = new.stat().st_gid == state.st_gid
    if not same_group:
        mode = _without_group(mode, mode & 0o7)
    lost = _attributes_kept(old, new, same_group)
    access = _read(old, _ACL)
    if access and _ACL in lost:
        mode = _without_group(mode, _of_group(access))
    _tried(os.chmod, new, mode)
    return tuple(_sentences(lost))


def _tried(act: Callable[..., object], *words: object) -> bool:
    """Do something the disk may refuse; tell whether it was done."""
    try:
        act(*words)
    except OSError:
        return False
    return True


def _without_group(mode: int, allowed: int) -> int:
    """Return ``mode`` with no more rights for the group than ``allowed``, 0..7."""
    return mode & (~0o070 | allowed << 3)


def _attributes_kept(old: Path, new: Path, same_group: bool) -> list[str]:
    """Copy attributes, the access list among them; return the names of those that were lost."""
    if sys.platform == "darwin":
        return _copied_by_macos(old, new)
    if sys.platform != "linux":
        return []
    try:
        names = os.listxattr(old)
    except OSError:
        return []
    if _ACL not in names:
        _tried(os.removexattr, new, _ACL)  # the folder may have handed one down
    lost = []
    for name in names:
        value = _read(old, name)
        allowed = value is not None and (name != _ACL or same_group)
        if not (allowed and _tried(os.setxattr, new, name, value)):
            lost.append(name)
    return [name for name in lost if name == _ACL or name.startswith("user.")]


def _read(path: Path, name: str) -> bytes | None:
    """Return the value of an attribute of a file on Linux; None without it."""
    if sys.platform != "linux":
        return None
    try:
        return os.getxattr(path, name)
    except OSError:
        return None


def _of_group(access: bytes) -> int:
    """Return what an access list, as Linux keeps it, allows to the owning group, 0..7."""
    entries = struct.iter_unpack("<HHI", access[4 : 4 + (len(access) - 4) // 8 * 8])
    return next((rights & 7 for tag, rights, _ in entries if tag == _OWNING_GROUP), 0)


def _copied_by_macos(old: Path, new: Path) -> list[str]:
    """Copy what the Finder keeps, its tags among it."""
    import ctypes

    copyfile = ctypes.CDLL(None).copyfile
    flags = _MACOS_ACL | _MACOS_ATTRIBUTES
    return [] if copyfile(os.fsencode(old), os.fsencode(new), None, flags) == 0 else ["user."]


def _sentences(lost: list[str]) -> list[Sentence]:
    said = []
    names = ", ".join(name.removeprefix("user.") for name in lost if name != _ACL)
    if names:
        said.append(Sentence("Attributes of the old file were lost: {0}.", names))
    if _ACL in lost:
        said.append(Sentence("The access list of the old file was lost; others may not see it."))
    return said
