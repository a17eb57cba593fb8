"""Imputation on CUDA devices in Triton, and what all kernels for them share.

Features lie channels last, so one program takes a few pixels of a row with all their channels.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.autograd.function import once_differentiable

from engine.network.layers import CERTAINTY_FLOOR

_FLOOR = tl.constexpr(CERTAINTY_FLOOR)
_WORK = 2048  # pixels times channels of one program
_ROWS = 8  # image rows one program of the weight's gradient adds up


@triton.jit
def tile(C, W, BW: tl.constexpr, BC: tl.constexpr):  # noqa: ANN201
    """Return (n * H + y, columns (BW, 1), channels (1, BC)) of this program."""
    tiles = tl.cdiv(W, BW)
    row = tl.program_id(0) // tiles
    cols = (tl.program_id(0) % tiles) * BW + tl.arange(0, BW)[:, None]
    return row, cols, tl.arange(0, BC)[None, :]


@triton.jit
def _expect(x, c, weight, bias, out, h, inverse, H, W, C,
            K: tl.constexpr, BW: tl.constexpr, BC: tl.constexpr):  # fmt: skip
    row, col, ch = tile(C, W, BW, BC)
    y = row % H
    total = tl.load(bias + ch, ch < C, 0.0) + tl.zeros((BW, BC), tl.float32)
    share = tl.zeros((BW, 1), tl.float32)
    for dy in range(K):
        for dx in tl.static_range(K):
            yy, xx = y + dy - K // 2, col + dx - K // 2
            inside = (yy >= 0) & (yy < H) & (xx >= 0) & (xx < W)
            at = (row + dy - K // 2) * W + xx
            near = tl.load(c + at, inside, 0.0)
            value = tl.load(x + at * C + ch, inside & (ch < C), 0.0).to(tl.float32)
            total += value * near * tl.load(weight + ch * K * K + dy * K + dx, ch < C, 0.0)
            share += near
    here = row * W + col
    scale = 1.0 / (share / (K * K) + _FLOOR)
    known = tl.load(c + here, col < W, 0.0)
    valid = (col < W) & (ch < C)
    value = tl.load(x + here * C + ch, valid, 0.0).to(tl.float32)
    estimate = total * scale
    tl.store(h + here * C + ch, estimate, valid)
    tl.store(out + here * C + ch, value * known + estimate * (1 - known), valid)
    tl.store(inverse + here, scale, col < W)


@triton.jit
def _expect_total(grad, c, h, inverse, total, shared, H, W, C,
                  BW: tl.constexpr, BC: tl.constexpr):  # fmt: skip
    """Write the gradients of the estimate's numerator and, (pixels,), of its denominator."""
    row, col, ch = tile(C, W, BW, BC)
    here = row * W + col
    valid = (col < W) & (ch < C)
    scale = (1 - tl.load(c + here, col < W, 1.0)) * tl.load(inverse + here, col < W, 0.0)
    slope = tl.load(grad + here * C + ch, valid, 0.0).to(tl.float32) * scale
    tl.store(total + here * C + ch, slope, valid)
    estimate = tl.load(h + here * C + ch, valid, 0.0).to(tl.float32)
    tl.store(shared + here, -tl.sum(slope * estimate, 1, keep_dims=True), col < W)


