"""Follow a wire, cable, crack, scratch or hair from where it was clicked to both its ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Pixels
from engine.geometry import Box
from engine.selecting.strip import Place, Strip, best_way, laid
from engine.views.strokes import Stamp

SCALES: Final = (0.8, 1.2, 1.8, 2.7, 4.0, 6.0, 9.0, 13.0, 19.0, 28.0)
"""Half widths at which a line is looked for where it was clicked."""
THIN: Final = 0.45
"""A place bends along a line by at most so much of what it bends across."""
FAINTEST: Final = 3.0
"""Grey levels by which a line must differ from both its sides."""
LONGEST: Final = 4000
"""A line is followed for at most so many pieces to each side."""
STEPS: Final = 48
_KEPT: Final = 0.6
_JUMPS: Final = (1.0, 2.0)
"""Gaps that are looked across, in lengths of a piece."""
MARGIN: Final = 1.0
_UNEVEN: Final = 0.15
"""Of a line both sides differ; of an edge one does not."""


class Piece(NamedTuple):
    """Hold a part of a line that is seen: (n, 2) x, y in photo pixels, and its width there."""

    way: NDArray[np.float64]
    width: float


def follow(image: Pixels, x: float, y: float, reach: float) -> list[Piece]:
    """Return the line at (x, y), or the clearest within ``reach`` pixels, to both its ends.

    Piece by piece, the way that is most unlike both its sides is found by dynamic programming in a
    strip straight ahead (as live wires are; Mortensen and Barrett 1995); its first part is kept,
    and the next strip lies in its direction. A gap, such as behind a post, is crossed and left out.

    Args:
        image: (H, W, 3) uint8 or uint16.
        x, y: where it was clicked; (0.5, 0.5) is the middle of the first pixel.
        reach: how far a line may be from there.

    Returns:
        nothing where no line is.
    """
    start = line_at(image, x, y, reach)
    if start is None:
        return []
    back = replace(start, angle=start.angle + math.pi)
    return [*_followed(image, start), *_followed(image, back)]


def covered(pieces: list[Piece], bounds: Box) -> Stamp | None:
    """Return the pixels of a line at its own width, its soft rim included; None for none."""
    if not pieces:
        return None
    ways = np.concatenate([piece.way for piece in pieces])
    room = max(piece.width for piece in pieces) + MARGIN + 2
    box = Box.hull(ways[:, 0], ways[:, 1], room).clip(bounds)
    if box.empty:
        return None
    out = np.zeros((box.height, box.width), np.uint8)
    for piece in pieces:
        at = np.rint((piece.way - (box.left + 0.5, box.top + 0.5)) * 16).astype(np.int32)
        thick = max(round(1.08 * piece.width + 2 * MARGIN), 2)
        cv2.polylines(out, [at], False, 1, thick, cv2.LINE_8, 4)
    return Stamp(box, out.view(np.bool_))


def line_at(image: Pixels, x: float, y: float, reach: float) -> Place | None:
    """Return the clearest line within ``reach`` pixels of (x, y), None if there is none."""
    room = math.ceil(reach + 4 * SCALES[-1])
    box = Box.hull(x, y, room).clip(Box.of(image))
    if box.empty or min(box.width, box.height) < 5:
        return None
    part = _levels(image, box)
    grey = part @ np.array([0.3, 0.5, 0.2], np.float32)
    rows, columns = np.mgrid[: box.height, : box.width]
    away = np.hypot(columns + 0.5 + box.left - x, rows + 0.5 + box.top - y)
    best: tuple[float, Place] | None = None
    for scale in SCALES:
        found = _strongest(grey, away, reach, scale)
        if found is None or (best and found[0] <= best[0]):
            continue
        strength, row, column, angle = found
        at = Place(column + 0.5 + box.left, row + 0.5 + box.top, angle, 2 * scale, 0.0, (0, 0, 0))
        told = _told(image, at)
        if told is not None:
            best = strength, told
    return best[1] if best else None


def _strongest(
    grey: Floats, away: NDArray[np.float64], reach: float, scale: float
) -> tuple[float, int, int, float] | None:
    """Return strength, row, column and direction of the most line-like place of one scale."""
    smooth = cv2.GaussianBlur(grey, (0, 0), scale)
    xx, yy = cv2.Sobel(smooth, -1, 2, 0, scale=0.25), cv2.Sobel(smooth, -1, 0, 2, scale=0.25)
    xy = cv2.Sobel(smooth, -1, 1, 1, scale=0.25)
    spread = np.hypot((xx - yy) / 2, xy)
    middle = (xx + yy) / 2
    across = np.where(
        np.abs(middle + spread) > np.abs(middle - spread), middle + spread, middle - spread
    )
    along = 2 * middle - across
    strength = np.abs(across) * scale**1.5
    strength[(np.abs(along) > THIN * np.abs(across)) | (away > max(reach, 1.0))] = 0
    strength *= np.exp(-0.5 * (away / max(reach, 1.0)) ** 2).astype(np.float32)
    row, column = divmod(int(strength.argmax()), strength.shape[1])
    if strength[row, column] <= 0:
        return None
    turn = 0.5 * math.atan2(2 * xy[row, column], xx[row, column] - yy[row, column])
    if across[row, column] < middle[row, column]:
        turn += math.pi / 2
    return float(strength[row, column]), row, column, turn + math.pi / 2


def _told(image: Pixels, at: Place) -> Place | None:
    """Return a place with its contrast and colour; None if it does not differ from both sides."""
    strip = laid(image, at.x, at.y, at.angle, at.width, 9, centred=True)
    profile = strip.values.mean(axis=0)
    own, left, right = strip.bands(profile)
    away = [own - left, own - right]
    lengths = [float(np.linalg.norm(vector)) for vector in away]
    if (
        min(lengths) < max(FAINTEST, _UNEVEN * max(lengths))
        or float(away[0] @ away[1]) <= 0.3 * lengths[0] * lengths[1]
    ):
        return None
    towards = away[0] / lengths[0] + away[1] / lengths[1]
    towards /= np.linalg.norm(towards)
    contrast = float(min(away[0] @ towards, away[1] @ towards))
    width = strip.width_of(np.asarray(profile @ towards, np.float32)) or at.width
    width = min(max(width, 0.5 * at.width), 1.5 * at.width)
    colour = tuple(float(value) for value in towards)
    if contrast < FAINTEST:
        return None
    return replace(at, width=width, contrast=contrast, colour=colour)  # type: ignore[arg-type]


def _followed(image: Pixels, at: Place) -> Iterator[Piece]:
    """Yield the pieces of a line from ``at`` on to its end."""
    bounds = Box.of(image)
    first, jumped = at, 0
    for _ in range(LONGEST):
        if not (0 <= at.x < bounds.width and 0 <= at.y < bounds.height):
            return
        strip = laid(image, at.x, at.y, at.angle, at.width, STEPS)
        way, seen = best_way(strip, at)
        kept = round(_KEPT * STEPS)
        if seen[:kept].mean() >= 0.5:
            jumped = 0
            yield from _runs(strip, way[: kept + 1], seen[: kept + 1], at.width)
            at = _moved(strip, way, kept, at, first)
            continue
        last = int(np.flatnonzero(seen[: STEPS // 2])[-1]) if seen[:6].mean() > 0.5 else 0
        if last > 2:
            yield Piece(strip.places(way[: last + 1]), at.width)
            at = _moved(strip, way, last, at, first, turn=False)
        beyond = _beyond(image, at, strip.length) if not jumped else None
        if beyond is None:
            return
        yield from _before(image, beyond)
        at, jumped = beyond, jumped + 1


def _runs(
    strip: Strip, way: NDArray[np.int64], seen: NDArray[np.bool_], width: float
) -> Iterator[Piece]:
    """Yield the parts of a way on which the line is seen; gaps as short as it is wide count."""
    places = strip.places(way)
    at = np.flatnonzero(seen)
    for run in np.split(at, np.flatnonzero(np.diff(at) > 4) + 1):
        if len(run) > 1:
            yield Piece(places[run[0] : run[-1] + 1], width)


def _beyond(image: Pixels, at: Place, length: float) -> Place | None:
    """Return where the line is seen again straight ahead, None if it is not."""
    for jump in _JUMPS:
        there = at.ahead(jump * length)
        strip = laid(image, there.x, there.y, there.angle, there.width, STEPS)
        way, seen = best_way(strip, there, free=True)
        if seen.mean() > 0.8:
            x, y = strip.places(way[:1])[0]
            return replace(there, x=float(x), y=float(y))
    return None


def _before(image: Pixels, at: Place) -> Iterator[Piece]:
    """Yield what is seen of a line between a gap and where it was looked for behind it."""
    back = replace(at, angle=at.angle + math.pi)
    strip = laid(image, back.x, back.y, back.angle, back.width, STEPS)
    way, seen = best_way(strip, back)
    hidden = np.flatnonzero(~seen)
    end = int(hidden[0]) if len(hidden) else STEPS
    yield from _runs(strip, way[:end], seen[:end], at.width)


def _moved(
    strip: Strip, way: NDArray[np.int64], kept: int, at: Place, first: Place, *, turn: bool = True
) -> Place:
    """Return where the line is after ``kept`` steps, with its direction, width and contrast."""
    places = strip.places(way)
    x, y = places[kept]
    angle = at.angle
    if turn:
        before, after = places[max(kept - 14, 0)], places[min(kept + 6, len(places) - 1)]
        angle = math.atan2(after[1] - before[1], after[0] - before[0])
    values = strip.along(way[: kept + 1], at.colour)
    width = strip.width_of(values) or at.width
    width = min(max(0.75 * at.width + 0.25 * width, first.width / 2.5), first.width * 2.5)
    own, left, right = strip.bands(values)
    contrast = 0.8 * at.contrast + 0.2 * float(own - max(left, right))
    contrast = min(max(contrast, 0.4 * first.contrast, FAINTEST), 2.5 * first.contrast)
    return replace(at, x=float(x), y=float(y), angle=angle, width=width, contrast=contrast)


def _levels(image: Pixels, box: Box) -> Floats:
    """Return a part of the photo as float32 grey levels of 0 to 255."""
    scale = np.float32(1 / 257 if image.dtype == np.uint16 else 1)
    return np.asarray(image[box.slices].astype(np.float32) * scale, np.float32)
