"""Errors whose text is a sentence a user can act on."""

from __future__ import annotations

from engine.sentence import SentenceError


class EngineError(SentenceError):
    """Base of every error the engine raises on purpose; it says what happened and what to do."""


class ImageError(EngineError):
    """Report pixels or a mask that cannot be used together."""


class EmptyMaskError(ImageError):
    """Report that nothing was asked for: a mask that masks nothing, a recipe without a removal."""


class SnapshotError(EngineError):
    """Report weights that are missing, damaged or not of this program."""


class DeviceError(EngineError):
    """Report a device that was asked for and is not there."""


class PhotoReadError(EngineError):
    """Report a file that cannot be opened as a photo."""


class PhotoWriteError(EngineError):
    """Report a photo that could not be saved; the old file is untouched."""


class Cancelled(Exception):
    """Raise from a progress callback to stop the work; nothing has been changed."""
