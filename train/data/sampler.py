"""Say which images come next, as a pure function of the seed and the images seen so far."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.arrays import Flags, Longs

_ORDER, _FLIP, _HOLE = range(3)


class Draw(NamedTuple):
    """Name the images of one process's part of a batch.

    ``indices`` (n,) int64 into the dataset; ``flips`` (n,) bool, True = mirror left to right;
    ``rngs``: one generator for each image, for its crop and its hole.
    """

    indices: Longs
    flips: Flags
    rngs: list[np.random.Generator]


@lru_cache(maxsize=2)
def _order(length: int, seed: int, epoch: int) -> Longs:
    """Return the permutation (length,) in which epoch ``epoch`` shows the dataset."""
    order = np.random.default_rng([seed, _ORDER, epoch]).permutation(length)
    order.setflags(write=False)
    return order


def _index(length: int, seed: int, position: int) -> int:
    epoch, place = divmod(position, length)
    return int(_order(length, seed, epoch)[place])


def indices_for(
    length: int, cur_nimg: int, batch: int, seed: int, rank: int = 0, world: int = 1
) -> Draw:
    """Return the part of the next global batch that belongs to process ``rank``.

    The stream is one shuffled pass over the dataset after another. Image number ``k`` of the
    stream, its mirroring and its generator depend on (seed, k) only: a resumed run and a run on
    any number of processes see the same global batches, also when the batch size changes.

    Args:
        length: number of images in the dataset.
        cur_nimg: images shown before this batch, over all processes.
        batch: size of the global batch; ``world`` divides it.
        seed: the run's seed, not negative.
        rank: number of this process.
        world: number of processes.

    Raises:
        ValueError: the dataset is empty, or ``batch`` cannot be shared equally.
    """
    if length < 1:
        raise ValueError("The dataset holds no image to draw from.")
    if batch % world:
        raise ValueError(
            f"A batch of {batch} cannot be shared by {world} processes; use a multiple."
        )
    part = batch // world
    numbers = range(cur_nimg + rank * part, cur_nimg + (rank + 1) * part)
    indices = np.array([_index(length, seed, number) for number in numbers], np.int64)
    flips = np.array([np.random.default_rng([seed, _FLIP, k]).random() < 0.5 for k in numbers])
    return Draw(indices, flips, [np.random.default_rng([seed, _HOLE, k]) for k in numbers])
