"""Paint the original back as a stroke grows, and make one command of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.document.commands import SwapPixels
from app.document.document import Document
from engine.geometry import Box
from engine.record.patches import PatchStore
from engine.record.planes import Plane
from engine.record.steps import RestoreStep, restored
from engine.record.tiling import Keepsake, tiles


class ImageRecorder:
    """Write a restoring stroke into the photo as it grows, and become one command at its end."""

    def __init__(self, document: Document, store: PatchStore) -> None:
        """Start a stroke on ``document``; undo's pixels go to ``store``."""
        self._document = document
        self._store = store
        self._before = Keepsake()
        self._weights: dict[Box, NDArray[np.uint8]] = {}

    def restore(self, box: Box, weights: NDArray[np.float32]) -> None:
        """Bring the original back where ``weights`` (box.height, box.width) in [0, 1] say so.

        Overlapping parts of one stroke do not add up: the larger weight counts.
        """
        document = self._document
        self._before.keep(document.image, box)
        for square in tiles(box, document.box):
            part = square.clip(box)
            held = self._weights.setdefault(
                square, np.zeros((square.height, square.width), np.uint8)
            )[part.within(square).slices]
            levels = np.rint(weights[part.within(box).slices] * 255).astype(np.uint8)
            np.maximum(held, levels, out=held)
            before = self._before.read(document.image, part)
            document.write_image(part, restored(before, document.original(part), held))

    def command(self, text: str) -> SwapPixels | None:
        """Return the finished command, None if nothing changed."""
        patches = [
            (square, self._store.put(before))
            for square, before in self._before.squares.items()
            if (self._document.image[square.slices] != before).any()
        ]
        if not patches:
            return None
        planes = [Plane.of_levels(square, self._weights[square]) for square, _ in patches]
        step = RestoreStep(tuple(planes))
        return SwapPixels(self._document, text, patches, done=True, step=step)
