"""Places2: a tree of .jpg or .png scenes; random crops to train on, central ones to validate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.arrays import Flags, Levels, Longs
from train.data.batch import Batch, Rngs
from train.data.files import ImageFiles, scaled, square, to_tensor
from train.data.photos import list_photos


class Places2(ImageFiles):
    """Give squares from a tree of scenes; grey images become three channels.

    Args:
        root: the top of the tree.
        resolution: side of what is given, pixels.
        crop: side of the squares cut from a scene, which is enlarged only where it is smaller; they
            are averaged down to ``resolution``. At least ``resolution``.

    Raises:
        DataError: the tree holds no image.
    """

    def __init__(self, root: Path, resolution: int = 256, crop: int = 256) -> None:
        super().__init__(list(list_photos([root]).values()), root)
        self.resolution, self.crop = resolution, max(crop, resolution)

    def batch(self, indices: Longs, flips: Flags, rngs: Rngs = ()) -> Batch:
        """Return scenes without holes: cut at random with ``rngs``, in the middle without."""
        picks: Sequence[np.random.Generator | None] = rngs or [None] * len(indices)
        scenes = [self._cut(int(i), rng) for i, rng in zip(indices, picks, strict=True)]
        return Batch(to_tensor(scenes, flips))

    def _cut(self, index: int, rng: np.random.Generator | None) -> Levels:
        pixels = self.read(index)[1]
        if rng is None:
            return scaled(square(pixels, self.crop), self.resolution)
        cut = square(pixels, self.crop, lambda room: int(rng.integers(0, room + 1)))
        return scaled(cut, self.resolution)
