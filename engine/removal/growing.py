"""Grow a mask before filling: by pixels, or as the window does, by a share of each hole."""

from __future__ import annotations

from dataclasses import dataclass

from engine.arrays import Mask
from engine.geometry import Box

MOST_PIXELS = 200


@dataclass(frozen=True)
class Growth:
    """Say how far: ``pixels`` all around, or ``share`` of each hole's longer side, 0..1."""

    pixels: int = 0
    share: float = 0.0

    def of(self, mask: Mask) -> Mask:
        """Return ``mask`` (H, W) grown; ``mask`` itself if there is nothing to grow."""
        from engine.removal.scene import auto_grown
        from engine.views.strokes import grown
        from engine.windows.planning import plan

        if self.share > 0:
            return auto_grown(mask, [window.hole for window in plan(mask)], self.share)
        around = Box.around(mask)
        if around is None or self.pixels == 0:
            return mask
        part = around.grow(self.pixels).clip(Box.of(mask)).slices
        out = mask.copy()
        out[part] = grown(mask[part].copy(), self.pixels)
        return out


def growth_of(text: str) -> Growth | None:
    """Return what ``text`` says: ``8`` pixels or ``1.5%`` of each hole; None if it says neither."""
    if text.isdecimal() and int(text) <= MOST_PIXELS:
        return Growth(pixels=int(text))
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        return None
    return Growth(share=share) if text.endswith("%") and 0 <= share <= 0.1 else None
