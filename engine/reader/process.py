"""Own the process that decodes photos: start it, ask it, and believe nothing it says unseen."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine import DECODE_WORD
from engine.errors import PhotoReadError
from engine.sentence import Sentence

if TYPE_CHECKING:
    from engine.photo.model import Photo

WALL_SECONDS = 300.0
_LOOK = 0.05
_START_SECONDS = 60.0
_LAST_SECONDS = 10.0
_ROOT = Path(__file__).parents[2]
_SHARES = sys.platform == "linux" and hasattr(os, "memfd_create")


class Died(Exception):
    """Report that the process ended over a file, or just before it."""


class Unusable(Exception):
    """Report that the process never came up, through no fault of a file."""


def command() -> list[str]:
    """Return what starts the reading process; the working directory is never searched for code."""
    if getattr(sys, "frozen", False):
        return [sys.executable, DECODE_WORD]
    code = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from engine.reader.child import serve"
    return [sys.executable, "-P", "-c", f"{code}; sys.exit(serve())"]


class Reader:
    """Own one reading process."""

    def __init__(self) -> None:
        """Start it; it becomes ready on its own.

        Raises:
            OSError: it cannot be started.
        """
        self._process = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ready = self._ended = False
        threading.Thread(target=self._listen, name="reader", daemon=True).start()

    def read(self, path: Path, keep_on: Callable[[], None], small: int = 0) -> Photo:
        """Return the photo at ``path``.

        Args:
            path: the file.
            keep_on: called every twentieth of a second; what it raises ends the reading.
            small: the longer side of a small picture, see ``read_small``; 0 for the whole photo.

        Raises:
            PhotoReadError: the file is refused, or decoding it failed.
        """
        if not self._ready:
            self._ready = self._next(keep_on, _START_SECONDS) is not None
        if not self._ready:
            raise Unusable
        file: Path | None = None
        with contextlib.ExitStack() as stack:
            request: dict[str, object] = {"path": str(path), "small": small}
            if not _SHARES:
                folder = tempfile.TemporaryDirectory(prefix=f"lacuna-photo-{os.getpid()}-")
                file = Path(stack.enter_context(folder)) / "photo"
                file.touch(mode=0o600)
                request["file"] = str(file)
            self._ask(request)
            answer = self._next(keep_on, WALL_SECONDS)
            if answer is None:
                raise self._dead(path)
            if "error" in answer:
                raise self._told(path, answer["error"])
            photo = self._photo(path, answer, file)
        self._ask({})
        return photo

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    @property
    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process.poll() is None

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            assert self._process.stdout is not None
            for line in self._process.stdout:
                self._answers.put(line)
        self._ended = True
        self._answers.put(b"")

    def _ask(self, request: dict[str, object]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # a process that has died is noticed by its silence
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    def _next(self, keep_on: Callable[[], None], seconds: float) -> dict[str, object] | None:
        """Return the next answer; None if the process died or was silent for too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                line = self._answers.get(timeout=_LOOK)
            except queue.Empty:
                keep_on()
                continue
            try:
                answer = json.loads(line) if line else None
            except ValueError:
                answer = None
            return answer if isinstance(answer, dict) else None
        return None

    def _photo(self, path: Path, answer: dict[str, object], file: Path | None) -> Photo:
        from engine.reader.wire import Crooked, unpack

        try:
            area = _from_file(file) if file else self._shared(answer["fd"], answer["size"])
            photo: Photo = unpack(answer["photo"], area)
            if not _sound(photo):
                raise Crooked("no photo")
        except (Crooked, OSError, KeyError, TypeError, ValueError) as error:
            self.stop()
            raise refused(path, _DAMAGED) from error
        return replace(photo, path=path)

    def _told(self, path: Path, node: object) -> PhotoReadError:
        """Return the error that was sent, if it is one."""
        from engine.reader.wire import Crooked, unpack

        with contextlib.suppress(Crooked):
            sentence = unpack(node, None)
            if isinstance(sentence, Sentence):
                return PhotoReadError(sentence)
        self.stop()
        return refused(path, _DAMAGED)

    def _shared(self, number: object, size: object) -> mmap.mmap:
        """Map the process's shared memory; it is sealed, so it can neither shrink nor change."""
        import fcntl

        from engine.reader.child import SEALS
        from engine.reader.shared import remember
        from engine.reader.wire import Crooked

        if not (isinstance(number, int) and isinstance(size, int)):
            raise Crooked("no numbers")
        handle = os.open(f"/proc/{self._process.pid}/fd/{number}", os.O_RDONLY)
        try:
            sealed = fcntl.fcntl(handle, fcntl.F_GET_SEALS) == SEALS
            if not sealed or os.fstat(handle).st_size != size:
                raise Crooked("not sealed")
            flags = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
            area = mmap.mmap(handle, size, flags=flags, prot=mmap.PROT_READ)
        except BaseException:
            os.close(handle)
            raise
        remember(area, handle)
        return area

    def _dead(self, path: Path) -> Died | PhotoReadError:
        """Return what to raise where there is no answer."""
        try:
            code = self._process.wait(_LAST_SECONDS if self._ended else 0)
        except subprocess.TimeoutExpired:
            self.stop()
            return refused(path, _TOO_LONG)
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            return refused(path, _TOO_LONG)
        return Died()


CRASHED = "its decoder broke down over it; the file is damaged or made to do harm"
_TOO_LONG = "decoding it takes too long; the file is damaged or made to do harm"
_DAMAGED = "the file is damaged or made to do harm"


def refused(path: Path, reason: str) -> PhotoReadError:
    """Return the sentence that names the file and the reason."""
    return PhotoReadError("“{0}” cannot be opened: {1}.", path.name, Sentence.of(reason))


def _from_file(name: Path) -> memoryview:
    import numpy as np

    return np.fromfile(name, np.uint8).data


def _sound(photo: object) -> bool:
    """Tell whether an answer is a photo as ``read_photo`` makes them."""
    import numpy as np

    from engine.photo.limits import MAX_PIXELS
    from engine.photo.model import Photo

    if not isinstance(photo, Photo) or not isinstance(photo.pixels, np.ndarray):
        return False
    pixels, alpha = photo.pixels, photo.alpha
    coloured = pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype in (np.uint8, np.uint16)
    fits = coloured and 0 < pixels.shape[0] * pixels.shape[1] <= MAX_PIXELS
    clear = alpha is None or (isinstance(alpha, np.ndarray) and alpha.shape == pixels.shape[:2])
    return fits and clear and (alpha is None or alpha.dtype == pixels.dtype)
