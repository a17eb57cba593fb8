"""Grow a mask before filling: by pixels, or as the window does, by a share of its own width."""

from __future__ import annotations

from dataclasses import dataclass

from engine.arrays import Mask
from engine.geometry import Box

MOST_PIXELS = 200


@dataclass(frozen=True)
class Growth:
    """Say how far: ``pixels`` all around, or ``share`` of the mask's own width, 0..1."""

    pixels: int = 0
    share: float = 0.0

    def of(self, mask: Mask) -> Mask:
        """Return ``mask`` (H, W) grown; ``mask`` itself if there is nothing to grow."""
        from engine.views.growth import grown_by_width
        from engine.views.strokes import grown

        if self.share > 0:
            return grown_by_width(mask, self.share)
        around = Box.around(mask)
        if around is None or self.pixels == 0:
            return mask
        part = around.grow(self.pixels).clip(Box.of(mask)).slices
        out = mask.copy()
        out[part] = grown(mask[part].copy(), self.pixels)
        return out


def growth_of(text: str) -> Growth | None:
    """Return what ``text`` says: ``8`` pixels or ``1.5%`` of its width; None if it says neither."""
    if text.isdecimal() and int(text) <= MOST_PIXELS:
        return Growth(pixels=int(text))
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        return None
    return Growth(share=share) if text.endswith("%") and 0 <= share <= 0.1 else None
