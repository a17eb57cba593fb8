"""Where lines run into a hole: straight segments, each traced back as far as it looks the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats
from engine.geometry import values_at
from engine.structure.look import Look, levels
from engine.structure.loops import walk
from engine.structure.path import at_rim
from engine.structure.strips import HALF, SECTION, SLACK, across, offsets, strip

CLEAR: Final = 3.0
"""Segments count from so many pixels beside the hole, where its painted-over edge is gone."""
SHORTEST: Final = 12.0
WALK: Final = 18.0
"""A segment may stop so many pixels before the hole."""
BEFORE: Final = 4
RIM: Final = 28
"""The rim is looked for from so many pixels behind a segment's point on, so many pixels far."""
FARTHEST: Final = 32.0
"""Segments that stay further from the hole than this cannot point at it; ``WALK`` and some more."""
SHOWN: Final = 24
"""A line's profile is the mean over so many pixels before the hole."""
GRAZING: Final = 60
"""Over so many where the line runs into the hole at so flat an angle that less shows both sides."""
TRACE: Final = 240
"""Lines are traced back so many pixels at most."""
SAME: Final = 0.75
"""Correlation with its profile from which a section is the same line."""
OTHER: Final = 0.15
"""Change of brightness, of full white, at which something else begins."""
FIRST: Final = 3
"""So many sections next to the hole may have one among them that is not."""
FAINTEST: Final = 0.025
"""Standard deviation of the faintest profile, of full white."""


@dataclass(frozen=True)
class End:
    """Describe a line that runs into the hole, in pixels of a look.

    Attributes:
        at: (2,) x, y, the last known point.
        way: (2,) unit vector, towards the hole.
        length: pixels back from ``at`` over which it looks the same.
        profile: (2 HALF + 1) float32, brightness across it, to the right of ``way`` last.
        steady: mean correlation of its sections with the profile.
        bent: ``at`` and ``way`` of a line that bends as it runs into the hole; else None.
        curve: how much it bends to the right, radians per pixel, 0 where that is not seen.
    """

    at: np.ndarray
    way: np.ndarray
    length: float
    profile: Floats
    steady: float
    bent: tuple[np.ndarray, np.ndarray] | None = None
    curve: float = 0.0

    @property
    def rim(self) -> tuple[np.ndarray, np.ndarray]:
        """Return where and in which direction it runs into the hole, bent or not."""
        return self.bent or (self.at, self.way)

    @cached_property
    def contrast(self) -> float:
        """Return the standard deviation of the profile."""
        return float(self.profile.std())


def find_ends(look: Look, segments: np.ndarray | None = None) -> list[End]:
    """Return every line of a look that runs into the hole, each once.

    ``segments``: those of ``find_segments`` where they are known.
    """
    segments = find_segments(look) if segments is None else segments
    found: list[End] = []
    for at, way, length in runs(look, segments):
        if any(_near(at, way, other) for other in found):
            continue
        end = traced(look, at, way, length)
        if end is not None and not any(_same(end, other) for other in found):
            found.append(end)
    return found


def _same(a: End, b: End) -> bool:
    """Tell whether two ends are of one line."""
    return _near(a.at, a.way, b, 1.5)


def _near(at: np.ndarray, way: np.ndarray, end: End, aside: float = 0.7) -> bool:
    off = at - end.at
    alike = way @ end.way > 0.995 and abs(off @ across(end.way)) < aside
    return bool(alike and abs(off @ end.way) < WALK)


