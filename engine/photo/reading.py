"""Read from files that may be damaged: bounds are checked, and every fault becomes one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from engine.errors import PhotoReadError
from engine.photo.decode import CUT_OFF
from engine.photo.limits import Refusal
from engine.photo.metadata.ifd import CorruptTags, ReadAt
from engine.sentence import Sentence

T = TypeVar("T")


def said(path: Path, work: Callable[[Path], T]) -> T:
    """Return ``work(path)``.

    Raises:
        PhotoReadError: whatever went wrong, in one sentence that names the file.
    """
    try:
        return work(path)
    except Refusal as error:
        raise _not_opened(path, error.sentence) from error
    except FileNotFoundError as error:
        raise _not_opened(path, "there is no such file") from error
    except IsADirectoryError as error:
        raise _not_opened(path, "it is a folder; choose a photo in it") from error
    except PermissionError as error:
        raise _not_opened(path, "reading it is not allowed; change its permissions") from error
    except MemoryError as error:
        raise _not_opened(path, "the memory does not suffice; close other programs") from error
    except OSError as error:
        # only the disk's errors have a number; decoders raise this kind too
        raise _not_opened(path, error.strerror or CUT_OFF) from error
    # Decoders meet files nobody foresaw; whatever they raise must not end the program.
    except Exception as error:
        reason = Sentence("the file is damaged ({0})", type(error).__name__)
        raise _not_opened(path, reason) from error


def _not_opened(path: Path, reason: str) -> PhotoReadError:
    return PhotoReadError("“{0}” cannot be opened: {1}.", path.name, Sentence.of(reason))


def reader_of(file: BinaryIO, total: int) -> ReadAt:
    """Return a function (offset, size) that reads from a file of ``total`` bytes.

    It raises CorruptTags for a place outside the file.
    """

    def read(offset: int, size: int) -> bytes:
        if offset < 0 or size < 0 or offset + size > total:
            raise CorruptTags("a position outside the file")
        file.seek(offset)
        data = file.read(size)
        if len(data) < size:
            raise CorruptTags("the file has become shorter")
        return data

    return read
