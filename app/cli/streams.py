"""Standard streams as they really come: closed, missing, full, or with a reader that went away."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any

_NO_READER = (errno.EPIPE, errno.EBADF, errno.EINVAL)


def prepare() -> None:
    """Make standard output and standard error safe to write to, whatever they are.

    A missing one is replaced by the null device; otherwise the next file that is opened would take
    its number, and what a library prints would go into a photo. One whose reader goes away, as in
    ``| head -1``, swallows the rest: the work goes on, and its exit code says how it went.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # the lowest free number is taken, which is this one
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdout = _safe(sys.stdout, 1)
    sys.stderr = _safe(sys.stderr, 2)


def lost() -> str:
    """Return why a part of standard output did not arrive; empty if all of it has."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.lost if isinstance(raw, _Patient) else ""


def _safe(stream: Any, number: int) -> Any:  # noqa: ANN401
    """Return a stream like ``stream`` that never raises when it is written to."""
    if stream is not None and (not isinstance(stream, io.TextIOWrapper) or stream.isatty()):
        return stream
    if stream is not None:
        stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Patient(number, "w", closefd=False)),
        encoding=stream.encoding if stream else "utf-8",
        errors=stream.errors if stream else "backslashreplace",
        line_buffering=stream.line_buffering if stream else True,
    )


class _Patient(io.FileIO):
    """Write until that fails, and from then on nowhere.

    Attributes:
        lost: what went wrong, in the system's words, if it is more than that nobody reads.
    """

    lost = ""
    _gone = False

    def write(self, data: Any) -> int:  # noqa: ANN401
        """Return how much was taken."""
        if not self._gone:
            try:
                return super().write(data)
            except OSError as error:
                self._gone = True
                self.lost = "" if error.errno in _NO_READER else str(error.strerror)
        return memoryview(data).nbytes
