"""Small matchers and fields, made without a search, for tests of what is done with them."""

from __future__ import annotations

import numpy as np

from engine.detail.matcher import Matcher
from engine.detail.nnf import Field
from engine.detail.pyramid import Level


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