def runs(
    look: Look, segments: np.ndarray, stop: float = WALK
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Return (point, way towards the hole, length) of segments that point at it, long first.

    ``stop``: pixels before the hole at which they may stop.
    """
    segments = _close(look, segments).astype(float)
    starts, ways = segments[:, :2], segments[:, 2:] - segments[:, :2]
    lengths = np.hypot(*ways.T)
    ways = ways / np.maximum(lengths, 1e-9)[:, None]
    which, first, last = _clear(look, starts, ways, lengths)
    starts, ways = starts[which], ways[which]
    points = np.stack([starts + last[:, None] * ways, starts + first[:, None] * ways], axis=1)
    towards = np.stack([ways, -ways], axis=1)
    found = [
        (points[run, end], towards[run, end], float(last[run] - first[run]))
        for run, end in np.argwhere(_meets(look, points, towards, stop)).tolist()
    ]
    return sorted(found, key=lambda run: -run[2])


def find_segments(look: Look) -> np.ndarray:
    """Return (n, 4) straight segments (LSD, Grompone von Gioi et al. 2010), wide edges too."""
    parts = []
    for scale in (1, 2):
        size = (max(1, look.grey.shape[1] // scale), max(1, look.grey.shape[0] // scale))
        grey = cv2.resize(look.grey, size, interpolation=cv2.INTER_AREA)
        lines = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(
            levels(np.asarray(grey, np.float32))
        )[0]
        if lines is not None:
            parts.append((lines.reshape(-1, 4) + 0.5) * scale - 0.5)
    return np.concatenate(parts) if parts else np.zeros((0, 4), np.float32)


def _close(look: Look, segments: np.ndarray) -> np.ndarray:
    """Return those of (n, 4) segments that may come near enough to the hole to point at it.

    Nothing on a segment is nearer to it than half of what both its ends are away, less its length.
    """
    length = np.hypot(*(segments[:, 2:] - segments[:, :2]).T)
    away = sum(_at(look, _pushed_in(look, segments[:, i : i + 2])) for i in (0, 2))
    return np.asarray(segments[(away - length) / 2 <= FARTHEST])


def _pushed_in(look: Look, points: np.ndarray) -> np.ndarray:
    h, w = look.away.shape
    return np.asarray(np.clip(points, 0, [w - 1, h - 1]))


def _at(look: Look, points: np.ndarray) -> np.ndarray:
    """Return how far points (..., 2) are from the hole; far outside the picture is very far."""
    x, y = np.moveaxis(np.rint(points).astype(int), -1, 0)
    away, inside = values_at(look.away, x, y)
    return np.where(inside, away, np.float32(np.inf))


def _clear(
    look: Look, starts: np.ndarray, ways: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the parts of segments that are long and clear of the hole: which, from and to."""
    steps = np.where(lengths < SHORTEST, 0, np.floor(lengths).astype(int) + 1)
    which = np.repeat(np.arange(len(steps)), steps)
    along = np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)
    clear = _at(look, starts[which] + along[:, None] * ways[which]) >= CLEAR
    new = np.diff(which, prepend=-1) > 0
    begins = np.flatnonzero(clear & (new | ~np.roll(clear, 1)))
    stops = np.flatnonzero(clear & (np.roll(new, -1) | ~np.roll(clear, -1)))
    first, last = along[begins].astype(float), along[stops].astype(float)
    long = last - first >= SHORTEST
    return which[begins][long], first[long], last[long]


def _meets(look: Look, points: np.ndarray, ways: np.ndarray, stop: float) -> np.ndarray:
    """Return (...,), whether the hole is near before points (..., 2)."""
    along = np.arange(0, stop + CLEAR)
    reached = points[..., None, :] + along[:, None] * ways[..., None, :]
    return np.asarray((_at(look, reached) < 0.5).any(axis=-1))


