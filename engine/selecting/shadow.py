"""Find the shadow that a thing throws on what is around it."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from engine.arrays import Levels, Mask, Pixels
from engine.geometry import Box
from engine.selecting.reduced import reduced
from engine.views.strokes import Stamp

SEARCHED: Final = 224
"""Pixels of the longer side of the copy that is searched."""
AROUND: Final = 1.2
"""A shadow is looked for in so much of the thing's own size around it."""
DARKER: Final = 0.86
"""A shadow has at most so much of the light of the ground beside it."""
COLOUR: Final = 14.0
"""And its colour differs from it by at most so much in a* and b*."""
MOST: Final = 2.5
"""A shadow larger than so many times the thing is none."""


def with_shadow(image: Pixels, thing: Stamp) -> Stamp:
    """Return ``thing`` with what touches it, is darker than the ground around, and of its colour.

    Args:
        image: (H, W, 3) uint8 or uint16.
        thing: its pixels.

    Returns:
        the thing itself where no shadow is found.
    """
    bounds = Box.of(image)
    room = max(round(AROUND * max(thing.box.width, thing.box.height)), 8)
    window = thing.box.grow(room).clip(bounds)
    whole = thing.over(window)
    small, _ = reduced(image, window, SEARCHED)
    size = small.shape[1], small.shape[0]
    own = cv2.resize(whole.view(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    dark = _touching(_darker(small, own), own)
    if not dark.any() or dark.sum() > MOST * own.sum():
        return thing
    size = window.width, window.height
    grown = cv2.resize(dark.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.4
    cover = grown | whole
    inner = Box.around(cover)
    assert inner is not None
    return Stamp(inner.shift(window.left, window.top), cover[inner.slices].copy())


def _darker(small: Levels, own: Mask) -> Mask:
    """Return where the ground is darker than beside, and of the same colour."""
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    ground = (~own).astype(np.float32)
    reach = 2 * math.ceil(max(own.shape) / 5) + 1
    share = cv2.blur(ground, (reach, reach)) + 1e-3
    usual = cv2.blur(lab * ground[..., None], (reach, reach)) / share[..., None]
    lightness = lab[..., 0]
    bright = (lightness > usual[..., 0]) & ~own
    weight = bright.astype(np.float32)
    near = cv2.blur(weight, (reach, reach)) + 1e-3
    light = cv2.blur(lab * weight[..., None], (reach, reach)) / near[..., None]
    apart = np.hypot(lab[..., 1] - light[..., 1], lab[..., 2] - light[..., 2])
    dark = (lightness < DARKER * light[..., 0]) & (apart < COLOUR) & ~own
    opened = cv2.morphologyEx(dark.view(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(opened > 0, bool)


def _touching(dark: Mask, own: Mask) -> Mask:
    """Return the parts of ``dark`` that touch the thing."""
    _, labels = cv2.connectedComponents(dark.view(np.uint8), connectivity=8)
    beside = cv2.dilate(own.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    touched = np.unique(labels[beside & dark])
    return np.asarray(dark & np.isin(labels, touched), bool)
