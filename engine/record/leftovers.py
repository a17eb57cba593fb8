"""Temporary folders that carry their program's number, so that the next start can tidy up."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

_NAME = re.compile(r"lacuna-[a-z]+-(\d+)-.*")


def temporary_folder(kind: str) -> tempfile.TemporaryDirectory[str]:
    """Make a folder for this run only, such as ``lacuna-undo-1234-x7k2``; 0700 on POSIX."""
    return tempfile.TemporaryDirectory(prefix=f"lacuna-{kind}-{os.getpid()}-")


def sweep(parent: Path | None = None) -> None:
    """Remove the temporary folders of programs that have died; errors are nobody's business."""
    if sys.platform == "win32":
        return
    for path in (parent or Path(tempfile.gettempdir())).glob("lacuna-*"):
        found = _NAME.fullmatch(path.name)
        if found and not _alive(int(found[1])):
            with contextlib.suppress(OSError):
                if path.is_dir() and not path.is_symlink() and path.stat().st_uid == os.getuid():
                    shutil.rmtree(path)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
