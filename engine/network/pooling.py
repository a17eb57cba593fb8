"""Halve the size of features and their certainty, pairs as in ``engine.network.layers``."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from engine.network.layers import CERTAINTY_FLOOR, Pair


def halve(x: Tensor) -> Tensor:
    """Average 2 x 2 pixels of x (N, C, H, W)."""
    return F.avg_pool2d(x, 2)


class Pooling:
    """Hold what training may put a faster equal of ``halve`` in place of (``train.kernels``)."""

    halve: Callable[[Tensor], Tensor] = staticmethod(halve)


def weighted_pool(x: Tensor, c: Tensor) -> Pair:
    """Halve the size by a certainty-weighted mean, avg(x C) / (avg C + 0.01); C' = avg C."""
    share = F.avg_pool2d(c, 2)
    total = Pooling.halve(x * c.to(x.dtype))
    return total / (share + CERTAINTY_FLOOR).to(x.dtype), share


def plain_pool(x: Tensor, c: Tensor) -> Pair:
    """Halve the size by a plain mean of both (the released code, Config E)."""
    return Pooling.halve(x), F.avg_pool2d(c, 2)


def valid_pool(x: Tensor, c: Tensor) -> Pair:
    """Halve the size by the mean of known features; C' is 1 where any was known (PartialConv)."""
    known = (c > 0.5).to(x.dtype)
    share = F.avg_pool2d(known, 2)
    return F.avg_pool2d(x * known, 2) / share.clamp_min(0.25), (share > 0).to(c.dtype)
