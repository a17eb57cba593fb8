"""Spots in a file: the same places of the sensor in other photos, where they can be seen there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import EmptyMaskError, EngineError
from engine.files import replace_file
from engine.geometry import Box
from engine.record.envelope import Envelope
from engine.selecting.spots import (
    LEAST_AROUND,
    MOST,
    Spot,
    chosen,
    find_spots,
    painted,
    spots_around,
)
from engine.sentence import Sentence

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.photo import Photo

_AROUND: Final = 24
"""So many radii around a place are looked at to see whether a spot is there."""
_NEAR: Final = 1.2
_CLEAR: Final = 4.0
_OWN: Final = 0.4
"""The sensitivity to spots of a photo's own."""
_ROOM: Final = 0.6, 1.8
"""A spot seen again has at least and at most so many times its radius in the file."""


class SpotsError(EngineError):
    """Report a file of spots that cannot be used."""


_FILE: Final = Envelope(Sentence("spots"), SpotsError)


class NoSpotsError(EmptyMaskError):
    """Report that a photo shows none of the spots."""


@dataclass(frozen=True)
class SpotSet:
    """Hold places of a sensor.

    Attributes:
        places: (x, y, radius) of each spot; x and y in shares of the width and height of the photo
            as the camera stored it, before it is turned upright, the radius in shares of the longer
            side.
    """

    places: tuple[tuple[float, float, float], ...]


def set_of(spots: Sequence[Spot], size: tuple[int, int], orientation: int) -> SpotSet:
    """Return the places on the sensor of ``spots`` of a photo.

    Args:
        spots: in pixels of the photo, upright.
        size: its width and height, upright.
        orientation: 1 to 8, how its file says it is to be turned (EXIF).
    """
    width, height = size
    rows = []
    for spot in spots:
        x, y = _turned(spot.x / width, spot.y / height, _BACK[orientation])
        rows.append((round(x, 6), round(y, 6), round(spot.radius / max(size), 6)))
    return SpotSet(tuple(rows))


def places_in(spots: SpotSet, size: tuple[int, int], orientation: int) -> list[Spot]:
    """Return where ``spots`` lie in a photo of this size and orientation, seen there or not."""
    width, height = size
    out = []
    for x, y, radius in spots.places:
        across, down = _turned(x, y, orientation)
        out.append(Spot(across * width, down * height, max(radius * max(size), 1.0)))
    return out


def seen_in(spots: SpotSet, image: Pixels, orientation: int) -> list[Spot]:
    """Return those of ``spots`` that ``image`` (H, W, 3) shows, as they are there.

    Dust does not show where the photo is busy, and looks larger or smaller at another aperture:
    each place is looked at anew, and what is not seen is left out.
    """
    size = image.shape[1], image.shape[0]
    found = (_seen(image, place) for place in places_in(spots, size, orientation))
    return [spot for spot in found if spot is not None]


def mask_of(photo: Photo, spots: SpotSet | None) -> Mask:
    """Return (H, W) bool, the spots that ``photo`` shows: of a set, or if None all of its own.

    Raises:
        NoSpotsError: it shows none.
    """
    if spots is None:
        found = chosen(find_spots(photo.pixels), _OWN)
    else:
        found = seen_in(spots, photo.pixels, photo.orientation)
    if not found:
        raise NoSpotsError("No spots are seen in it.")
    return painted(found, Box.of(photo.pixels))


def to_json(spots: SpotSet) -> str:
    """Return the text of a file of spots."""
    return _FILE.around({"spots": [list(place) for place in spots.places]}, indent=1)


def from_json(text: str) -> SpotSet:
    """Read the text of a file of spots; raises SpotsError if it is none, or of a later program."""
    rows = _FILE.opened(text).get("spots")
    if not isinstance(rows, list) or len(rows) > MOST:
        raise SpotsError("A file of spots must list at most {0} of them.", MOST)
    return SpotSet(tuple(_place(row) for row in rows))


def read_spots(path: Path) -> SpotSet:
    """Read a file of spots; raises SpotsError if it cannot be read, or is no file of spots."""
    return from_json(_FILE.text_of(path))


def write_spots(spots: SpotSet, path: Path, *, overwrite: bool = False) -> None:
    """Write the file at once or not at all.

    Raises:
        PhotoWriteError: it could not be written; a file that was there is as it was.
    """
    text = to_json(spots)

    def write(temporary: Path) -> None:
        temporary.write_text(text, encoding="utf-8")

    replace_file(path, write, overwrite=overwrite)


def _place(row: object) -> tuple[float, float, float]:
    if isinstance(row, list) and len(row) == 3 and all(type(v) in (int, float) for v in row):
        x, y, radius = (float(value) for value in row)
        if 0 <= x <= 1 and 0 <= y <= 1 and 0 < radius <= 0.1:
            return x, y, radius
    raise SpotsError(
        "A spot must be its place across and down, from 0 to 1, and its radius, up to 0.1."
    )


_BACK: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
"""Which orientation undoes another."""


def _turned(x: float, y: float, orientation: int) -> tuple[float, float]:
    """Return where a place of a stored photo, in shares, is once it is turned upright."""
    x, y = (y, x) if orientation >= 5 else (x, y)
    if orientation in (2, 3, 6, 7):
        x = 1 - x
    if orientation in (3, 4, 7, 8):
        y = 1 - y
    return x, y


def _seen(image: Pixels, place: Spot) -> Spot | None:
    """Return the spot that ``image`` shows at ``place``; None if there is none."""
    around = max(round(_AROUND * place.radius), LEAST_AROUND)
    least, most = (share * place.radius for share in _ROOM)
    for spot in spots_around(image, place.x, place.y, around):
        near = math.hypot(spot.x - place.x, spot.y - place.y) <= _NEAR * place.radius + 2
        if near and spot.clarity >= _CLEAR and spot.contrast * place.contrast > 0:
            return spot._replace(radius=min(max(spot.radius, least), most))
    return None
