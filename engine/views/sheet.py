"""Lay maps out as pictures without a window; numpy, cv2 and Pillow only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.arrays import Floats, Levels
from engine.geometry import Box
from engine.views.heat import Heat

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

SIDE = 160
GAP = 16
LINE = 22
LEFT = 100
TEXT = 14
LONGEST = 2048
INK, PAPER = (32, 32, 32), (250, 250, 250)

Rows = Sequence[tuple[str, Mapping[int, Floats]]]


def coloured(values: Floats) -> Levels:
    """Return values (h, w) in [0, 1] as (h, w, 3) uint8 RGB, from dark blue to yellow."""
    colours = cv2.applyColorMap(levels(values), cv2.COLORMAP_VIRIDIS)
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2RGB), np.uint8)


def levels(values: Floats) -> Levels:
    """Return values (h, w) in [0, 1] as (h, w) uint8, 255 = 1."""
    return np.clip(np.rint(values * 255), 0, 255).astype(np.uint8)


def sheet(rows: Rows) -> Levels:
    """Return one picture with a row for each kind of map, coarsest resolution first.

    Each map is labelled with its side in pixels and its least and largest value, and a scale says
    what the colours mean.
    """
    from PIL import Image, ImageDraw, ImageFont

    columns = sorted({resolution for _, maps in rows for resolution in maps})
    width = LEFT + len(columns) * (SIDE + GAP) + GAP
    height = GAP + len(rows) * (SIDE + LINE + GAP) + LINE + GAP
    page = Image.new("RGB", (max(width, 420), height), PAPER)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(TEXT)
    for row, (name, maps) in enumerate(rows):
        top = GAP + row * (SIDE + LINE + GAP)
        draw.text((GAP, top + LINE), name, INK, font)
        for resolution, values in maps.items():
            left = LEFT + columns.index(resolution) * (SIDE + GAP)
            label = f"{resolution} px   {values.min():.2f} to {values.max():.2f}"
            draw.text((left, top), label, INK, font)
            tile = Image.fromarray(coloured(values)).resize((SIDE, SIDE), Image.Resampling.NEAREST)
            page.paste(tile, (left, top + LINE))
    _draw_scale(page, draw, font, height - LINE - GAP // 2)
    return np.asarray(page)


def _draw_scale(
    page: Image.Image,
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    top: int,
) -> None:
    from PIL import Image

    ramp = np.repeat(np.linspace(0, 1, SIDE, dtype=np.float32)[None], 14, axis=0)
    draw.text((LEFT - 14, top), "0", INK, font)
    page.paste(Image.fromarray(coloured(ramp)), (LEFT, top + 2))
    draw.text((LEFT + SIDE + 6, top), "1", INK, font)


def tinted(photo: Levels, heats: Sequence[Heat]) -> Levels:
    """Return the photo (H, W, 3) uint8 with ``heats`` over it, at most 2048 pixels a side."""
    from PIL import Image

    bounds = Box.of(photo)
    scale = min(1.0, LONGEST / max(bounds.width, bounds.height))
    size = max(round(bounds.width * scale), 1), max(round(bounds.height * scale), 1)
    page = Image.fromarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA))
    for heat in heats:
        left, top, right, bottom = (round(value * scale) for value in heat.box)
        area = max(right - left, 1), max(bottom - top, 1)
        tile = Image.fromarray(heat.picture).resize(area, Image.Resampling.NEAREST)
        page.paste(tile, (left, top), tile)
    return np.asarray(page)
