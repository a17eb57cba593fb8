"""The layers of the generator, one per equation of the paper, in the paper's order.

Features travel with their certainty, a pair (x, c): x (N, C, H, W) float and c (N, 1, H, W) float
in [0, 1], float32 whatever the features' type. A layer changes features by their certainty, but
certainty never by features, so that the mask alone decides it. Equation numbers are those of
"Image Inpainting with Learnable Feature Imputation" (Hukkelås et al., GCPR 2020). What the paper
compares its layers with is in ``engine.network.rivals``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CERTAINTY_FLOOR: Final = 0.01
Pair = tuple[Tensor, Tensor]


class Layer(nn.Module):
    """Change features and certainty; a subclass says how in ``features`` and ``certainty``."""

    certainty: Callable[[Tensor], Tensor]

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return the next features for x (N, C, H, W) of certainty c (N, 1, H, W)."""
        raise NotImplementedError

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, certainty)."""
        return self.features(x, c), self.certainty(c)


def window_mean(c: Tensor, kernel: int) -> Tensor:
    """Return the zero-padded mean of c (N, 1, H, W) over kernel x kernel pixels."""
    return F.avg_pool2d(c, kernel, stride=1, padding=kernel // 2)


def estimate(x: Tensor, c: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Estimate every feature from close certain ones (Equation 4).

    h = (b + sum_i w_i (I C)_{x+i}) / (mean_{K x K}(C) + 0.01), one K x K filter per channel.

    Args:
        x: features (N, C, H, W).
        c: certainty (N, 1, H, W) float32.
        weight: (C, 1, K, K) float32, already scaled.
        bias: (C,) float32.
    """
    kernel = weight.shape[-1]
    known = x * c.to(x.dtype)
    total = F.conv2d(
        known, weight.to(x.dtype), bias.to(x.dtype), padding=kernel // 2, groups=x.shape[1]
    )
    return total / (window_mean(c, kernel) + CERTAINTY_FLOOR).to(x.dtype)


