"""Cut a thing out of a small copy many times, by mixtures of the colours that occur in it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Doubles, Levels, Mask

_GROUPS: Final = 10
"""Groups of colours that a small copy is taken apart into, once."""
_PARTS: Final = 5
"""Gaussians of a mixture: OpenCV knows no other number."""
_TURNS: Final = 6
_WIDTH: Final = 1.0
"""The least variance of a Gaussian."""


class Mixtures:
    """Hold a small copy and its colours, so that one cut more costs next to nothing.

    GrabCut (Rother, Kolmogorov and Blake 2004) spends most of its time on finding groups of
    colours inside and outside of each first guess. Here the groups are those of the whole copy;
    of a guess only their means and spreads are taken.
    """

    def __init__(self, small: Levels) -> None:
        """Take ``small``, (h, w, 3) uint8, apart."""
        self._lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
        colours = self._lab.reshape(-1, 3).astype(np.float32)
        count = min(_GROUPS, len(colours))
        cv2.setRNGSeed(1)
        until = (cv2.TERM_CRITERIA_MAX_ITER, _TURNS, 1.0)
        start = np.zeros((len(colours), 1), np.int32)
        _, groups, _ = cv2.kmeans(colours, count, start, until, 1, cv2.KMEANS_PP_CENTERS)
        self._of = (groups.ravel() == np.arange(count)[:, None]).astype(np.float32)
        squares = (colours[:, :, None] * colours[:, None, :]).reshape(-1, 9)
        self._moments = np.hstack([np.ones((len(colours), 1), np.float32), colours, squares])

    def cut(self, known: Levels, rounds: int = 1) -> Mask:
        """Return (h, w) bool, the thing; ``known`` (h, w): OpenCV's labels of GrabCut."""
        on = is_on(known)
        if on.all() or not on.any():
            return on
        labels, inside, outside = known.copy(), self._mixture(on), self._mixture(~on)
        cv2.grabCut(self._lab, labels, (0, 0, 0, 0), outside, inside, rounds, cv2.GC_EVAL)
        return is_on(labels)

    def _mixture(self, where: Mask) -> Doubles:
        """Return (1, 65), the colours of ``where`` as OpenCV lays a mixture out."""
        sums = ((self._of * where.ravel()) @ self._moments).astype(np.float64)
        sums = sums[np.argsort(-sums[:, 0], kind="stable")[:_PARTS]]
        sums = np.pad(sums, ((0, _PARTS - len(sums)), (0, 0)))
        count = np.maximum(sums[:, :1], 1.0)
        means, spreads = sums[:, 1:4] / count, (sums[:, 4:] / count).reshape(-1, 3, 3)
        spreads -= means[:, :, None] * means[:, None, :]
        spreads[sums[:, 0] == 0] = 0
        spreads += _WIDTH * np.eye(3)
        shares = sums[:, 0] / max(sums[:, 0].sum(), 1.0)
        return np.concatenate([shares, means.ravel(), spreads.ravel()])[None]


def is_on(labels: Levels) -> Mask:
    """Return where labels of GrabCut say that the thing is, or may be."""
    return np.asarray((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD), bool)
