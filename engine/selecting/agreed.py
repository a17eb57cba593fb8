"""Tell how well cuts agree that were made in surroundings of different sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Doubles, Flags
from engine.selecting.guess import Guess

_RINGS, _RAYS = 44, 32
_NEAREST, _FARTHEST = 0.008, 1.5
"""Of the places where cuts are compared: in shares of the photo's longer side from the click."""


def agreements(guesses: Sequence[Guess], at: tuple[float, float], longest: int) -> Doubles:
    """Return (n,) in [0, 1], each guess's best overlap with one of another window.

    A thing is cut out alike whether little or much around it is looked at; a chance part is not.
    They are compared on rings around the click, the wider the farther.

    Args:
        guesses: cuts around one place.
        at: the place (x, y) in the photo.
        longest: the photo's longer side.
    """
    if not guesses:
        return np.zeros(0)
    radii = _NEAREST * (_FARTHEST / _NEAREST) ** (np.arange(_RINGS) / (_RINGS - 1))
    turns = np.arange(_RAYS) * (2 * np.pi / _RAYS)
    xs = at[0] + longest * (radii[:, None] * np.cos(turns)).ravel()
    ys = at[1] + longest * (radii[:, None] * np.sin(turns)).ravel()
    held = np.array([_held(guess, xs, ys) for guess in guesses], float)
    areas = held * np.repeat(radii**2, _RAYS)
    both, whole = areas @ held.T, areas.sum(axis=1)
    overlap = both / np.maximum(whole[:, None] + whole - both, 1e-9)
    windows = np.array([guess.window for guess in guesses])
    apart = (windows[:, None] != windows).any(axis=2)
    return np.asarray(np.where(apart, overlap, 0.0).max(axis=1), float)


def _held(guess: Guess, xs: Doubles, ys: Doubles) -> Flags:
    """Return (n,) bool, which places of the photo a guess holds."""
    columns = np.floor((xs - guess.window.left) / guess.step).astype(int)
    rows = np.floor((ys - guess.window.top) / guess.step).astype(int)
    height, width = guess.cut.shape
    inside = (columns >= 0) & (rows >= 0) & (columns < width) & (rows < height)
    out = np.zeros(len(xs), bool)
    out[inside] = guess.cut[rows[inside], columns[inside]]
    return out