@triton.jit
def _expect_inputs(grad, x, c, weight, h, total, shared, dx_, dc, H, W, C,
                   K: tl.constexpr, BW: tl.constexpr, BC: tl.constexpr):  # fmt: skip
    row, col, ch = tile(C, W, BW, BC)
    y = row % H
    spread = tl.zeros((BW, BC), tl.float32)
    mean = tl.zeros((BW, 1), tl.float32)
    for dy in range(K):
        for dx in tl.static_range(K):
            yy, xx = y + K // 2 - dy, col + K // 2 - dx
            inside = (yy >= 0) & (yy < H) & (xx >= 0) & (xx < W)
            at = (row + K // 2 - dy) * W + xx
            slope = tl.load(total + at * C + ch, inside & (ch < C), 0.0).to(tl.float32)
            spread += slope * tl.load(weight + ch * K * K + dy * K + dx, ch < C, 0.0)
            mean += tl.load(shared + at, inside, 0.0)
    here = row * W + col
    valid = (col < W) & (ch < C)
    known = tl.load(c + here, col < W, 0.0)
    slope = tl.load(grad + here * C + ch, valid, 0.0).to(tl.float32)
    value = tl.load(x + here * C + ch, valid, 0.0).to(tl.float32)
    estimate = tl.load(h + here * C + ch, valid, 0.0).to(tl.float32)
    tl.store(dx_ + here * C + ch, known * (slope + spread), valid)
    change = tl.sum(slope * (value - estimate) + value * spread, 1, keep_dims=True)
    tl.store(dc + here, change + mean / (K * K), col < W)


@triton.jit
def _expect_weight(x, c, total, part, rows, H, W, C, K: tl.constexpr, R: tl.constexpr,
                   TILES: tl.constexpr, BW: tl.constexpr, BC: tl.constexpr):  # fmt: skip
    """Write one line of taps' gradients, added up over R image rows; part (groups, K, K, C)."""
    group, dy = tl.program_id(0), tl.program_id(1)
    ch = tl.program_id(2) * BC + tl.arange(0, BC)[None, :]
    s0 = tl.zeros((BW, BC), tl.float32)
    s1 = tl.zeros((BW, BC), tl.float32)
    s2 = tl.zeros((BW, BC), tl.float32)
    s3 = tl.zeros((BW, BC), tl.float32)
    s4 = tl.zeros((BW, BC), tl.float32)
    for line in range(R):
        row = group * R + line
        yy = row % H + dy - K // 2
        live = (row < rows) & (yy >= 0) & (yy < H)
        for tile in range(TILES):
            col = tile * BW + tl.arange(0, BW)[:, None]
            at = (row * W + col) * C + ch
            slope = tl.load(total + at, live & (col < W) & (ch < C), 0.0).to(tl.float32)
            for dx in tl.static_range(K):
                xx = col + dx - K // 2
                inside = live & (xx >= 0) & (xx < W)
                there = (row + dy - K // 2) * W + xx
                near = tl.load(c + there, inside, 0.0)
                value = tl.load(x + there * C + ch, inside & (ch < C), 0.0).to(tl.float32)
                term = slope * value * near
                if dx == 0:
                    s0 += term
                elif dx == 1:
                    s1 += term
                elif dx == 2:
                    s2 += term
                elif dx == 3:
                    s3 += term
                else:
                    s4 += term
    to = part + (group * K + dy) * K * C + ch
    for dx in tl.static_range(K):
        if dx == 0:
            term = s0
        elif dx == 1:
            term = s1
        elif dx == 2:
            term = s2
        elif dx == 3:
            term = s3
        else:
            term = s4
        tl.store(to + dx * C, tl.sum(term, 0, keep_dims=True), ch < C)


def laid(x: Tensor) -> Tensor:
    """Return x channels last in memory."""
    return x.contiguous(memory_format=torch.channels_last)


def plan(channels: int, width: int, rows: int = 1) -> tuple[tuple[int], dict[str, int]]:
    """Return grid and block sizes of programs that take all channels of some pixels of a row."""
    bc = triton.next_power_of_2(channels)
    bw = max(1, min(triton.next_power_of_2(width), _WORK // bc))
    return (rows * triton.cdiv(width, bw),), {"BC": bc, "BW": bw}


class ExpectedInput(torch.autograd.Function):
    """Compute E[I] = C I + (1 - C) h with h of Equation 4."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, c: Tensor, weight: Tensor, bias: Tensor) -> Tensor:  # noqa: ANN401
        """Return E[I] like x (N, C, H, W); c (N, 1, H, W), weight and bias float32."""
        x, c, weight = laid(x), c.contiguous(), weight.contiguous()
        n, channels, height, width = x.shape
        out, h, inverse = torch.empty_like(x), torch.empty_like(x), torch.empty_like(c)
        grid, blocks = plan(channels, width, n * height)
        shape = (height, width, channels)
        _expect[grid](x, c, weight, bias, out, h, inverse, *shape, weight.shape[-1], **blocks)
        ctx.save_for_backward(x, c, weight, h, inverse)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        """Return the gradients of x, c, weight and bias."""
        x, c, weight, h, inverse = ctx.saved_tensors
        grad = laid(grad)
        n, channels, height, width = x.shape
        shape, kernel = (height, width, channels), weight.shape[-1]
        grid, blocks = plan(channels, width, n * height)
        total, shared = torch.empty_like(x), torch.empty_like(c)
        dx, dc = torch.empty_like(x), torch.empty_like(c)
        _expect_total[grid](grad, c, h, inverse, total, shared, *shape, **blocks)
        _expect_inputs[grid](grad, x, c, weight, h, total, shared, dx, dc, *shape, kernel, **blocks)
        groups = triton.cdiv(n * height, _ROWS)
        part = x.new_empty((groups, kernel, kernel, channels), dtype=torch.float32)
        bc = min(32, triton.next_power_of_2(channels))
        bw = min(triton.next_power_of_2(width), 16)
        small = {"TILES": triton.cdiv(width, bw), "BC": bc, "BW": bw}
        lines = (groups, kernel, triton.cdiv(channels, bc))
        _expect_weight[lines](x, c, total, part, n * height, *shape, kernel, _ROWS, **small)
        dweight = part.sum(0).permute(2, 0, 1)[:, None]
        return dx, dc, dweight, total.sum((0, 2, 3), dtype=torch.float32)
