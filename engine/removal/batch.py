"""Many photos and their masks: which goes with which, one after the other, none stops the rest."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.errors import (
    DeviceError,
    EngineError,
    PhotoReadError,
    PhotoWriteError,
    SnapshotError,
)
from engine.formats import OPEN_ENDINGS
from engine.removal.filled import Filled
from engine.selecting.spot_file import NoSpotsError
from engine.sentence import Sentence

Status = Literal["filled", "skipped", "failed"]
Work = Callable[[Path, Path | None, Path], Filled]
"""Fill (photo, mask, out) and save it."""

_MARKS = ("-mask", "_mask")
_FATAL = (SnapshotError, DeviceError)
"""What would go wrong with every photo alike."""


@dataclass(frozen=True)
class Outcome:
    """Tell what became of one photo: ``reason`` says why it was skipped or failed."""

    photo: Path
    status: Status
    out: Path | None = None
    reason: str = ""
    filled: Filled | None = None

    @property
    def line(self) -> str:
        """Return the outcome in one line."""
        if self.filled:
            return f"{self.photo.name}: {self.out}  ({self.filled.facts})"
        return f"{self.photo.name}: {self.status}. {self.reason}"

    def as_json(self) -> dict[str, Any]:
        """Return the outcome as one object."""
        row: dict[str, Any] = {"photo": str(self.photo), "status": self.status}
        if self.filled:
            return row | self.filled.as_json()
        return row | {"out": str(self.out) if self.out else None, "reason": self.reason}


def photos_in(paths: Iterable[Path]) -> list[Path]:
    """Return the photos that ``paths`` name, each once; a folder stands for the photos in it.

    Hidden files, and those whose name ends in -mask or _mask, are no photos of a folder.

    Raises:
        PhotoReadError: a folder cannot be read.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for photo in _inside(path) if path.is_dir() else [path]:
            found.setdefault(photo.resolve(), photo)
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    return [
        path
        for path in _listed(folder)
        if path.suffix.lower() in OPEN_ENDINGS and not path.stem.endswith(_MARKS)
    ]


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder and not hidden, in the order of the names."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise PhotoReadError(
            "The folder {0} cannot be read: {1}.", folder, error.strerror
        ) from error


def _composed(name: str) -> str:
    """Return one spelling of names that look the same."""
    return unicodedata.normalize("NFC", name)


class Masks:
    """Find the mask of each photo: in a folder by its name, or the same file for all."""

    def __init__(self, place: Path, photos: Iterable[Path]) -> None:
        """Look into ``place``; what is one of ``photos`` is no mask.

        Raises:
            PhotoReadError: there is nothing, or the folder cannot be read.
        """
        if not place.exists():
            raise PhotoReadError("“{0}” cannot be opened: there is no such file or folder.", place)
        self._place = place
        self._by_stem: dict[str, list[Path]] = {}
        if place.is_dir():
            taken = {photo.resolve() for photo in photos}
            for path in _listed(place):
                if path.resolve() not in taken:
                    self._by_stem.setdefault(_composed(path.stem), []).append(path)

    def of(self, photo: Path) -> Path:
        """Return the mask of ``photo``: NAME.JPG.*, NAME.*, NAME-mask.* or NAME_mask.*.

        Names may be spelled in the other form of Unicode, as a Mac, a NAS or a zip leaves them.

        Raises:
            PhotoReadError: there is none, or more than one.
        """
        if not self._place.is_dir():
            return self._place
        names = (photo.name, photo.stem, *(photo.stem + mark for mark in _MARKS))
        for name in names:
            found = self._by_stem.get(_composed(name), [])
            found = [path for path in found if path.stem == name] or found
            if len(found) > 1:
                first, second = (path.name for path in found[:2])
                raise PhotoReadError(
                    "Which mask is meant? “{0}” and “{1}” both fit; keep one.", first, second
                )
            if found:
                return found[0]
        raise PhotoReadError(
            "There is no mask for it in {0}; name it {1}.png.", self._place, photo.stem
        )


@dataclass
class Batch:
    """Fill photos into the folder ``out``, and remember how many came to what.

    A result that is there already was finished by an earlier run, for files appear whole; it is
    left as it is unless ``overwrite``. A photo itself is never replaced.
    """

    masks: Masks | None
    out: Path
    work: Work
    overwrite: bool = False
    counts: dict[Status, int] = field(
        default_factory=lambda: {"filled": 0, "skipped": 0, "failed": 0}
    )
    _claimed: dict[Path, Path] = field(default_factory=dict)

    def run(self, photos: Iterable[Path]) -> Iterator[Outcome]:
        """Yield the outcome of each photo as soon as it is known.

        Raises:
            SnapshotError: the weights are unusable, so no photo can be filled.
            DeviceError: the same for the device.
        """
        for photo in photos:
            outcome = self._one(photo)
            self.counts[outcome.status] += 1
            yield outcome

    def _one(self, photo: Path) -> Outcome:
        try:
            return self._filled(photo)
        except _FATAL:
            raise
        except NoSpotsError as error:
            return Outcome(photo, "skipped", reason=error.sentence)
        except EngineError as error:
            return Outcome(photo, "failed", reason=error.sentence)
        except MemoryError:
            return Outcome(photo, "failed", reason=Sentence("The memory does not suffice."))
        # A fault nobody foresaw must cost one photo, not the night's work.
        except Exception as error:
            reason = Sentence("Unexpected: {0}: {1}.", type(error).__name__, error)
            return Outcome(photo, "failed", reason=reason)

    def _filled(self, photo: Path) -> Outcome:
        out = self._place_for(photo)
        mask = self.masks.of(photo) if self.masks else None
        if out.exists() and not self.overwrite:
            reason = Sentence("{0} is there already.", out)
            if any(out.stat().st_mtime < path.stat().st_mtime for path in (photo, mask) if path):
                reason = Sentence(
                    "{0} is there, but older than the photo or its mask; use --overwrite.", out
                )
            return Outcome(photo, "skipped", out, reason)
        return Outcome(photo, "filled", out, filled=self.work(photo, mask, out))

    def _place_for(self, photo: Path) -> Path:
        """Return where the result belongs; no two photos of a batch may share a place."""
        from engine.photo import ending_for, kind_of

        out = self.out / (photo.stem + ending_for(photo, kind_of(photo)))
        if out.exists() and out.samefile(photo):
            raise PhotoWriteError("{0} is the photo itself; choose another --out.", out)
        other = self._claimed.setdefault(out, photo)
        if other != photo:
            raise PhotoWriteError(
                "{0} is already the place of {1}; rename one of them.", out, other
            )
        return out
