"""Distances of whole sets: KID and FID over features, and the variety of many fills of one hole."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.arrays import Doubles


def _off_diagonal(values: Doubles) -> float:
    n = len(values)
    return float((values.sum() - np.trace(values)) / (n * (n - 1)))


def kid(truth: Doubles, fills: Doubles, scale: float | None = None, paired: bool = False) -> float:
    """Return the Kernel Inception Distance (Bińkowski et al. 2018), unbiased, cubic kernel.

    k(a, b) = (a . b / scale + 1)^3.

    Args:
        truth: (N, C) features, N > 1.
        fills: (N, C) if paired, else (M, C), M > 1.
        scale: None takes C, as the paper does.
        paired: row i of both belongs to the same image; such pairs are left out.
    """
    scale = float(truth.shape[1]) if scale is None else scale

    def kernel(a: Doubles, b: Doubles) -> Doubles:
        return np.asarray((a @ b.T / scale + 1) ** 3, np.float64)

    cross = kernel(truth, fills)
    between = _off_diagonal(cross) if paired else float(cross.mean())
    return _off_diagonal(kernel(truth, truth)) + _off_diagonal(kernel(fills, fills)) - 2 * between


def paired_kid(truth: Doubles, fills: Doubles) -> float:
    """Return KID between images and their fills, features scaled by the spread of the truth.

    The scale, variance of all values of ``truth`` times C / 9, makes numbers of differing backbones
    comparable in size.
    """
    return kid(truth, fills, scale=float(truth.var()) * truth.shape[1] / 9, paired=True)


def fid(truth: Doubles, fills: Doubles) -> float:
    """Return the Fréchet distance of two Gaussians fitted to features (Heusel et al. 2017).

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)). The root's trace is the sum of the square roots of
    the eigenvalues of S1^(1/2) S2 S1^(1/2), which is symmetric.

    Args:
        truth: (N, C) features, N > 1.
        fills: (M, C) features, M > 1.
    """
    apart = truth.mean(axis=0) - fills.mean(axis=0)
    first, second = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (truth, fills))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    shared = np.linalg.eigvalsh(root @ second @ root)
    both = 2 * np.sqrt(np.clip(shared, 0, None)).sum()
    return float(apart @ apart + np.trace(first) + np.trace(second) - both)


def diversity(fills: Tensor, hole: Tensor) -> float:
    """Return the mean distance of all pairs of fills of one hole, white = 1.

    Args:
        fills: (Z, 3, H, W) uint8.
        hole: (1, H, W) float; 1 = fill.

    Returns:
        The mean absolute difference inside the hole; 0 for a single fill or an empty hole.
    """
    inside = fills[:, :, hole[0] > 0.5].flatten(1).to(torch.float32) / 255
    count, size = inside.shape
    if count < 2 or not size:
        return 0.0
    total = sum(float((inside[i + 1 :] - inside[i]).abs().sum()) for i in range(count - 1))
    return total / (size * count * (count - 1) / 2)
