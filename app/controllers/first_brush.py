"""Begin each photo with a brush of a size that can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.widgets.panels import LARGEST

if TYPE_CHECKING:
    from app.canvas.canvas import Canvas
    from app.settings import Settings

SMALLEST_RING, START_RING, LARGEST_RING = 16, 44, 240
"""Diameter of the brush on the screen, in logical pixels."""


def fit_brush(settings: Settings, canvas: Canvas) -> None:
    """Take another brush where the one there is is hardly seen, or covers everything."""
    scale = canvas.viewport.scale / canvas.devicePixelRatioF()
    if not SMALLEST_RING <= settings.get("brush_size") * scale <= LARGEST_RING:
        settings.set("brush_size", min(max(round(START_RING / scale), 1), LARGEST))
