"""Say where the photo lies in the view: zoom, pan and the boxes both sides see."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.geometry import Box

MIN_SCALE = 1 / 64
MAX_SCALE = 32.0


@dataclass(frozen=True)
class Viewport:
    """Map photo pixels to view pixels.

    Attributes:
        width, height: size of the view in device pixels.
        photo_width, photo_height: size of the photo in its own pixels.
        scale: device pixels per photo pixel.
        x, y: device position of the photo's left top corner, whole numbers so that a pan is a
            plain shift of what is already drawn.
    """

    width: int = 1
    height: int = 1
    photo_width: int = 1
    photo_height: int = 1
    scale: float = 1.0
    x: int = 0
    y: int = 0

    @property
    def level(self) -> int:
        """Return how often the photo may be halved and still have a pixel for every view pixel."""
        return max(0, math.floor(-math.log2(self.scale) + 1e-9))

    @property
    def box(self) -> Box:
        """Return the whole view in device pixels."""
        return Box(0, 0, self.width, self.height)

    @property
    def photo_box(self) -> Box:
        """Return where the whole photo lies, in device pixels."""
        return self.view_of(Box(0, 0, self.photo_width, self.photo_height))

    def to_photo(self, x: float, y: float) -> tuple[float, float]:
        """Return the photo position under the device position (x, y)."""
        return (x - self.x) / self.scale, (y - self.y) / self.scale

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Return the device position of the photo position (x, y)."""
        return x * self.scale + self.x, y * self.scale + self.y

    def view_of(self, box: Box, margin: int = 0) -> Box:
        """Return the device pixels that ``box`` of the photo touches, ``margin`` wider."""
        left, top = self.to_view(box.left, box.top)
        right, bottom = self.to_view(box.right, box.bottom)
        touched = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        return touched.grow(margin)

    def visible(self) -> Box:
        """Return the part of the photo in view, in photo pixels; it may be empty."""
        left, top = self.to_photo(0, 0)
        right, bottom = self.to_photo(self.width, self.height)
        seen = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        return seen.clip(Box(0, 0, self.photo_width, self.photo_height))

    def panned(self, dx: int, dy: int) -> Viewport:
        """Return the view after moving the photo by (dx, dy) device pixels."""
        return replace(self, x=self.x + dx, y=self.y + dy)._clamped()

    def zoomed(self, scale: float, x: float, y: float) -> Viewport:
        """Return the view at ``scale`` with the photo point under device (x, y) kept there."""
        scale = min(max(scale, MIN_SCALE), MAX_SCALE)
        px, py = self.to_photo(x, y)
        moved = replace(self, scale=scale, x=round(x - px * scale), y=round(y - py * scale))
        return moved._clamped()

    def fitted(self, margin: int = 24) -> Viewport:
        """Return the view that shows the whole photo, never larger than 100 %."""
        wide = max(self.width - 2 * margin, 1) / self.photo_width
        high = max(self.height - 2 * margin, 1) / self.photo_height
        scale = max(min(wide, high, 1.0), MIN_SCALE)
        return self.centred(self.photo_width / 2, self.photo_height / 2, scale)

    def centred(self, px: float, py: float, scale: float) -> Viewport:
        """Return the view at ``scale`` with photo point (px, py) as near its middle as may be.

        No more than needed is seen of what surrounds the photo.
        """
        x = _filled(self.width / 2 - px * scale, self.photo_width * scale, self.width)
        y = _filled(self.height / 2 - py * scale, self.photo_height * scale, self.height)
        return replace(self, scale=scale, x=x, y=y)._clamped()

    def resized(self, width: int, height: int) -> Viewport:
        """Return the view after its size changed; what is seen stays where it is.

        A view that was full of photo stays full, and a photo that lay in the middle lies there.
        """
        x = _resized(self.x, self.photo_width * self.scale, self.width, width)
        y = _resized(self.y, self.photo_height * self.scale, self.height, height)
        return replace(self, width=width, height=height, x=x, y=y)._clamped()

    def showing(self, box: Box, margin: int = 24) -> Viewport:
        """Return the view moved no farther than it takes to see all of ``box`` of the photo."""
        around = self.view_of(box, margin)
        dx = _moved(around.left, around.right, self.width)
        dy = _moved(around.top, around.bottom, self.height)
        return replace(self, x=self.x + dx, y=self.y + dy)._clamped()

    def _clamped(self) -> Viewport:
        x = _clamp(self.x, self.photo_width * self.scale, self.width)
        y = _clamp(self.y, self.photo_height * self.scale, self.height)
        return replace(self, x=x, y=y)


def _clamp(start: int, length: float, view: int) -> int:
    """Keep at least a fifth of the view (or of a small photo) covered by the photo."""
    keep = min(view, length) * 0.2
    return round(min(max(start, keep - length), view - keep))


def _resized(start: int, length: float, before: int, now: int) -> int:
    """Return where a photo of ``length`` begins once the view has another size."""
    full = start <= 0 and start + length >= before
    middle = abs(start - (before - length) / 2) <= 1
    return _filled(start, length, now) if full or middle else start


def _moved(start: int, end: int, view: int) -> int:
    """Return how far to move what lies from ``start`` to ``end`` to see it, its middle if long."""
    if end - start > view:
        return (view - start - end) // 2
    return max(-start, 0) - max(end - view, 0)


def _filled(start: float, length: float, view: int) -> int:
    """Move a photo of ``length`` so that it fills the view, or lies in its middle if shorter."""
    return round((view - length) / 2 if length <= view else min(max(start, view - length), 0))
