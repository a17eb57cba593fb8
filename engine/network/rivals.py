"""What the paper compares its layers with (Figure 2, Table 1): other convolutions, skips and pools.

Pairs of features and certainty as in ``engine.network.layers``.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from engine.network.layers import (
    PLAIN,
    EqualizedConv,
    Layer,
    Operations,
    halve,
    window_mean,
)


class PlainConv(Layer):
    """Convolve as if everything were known; the certainty passes through."""

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__()
        self.conv = EqualizedConv(inputs, outputs, kernel)

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return (N, outputs, H, W) for x (N, inputs, H, W)."""
        return self.conv(x)  # type: ignore[no-any-return]

    def certainty(self, c: Tensor) -> Tensor:
        """Return ``c``."""
        return c


class PartialConv(Layer):
    """Convolve known features and re-normalise by their share (Liu et al., ECCV 2018).

    O = W * (I C) K**2 / sum(C) + b where any input is known, else 0; C' is 1 there. C is binary.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__()
        self.conv = EqualizedConv(inputs, outputs, kernel)
        self.kernel = kernel

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return (N, outputs, H, W) for x (N, inputs, H, W), c (N, 1, H, W)."""
        known = (c > 0.5).to(x.dtype)
        share = window_mean(known, self.kernel)
        assert self.conv.bias is not None
        bias = self.conv.bias.to(x.dtype)[:, None, None]
        valid = (share > 0).to(x.dtype)
        out: Tensor = ((self.conv(x * known) - bias) / share.clamp_min(1e-3) + bias) * valid
        return out

    def certainty(self, c: Tensor) -> Tensor:
        """Return 1 where any input is known, else 0."""
        return (window_mean((c > 0.5).to(c.dtype), self.kernel) > 0).to(c.dtype)


class GatedConv(PlainConv):
    """Convolve and gate, O = phi(W_f * I) sigmoid(W_g * I) (Yu et al., ICCV 2019).

    The activation is left to the caller, so this returns W_f * I with the gate as its factor
    applied first; leaky ReLU is positively homogeneous, so the order does not matter.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__(inputs, outputs, kernel)
        self.gate = EqualizedConv(inputs, outputs, kernel)

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return (N, outputs, H, W) for x (N, inputs, H, W)."""
        return self.conv(x) * torch.sigmoid(self.gate(x))  # type: ignore[no-any-return]


CONVS: Final[dict[str, type[PlainConv | PartialConv]]] = {
    "plain": PlainConv,
    "partial": PartialConv,
    "gated": GatedConv,
}


class ConcatSkip(nn.Module):
    """Join encoder and decoder as U-Net does: concatenate, 1 x 1 convolution (Config A-C).

    It asks for no certainty; the decoder's passes through.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.conv = EqualizedConv(2 * channels, channels, 1)

    def gamma(self, c_shallow: Tensor, c_deep: Tensor) -> Tensor:
        """Return 0: the certainty is the decoder's."""
        return torch.zeros_like(c_deep)

    def features(self, shallow: Tensor, deep: Tensor, gamma: Tensor) -> Tensor:
        """Return the joined features."""
        return self.conv(torch.cat([shallow, deep], dim=1))  # type: ignore[no-any-return]

    def certainty(self, shallow: Tensor, deep: Tensor, gamma: Tensor) -> Tensor:
        """Return the decoder's."""
        return deep


class PlainPool(Layer):
    """Halve the size by a plain mean of both (the released code, Config E)."""

    def __init__(self, operations: Operations = PLAIN):
        super().__init__()
        self.halve = operations.halve

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return (N, C, H / 2, W / 2)."""
        return self.halve(x)

    def certainty(self, c: Tensor) -> Tensor:
        """Return (N, 1, H / 2, W / 2)."""
        return halve(c)


class ValidPool(Layer):
    """Halve the size by the mean of known features; C' is 1 where any was known (PartialConv)."""

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return (N, C, H / 2, W / 2)."""
        known = (c > 0.5).to(x.dtype)
        return halve(x * known) / halve(known).clamp_min(0.25)

    def certainty(self, c: Tensor) -> Tensor:
        """Return (N, 1, H / 2, W / 2), 0 or 1."""
        return (halve((c > 0.5).to(c.dtype)) > 0).to(c.dtype)
