"""What cannot be seen is not known: colours hidden under full transparency stay out of fills."""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels

_LONGEST = 2048
_ENOUGH = 0.25


def clear_of(alpha: Pixels | None) -> Mask | None:
    """Return (H, W) bool, True where nothing can be seen; None where everything can."""
    if alpha is None:
        return None
    clear: Mask = alpha == 0
    return clear if clear.any() else None


def without_hidden(pixels: Pixels, clear: Mask | None) -> Pixels:
    """Return the pixels with the colours under ``clear`` replaced by those seen around them.

    A program may have left anything there, mostly black or white. The colours that take its place
    run smoothly from the nearest visible ones (pull and push over a pyramid, Gortler et al., "The
    Lumigraph", 1996), so that a fill beside them finds nothing that nobody ever saw.

    Args:
        pixels: (H, W, 3) uint8 or uint16.
        clear: (H, W) bool, or None for nothing.

    Returns:
        ``pixels`` itself where nothing or everything is clear.
    """
    if clear is None or clear.all():
        return pixels
    out = pixels.copy()
    out[clear] = 0
    height, width = clear.shape
    shrink = max(1.0, max(height, width) / _LONGEST)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    seen = cv2.resize((~clear).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(out, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    known = seen > min(_ENOUGH, float(seen.max()) / 2)
    small[known] /= seen[known][:, None]
    small[~known] = 0
    whole = cv2.resize(_spread(small, known), (width, height), interpolation=cv2.INTER_LINEAR)
    out[clear] = np.rint(np.clip(whole[clear], 0, np.iinfo(pixels.dtype).max)).astype(pixels.dtype)
    return out


def _spread(colours: Floats, known: Mask) -> Floats:
    """Return colours (h, w, 3) with the unknown ones taken from ever coarser means of the known."""
    height, width = known.shape
    if known.all() or min(height, width) == max(height, width) == 1:
        return colours
    size = ((width + 1) // 2, (height + 1) // 2)
    weight = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    coarse: Floats = np.asarray(cv2.resize(colours, size, interpolation=cv2.INTER_AREA), np.float32)
    some = weight > 0
    coarse[some] /= weight[some][:, None]
    coarse = _spread(coarse, some)
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(known[..., None], colours, fine)