def expected_input(x: Tensor, c: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Mix features with their estimate, E[I] = C I + (1 - C) h (Equation 3); as ``estimate``."""
    share = c.to(x.dtype)
    return x * share + estimate(x, c, weight, bias) * (1 - share)


def pixel_norm(x: Tensor) -> Tensor:
    """Return x / sqrt(mean over channels of x**2 + 1e-7) (Karras et al., ICLR 2018)."""
    if x.dtype == torch.float16:  # the slope at zero features, 1e-7**-1.5, leaves its range
        return pixel_norm(x.float()).half()
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-7)


def activate(x: Tensor) -> Tensor:
    """Return pixel_norm(leaky_relu(x, 0.2)): phi of Equation 2 as the paper uses it."""
    return pixel_norm(F.leaky_relu(x, 0.2))


def halve(x: Tensor) -> Tensor:
    """Average 2 x 2 pixels of x (N, C, H, W)."""
    return F.avg_pool2d(x, 2)


@dataclass(frozen=True)
class Operations:
    """Name the operations that take most of the time; ``train.kernels`` has faster equals.

    Attributes:
        expect: as ``expected_input``.
        activate: as ``activate``.
        halve: as ``halve``.
    """

    expect: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor] = expected_input
    activate: Callable[[Tensor], Tensor] = activate
    halve: Callable[[Tensor], Tensor] = halve


PLAIN: Final = Operations()


def aligned(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return both with zero channels up to a multiple of eight, and the same convolution.

    The matrix units of CUDA devices read eight channels at a time; the critic has seven. What that
    saves was not timed alone (``train/RUNS.md``).

    Args:
        x: (N, C, H, W).
        weight: (outputs, C, K, K).
    """
    missing = -x.shape[1] % 8
    if not missing:
        return x, weight
    room = (0, 0, 0, 0, 0, missing)
    return F.pad(x, room), F.pad(weight, room)


class EqualizedConv(nn.Conv2d):
    """Convolve with weights N(0, 1) scaled by 1/sqrt(fan-in) at run time; zero padded, bias 0."""

    def __init__(self, inputs: int, outputs: int, kernel: int, pad: bool = True):
        super().__init__(inputs, outputs, kernel, padding=kernel // 2 if pad else 0)
        nn.init.normal_(self.weight)
        assert self.bias is not None
        nn.init.zeros_(self.bias)
        self.scale = 1 / math.sqrt(inputs * kernel * kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of x (N, inputs, H, W), in x's dtype."""
        assert self.bias is not None
        weight = (self.weight * self.scale).to(x.dtype)
        if x.is_cuda:
            x, weight = aligned(x, weight)
        return F.conv2d(x, weight, self.bias.to(x.dtype), padding=self.padding)


class Imputation(nn.Module):
    """Replace what is uncertain by its estimate (Equations 3 and 4), w_i = s w'_i, w' ~ N(0, 1).

    s is 1/K; the released code's s is sqrt(channels)/K.
    """

    def __init__(
        self, channels: int, kernel: int, released: bool = False, operations: Operations = PLAIN
    ):
        super().__init__()
        self.kernel = kernel
        self.weight = nn.Parameter(torch.randn(channels, 1, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.scale = (math.sqrt(channels) if released else 1.0) / kernel
        self.expect = operations.expect

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Return E[I] (N, C, H, W) for features x (N, C, H, W) of certainty c (N, 1, H, W)."""
        return self.expect(x, c, self.weight * self.scale, self.bias)


class CertaintyStep(nn.Module):
    """Propagate certainty, C' = clip(2 (sigmoid(W_C * C) - 1/2) + 1e-6, 0, 1) (Equation 5).

    The paper's bare sigmoid would give an unknown window 0.5; rescaled it stays near 0.
    """

    def __init__(self, kernel: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, 1, kernel, kernel))

    def forward(self, c: Tensor) -> Tensor:
        """Return the next certainty (N, 1, H, W) in [0, 1]."""
        logits = F.conv2d(c, self.weight.to(c.dtype), padding=self.weight.shape[-1] // 2)
        return torch.clamp(2 * torch.sigmoid(logits) - 1 + 1e-6, 0, 1)


class IConv(Layer):
    """Convolve expected features, O = W * E[I] + b (Equations 2 and 3), before the activation."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        imputation: int,
        released: bool = False,
        operations: Operations = PLAIN,
    ):
        super().__init__()
        self.conv = EqualizedConv(inputs, outputs, kernel)
        self.imputation = Imputation(inputs, imputation, released, operations)
        self.certainty = CertaintyStep(kernel) if kernel > 1 else nn.Identity()

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return (N, outputs, H, W) for x (N, inputs, H, W), c (N, 1, H, W)."""
        return self.conv(self.imputation(x, c))  # type: ignore[no-any-return]


class Act(Layer):
    """Convolve, leaky ReLU 0.2, pixel norm: the paper's convolution block (Equation 2)."""

    def __init__(self, conv: Layer, operations: Operations = PLAIN):
        super().__init__()
        self.conv = conv
        self.activate = operations.activate

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return the features after the block."""
        return self.activate(self.conv.features(x, c))

    def certainty(self, c: Tensor) -> Tensor:
        """Return the certainty after the block."""
        return self.conv.certainty(c)


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


class GammaSkip(nn.Module):
    """Join encoder and decoder by certainty, gamma I_s + (1 - gamma) I_d (Equations 6 and 7)."""

    def __init__(self) -> None:
        super().__init__()
        self.beta1 = nn.Parameter(torch.ones(()))
        self.beta2 = nn.Parameter(torch.ones(()))

    def gamma(self, c_shallow: Tensor, c_deep: Tensor) -> Tensor:
        """Return gamma (N, 1, H, W) in [0, 1] of Equation 7."""
        return gamma_of(c_shallow, c_deep, self.beta1.to(c_deep.dtype), self.beta2.to(c_deep.dtype))

    def features(self, shallow: Tensor, deep: Tensor, gamma: Tensor) -> Tensor:
        """Return gamma shallow + (1 - gamma) deep; all of the same size."""
        share = gamma.to(deep.dtype)
        return share * shallow + (1 - share) * deep

    def certainty(self, shallow: Tensor, deep: Tensor, gamma: Tensor) -> Tensor:
        """Return the joined certainty, as the features."""
        return self.features(shallow, deep, gamma)

    def forward(self, shallow: Pair, deep: Pair) -> Pair:
        """Return the joined (features, certainty); both pairs have the same shapes."""
        gamma = self.gamma(shallow[1], deep[1])
        x = self.features(shallow[0], deep[0], gamma)
        return x, self.certainty(shallow[1], deep[1], gamma)


class WeightedPool(Layer):
    """Halve the size by a certainty-weighted mean, avg(x C) / (avg C + 0.01); C' = avg C."""

    def __init__(self, operations: Operations = PLAIN):
        super().__init__()
        self.halve = operations.halve

    def features(self, x: Tensor, c: Tensor) -> Tensor:
        """Return (N, C, H / 2, W / 2)."""
        total = self.halve(x * c.to(x.dtype))
        return total / (self.certainty(c) + CERTAINTY_FLOOR).to(x.dtype)

    def certainty(self, c: Tensor) -> Tensor:
        """Return (N, 1, H / 2, W / 2)."""
        return halve(c)


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
