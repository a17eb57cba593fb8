"""Looks and ends made by hand, for rules that are about a few numbers only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.geometry import Box
from engine.kept import NEVER
from engine.structure.carry import Alike
from engine.structure.ends import End
from engine.structure.find import chosen, search
from engine.structure.given import NOTHING
from engine.structure.line import Line
from engine.structure.look import Look, look_in
from engine.structure.strips import HALF
from engine.windows.canvas import Canvas


def seen(photo: np.ndarray, mask: np.ndarray) -> Look:
    return look_in(photo, mask, Box.of(mask), 1)


def hollow(side: int, box: Box | None) -> Look:
    """Return a look at nothing but grey, with one hole."""
    mask = np.zeros((side, side), bool)
    if box is not None:
        mask[box.slices] = True
    return seen(np.full((side, side, 3), 128, np.uint8), mask)


def find_lines(photo, mask, given=NOTHING, on_progress=None, boxes=None) -> list[Line]:
    """Return the lines that a fill with seed 0 carries."""
    return chosen(search(photo, mask, on_progress, boxes), photo, mask, given)


def none_laid(canvases: Sequence[Canvas], *_about: object) -> list[Alike]:
    """Lay no lines."""
    return [Alike([*range(len(canvases))], NEVER)]


def way(degrees: float) -> np.ndarray:
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


U = np.arange(-HALF, HALF + 1)
STEP = (U > 0).astype(np.float32)
"""Bright to the right of a line."""


def end(x, y, degrees, length=100.0, profile=STEP, contrast=0.2, curve=0.0) -> End:
    """Return an end that runs towards an angle, with a profile of a given deviation."""
    profile = np.asarray(profile, np.float32)
    profile = 0.5 + (profile - profile.mean()) * contrast / profile.std()
    at, seen_at = np.array([x, y], float), profile.astype(np.float32)
    return End(at, way(degrees), length, seen_at, 0.95, curve=curve)
