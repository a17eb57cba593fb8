"""The whole fill of one hole in a large photo, beside what others would do with it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from assets import SAMPLE_PHOTO, SNAPSHOT
from engine.inpainter import Inpainter
from engine.photo_only import photo_only
from engine.windows import planning as windows

HOLE = 300


def scene(megapixels: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the sample scaled to ``megapixels`` and a round hole 300 pixels wide."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    image = cv2.cvtColor(cv2.imread(str(SAMPLE_PHOTO)), cv2.COLOR_BGR2RGB)
    image = np.asarray(cv2.resize(image, (height * 3 // 2, height)), np.uint8)
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.circle(mask, (height * 3 // 4, height // 2), HOLE // 2, 1, -1)
    return image, mask.astype(bool)


def whole_fills(megapixels: int) -> dict[str, Callable[[], object]]:
    """Return the rivals; all get the same photo and hole and give back the finished hole.

    "Crop at native scale" is what IOPaint does with a hole much smaller than the photo: the window
    goes through the network in pieces of its own size, without scaling and without texture.
    """
    image, mask = scene(megapixels)
    inpainter = Inpainter(SNAPSHOT, "cpu")
    window = windows.plan(mask, inpainter.resolution)[0].box
    crop = np.ascontiguousarray(image[window.slices])
    hole = mask[window.slices].astype(np.uint8)

    def native() -> object:
        side = inpainter.resolution
        done = []
        for top in range(0, crop.shape[0] - side + 1, side):
            for left in range(0, crop.shape[1] - side + 1, side):
                part = np.s_[top : top + side, left : left + side]
                if hole[part].any():
                    piece = crop[part], hole[part].astype(bool), [0]
                    done.append(inpainter.inpaint_many(*piece, detail=False))
        return done

    return {
        "Safe: network and texture": lambda: inpainter.inpaint(image, mask),
        "four variants": lambda: inpainter.inpaint_many(image, mask, [1, 2, 3, 4]),
        "network scaled up, no texture": lambda: inpainter.inpaint_many(
            image, mask, [0], detail=False
        ),
        "photo-only": lambda: photo_only(image, mask),
        "same network, crop at native scale": native,
        "cv2.inpaint, Telea, radius 5": lambda: cv2.inpaint(crop, hole, 5, cv2.INPAINT_TELEA),
    }
