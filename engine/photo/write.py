"""Save an edited photo the way its file was, in one step."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np

from engine.arrays import Mask, Pixels
from engine.errors import PhotoReadError, PhotoWriteError
from engine.files import replace_file
from engine.formats import ENDINGS_SAID, FORMATS, Container, written_as
from engine.photo.encode import Pieces, encode
from engine.photo.job import Job, job_for
from engine.photo.model import Photo, SaveReport
from engine.photo.read import read_photo
from engine.photo.reading import said
from engine.photo.tiff import check as tiff_check
from engine.photo.tiff import save as save_tiff
from engine.running.memory import trim
from engine.sentence import Sentence

_LOSSY_BOUND = 32.0
_LONGEST_NAME = 255
"""Bytes; the most that common disks take."""


def save_photo(
    photo: Photo,
    pixels: Pixels,
    out_path: str | Path,
    overwrite: bool = False,
    touched: Mask | None = None,
    provenance: bool = False,
) -> SaveReport:
    """Write ``pixels`` with everything else ``photo``'s file held, all at once.

    The ending of ``out_path`` decides the container. The file is read back and compared before it
    takes its name; no embedded thumbnail or preview of the old picture is kept.

    Args:
        photo: the opened photo.
        pixels: (H, W, 3) of the photo's size and depth.
        out_path: where to.
        overwrite: replace a file that is there.
        touched: (H, W) bool, True where ``pixels`` may differ from the photo's; None: anywhere.
        provenance: say in XMP that a model has put pixels into the photo.

    Raises:
        PhotoWriteError: nothing was written, an existing file is unchanged; the text says why.
    """
    path = Path(out_path)
    container = container_for(path)
    check_fits(photo, path)
    if pixels.shape != photo.pixels.shape or pixels.dtype != photo.pixels.dtype:
        raise _not_saved(path, "the result is not of the photo's size")
    if touched is not None and not _same_outside(photo.pixels, pixels, touched):
        raise _not_saved(path, "the result differs from the photo outside the fill")
    return write_job(path, job_for(photo, pixels, container, provenance, touched), overwrite)


def container_for(path: Path) -> Container:
    """Return what a file of this name is written as; raises PhotoWriteError for other endings."""
    container = written_as(path)
    if container is None:
        raise _not_saved(path, Sentence("its ending is none of {0}", ENDINGS_SAID))
    return container


def write_job(path: Path, job: Job, overwrite: bool) -> SaveReport:
    """Write ``job`` and read it back, all at once or not at all; raises PhotoWriteError."""
    return _Saving(path, job).run(overwrite)


def check_fits(photo: Photo, path: Path) -> None:
    """Refuse a container that cannot hold a photo of this size.

    Raises:
        PhotoWriteError: a side is too long; the text names the limit.
    """
    container = written_as(path)
    most = FORMATS[container].longest if container else None
    if most and max(photo.size) > most:
        width, height = photo.size
        raise PhotoWriteError(
            "“{0}” was not saved: {1} holds at most {2} pixels a side, and the photo has {3} × {4};"
            " save it as .png or .tif.",
            path.name,
            container,
            most,
            width,
            height,
        )


class _Saving:
    """Write one job to one path, and remember what was written to compare it with the disk."""

    def __init__(self, path: Path, job: Job) -> None:
        self._path, self._job = path, job
        self._sha256: str | None = None
        self._bytes = 0

    def run(self, overwrite: bool) -> SaveReport:
        job, photo, meta = self._job, self._job.photo, self._job.meta
        own = os.path.realpath(self._path) == os.path.realpath(photo.path)
        source = photo.source
        expected = (source.size, source.modified, source.inode) if own else None
        trim()
        lost = replace_file(
            self._path,
            self._write,
            self._verify,
            overwrite=overwrite,
            expected=expected,
            sha256=source.sha256,
        )
        dropped = tuple(dict.fromkeys([*meta.dropped, *lost]))
        exact = job.lossless and job.pixels.dtype == photo.pixels.dtype
        return SaveReport(self._path, self._bytes, exact, meta.kept_sentence, dropped)

    def _write(self, temporary: Path) -> None:
        try:
            if self._job.container == "TIFF":
                save_tiff.encode(self._job, temporary)
            else:
                self._put(encode(self._job), temporary)
        except (PhotoWriteError, MemoryError):
            raise
        except Exception as error:
            # Pillow's encoders raise OSError too, but only the disk's errors have a number
            if isinstance(error, OSError) and error.errno is not None:
                raise
            kind = self._job.container
            reason = Sentence("{0} cannot hold this picture ({1})", kind, error)
            raise _not_saved(self._path, reason) from error
        self._bytes = temporary.stat().st_size

    def _put(self, pieces: Pieces, temporary: Path) -> None:
        digest = hashlib.sha256()
        with open(temporary, "wb") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        self._sha256 = digest.hexdigest()

    def _verify(self, temporary: Path) -> None:
        trim()
        try:
            same = said(temporary, self._same)
        except PhotoReadError as error:
            raise _not_saved(self._path, "it could not be read back; try another disk") from error
        if not same:
            raise _not_saved(self._path, "it read back differently; try again or another disk")

    def _same(self, temporary: Path) -> bool:
        """Tell whether the file holds what was written, and what should have been."""
        if self._job.container == "TIFF":
            return tiff_check.holds(temporary, self._job)
        back = read_photo(temporary)
        return self._sha256 == back.source.sha256 and _holds(back, self._job)


def _holds(back: Photo, job: Job) -> bool:
    """Tell whether a file other than TIFF, read back, holds what ``job`` should have written."""
    meta = job.meta
    if (back.container, back.orientation) != (job.container, 1):
        return False
    if (back.pixels.shape, back.pixels.dtype) != (job.pixels.shape, job.pixels.dtype):
        return False
    if (back.icc, back.xmp) != (meta.icc, meta.xmp):
        return False
    if back.exif != meta.exif:
        return False
    if not job.lossless:
        return _mean_difference(back.pixels, job.pixels) <= _LOSSY_BOUND
    if back.alpha is None or job.alpha is None:
        same_alpha = back.alpha is job.alpha
    else:
        same_alpha = np.array_equal(back.alpha, job.alpha)
    return same_alpha and np.array_equal(back.pixels, job.pixels)


def _mean_difference(a: Pixels, b: Pixels) -> float:
    """Return the mean absolute difference over some sixty rows."""
    rows = range(0, a.shape[0], max(1, a.shape[0] // 64))
    return float(np.mean([np.abs(a[y].astype(np.int32) - b[y]).mean() for y in rows]))


def _same_outside(old: Pixels, new: Pixels, touched: Mask) -> bool:
    """Tell whether two pictures agree wherever ``touched`` (H, W) is False."""
    blocks = (slice(top, top + 256) for top in range(0, old.shape[0], 256))
    return all(
        np.array_equal(old[rows], new[rows])
        or not ((old[rows] != new[rows]).any(axis=2) & ~touched[rows]).any()
        for rows in blocks
    )


def propose_name(photo: Photo) -> Path:
    """Return a free name beside the photo: name-edited, in a container that can be written."""
    ending = ending_for(photo.path, photo.container)
    for number in range(1, 10_000):
        path = beside(photo.path, ("-edited" if number == 1 else f"-edited-{number}") + ending)
        if not path.exists():
            return path
    raise PhotoWriteError("“{0}” has too many edited copies; choose a name.", photo.path.name)


def beside(path: Path, tail: str, folder: Path | None = None) -> Path:
    """Return ``path`` with ``tail`` in the place of its ending, in ``folder`` or beside it.

    A name that no disk would take is cut before its tail.
    """
    stem = path.stem
    while stem and len(os.fsencode(stem + tail)) > _LONGEST_NAME:
        stem = stem[:-1]
    return (folder or path.parent) / (stem + tail)


def ending_for(path: Path, container: Container) -> str:
    """Return the ending to save a photo with: its own where that says what the file is."""
    if written_as(path) == container:
        return path.suffix
    return FORMATS[FORMATS[container].becomes].endings[0]


def _not_saved(path: Path, reason: str) -> PhotoWriteError:
    return PhotoWriteError("“{0}” was not saved: {1}.", path.name, Sentence.of(reason))
