"""Fill a hole in a plane seen at a slant: lay the plane flat, fill it there, and lay it back."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.blank import blanked
from engine.detail.transfer import Texture
from engine.geometry import Box
from engine.progress import Progress
from engine.windows.elsewhere import spread
from engine.windows.flat import Flat, Plane


class SlantedTexture:
    """Know what one window offers once its plane is laid flat; stands in for ``Texture``.

    What repeats on the plane repeats by plain shifts there, and keeps its size.

    Attributes:
        window, hole: as in ``Texture``.
    """

    def __init__(
        self,
        window: Pixels,
        hole: Mask,
        allowed: Mask,
        shown: Box,
        side: int | None,
        on_progress: Progress,
        plane: Plane,
    ):
        """Lay the window flat and describe it; see ``Texture``.

        Args:
            window, hole, allowed, shown, side, on_progress: as for ``Texture``.
            plane: in the window's pixels; it holds the hole, ``Flat.holds`` tells.
        """
        self.window, self.hole, self._shown = window, hole, shown
        self._flat = flat = Flat(plane, Box.of(hole))
        there = flat.shown() > 0
        holed = (flat.lay(hole.astype(np.float32), cv2.INTER_LINEAR) > 0) & there
        free = (flat.lay(allowed.astype(np.float32), cv2.INTER_LINEAR) > 0.999) & there & ~holed
        self._cell = None if side is None else shown.width / side
        laid = flat.lay(spread(window, hole))
        laid = blanked(laid, holed, ~there)
        guided = None if side is None else self._guide_size(holed)[0]
        self._texture = Texture(laid, holed, free, Box.of(holed), guided, on_progress, regular=True)

    @property
    def nbytes(self) -> int:
        """Return the bytes of what it keeps."""
        return self._texture.nbytes + self._texture.window.nbytes

    def fill(
        self,
        guides: Sequence[Floats | None],
        seeds: Sequence[int],
        report: Progress,
        painted: Sequence[Floats] | None = None,
        workers: int = 2,
    ) -> list[Pixels]:
        """Fill the window once for each seed, as ``Texture.fill`` does."""
        laid = [None if guide is None else self._laid(guide) for guide in guides]
        finer = None if painted is None else [self._laid(picture) for picture in painted]
        return [self._back(f) for f in self._texture.fill(laid, seeds, report, finer, workers)]

    def _guide_size(self, hole: Mask) -> tuple[int, int]:
        """Return the columns and rows of a guide laid flat: its pixels keep their size."""
        assert self._cell is not None
        h, w = hole.shape
        return max(1, round(w / self._cell)), max(1, round(h / self._cell))

    def _laid(self, guide: Floats) -> Floats:
        """Return a guide (R, R, 3), which shows ``shown``, as it shows the flat picture."""
        size = guide.shape[1] / self._shown.width
        place = np.array([[1 / size, 0, self._shown.left], [0, 1 / size, self._shown.top]])
        place[:, 2] += 0.5 / size - 0.5
        h, w = self.hole.shape
        kind = cv2.INTER_LINEAR
        seen = cv2.warpAffine(guide, place, (w, h), flags=kind, borderMode=cv2.BORDER_REPLICATE)
        laid = self._flat.lay(seen, kind)
        small = self._guide_size(self._texture.hole)
        small = (round(small[0] * size * self._cell), round(small[1] * size * self._cell))
        return np.asarray(cv2.resize(laid, small, interpolation=cv2.INTER_AREA), np.float32)

    def _back(self, filled: Pixels) -> Pixels:
        seen, out = self._flat.back(filled), self.window.copy()
        out[self.hole] = seen[self.hole]
        return out
