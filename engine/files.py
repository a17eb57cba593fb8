"""Put a finished file in its place in one step, or leave everything as it was.

The new bytes go to a temporary file in the target's own folder, reach the disk, are read back and
checked; only then the temporary file takes the target's name. Whatever fails before that moment
leaves the old file byte-identical and the temporary file removed. Disks differ in what they allow:
where one refuses a mode, a sync or hard links, or gives a file another number at every look, saving
does without.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.errors import PhotoWriteError
from engine.file_extras import keep
from engine.sentence import Sentence

Write = Callable[[Path], object]
Stamp = tuple[int, int, int]

_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
_NAME = re.compile(r"\.lacuna-([0-9a-f]{6})-(\d+)-[0-9a-f]{8}\.part")
_STALE_AFTER = 24 * 3600
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What disks answer that know no sync; any other error means that bytes are lost."""

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space or choose another folder",
    errno.EDQUOT: "your disk quota is used up; free some space or choose another folder",
    errno.EROFS: "the folder is on a read-only disk; choose another folder",
    errno.EACCES: "writing there is not allowed; choose another folder or change its permissions",
    errno.EPERM: "writing there is not allowed; choose another folder or change its permissions",
    errno.ENOENT: "the folder is no longer there; choose another one",
    errno.ENOTDIR: "the folder is no longer there; choose another one",
    errno.EIO: "the disk reported an error; check it, and save to another disk",
    errno.ENAMETOOLONG: "the file name is too long; choose a shorter one",
    errno.EFBIG: "the file would be too large for this disk",
}


def checkpoint(name: str) -> None:
    """Mark a moment of saving: created, written, synced, verified, replaced. Tests hook in here."""


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes whenever a file does (size, time in ns, inode); None without a file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _trust(temporary: Path) -> None:
    """Check nothing: for files that are checked whenever they are read."""


def replace_file(
    target: Path,
    write: Write,
    verify: Write = _trust,
    *,
    overwrite: bool,
    expected: Stamp | None = None,
    sha256: str = "",
) -> tuple[Sentence, ...]:
    """Write ``target`` all at once.

    Args:
        target: the file to make; a symbolic link is followed.
        write: fills the temporary file it is given.
        verify: reads the temporary file back and raises PhotoWriteError if it is not right.
        overwrite: an existing file may be replaced.
        expected: the stamp the existing file had when the user last saw it.
        sha256: of its bytes then, for disks whose stamps are not to be relied on.

    Returns:
        A sentence for each thing beside the bytes that a replaced file had and could not keep.

    Raises:
        PhotoWriteError: nothing was changed; the text says why.
    """
    with _reasons(target):
        place = Path(os.path.realpath(target))
        before = stamp_of(place)
        _refuse_if_unwanted(target, place, before, overwrite)
        if before and expected and not _as_expected(place, before, expected, sha256):
            raise _error(target, _CHANGED)
        sweep(place.parent)
        temporary = place.parent / f".lacuna-{_HOST}-{os.getpid()}-{secrets.token_hex(4)}.part"
        try:
            number = _fill(temporary, write, private=before is not None)
            verify(temporary)
            checkpoint("verified")
            steady = number == temporary.stat().st_ino
            lost = _put(temporary, place, before, steady=steady)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        _sync_folder(place.parent)
        checkpoint("replaced")
    return lost


def sweep(folder: Path) -> None:
    """Remove temporary files whose program has died; errors are nobody's business."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            match = _NAME.fullmatch(entry.name)
            if match and _abandoned(match[1], int(match[2]), entry):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _abandoned(host: str, pid: int, entry: os.DirEntry[str]) -> bool:
    if host == _HOST and pid == os.getpid():
        return False
    if host == _HOST and sys.platform != "win32":
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            pass
    return time.time() - entry.stat().st_mtime > _STALE_AFTER


def _refuse_if_unwanted(target: Path, place: Path, before: Stamp | None, overwrite: bool) -> None:
    if before is None:
        return
    if not overwrite:
        raise _error(
            target, "a file of this name exists; choose another name or allow replacing it"
        )
    if not stat.S_ISREG(place.stat().st_mode):
        raise _error(target, "what is there is not a file")
    if not place.stat().st_mode & 0o222:
        raise _error(target, "the file is write-protected; choose another name")


def _as_expected(place: Path, before: Stamp, expected: Stamp, sha256: str) -> bool:
    """Tell whether a file is as it was; servers give other numbers and times to the same bytes."""
    if before == expected:
        return True
    if before[0] != expected[0] or not sha256:
        return False
    with open(place, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


_CHANGED = (
    "another program has changed the file since it was opened; choose another name, or open the"
    " file again"
)


def _fill(temporary: Path, write: Write, *, private: bool) -> int:
    """Write and sync the temporary file; return its inode number as it was made.

    It gets the usual rights of a new file at once, for some disks let nobody change them later.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    os.close(os.open(temporary, flags, 0o600 if private else 0o666))
    number = temporary.stat().st_ino
    checkpoint("created")
    write(temporary)
    checkpoint("written")
    with open(temporary, "rb+") as file:
        try:
            os.fsync(file.fileno())
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise
    checkpoint("synced")
    return number


def _put(
    temporary: Path, place: Path, before: Stamp | None, *, steady: bool
) -> tuple[Sentence, ...]:
    """Give the finished file its name, unless the target has changed in the meantime.

    Where our own file is not ``steady`` but has another number now, numbers tell nothing.
    """
    if before is None:
        _put_new(temporary, place)
        return ()
    now = stamp_of(place)
    if now is None or (now != before if steady else now[:2] != before[:2]):
        raise _error(place, _CHANGED)
    lost = keep(place, temporary)
    os.replace(temporary, place)
    return lost


def _put_new(temporary: Path, place: Path) -> None:
    """Take a name that must not exist yet; a hard link fails where another program was faster."""
    try:
        os.link(temporary, place)
    except FileExistsError:
        raise _error(place, _CHANGED) from None
    except OSError:
        if place.exists():
            raise _error(place, _CHANGED) from None
        os.rename(temporary, place)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def reason_of(error: OSError) -> str:
    """Return why the disk refused and what to do, the end of a sentence."""
    return _REASONS.get(error.errno or 0, error.strerror or "the disk refused")


def _error(target: Path, reason: str) -> PhotoWriteError:
    return PhotoWriteError("“{0}” was not saved: {1}.", target.name, Sentence.of(reason))


@contextlib.contextmanager
def _reasons(target: Path) -> Iterator[None]:
    """Turn what the system and the encoders raise into one sentence."""
    try:
        yield
    except PhotoWriteError:
        raise
    except OSError as error:
        raise _error(target, reason_of(error)) from error
    except MemoryError as error:
        raise _error(target, "the memory does not suffice; close other programs") from error
