"""The averaged generator, the one users get (Yazici et al., ICLR 2019)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def decay_of(batch: int, half_life_images: float) -> float:
    """Return beta = 0.5^(batch / half-life), both in images."""
    return float(0.5 ** (batch / half_life_images))


@torch.no_grad()
def update_ema(average: nn.Module, current: nn.Module, decay: float) -> None:
    """Move the average towards the current weights, W_ema = decay W_ema + (1 - decay) W."""
    ours: list[Tensor] = list(average.parameters())
    theirs: list[Tensor] = list(current.parameters())
    torch._foreach_lerp_(ours, theirs, 1 - decay)
