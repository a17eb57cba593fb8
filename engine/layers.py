"""The layers of the generator, one per equation of the paper.

Features travel with their certainty: every layer takes and returns a pair (x, c) with x
(N, C, H, W) float and c (N, 1, H, W) float in [0, 1]. Equation numbers are those of
"Image Inpainting with Learnable Feature Imputation" (Hukkelås et al., GCPR 2020).
"""

from __future__ import annotations

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CERTAINTY_FLOOR: Final = 0.01
Pair = tuple[Tensor, Tensor]


def window_mean(c: Tensor, kernel: int) -> Tensor:
    """Return the mean of c (N, 1, H, W) over kernel x kernel, zero padded, always over kernel**2."""
    return F.avg_pool2d(c, kernel, stride=1, padding=kernel // 2)


def expected_input(x: Tensor, c: Tensor, h: Tensor) -> Tensor:
    """Mix features with their estimate, E[I] = C I + (1 - C) h (Equation 3)."""
    return x * c + h * (1 - c)


def pixel_norm(x: Tensor) -> Tensor:
    """Return x / sqrt(mean over channels of x**2 + 1e-7) (Karras et al., ICLR 2018)."""
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-7)


def gamma_of(c_shallow: Tensor, c_deep: Tensor, beta1: Tensor, beta2: Tensor) -> Tensor:
    """Weigh shallow against deep features (Equation 7).

    Args:
        c_shallow, c_deep: certainties (N, 1, H, W) in [0, 1].
        beta1, beta2: scalars; only their positive part counts.

    Returns:
        (N, 1, H, W) in [0, 1]; small where the deep features (the decoder's) are taken.
    """
    shallow = c_shallow * F.relu(beta1)
    return shallow / (shallow + c_deep * F.relu(beta2) + 1e-8)


