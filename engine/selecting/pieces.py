"""Put a small picture together from its pieces, the most alike first."""

from __future__ import annotations

import heapq
import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Doubles, Floats, Ints, Mask

_SMOOTH: Final = 1.0
_BASIN: Final = 5
"""A piece begins at the flattest place of so many pixels a side."""
EDGE: Final = 8.0
"""So much steepness between two pieces counts as one unit of colour (CIE L*a*b*) between them."""
_SMALL: Final = 0.25
"""The smaller of two pieces counts by this power of its area: little ones go first."""

Border = tuple[float, float]
"""How many pixels long a border is, and the sum of the steepness there."""


def steepness(lab: Floats) -> Floats:
    """Return (h, w) float32, how fast the colours of ``lab`` (h, w, 3) change."""
    out = np.zeros(lab.shape[:2], np.float32)
    for channel in cv2.split(cv2.GaussianBlur(lab, (0, 0), 0.5)):
        out += np.hypot(cv2.Sobel(channel, -1, 1, 0), cv2.Sobel(channel, -1, 0, 1))
    return out


def pieces(steep: Floats) -> Ints:
    """Return (h, w) int32 from 0, the basins of ``steep`` (h, w) (watershed; Meyer 1992)."""
    hilly = cv2.GaussianBlur(steep, (0, 0), _SMOOTH)
    flattest = cv2.erode(hilly, np.ones((_BASIN, _BASIN), np.uint8))
    _, seeds = cv2.connectedComponents((hilly <= flattest).astype(np.uint8), connectivity=8)
    top = max(float(np.percentile(hilly, 99)), 1.0)
    grey = np.clip(hilly / top * 255, 0, 255).astype(np.uint8)
    flooded = cv2.watershed(cv2.merge([grey] * 3), seeds.astype(np.int32))
    between = (flooded <= 0).view(np.uint8)
    kind = cv2.DIST_LABEL_PIXEL
    _, nearest = cv2.distanceTransformWithLabels(between, cv2.DIST_L2, 3, labelType=kind)
    table = np.zeros(int(nearest.max()) + 1, np.int32)
    table[nearest[between == 0]] = flooded[between == 0]
    _, numbers = np.unique(table[nearest], return_inverse=True)
    return np.asarray(numbers.reshape(steep.shape), np.int32)


class Parts:
    """Hold the pieces of a small picture and the borders between them.

    Attributes:
        labels: (h, w) int32, the piece of each pixel, from 0.
        count: how many pieces there are.
        borders: of every two that touch, the lower number first.
    """

    def __init__(self, lab: Floats) -> None:
        """Take ``lab``, (h, w, 3) float32, L*a*b* scaled to bytes as OpenCV does, apart."""
        steep = steepness(lab)
        self.labels = pieces(steep)
        self.count = int(self.labels.max()) + 1
        flat = self.labels.ravel()
        self.areas = np.bincount(flat, minlength=self.count).astype(float)
        sums = [np.bincount(flat, lab[..., c].ravel(), self.count) for c in range(3)]
        self.means: Doubles = np.stack(sums, axis=1) / self.areas[:, None]
        self.borders = _borders(self.labels, steep)

    def nested(self, x: int, y: int) -> list[Mask]:
        """Return parts (h, w) around a place, each of which holds the one before.

        Pieces are joined two by two, those first whose colours are alike and whose border is
        faint; the parts are what the piece at (x, y) belonged to in turn.
        """
        parents = _Joining(self).parents()
        line = [int(self.labels[y, x])]
        while parents[line[-1]] >= 0:
            line.append(parents[line[-1]])
        rank = {node: n for n, node in enumerate(line)}
        joins = np.zeros(self.count, np.int32)
        for piece in range(self.count):
            node = piece
            while node not in rank:
                node = parents[node]
            joins[piece] = rank[node]
        step = joins[self.labels]
        return [np.asarray(step <= n, bool) for n in range(len(line))]


class _Joining:
    """Join the pieces of a picture until one is left."""

    def __init__(self, parts: Parts) -> None:
        """Begin with the pieces of ``parts``."""
        self._area: list[float] = parts.areas.tolist()
        self._mean: list[list[float]] = parts.means.tolist()
        self._near: list[dict[int, Border]] = [{} for _ in range(parts.count)]
        for (one, other), border in parts.borders.items():
            self._near[one][other] = self._near[other][one] = border

    def parents(self) -> list[int]:
        """Return of each piece and each join into which join it went; -1 for the last."""
        count = len(self._area)
        parents = [-1] * count
        queue = [(self._apart(i, j), i, j) for i in range(count) for j in self._near[i] if i < j]
        heapq.heapify(queue)
        while queue:
            _, one, other = heapq.heappop(queue)
            if parents[one] >= 0 or parents[other] >= 0:
                continue
            parents[one] = parents[other] = len(parents)
            parents.append(-1)
            new = self._join(one, other, parents)
            for near in self._near[new]:
                heapq.heappush(queue, (self._apart(near, new), near, new))
        return parents

    def _join(self, one: int, other: int, parents: list[int]) -> int:
        new = len(self._area)
        area = self._area[one] + self._area[other]
        own, more = self._area[one] / area, self._area[other] / area
        both = zip(self._mean[one], self._mean[other], strict=True)
        self._area.append(area)
        self._mean.append([own * a + more * b for a, b in both])
        around: dict[int, Border] = {}
        for part in (one, other):
            for near, (length, sum_) in self._near[part].items():
                if parents[near] < 0:
                    before = around.get(near, (0.0, 0.0))
                    around[near] = before[0] + length, before[1] + sum_
        self._near.append(around)
        for near, border in around.items():
            self._near[near][new] = border
        return new

    def _apart(self, one: int, other: int) -> float:
        length, sum_ = self._near[one][other]
        colour = math.dist(self._mean[one], self._mean[other])
        smaller = min(self._area[one], self._area[other])
        return float((colour + sum_ / length / EDGE) * smaller**_SMALL)


def _borders(labels: Ints, steep: Floats) -> dict[tuple[int, int], Border]:
    """Return the border of every two pieces that touch, the lower number first."""
    count = int(labels.max()) + 1
    found: list[NDArray[np.int64]] = []
    heights: list[Floats] = []
    for one, other in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        differ = labels[one] != labels[other]
        low = np.minimum(labels[one], labels[other])[differ].astype(np.int64)
        found.append(low * count + np.maximum(labels[one], labels[other])[differ])
        heights.append(np.maximum(steep[one], steep[other])[differ])
    keys, which = np.unique(np.concatenate(found), return_inverse=True)
    lengths = np.bincount(which, minlength=len(keys))
    sums = np.bincount(which, np.concatenate(heights), len(keys))
    pairs = ((int(key) // count, int(key) % count) for key in keys)
    return dict(zip(pairs, zip(lengths.tolist(), sums.tolist(), strict=True), strict=True))
