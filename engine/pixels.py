"""The pixel contract, in one place.

Outside the network an *image* is (H, W, 3) uint8 or uint16, RGB, upright, and a *mask* is
(H, W) bool, True where to fill. Inside it ``img`` is (N, 3, R, R) float32 in [-1, 1] and
``known`` (N, 1, R, R) float32, 1 known, 0 hole. Only this module goes from one to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Mask, Pixels
from engine.errors import ImageError

if TYPE_CHECKING:
    import torch


def check(image: Pixels, mask: Mask) -> None:
    """Refuse pixels that break the contract.

    Raises:
        ImageError: wrong shape, type or size, named in the sentence.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype not in (np.uint8, np.uint16):
        raise ImageError(
            "The photo must be (H, W, 3) of 8 or 16 bits, not {0} {1}.", image.shape, image.dtype
        )
    if mask.ndim != 2 or mask.dtype != np.bool_:
        raise ImageError("The mask must be (H, W) of bool, not {0} {1}.", mask.shape, mask.dtype)
    if mask.shape != image.shape[:2]:
        (h, w), (mh, mw) = image.shape[:2], mask.shape
        raise ImageError("The mask is {0} x {1} pixels but the photo is {2} x {3}.", mw, mh, w, h)


def peak(image: Pixels) -> int:
    """Return the value of full white: 255 or 65535."""
    return int(np.iinfo(image.dtype).max)


def to_eight_bits(array: Pixels) -> Levels:
    """Return ``array`` as uint8; of 16 bits the nearest value, where 65535 becomes 255."""
    if array.dtype == np.uint16:
        return np.asarray(cv2.convertScaleAbs(array, alpha=1 / 257), np.uint8)
    return array


def to_float(image: Pixels) -> Floats:
    """Return the image as float32 in [0, 1]."""
    return image.astype(np.float32) * np.float32(1 / peak(image))


def to_depth(values: Floats, like: Pixels) -> Pixels:
    """Return float values in [0, 1] rounded to ``like``'s type; outside values are clipped."""
    top = peak(like)
    return np.clip(np.rint(values * top), 0, top).astype(like.dtype)


def put_where(where: Mask, pixels: Pixels, out: Pixels) -> None:
    """Copy (h, w, 3) pixels into ``out``, a part of a photo, where (h, w) ``where`` is True."""
    cv2.copyTo(pixels, where.view(np.uint8), out)


def to_tensors(image: Floats, known: Floats) -> tuple[torch.Tensor, torch.Tensor]:
    """Return img (1, 3, R, R) in [-1, 1] and known (1, 1, R, R) of a network-sized window."""
    import torch

    img = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None] * 2 - 1
    return img, torch.from_numpy(known)[None, None]


def to_images(img: torch.Tensor) -> Floats:
    """Return (N, 3, R, R) in [-1, 1] as (N, R, R, 3) float32 in [0, 1]."""
    values = (img.detach().float().cpu() / 2 + 0.5).clamp(0, 1)
    return np.asarray(values.permute(0, 2, 3, 1).contiguous().numpy(), np.float32)
