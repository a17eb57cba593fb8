"""Small matchers and fields, made without a search; which of their patches are neighbours."""

from __future__ import annotations

import numpy as np

from engine.detail.grain import Grain
from engine.detail.loops.noise import level_at
from engine.detail.matcher import Matcher
from engine.detail.nnf import Field
from engine.detail.pyramid import Level

SIDES = ((0, 1), (1, 0), (0, -1), (-1, 0))


def matcher_of(height: int, width: int, hole: tuple[slice, slice], seed: int = 0) -> Matcher:
    """Return the matcher of a random picture with a hole, of which all else may be copied."""
    rng = np.random.default_rng(seed)
    image = rng.random((height, width, 3)).astype(np.float32)
    mask = np.zeros((height, width), bool)
    mask[hole] = True
    image[mask] = 0
    return Matcher(Level(image, mask, ~mask))


def field_of(matcher: Matcher, fills: int = 1, seed: int = 1) -> Field:
    """Return a field of random places and costs, no two alike."""
    rng = np.random.default_rng(seed)
    count = fills * len(matcher.targets)
    field = Field(matcher, rng.choice(matcher.sources, count).astype(np.int32), fills)
    field.cost = rng.uniform(0.1, 2.0, count).astype(np.float32)
    return field


def field_at(m: Matcher, target: int, dy: int, dx: int) -> int | None:
    """Return the target that lies (dy, dx) from another."""
    y, x = divmod(int(m.targets[target]), m.width)
    found = np.flatnonzero((m.rows == y + dy) & (m.cols == x + dx))
    return int(found[0]) if len(found) else None


def alike(m: Matcher, places: np.ndarray, fill: int, target: int, place: int) -> int:
    """Count the neighbours on four sides that copy from as far away as ``place`` is."""
    besides = (field_at(m, target, *side) for side in SIDES)
    count = len(m.targets)
    return sum(
        places[fill * count + b] - m.targets[b] == place - m.targets[target]
        for b in besides
        if b is not None
    )


def levels_at(grain: Grain, brightness: np.ndarray) -> np.ndarray:
    """Return (n, 3), the deviation of the photo's grain at each brightness (n,)."""
    tones, levels = grain.tones, grain.levels
    return np.array([[level_at(tones, levels, b, c) for c in range(3)] for b in brightness])
