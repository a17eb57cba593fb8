"""L1, L2, PSNR and SSIM, over the hole and over the whole image.

Images are (H, W, 3) uint8; L1 and L2 are on the scale where white is 1. Neither sees whether a fill
is plausible: a blur does well in all four.
"""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Doubles, Levels, Mask

_LEAST = 1e-9 / 65025  # mean square under which PSNR stops rising


def ssim_map(a: Levels, b: Levels) -> Doubles:
    """Return the structural similarity around every pixel (Wang et al. 2004), mean of channels.

    The window is an 11 x 11 Gaussian of sigma 1.5, mirrored at borders; K1 = 0.01, K2 = 0.03.

    Args:
        a: (H, W, 3) uint8.
        b: the same size.

    Returns:
        (H, W) float64, 1 where both are equal.
    """
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    x, y = a.astype(np.float64), b.astype(np.float64)

    def local(values: Doubles) -> Doubles:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float64)

    mean_x, mean_y = local(x), local(y)
    var = local(x * x) + local(y * y) - mean_x**2 - mean_y**2
    cov = local(x * y) - mean_x * mean_y
    bright = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return np.asarray((bright * (2 * cov + c2) / (var + c2)).mean(axis=2), np.float64)


def psnr(mean_square: float) -> float:
    """Return the peak signal-to-noise ratio in dB of a mean square error, white = 1."""
    return float(-10 * np.log10(max(mean_square, _LEAST)))


def pixel_metrics(truth: Levels, fill: Levels, hole: Mask) -> dict[str, float]:
    """Measure one fill.

    Args:
        truth: (H, W, 3) uint8.
        fill: the same size.
        hole: (H, W) bool; where it is empty, the hole's metrics are those of a perfect fill.

    Returns:
        ``l1``, ``l2``, ``psnr`` (dB) and ``ssim``, and the same inside the hole as ``hole_...``.
    """
    error = (fill.astype(np.float64) - truth) / 255
    similar = ssim_map(truth, fill)
    found: dict[str, float] = {}
    for name, part in (("", np.ones_like(hole)), ("hole_", hole)):
        inside = error[part] if part.any() else np.zeros((1, 3))
        found[f"{name}l1"] = float(np.abs(inside).mean())
        found[f"{name}l2"] = float((inside**2).mean())
        found[f"{name}psnr"] = psnr(found[f"{name}l2"])
        found[f"{name}ssim"] = float(similar[part].mean()) if part.any() else 1.0
    return found
