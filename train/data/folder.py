"""Train on any folder of photos, through a store of crops."""

from __future__ import annotations

from engine.arrays import Flags, Longs
from train.data.batch import Batch, Rngs
from train.data.crops import CropStore


class FolderDataset:
    """Give the crops of a store; the random places and scales were chosen when it was built."""

    def __init__(self, store: CropStore) -> None:
        self.store = store

    def __len__(self) -> int:
        """Return the number of crops."""
        return len(self.store)

    def batch(self, indices: Longs, flips: Flags, rngs: Rngs = ()) -> Batch:
        """Return crops without holes; ``rngs`` are not used."""
        return Batch(self.store.batch(indices, flips))
