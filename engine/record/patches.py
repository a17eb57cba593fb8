"""Keep the pixels that undo needs: the newest in memory, the older ones in a temporary file."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import AnyArray
from engine.record.leftovers import temporary_folder

if TYPE_CHECKING:
    import tempfile

BUDGET = 256 << 20


class PatchStore:
    """Hand out ``Patch`` handles and hold no more than a budget of their pixels in memory.

    Args:
        budget: bytes that may stay in memory; what was used longest ago goes to disk first.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        """Start empty; the folder for the older patches is made when it is first needed."""
        self.budget = budget
        self.in_memory = 0
        self._loaded: OrderedDict[int, weakref.ref[Patch]] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    def put(self, pixels: AnyArray) -> Patch:
        """Keep ``pixels`` and return the handle that brings them back."""
        self._count += 1
        patch = Patch(self, self._count)
        self._hold(patch, pixels)
        return patch

    def close(self) -> None:
        """Remove what lies on disk."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _hold(self, patch: Patch, pixels: AnyArray) -> None:
        patch.pixels = pixels
        self._loaded[patch.number] = weakref.ref(patch)
        self.in_memory += pixels.nbytes
        weakref.finalize(patch, self._forget, patch.number, pixels.nbytes)
        while self.in_memory > self.budget and len(self._loaded) > 1:
            self._spill(next(iter(self._loaded)))

    def _spill(self, number: int) -> None:
        patch = self._loaded.pop(number)()
        if patch is None or patch.pixels is None:
            return
        if self._folder is None:
            self._folder = temporary_folder("undo")
        patch.file = Path(self._folder.name) / f"{number}.npy"
        np.save(patch.file, patch.pixels)
        self.in_memory -= patch.pixels.nbytes
        patch.pixels = None

    def _forget(self, number: int, size: int) -> None:
        if self._loaded.pop(number, None) is not None:
            self.in_memory -= size
        elif self._folder is not None:
            (Path(self._folder.name) / f"{number}.npy").unlink(missing_ok=True)


class Patch:
    """Stand for pixels in a ``PatchStore``; they go when the last handle goes."""

    def __init__(self, store: PatchStore, number: int) -> None:
        """Belong to ``store`` under ``number``; made by ``PatchStore.put`` only."""
        self.store = store
        self.number = number
        self.pixels: AnyArray | None = None
        self.file: Path | None = None

    def get(self) -> AnyArray:
        """Return the pixels, from memory or from disk."""
        if self.pixels is not None:
            return self.pixels
        assert self.file is not None
        pixels: AnyArray = np.load(self.file)
        return pixels
