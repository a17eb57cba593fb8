"""The one shape in which every dataset gives its images, and the step from dataset to batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from engine.arrays import Flags, Longs
from train.data.sampler import indices_for
from train.masks import sample_holes

Rngs = Sequence[np.random.Generator]


class Batch(NamedTuple):
    """Hold images with what belongs to them.

    ``img`` (N, 3, H, W) uint8 RGB; ``hole`` (N, 1, H, W) float32, 1 = fill, or None where the
    dataset brings no holes; ``pose`` (N, 14) float32, seven keypoints x, y in [0, 1], or None.
    """

    img: Tensor
    hole: Tensor | None = None
    pose: Tensor | None = None


class Dataset(Protocol):
    """Give any images by index: folders of photos, FDF, CelebA-HQ, Places2."""

    def __len__(self) -> int:
        """Return the number of images."""
        ...

    def batch(self, indices: Longs, flips: Flags, rngs: Rngs = ()) -> Batch:
        """Return the images ``indices`` (N,), mirrored where ``flips`` (N,) is True.

        ``rngs``, one for each image, choose random crops; without them crops are central.
        """
        ...


def next_batch(
    dataset: Dataset,
    mask_kind: str,
    cur_nimg: int,
    batch: int,
    seed: int,
    rank: int = 0,
    world: int = 1,
) -> Batch:
    """Return this process's part of the batch that follows ``cur_nimg`` images, with holes.

    The dataset's own holes are used where it has them; otherwise holes of ``mask_kind`` are drawn.
    Depends on nothing but its arguments (see ``indices_for``).
    """
    indices, flips, rngs = indices_for(len(dataset), cur_nimg, batch, seed, rank, world)
    found = dataset.batch(indices, flips, rngs)
    if found.hole is not None:
        return found
    holes = sample_holes(mask_kind, len(indices), found.img.shape[-1], rngs)
    return found._replace(hole=torch.from_numpy(holes))
