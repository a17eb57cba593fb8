"""Read photos in a process of their own, so that a bad file costs a message and nothing more.

Importing this is cheap, so a program can start the process (``warm``) before it loads its own
decoders. The process is started once, and anew after every failure. Pixels come back through
shared memory (Linux) or a temporary file, never through a pipe. Where no such process can be
started at all, photos are read in this one.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import PhotoReadError
from engine.reader.process import CRASHED, Died, Reader, Unusable, refused

if TYPE_CHECKING:
    from engine.photo.mask import MaskFile
    from engine.photo.model import Photo

log = logging.getLogger(__name__)


class Desk:
    """Keep one reader for the whole program and replace it when it fails."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._useless = False

    def warm(self) -> None:
        """Start the process now, without waiting for it."""
        with self._lock, contextlib.suppress(OSError):
            self._current()

    def read(self, path: Path, keep_on: Callable[[], None], small: int = 0) -> Photo:
        """Return the photo; see ``read_photo_apart`` and ``read_small_apart``."""
        if self._useless:
            return _read_here(path, small)
        with self._lock:
            try:
                photo = self._read_twice(path, keep_on, small)
            except (Unusable, OSError) as error:
                log.warning("photos are read in this process: %s", type(error).__name__)
                self._useless = True
                self._drop()
            except PhotoReadError:  # a reader that is gone is replaced by the next photo
                raise
            except BaseException:
                self._drop()
                raise
            else:
                return photo
        return _read_here(path, small)

    def _read_twice(self, path: Path, keep_on: Callable[[], None], small: int) -> Photo:
        """Try again where the process died; the second time it is the file's fault."""
        for _ in range(2):
            with contextlib.suppress(Died):
                return self._current().read(path, keep_on, small)
        raise refused(path, CRASHED)

    def stop(self) -> None:
        """End the process."""
        with self._lock:
            self._drop()

    def _current(self) -> Reader:
        if self._reader is None or not self._reader.alive:
            self._drop()
            self._reader = Reader()
        return self._reader

    def _drop(self) -> None:
        if self._reader is not None:
            self._reader.stop()
            self._reader = None


def _read_here(path: Path, small: int) -> Photo:
    from engine.photo.read import read_photo
    from engine.photo.small import read_small

    return read_small(path, small) if small else read_photo(path)


_DESK = Desk()
atexit.register(_DESK.stop)
warm = _DESK.warm


def read_photo_apart(path: str | Path, keep_on: Callable[[], None] = lambda: None) -> Photo:
    """Open a photo as ``read_photo`` does, decoded in another process.

    Args:
        path: the file.
        keep_on: called every twentieth of a second; what it raises ends the reading at once.

    Raises:
        PhotoReadError: the file is refused, or decoding it failed; the text names it.
    """
    return _DESK.read(Path(path), keep_on)


def read_small_apart(
    path: str | Path, side: int, keep_on: Callable[[], None] = lambda: None
) -> Photo:
    """Open a photo as ``engine.photo.small.read_small`` does, decoded in another process."""
    return _DESK.read(Path(path), keep_on, side)


def open_mask_apart(
    path: str | Path,
    size: tuple[int, int] | None = None,
    orientation: int = 1,
    keep_on: Callable[[], None] = lambda: None,
) -> MaskFile:
    """Read a mask as ``engine.photo.open_mask`` does, decoded in another process."""
    from engine.photo.mask import open_mask

    return open_mask(path, size, orientation, lambda path: read_photo_apart(path, keep_on))
