"""The discriminator: residual, one full-resolution input, no normalisation (paper, Figure 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.network.layers import PLAIN, EqualizedConv, Operations
from engine.network.pose import EqualizedLinear, PoseMap, onehot_pose


@dataclass(frozen=True)
class DiscriminatorConfig:
    """Describe a discriminator completely.

    Attributes:
        resolution: side of its input, pixels.
        base: the generator's base width n; d(r) = 8 ceil(sqrt(2) n(r) / 8).
        pose: number of pose scalars; 0 has none.
        pose_kind: "bank" joins a learned 1 x 32 x 32 map before block 32; "onehot" (Configs A to D)
            joins one map per keypoint before every block.
        residual: add each block's input to its output; off where the network grows (A to D).
        minibatch_std: append the batch's feature spread at 4 px (Karras et al. 2018); not in the
            paper.
    """

    resolution: int = 256
    base: int = 256
    pose: int = 0
    pose_kind: str = "bank"
    minibatch_std: bool = False
    residual: bool = True

    def width(self, resolution: int) -> int:
        """Return d(r), the channels at ``resolution``."""
        return 8 * math.ceil(math.sqrt(2) * self.base * 32 / max(resolution, 32) / 8)

    def pose_channels(self, resolution: int) -> int:
        """Return the channels the pose adds to the block at ``resolution``."""
        if self.pose_kind == "onehot":
            return self.pose // 2
        return int(self.pose > 0 and resolution == 32)


class CriticBlock(nn.Module):
    """Compute ([conv3, LReLU, conv3, LReLU] + conv1 x) / sqrt(2), then halve the size.

    Not ``residual``, it leaves out the 1 x 1 convolution and the factor.
    """

    def __init__(
        self, inputs: int, outputs: int, residual: bool = True, operations: Operations = PLAIN
    ):
        super().__init__()
        self.halve = operations.halve
        self.first = EqualizedConv(inputs, inputs, 3)
        self.second = EqualizedConv(inputs, outputs, 3)
        self.skip = EqualizedConv(inputs, outputs, 1) if residual else None

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H/2, W/2)."""
        y = F.leaky_relu(self.first(x), 0.2)
        y = F.leaky_relu(self.second(y), 0.2)
        if self.skip is None:
            return self.halve(y)
        # The 1 x 1 convolution and the mean commute, so the skip is pooled first.
        skip: Tensor = self.skip(self.halve(x))
        return (self.halve(y) + skip) * math.sqrt(0.5)


def batch_spread(x: Tensor) -> Tensor:
    """Append one channel to x (N, C, H, W): the mean standard deviation over groups of samples.

    A group is four samples; all where four does not divide N.
    """
    n, c, h, w = x.shape
    group = 4 if n % 4 == 0 else n
    spread = x.float().reshape(group, n // group, c, h, w)
    spread = (spread.var(dim=0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    return torch.cat(
        [x, spread.to(x.dtype).repeat(group)[:, None, None, None].expand(n, 1, h, w)], 1
    )


class Discriminator(nn.Module):
    """Judge an image with its hole: a critic D(image, M image, M); higher = more real."""

    def __init__(self, config: DiscriminatorConfig, operations: Operations = PLAIN):
        super().__init__()
        self.config = config
        d, top = config.width, config.resolution
        self.from_rgb = EqualizedConv(7, d(top), 1)
        bank = config.pose and config.pose_kind == "bank"
        self.pose = PoseMap(config.pose, 64, 1, 32) if bank else None
        self.blocks = nn.ModuleDict()
        for r in [top >> i for i in range((top // 8).bit_length())]:
            inputs = d(r) + config.pose_channels(r)
            self.blocks[str(r)] = CriticBlock(inputs, d(r // 2), config.residual, operations)
        self.fade: EqualizedConv | None = None
        self.alpha = 1.0
        inputs = d(4) + config.minibatch_std + config.pose_channels(4)
        self.last = EqualizedConv(inputs, d(4), 3)
        self.flatten = EqualizedConv(d(4), d(4), 4, pad=False)
        self.out = EqualizedLinear(d(4), 1)

    def fade_from(self, smaller: Discriminator) -> None:
        """Keep the half-sized critic's entry beside the new one until ``end_fade``."""
        self.fade, self.alpha = smaller.from_rgb, 0.0

    def end_fade(self) -> None:
        """Forget the half-sized critic's entry."""
        self.fade, self.alpha = None, 1.0

    def forward(
        self,
        img: Tensor,
        masked: Tensor,
        known: Tensor,
        pose: Tensor | None = None,
        dtype: torch.dtype | None = None,
    ) -> Tensor:
        """Return logits (N,) float32.

        Args:
            img: (N, 3, R, R) float32 in [-1, 1], real or filled.
            masked: known * real image, likewise.
            known: (N, 1, R, R) in [0, 1].
            pose: (N, pose) in [0, 1] where the configuration has one.
            dtype: compute features in this type.
        """
        entry = torch.cat([img, masked, known], dim=1).to(dtype or img.dtype)
        x = F.leaky_relu(self.from_rgb(entry), 0.2)
        for r, block in self.blocks.items():
            x = block(self._with_pose(x, pose, int(r)))
            if int(r) == self.config.resolution and self.fade is not None:
                old = F.leaky_relu(self.fade(F.avg_pool2d(entry, 2)), 0.2)
                x = torch.lerp(old, x, self.alpha)
        if self.config.minibatch_std:
            x = batch_spread(x)
        x = F.leaky_relu(self.last(self._with_pose(x, pose, 4)), 0.2)
        x = F.leaky_relu(self.flatten(x), 0.2).flatten(1)
        return self.out(x).float().squeeze(1)  # type: ignore[no-any-return]

    def _with_pose(self, x: Tensor, pose: Tensor | None, resolution: int) -> Tensor:
        if not self.config.pose_channels(resolution):
            return x
        if pose is None:
            raise ValueError("this critic needs the pose of every face")
        maps = self.pose(pose) if self.pose else onehot_pose(pose, resolution)
        return torch.cat([x, maps.to(x.dtype)], dim=1)
