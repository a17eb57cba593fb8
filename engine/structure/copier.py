"""Copy the photo along one side of a line, in periods of what is known there."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.blank import blanked
from engine.geometry import values_at
from engine.pixels import to_float
from engine.structure.line import Source
from engine.structure.strips import across

FADE: Final = 8.0
"""Pixels over which two copies of one side fade into each other."""
SPARE: Final = 16.0
"""Moves may be so many pixels longer than needed, to be whole pixels that stay on the line."""
COPIES: Final = 40


class Copier:
    """Copy along one side of a line."""

    def __init__(self, photo: Pixels, mask: Mask, source: Source, reach: float):
        """Plan the moves.

        Args:
            photo: (H, W, 3) uint8 or uint16.
            mask: (H, W) bool, True where nothing may be copied.
            source: the known part.
            reach: pixels behind ``source.at`` to be painted.
        """
        self._photo, self._mask, self._source = photo, mask, source
        self.fade = min(FADE, source.length / 4)
        self._spare = min(SPARE, source.length / 4)
        room = source.length - self.fade - self._spare
        self.period = max(min(room, reach), 1.0)
        self.copies = min(COPIES, max(1, math.ceil((reach + self.fade) / self.period)) + 1)

    def copy(
        self, points: np.ndarray, along: np.ndarray, aside: np.ndarray, turned: bool
    ) -> tuple[Floats, Floats]:
        """Copy some pixels.

        Args:
            points: (N, 2) int x, y, the pixels to paint.
            along: (N,) pixels behind the source's last point, along the path.
            aside: (N,) pixels to the right of the path.
            turned: resample where the path does not run the source's way.

        Returns:
            (N, 3) float32 in [0, 1] and (N,) float32, 0 where nothing known could be copied.
        """
        total = np.zeros((len(points), 3), np.float32)
        share = np.zeros(len(points), np.float32)

        beside = 2 * float(np.abs(aside).max(initial=0))

        def add(k: int, which: np.ndarray, weight: Floats) -> None:
            """Add what is ``k`` periods back to some pixels."""
            move = None if turned else self.move(k)
            off = k * self.period if move is None else float(move @ self._source.way)
            back = along[which] - off
            near = back > -self._source.length - beside
            which, back, weight = which[near], back[near], weight[near]
            if move is None:
                values, known = self._turned(back, aside[which])
            else:
                values, known = self._copied(points[which] - move)
            share[which] += weight * known
            total[which] += values * (weight * known)[:, None]

        for k in range(1, self.copies + 1):
            weight = self._weight(along, k)
            counts = np.flatnonzero(weight)
            add(k, counts, weight[counts])
        for k in range(1, self.copies + 1):  # what is not known there comes from the next that is
            left = np.flatnonzero(share == 0)
            add(k, left, np.ones(len(left), np.float32))
        total /= np.maximum(share, 1e-30)[:, None]
        return total, (share > 0).astype(np.float32)

    def _weight(self, along: np.ndarray, k: int) -> Floats:
        """Return how much copy ``k`` counts: alone between its fades."""
        begin, end = (k - 1) * self.period - self.fade, k * self.period - self.fade
        rise = np.ones_like(along) if k == 1 else (along - begin) / self.fade
        fall = np.ones_like(along) if k == self.copies else 1 - (along - end) / self.fade
        return np.clip(np.minimum(rise, fall), 0, 1).astype(np.float32)

    def _copied(self, points: np.ndarray) -> tuple[Floats, Mask]:
        """Return the photo's pixels, and which of them are known."""
        x, y = points.T
        colours, _ = values_at(self._photo, x, y)
        unknown, inside = values_at(self._mask, x, y)
        return to_float(colours), inside & ~unknown

    def move(self, k: int) -> np.ndarray:
        """Return (2,) int, ``k`` periods or a little more, as near to the line as can be."""
        way = self._source.way
        tried = k * self.period + np.arange(0, math.floor(self._spare) + 1)
        steps = np.rint(tried[:, None] * way)
        cost = np.abs(steps @ across(way)) + 0.002 * (tried - tried[0])
        return np.asarray(steps[cost.argmin()], np.int64)

    def _turned(self, along: np.ndarray, aside: np.ndarray) -> tuple[Floats, Mask]:
        """Copy from beside the source's own line, between its pixels."""
        if not len(along):
            return np.zeros((0, 3), np.float32), np.zeros(0, np.bool_)
        s = self._source
        at = s.at + along[:, None] * s.way + aside[:, None] * across(s.way)
        h, w = self._mask.shape
        low = np.floor(at.min(axis=0)).astype(int).clip(0, [w - 1, h - 1])
        high = (np.ceil(at.max(axis=0)).astype(int) + 1).clip(1, [w, h])
        part = np.s_[max(0, low[1] - 4) : high[1] + 4, max(0, low[0] - 4) : high[0] + 4]
        corner = np.array([max(0, low[0] - 4), max(0, low[1] - 4)])
        hole = self._mask[part]
        seen = self._photo[part]
        if hole.any():
            seen = blanked(seen, np.zeros_like(hole), hole)
        values = _sampled(to_float(seen), at - corner)
        reach = _sampled(hole.astype(np.float32), at - corner, cv2.INTER_LINEAR)
        inside = ((at >= 0) & (at <= [w - 1, h - 1])).all(axis=1)
        return np.clip(values, 0, 1), inside & (reach < 1e-3)


def _sampled(values: Floats, at: np.ndarray, kind: int = cv2.INTER_LANCZOS4) -> Floats:
    """Return (N, ...) values at points x, y; remap takes lines of at most 32767."""
    width = 8192
    more = -len(at) % width
    x, y = (np.pad(at[:, i], (0, more)).reshape(-1, width).astype(np.float32) for i in (0, 1))
    found = cv2.remap(values, x, y, kind, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found.reshape(-1, *values.shape[2:])[: len(at)], np.float32)
