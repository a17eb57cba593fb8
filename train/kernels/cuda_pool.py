"""Pooling on CUDA devices in Triton, channels last; PyTorch's own took a fifth of a step there."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.autograd.function import once_differentiable

from train.kernels.cuda import laid, plan, tile


@triton.jit
def _halve(x, out, H, W, C, BW: tl.constexpr, BC: tl.constexpr):
    """Average 2 x 2 pixels; H and W are the output's."""
    row, col, ch = tile(C, W, BW, BC)
    valid = (col < W) & (ch < C)
    total = tl.zeros((BW, BC), tl.float32)
    for dy in tl.static_range(2):
        for dx in tl.static_range(2):
            at = (2 * row + dy) * (2 * W) + 2 * col + dx
            total += tl.load(x + at * C + ch, valid, 0.0).to(tl.float32)
    tl.store(out + (row * W + col) * C + ch, total / 4, valid)


@triton.jit
def _repeat(x, out, H, W, C, BW: tl.constexpr, BC: tl.constexpr):
    """Repeat a quarter of every pixel 2 x 2 times; H and W are the output's."""
    row, col, ch = tile(C, W, BW, BC)
    valid = (col < W) & (ch < C)
    at = (row // 2) * (W // 2) + col // 2
    value = tl.load(x + at * C + ch, valid, 0.0).to(tl.float32)
    tl.store(out + (row * W + col) * C + ch, value / 4, valid)


@triton.jit
def _reflect(at, count):
    at = tl.abs(at)
    return tl.where(at > count - 1, 2 * (count - 1) - at, at)


@triton.jit
def _blur_maxima(x, out, H, W, C, HIGH, WIDE, BW: tl.constexpr, BC: tl.constexpr):
    """Filter the maxima of 2 x 2 by (1, 2, 1)^2 / 16 at every second place; x is HIGH x WIDE."""
    row, col, ch = tile(C, W, BW, BC)
    valid = (col < W) & (ch < C)
    first = (row // H) * HIGH
    total = tl.zeros((BW, BC), tl.float32)
    for a in range(3):
        yy = first + _reflect(2 * (row % H) + a - 2, HIGH - 1)
        for b in range(3):
            at = yy * WIDE + _reflect(2 * col + b - 2, WIDE - 1)
            top = tl.load(x + at * C + ch, valid, 0.0)
            top = tl.maximum(top, tl.load(x + (at + 1) * C + ch, valid, 0.0))
            top = tl.maximum(top, tl.load(x + (at + WIDE) * C + ch, valid, 0.0))
            top = tl.maximum(top, tl.load(x + (at + WIDE + 1) * C + ch, valid, 0.0))
            share = (2.0 - tl.abs(a - 1)) * (2.0 - tl.abs(b - 1)) / 16
            total += top.to(tl.float32) * share
    tl.store(out + (row * W + col) * C + ch, total, valid)


@triton.jit
def _source(at, count, variant):
    """Return the place before reflection that lies at ``at`` after it: inside, below or above."""
    below = tl.where(at > 0, -at, -9)
    above = tl.where(at < count - 1, 2 * (count - 1) - at, -9)
    return tl.where(variant == 0, at, tl.where(variant == 1, below, above))


@triton.jit
def _unblur(grad, out, H, W, C, HIGH, WIDE, BW: tl.constexpr, BC: tl.constexpr):
    """Take ``grad`` (HIGH x WIDE) back through the filter to the H x W maxima."""
    row, col, ch = tile(C, W, BW, BC)
    first = (row // H) * HIGH
    total = tl.zeros((BW, BC), tl.float32)
    for j in range(9):
        a = j % 3
        up = _source(row % H, H, j // 3) + 2 - a
        if (up >= 0) & (up % 2 == 0) & (up // 2 < HIGH):
            for k in range(9):
                b = k % 3
                left = _source(col, W, k // 3) + 2 - b
                inside = (left >= 0) & (left % 2 == 0) & (left // 2 < WIDE) & (col < W)
                at = (first + up // 2) * WIDE + left // 2
                slope = tl.load(grad + at * C + ch, inside & (ch < C), 0.0).to(tl.float32)
                total += slope * ((2.0 - tl.abs(a - 1)) * (2.0 - tl.abs(b - 1)) / 16)
    tl.store(out + (row * W + col) * C + ch, total, (col < W) & (ch < C))


@triton.jit
def _unmax(grad, x, out, H, W, C, BW: tl.constexpr, BC: tl.constexpr):
    """Give the slope of every maximum of 2 x 2 to the first pixel that has it."""
    row, col, ch = tile(C, W, BW, BC)
    y = row % H
    valid = (col < W) & (ch < C)
    here = tl.load(x + (row * W + col) * C + ch, valid, 0.0).to(tl.float32)
    total = tl.zeros((BW, BC), tl.float32)
    for dy in tl.static_range(2):
        for dx in tl.static_range(2):
            top, left = y - dy, col - dx
            inside = valid & (top >= 0) & (top < H - 1) & (left >= 0) & (left < W - 1)
            wins = inside
            for k in tl.static_range(4):
                at = (row - dy + k // 2) * W + left + k % 2
                other = tl.load(x + at * C + ch, inside, 0.0).to(tl.float32)
                wins = wins & ((here > other) if k < 2 * dy + dx else (here >= other))
            at = ((row // H) * (H - 1) + top) * (W - 1) + left
            total += tl.load(grad + at * C + ch, wins, 0.0).to(tl.float32)
    tl.store(out + (row * W + col) * C + ch, total, valid)


def _start(kernel: Any, out: Tensor, *values: Any) -> Tensor:  # noqa: ANN401
    """Start ``kernel`` over the rows of ``out``; ``values`` are its other arguments in order."""
    n, channels, height, width = out.shape
    grid, blocks = plan(channels, width, n * height)
    tensors = [value for value in values if isinstance(value, Tensor)]
    numbers = [value for value in values if not isinstance(value, Tensor)]
    kernel[grid](*tensors, out, height, width, channels, *numbers, **blocks)
    return out


def _empty(x: Tensor, height: int, width: int) -> Tensor:
    shape = (*x.shape[:2], height, width)
    return torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)


class Halve(torch.autograd.Function):
    """Average 2 x 2 pixels; can be differentiated any number of times."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        """Return x (N, C, H, W) at half its size."""
        return _start(_halve, _empty(x, x.shape[2] // 2, x.shape[3] // 2), laid(x))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        """Return the gradient of x."""
        return Repeat.apply(grad)  # type: ignore[no-any-return]


class Repeat(torch.autograd.Function):
    """Repeat a quarter of every pixel 2 x 2 times: what ``Halve`` is, transposed."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        """Return x (N, C, H, W) at twice its size."""
        return _start(_repeat, _empty(x, 2 * x.shape[2], 2 * x.shape[3]), laid(x))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        """Return the gradient of x."""
        return Halve.apply(grad)  # type: ignore[no-any-return]


class Pool(torch.autograd.Function):
    """Compute the shift-tolerant pooling (``train.metrics.perceptual.tolerant_pool``)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        """Return x (N, C, H, W) pooled to (N, C, H // 2 + 1, W // 2 + 1)."""
        x = laid(x)
        ctx.save_for_backward(x)
        height, width = x.shape[2:]
        return _start(_blur_maxima, _empty(x, height // 2 + 1, width // 2 + 1), x, height, width)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        """Return the gradient of x."""
        (x,) = ctx.saved_tensors
        height, width = x.shape[2:]
        slope = _start(_unblur, _empty(x, height - 1, width - 1), laid(grad), *grad.shape[2:])
        return _start(_unmax, torch.empty_like(x), slope, x)