class EqualizedConv(nn.Conv2d):
    """Convolve with weights N(0, 1) scaled by 1/sqrt(fan-in) at run time; zero padded, bias 0."""

    def __init__(self, inputs: int, outputs: int, kernel: int, groups: int = 1, pad: bool = True):
        super().__init__(inputs, outputs, kernel, padding=kernel // 2 if pad else 0, groups=groups)
        nn.init.normal_(self.weight)
        assert self.bias is not None
        nn.init.zeros_(self.bias)
        self.scale = 1 / math.sqrt(inputs // groups * kernel * kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of x (N, inputs, H, W), in x's dtype."""
        assert self.bias is not None
        weight = (self.weight * self.scale).to(x.dtype)
        return F.conv2d(
            x,
            weight,
            self.bias.to(x.dtype),
            padding=self.padding,
            groups=self.groups,  # type: ignore[arg-type]
        )


class Imputation(nn.Module):
    """Estimate unknown features from close ones (Equation 4).

    h = (b + s * sum_i w_i (I C)_{x+i}) / (mean_{K x K}(C) + 0.01), one K x K filter and bias per
    channel. s is 1/K; the released code's s is sqrt(channels)/K.
    """

    def __init__(self, channels: int, kernel: int, released: bool = False):
        super().__init__()
        self.kernel = kernel
        self.weight = nn.Parameter(torch.randn(channels, 1, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.scale = (math.sqrt(channels) if released else 1.0) / kernel

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Return h (N, C, H, W) for features x (N, C, H, W) of certainty c (N, 1, H, W)."""
        weight = (self.weight * self.scale).to(x.dtype)
        total = F.conv2d(
            x * c, weight, self.bias.to(x.dtype), padding=self.kernel // 2, groups=x.shape[1]
        )
        return total / (window_mean(c, self.kernel) + CERTAINTY_FLOOR)


class CertaintyStep(nn.Module):
    """Propagate certainty, C' = clip(2 (sigmoid(W_C * C) - 1/2) + 1e-6, 0, 1) (Equation 5, rescaled).

    The paper's bare sigmoid would give an unknown window 0.5; rescaled it stays near 0.
    """

    def __init__(self, kernel: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, 1, kernel, kernel))

    def forward(self, c: Tensor) -> Tensor:
        """Return the next certainty (N, 1, H, W) in [0, 1]."""
        logits = F.conv2d(c, self.weight.to(c.dtype), padding=self.weight.shape[-1] // 2)
        return torch.clamp(2 * torch.sigmoid(logits) - 1 + 1e-6, 0, 1)


class IConv(nn.Module):
    """Convolve expected features, O = W * E[I] + b (Equations 2 and 3), before the activation."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, imputation: int, released: bool = False
    ):
        super().__init__()
        self.conv = EqualizedConv(inputs, outputs, kernel)
        self.imputation = Imputation(inputs, imputation, released)
        self.certainty = CertaintyStep(kernel) if kernel > 1 else nn.Identity()

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, certainty) for x (N, inputs, H, W), c (N, 1, H, W)."""
        out = self.conv(expected_input(x, c, self.imputation(x, c)))
        return out, self.certainty(c)


class PlainConv(nn.Module):
    """Convolve as if everything were known; the certainty passes through (Figure 2's rivals)."""

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__()
        self.conv = EqualizedConv(inputs, outputs, kernel)

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, c) for x (N, inputs, H, W)."""
        return self.conv(x), c


class PartialConv(nn.Module):
    """Convolve known features and re-normalise by their share (Liu et al., ECCV 2018).

    O = W * (I C) K**2 / sum(C) + b where any input is known, else 0; C' is 1 there. C is binary.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__()
        self.conv = EqualizedConv(inputs, outputs, kernel)
        self.kernel = kernel

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, certainty) for x (N, inputs, H, W), c (N, 1, H, W)."""
        known = (c > 0.5).to(x.dtype)
        share = window_mean(known, self.kernel)
        assert self.conv.bias is not None
        bias = self.conv.bias.to(x.dtype)[:, None, None]
        valid = (share > 0).to(x.dtype)
        out = ((self.conv(x * known) - bias) / share.clamp_min(1e-3) + bias) * valid
        return out, valid


class GatedConv(nn.Module):
    """Convolve and gate, O = phi(W_f * I) sigmoid(W_g * I) (Yu et al., ICCV 2019).

    The activation is left to the caller, so this returns W_f * I with the gate as its factor
    applied first; leaky ReLU is positively homogeneous, so the order does not matter.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__()
        self.conv = EqualizedConv(inputs, outputs, kernel)
        self.gate = EqualizedConv(inputs, outputs, kernel)

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, c) for x (N, inputs, H, W)."""
        return self.conv(x) * torch.sigmoid(self.gate(x)), c


class Act(nn.Module):
    """Convolve, leaky ReLU 0.2, pixel norm: the paper's convolution block."""

    def __init__(self, conv: IConv | PlainConv | PartialConv | GatedConv):
        super().__init__()
        self.conv = conv

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, certainty) after the block."""
        x, c = self.conv(x, c)
        return pixel_norm(F.leaky_relu(x, 0.2)), c


class GammaSkip(nn.Module):
    """Join encoder and decoder by certainty, gamma I_s + (1 - gamma) I_d (Equations 6 and 7)."""

    def __init__(self) -> None:
        super().__init__()
        self.beta1 = nn.Parameter(torch.ones(()))
        self.beta2 = nn.Parameter(torch.ones(()))

    def gamma(self, c_shallow: Tensor, c_deep: Tensor) -> Tensor:
        """Return gamma (N, 1, H, W) in [0, 1] of Equation 7."""
        return gamma_of(c_shallow, c_deep, self.beta1.to(c_deep.dtype), self.beta2.to(c_deep.dtype))

    def forward(self, shallow: Pair, deep: Pair) -> Pair:
        """Return the joined (features, certainty); both pairs have the same shapes."""
        gamma = self.gamma(shallow[1], deep[1])
        x = gamma * shallow[0] + (1 - gamma) * deep[0]
        return x, gamma * shallow[1] + (1 - gamma) * deep[1]


class ConcatSkip(nn.Module):
    """Join encoder and decoder as U-Net does: concatenate, 1 x 1 convolution (Config A-C)."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = EqualizedConv(2 * channels, channels, 1)

    def forward(self, shallow: Pair, deep: Pair) -> Pair:
        """Return (features, the decoder's certainty)."""
        return self.conv(torch.cat([shallow[0], deep[0]], dim=1)), deep[1]


def weighted_pool(x: Tensor, c: Tensor) -> Pair:
    """Halve the size by a certainty-weighted mean, avg(x C) / (avg C + 0.01); C' = avg C."""
    share = F.avg_pool2d(c, 2)
    return F.avg_pool2d(x * c, 2) / (share + CERTAINTY_FLOOR), share


def plain_pool(x: Tensor, c: Tensor) -> Pair:
    """Halve the size by a plain mean of both (the released code, Config E)."""
    return F.avg_pool2d(x, 2), F.avg_pool2d(c, 2)


def upsample(x: Tensor) -> Tensor:
    """Double the size by repeating pixels."""
    return F.interpolate(x, scale_factor=2, mode="nearest")


def composite(fake: Tensor, img: Tensor, known: Tensor) -> Tensor:
    """Keep known pixels and take the rest, G_out = M I + (1 - M) G (Equation 12).

    Args:
        fake, img: (N, 3, H, W) float in [-1, 1].
        known: (N, 1, H, W) float in [0, 1]; 1 = keep, 0 = fill.

    Returns:
        (N, 3, H, W), equal to ``img`` to the bit wherever ``known`` is 1.
    """
    return torch.where(known == 1, img, known * img + (1 - known) * fake)
