"""A photo being filled: what has been filled so far lies over it, the photo itself stays."""

from __future__ import annotations

import copy

from engine.arrays import Mask, Pixels, Place
from engine.geometry import Box
from engine.pixels import put_where
from engine.windows.flat import Plane
from engine.windows.transforms import Transforms


class Canvas:
    """Show a photo with the fills made so far, without a copy of the whole photo.

    Attributes:
        photo: (H, W, 3) uint8 or uint16; never written to.
        mask: (H, W) bool, True = to fill; never written to.
        box: the mask's bounding box.
        patch: (box.height, box.width, 3), the photo in ``box`` with the fills.
        sources: (H, W) bool, what of the known may be copied; None for all of it.
        transforms: how what is copied may be changed.
    """

    def __init__(
        self,
        photo: Pixels,
        mask: Mask,
        box: Box,
        sources: Mask | None = None,
        transforms: Transforms = Transforms.NONE,
    ):
        self.photo, self.mask, self.box, self.sources = photo, mask, box, sources
        self.transforms = transforms
        self.patch = photo[box.slices].copy()
        self._done: list[Box] = []
        self._laid: Mask | None = None
        self._planes: list[tuple[Box, Plane]] = []
        self._twins: dict[Box, Place] = {}

    @property
    def extent(self) -> Box:
        """Return the box of the whole photo."""
        return Box.of(self.mask)

    def touched(self, box: Box) -> bool:
        """Tell whether anything in ``box`` counts as filled."""
        return any(done.meets(box) for done in self._done)

    def read(self, box: Box) -> tuple[Pixels, Mask]:
        """Return pixels and hole of ``box``, which lies within the photo.

        Returns:
            (h, w, 3) of the photo's type and (h, w) bool, True = still to fill. They may be
            views: do not write to them.
        """
        pixels, hole = self.photo[box.slices], self.mask[box.slices]
        shared = self.box.clip(box)
        if shared.empty or (self._laid is None and not self.touched(box)):
            return pixels, hole
        pixels, hole = pixels.copy(), hole.copy()
        if self._laid is not None:
            laid = self._laid[shared.within(self.box).slices]
            place = shared.within(box).slices
            pixels[place][laid] = self.patch[shared.within(self.box).slices][laid]
            hole[place][laid] = False
        for done in self._done:
            part = done.clip(box)
            if not part.empty:
                filled = self.mask[part.slices]
                place = part.within(box).slices
                pixels[place][filled] = self.patch[part.within(self.box).slices][filled]
                hole[place][filled] = False
        return pixels, hole

    def allowed(self, box: Box) -> Mask:
        """Return (box.height, box.width) bool, an own array: what of the photo may be copied."""
        known = ~self.mask[box.slices]
        return known if self.sources is None else known & self.sources[box.slices]

    def lay(self, pixels: Pixels, where: Mask) -> None:
        """Fill some pixels before all others; they count as known from now on.

        Args:
            pixels: (box.height, box.width, 3) of the photo's type.
            where: (box.height, box.width) bool, only True in the mask.
        """
        put_where(where, pixels, self.patch)
        self._laid = where

    def lean(self, hole: Box, plane: Plane) -> None:
        """Say that a hole is in a plane, in photo pixels, on which something repeats."""
        self._planes.append((hole, plane))

    def plane(self, hole: Box) -> Plane | None:
        """Return the plane that a hole is in, None where none was found."""
        return next((plane for box, plane in self._planes if box.holds(hole)), None)

    def liken(self, hole: Box, twin: Place) -> None:
        """Say where the photo shows a hole's surroundings again: (2, 3), from x, y to there."""
        self._twins[hole] = twin

    def twin(self, hole: Box) -> Place | None:
        """Return where the photo shows the surroundings of a hole again, None where nowhere."""
        return self._twins.get(hole)

    def write(self, box: Box, pixels: Pixels) -> None:
        """Put the finished pixels of ``box`` (h, w, 3) into the patch, where the mask is True."""
        put_where(self.mask[box.slices], pixels, self.patch[box.within(self.box).slices])

    def finish(self, box: Box) -> None:
        """Count everything in ``box`` as filled from now on."""
        self._done.append(box)

    def beside(self) -> Canvas:
        """Return a canvas that writes to the same patch, and sees only its own fills."""
        other = copy.copy(self)
        other._done = []
        return other