def traced(
    look: Look,
    point: np.ndarray,
    way: np.ndarray,
    length: float,
    half: int = HALF,
    faintest: float = FAINTEST,
) -> End | None:
    """Fit a line to what is seen of it and follow it back.

    Args:
        look: what is seen.
        point: (2,) x, y on the line near the hole.
        way: (2,) unit vector towards the hole.
        length: pixels behind ``point`` that are known to be of the line.
        half: pixels to each side that are looked at.
        faintest: least standard deviation of the profile.

    Returns:
        The end; None where no steady line is seen.
    """
    reach = min(max(length, SHORTEST), SHOWN * 2)
    for _ in range(2):
        point, way = _to_rim(look, point, way), way
        profile, fits = profile_at(look, point, way, half)
        if not fits:
            return None
        off, match, back = _followed(look, point, way, profile, reach)
        good = match > SAME
        if good.sum() < 2:
            return None
        slope, shift = walk.line_of(back[good], off[good], match[good])
        side = across(way)
        point = point + shift * side
        way = way - slope * side
        way = way / np.hypot(*way)
    point = _to_rim(look, point, way)
    profile, fits = profile_at(look, point, way, half)
    if not fits or profile.std() < faintest:
        return None
    off, match, back = _followed(look, point, way, profile, TRACE)
    same = (match > SAME) & (np.abs(off) < 1.5)
    stop = _until(same)
    if stop < 2:
        return None
    bend, side = at_rim(back, off, (match > SAME) & (np.abs(off) < SLACK)), across(way)
    bent, curve = None, 0.0
    if bend is not None:
        curve = bend[2]
        turned = way - bend[1] * side
        bent = point + bend[0] * side, turned / np.hypot(*turned)
    long = float(back[stop - 1] + SECTION / 2)
    return End(point, way, long, profile, float(match[:stop].mean()), bent, curve)


def _until(same: np.ndarray) -> int:
    """Return how many sections are of the line; one of the first may be of something else."""
    lost = np.flatnonzero(~same)
    if len(lost) > 1 and lost[0] < FIRST and lost[1] > lost[0] + 1:
        return int(lost[1])
    if len(lost) == 1 and lost[0] < FIRST:
        return len(same)
    return int(lost[0]) if len(lost) else len(same)


def _to_rim(look: Look, point: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Return the last point before the hole, from a little behind ``point`` on."""
    steps = walk.steps_to_hole(look.hole, point, way, -BEFORE, RIM)
    far = 0.0 if steps == RIM else float(max(steps - 1, 0) - BEFORE)
    return np.asarray(point + far * way)


def profile_at(
    look: Look, point: np.ndarray, way: np.ndarray, half: int = HALF
) -> tuple[Floats, bool]:
    """Return the mean profile before a point, and whether enough is known."""
    mean = np.empty(2 * half + 1, np.float32)
    for far in (SHOWN, GRAZING):
        strip_ = strip(look.grey, look.hole, point, way, -np.arange(0.0, far), half)
        enough = walk.averaged(*strip_, mean) >= SHOWN / 3
        if enough:
            break
    return mean, enough


def _followed(
    look: Look, point: np.ndarray, way: np.ndarray, profile: Floats, reach: float
) -> tuple[Floats, Floats, Floats]:
    """Return the offset, the likeness, 0 where nothing is seen, and the way of sections back."""
    seen = _way_out(look, point, -way) + 3 * SECTION  # nothing is seen in two sections more
    count = math.ceil(max(min(reach, seen), 2 * SECTION)) // SECTION
    off, match = np.empty((2, count), np.float32)
    walk.followed(look.grey, look.hole, point, way, profile, SECTION, OTHER, off, match)
    return off, match, ((np.arange(count) + 0.5) * SECTION).astype(np.float32)


def _way_out(look: Look, point: np.ndarray, way: np.ndarray) -> float:
    """Return after how many pixels a way leaves the picture."""
    h, w = look.grey.shape
    room = np.where(way > 0, np.array([w, h]) - 0.5 - point, point + 0.5)
    return float((room / np.maximum(np.abs(way), 1e-9)).min())


def alike(a: Floats, b: Floats) -> tuple[float, float]:
    """Compare two profiles.

    Returns:
        Their best correlation within a few pixels, and by how many pixels, finer than one, what
        both show lies further right in ``a``.
    """
    shown = np.ascontiguousarray(b[SLACK : len(b) - SLACK])
    off, match = offsets(np.ascontiguousarray(a)[None], shown)
    return float(match[0]), float(off[0])
