"""CelebA-HQ: ``{size}/N.png``, faces in the order of their numbers."""

from __future__ import annotations

from pathlib import Path

from engine.arrays import Flags, Longs
from train.data.batch import Batch, Rngs
from train.data.files import (
    ImageFiles,
    by_number,
    centre_square,
    folder_for,
    scaled,
    to_tensor,
)


class CelebAHQ(ImageFiles):
    """Give the faces of one size.

    Args:
        root: the folder that holds ``{size}/``.
        resolution: side of the faces, taken from the smallest size that is large enough.

    Raises:
        DataError: no ``{size}/`` is large enough, or it holds no N.png.
    """

    def __init__(self, root: Path, resolution: int) -> None:
        folder = folder_for(root, resolution)
        super().__init__(by_number(folder), folder)
        self.resolution = resolution

    def batch(self, indices: Longs, flips: Flags, rngs: Rngs = ()) -> Batch:
        """Return faces without holes; ``rngs`` are not used."""
        faces = [scaled(centre_square(self.read(int(i))[1]), self.resolution) for i in indices]
        return Batch(to_tensor(faces, flips))
