"""Leave out of lines what a user does not let be copied."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.arrays import Mask
from engine.geometry import values_at
from engine.structure.drawn import LEAST
from engine.structure.line import Line, Source


def limited(lines: Sequence[Line], sources: Mask | None) -> list[Line]:
    """Return lines with what of their sides may be copied, without those of which nothing may.

    Args:
        lines: of one photo.
        sources: (H, W) bool, what may be copied; None for all.
    """
    if sources is None:
        return list(lines)
    sides = ((line, _within(line.first, sources), _within(line.second, sources)) for line in lines)
    return [replace(line, first=a, second=b) for line, a, b in sides if a or b]


def _within(source: Source | None, sources: Mask) -> Source | None:
    """Return a side as far as it may be copied from the hole on; None where that is too little."""
    if source is None:
        return None
    back = np.arange(math.ceil(source.length))[:, None]
    x, y = np.rint(source.at - back * source.way).astype(int).T
    allowed, inside = values_at(sources, x, y)
    barred = inside & ~allowed
    length = float(np.argmax(barred)) if barred.any() else source.length
    return replace(source, length=length) if length >= min(LEAST, source.length) else None
