"""The exit codes of the command line, and which error ends in which."""

from __future__ import annotations

from enum import IntEnum

from engine.errors import (
    EmptyMaskError,
    EngineError,
    PhotoReadError,
    PhotoWriteError,
    SnapshotError,
)


class Exit(IntEnum):
    """Tell the caller's shell how it went."""

    DONE = 0
    UNSOUND = 1
    USAGE = 2
    CANNOT_READ = 3
    CANNOT_WRITE = 4
    WEIGHTS_UNUSABLE = 5
    SOME_FAILED = 6
    NOTHING_TO_FILL = 7
    INTERRUPTED = 130


_BY_ERROR: tuple[tuple[type[EngineError], Exit], ...] = (
    (PhotoReadError, Exit.CANNOT_READ),
    (PhotoWriteError, Exit.CANNOT_WRITE),
    (SnapshotError, Exit.WEIGHTS_UNUSABLE),
    (EmptyMaskError, Exit.NOTHING_TO_FILL),
)


def exit_for(error: EngineError) -> Exit:
    """Return the exit code of ``error``; any other kind is something asked for wrongly."""
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), Exit.USAGE)
