"""Activation and perceptual distance on CUDA devices in Triton: sums over channels at a pixel."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.autograd.function import once_differentiable

from train.kernels.cuda import laid, plan


@triton.jit
def _block(pixels, C, BW: tl.constexpr, BC: tl.constexpr):
    """Return this program's pixels (BW, 1), channels (1, BC), and which of them there are."""
    here = tl.program_id(0) * BW + tl.arange(0, BW)[:, None]
    ch = tl.arange(0, BC)[None, :]
    return here, ch, (here < pixels) & (ch < C)


@triton.jit
def _length(x):
    return tl.sqrt(tl.sum(x * x, 1, keep_dims=True) + 1e-20)


@triton.jit
def _activate(y, out, norm, pixels, C, BW: tl.constexpr, BC: tl.constexpr):
    here, ch, valid = _block(pixels, C, BW, BC)
    value = tl.load(y + here * C + ch, valid, 0.0).to(tl.float32)
    value = tl.where(value > 0, value, 0.2 * value)
    scale = tl.rsqrt(tl.sum(value * value, 1, keep_dims=True) / C + 1e-7)
    tl.store(out + here * C + ch, value * scale, valid)
    tl.store(norm + here, scale, here < pixels)


@triton.jit
def _activate_slope(grad, y, norm, dy, pixels, C, BW: tl.constexpr, BC: tl.constexpr):
    here, ch, valid = _block(pixels, C, BW, BC)
    value = tl.load(y + here * C + ch, valid, 0.0).to(tl.float32)
    leak = tl.where(value > 0, 1.0, 0.2)
    scale = tl.load(norm + here, here < pixels, 0.0)
    unit = value * leak * scale
    slope = tl.load(grad + here * C + ch, valid, 0.0).to(tl.float32)
    along = tl.sum(slope * unit, 1, keep_dims=True) / C
    tl.store(dy + here * C + ch, scale * (slope - unit * along) * leak, valid)


@triton.jit
def _distance(a, b, head, out, pixels, C, BW: tl.constexpr, BC: tl.constexpr):
    here, ch, valid = _block(pixels, C, BW, BC)
    u = tl.load(a + here * C + ch, valid, 0.0).to(tl.float32)
    v = tl.load(b + here * C + ch, valid, 0.0).to(tl.float32)
    u, v = u / (_length(u) + 1e-10), v / (_length(v) + 1e-10)
    weight = tl.load(head + ch, ch < C, 0.0)
    tl.store(out + here, tl.sum(weight * (u - v) * (u - v), 1, keep_dims=True), here < pixels)


@triton.jit
def _distance_slope(grad, a, b, head, da, pixels, area, C,
                    BW: tl.constexpr, BC: tl.constexpr):  # fmt: skip
    here, ch, valid = _block(pixels, C, BW, BC)
    value = tl.load(a + here * C + ch, valid, 0.0).to(tl.float32)
    v = tl.load(b + here * C + ch, valid, 0.0).to(tl.float32)
    length = _length(value)
    u, v = value / (length + 1e-10), v / (_length(v) + 1e-10)
    outer = tl.load(grad + here // area, here < pixels, 0.0) / area
    slope = 2 * outer * tl.load(head + ch, ch < C, 0.0) * (u - v)
    along = tl.sum(slope * u, 1, keep_dims=True)
    away = (slope - value / length * along) / (length + 1e-10)
    tl.store(da + here * C + ch, away, valid)


class Activate(torch.autograd.Function):
    """Compute pixel_norm(leaky_relu(y, 0.2)) in one pass each way."""

    @staticmethod
    def forward(ctx: Any, y: Tensor) -> Tensor:  # noqa: ANN401
        """Return the activation, like y (N, C, H, W)."""
        y = laid(y)
        n, channels, height, width = y.shape
        pixels = n * height * width
        out, norm = torch.empty_like(y), y.new_empty(pixels, dtype=torch.float32)
        grid, blocks = plan(channels, pixels)
        _activate[grid](y, out, norm, pixels, channels, **blocks)
        ctx.save_for_backward(y, norm)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        """Return the gradient of y."""
        y, norm = ctx.saved_tensors
        slope, pixels = torch.empty_like(y), norm.numel()
        grid, blocks = plan(y.shape[1], pixels)
        _activate_slope[grid](laid(grad), y, norm, slope, pixels, y.shape[1], **blocks)
        return slope


class Distance(torch.autograd.Function):
    """Compute the weighed distance of unit-length features in one pass each way."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, head: Tensor) -> Tensor:  # noqa: ANN401
        """Return the means (N,) float32; a and b (N, C, H, W) alike, head (1, C, 1, 1) float32."""
        a, b, head = laid(a), laid(b), head.contiguous()
        n, channels, height, width = a.shape
        pixels = n * height * width
        out = a.new_empty(pixels, dtype=torch.float32)
        grid, blocks = plan(channels, pixels)
        _distance[grid](a, b, head, out, pixels, channels, **blocks)
        ctx.save_for_backward(a, b, head)
        return out.view(n, -1).mean(1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        """Return the gradient of a."""
        a, b, head = ctx.saved_tensors
        n, channels, height, width = a.shape
        pixels, slope = n * height * width, torch.empty_like(a)
        grid, blocks = plan(channels, pixels)
        values = (grad.contiguous(), a, b, head, slope)
        _distance_slope[grid](*values, pixels, height * width, channels, **blocks)
        return slope, None, None
