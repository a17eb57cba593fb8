"""Pose of a face as features: a learned bank (Config C on) or one-hot maps (Configs A and B)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.network.config import GeneratorConfig


class EqualizedLinear(nn.Linear):
    """Apply a fully connected layer with run-time scale 1/sqrt(fan-in), weights N(0, 1), bias 0."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__(inputs, outputs)
        nn.init.normal_(self.weight)
        nn.init.zeros_(self.bias)
        self.scale = 1 / math.sqrt(inputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output for x (N, inputs)."""
        return F.linear(x, (self.weight * self.scale).to(x.dtype), self.bias.to(x.dtype))


class PoseMap(nn.Sequential):
    """Turn P in [0, 1]^K into a map: 2P - 1 -> FC -> leaky ReLU -> FC -> (channels, size, size)."""

    def __init__(self, pose: int, hidden: int, channels: int, size: int):
        super().__init__(
            EqualizedLinear(pose, hidden),
            nn.LeakyReLU(0.2),
            EqualizedLinear(hidden, channels * size * size),
            nn.Unflatten(1, (channels, size, size)),
        )

    def forward(self, pose: Tensor) -> Tensor:
        """Return (N, channels, size, size) for pose (N, K) in [0, 1]."""
        return super().forward(2 * pose - 1)  # type: ignore[no-any-return, no-untyped-call]


class PoseBank(PoseMap):
    """Build the generator's 4 x 4 feature bank."""

    def __init__(self, config: GeneratorConfig):
        super().__init__(config.pose, 128, config.pose_channels(4), 4)


def onehot_pose(pose: Tensor, size: int) -> Tensor:
    """Draw each keypoint as a single 1 in a map of its own (Config A, Hukkelås et al. 2019).

    Args:
        pose: (N, 2K) x0, y0, x1, y1, ... in [0, 1].
        size: side of the maps in pixels.

    Returns:
        (N, K, size, size) float, 0 or 1.
    """
    n, k = pose.shape[0], pose.shape[1] // 2
    cell = (pose.reshape(n, k, 2) * size).long().clamp(0, size - 1)
    flat = torch.zeros(n, k, size * size, device=pose.device, dtype=pose.dtype)
    flat.scatter_(2, (cell[..., 1] * size + cell[..., 0]).unsqueeze(2), 1.0)
    return flat.reshape(n, k, size, size)
