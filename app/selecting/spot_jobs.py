"""Look for spots beside the window: everything here runs in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.selecting.high_pass import high_pass
from engine.selecting.spot_file import SpotSet, read_spots, seen_in, write_spots
from engine.selecting.spots import Spot, find_spots

if TYPE_CHECKING:
    from app.document.worker import Report
    from engine.arrays import Pixels


@dataclass(frozen=True, eq=False)
class FoundSpots:
    """Hold what may be spots, clearest first, and the photo's high-pass view."""

    spots: list[Spot]
    detail: NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class FindSpots:
    """Look for spots in ``image``."""

    image: Pixels

    def __call__(self, report: Report) -> FoundSpots:
        """Return everything that may be one."""
        return FoundSpots(find_spots(self.image), high_pass(self.image))


@dataclass(frozen=True, eq=False)
class SeeSpots:
    """Look in ``image`` for the spots of another photo: a set, or a file of one."""

    image: Pixels
    orientation: int
    spots: SpotSet | Path

    def __call__(self, report: Report) -> FoundSpots:
        """Return those that are seen; raises SpotsError."""
        spots = read_spots(self.spots) if isinstance(self.spots, Path) else self.spots
        return FoundSpots(seen_in(spots, self.image, self.orientation), high_pass(self.image))


@dataclass(frozen=True, eq=False)
class WriteSpots:
    """Write a set of spots, in place of an older file."""

    spots: SpotSet
    path: Path

    def __call__(self, report: Report) -> Path:
        """Write the file at once or not at all; raises PhotoWriteError."""
        write_spots(self.spots, self.path, overwrite=True)
        return self.path
