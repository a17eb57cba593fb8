"""Fused kernels for training: in C++ for CPUs, built at first use, and in Triton for CUDA devices.

Where they cannot be had training runs the same equations in PyTorch operations, slower. Networks
and losses are built with the ``Kernels`` they compute by; tests hold both to the same results.
``slopes`` makes the critic's slope cheap in PyTorch operations.
"""

from __future__ import annotations

import shutil
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from engine.network import layers
from train.metrics import perceptual

SOURCES = ("fused.cpp", "distance.cpp", "pool.cpp")
_CPU = torch.device("cpu")
_FLAGS = ["-O3", "-march=native", "-ffast-math", "-fno-finite-math-only", "-fopenmp"]


@cache
def build() -> ModuleType | None:
    """Compile the kernels and return them as a module, None where that cannot be done."""
    if shutil.which("c++") is None or shutil.which("ninja") is None:
        return None
    from torch.utils import cpp_extension

    sources = [str(Path(__file__).with_name(name)) for name in SOURCES]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return cpp_extension.load(  # type: ignore[no-any-return]
                "lacuna_fused", sources, extra_cflags=_FLAGS, extra_ldflags=["-lgomp"]
            )
    except (RuntimeError, OSError, ImportError):
        return None


def _built() -> ModuleType:
    kernels = build()
    assert kernels is not None
    return kernels


class ExpectedInput(torch.autograd.Function):
    """Compute E[I] = C I + (1 - C) h with h of Equation 4 in one pass each way."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, c: Tensor, weight: Tensor, bias: Tensor) -> Tensor:  # noqa: ANN401
        """Return E[I] like x (N, C, H, W); c (N, 1, H, W), weight and bias float32."""
        out, h, inverse = _built().expect(x, c, weight, bias)
        ctx.save_for_backward(x, c, weight, h, inverse)
        return out  # type: ignore[no-any-return]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        """Return the gradients of x, c, weight and bias."""
        return tuple(_built().expect_backward(grad, *ctx.saved_tensors))


class Activate(torch.autograd.Function):
    """Compute pixel_norm(leaky_relu(y, 0.2)) in one pass each way."""

    @staticmethod
    def forward(ctx: Any, y: Tensor) -> Tensor:  # noqa: ANN401
        """Return the activation, like y (N, C, H, W)."""
        out, norm = _built().activate(y)
        ctx.save_for_backward(y, norm)
        return out  # type: ignore[no-any-return]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        """Return the gradient of y."""
        return _built().activate_backward(grad, *ctx.saved_tensors)  # type: ignore[no-any-return]


class Distance(torch.autograd.Function):
    """Compute the weighed distance of unit-length features in one pass each way."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, head: Tensor) -> Tensor:  # noqa: ANN401
        """Return the means (N,) float32; a and b (N, C, H, W) alike, head (1, C, 1, 1) float32."""
        ctx.save_for_backward(a, b, head)
        return _built().distance(a, b, head)  # type: ignore[no-any-return]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        """Return the gradient of a."""
        return _built().distance_backward(grad, *ctx.saved_tensors), None, None


class Pool(torch.autograd.Function):
    """Compute the shift-tolerant pooling in one pass each way."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        """Return x (N, C, H, W) pooled to (N, C, H // 2 + 1, W // 2 + 1)."""
        ctx.save_for_backward(x)
        return _built().pool(x)  # type: ignore[no-any-return]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        """Return the gradient of x."""
        return _built().pool_backward(grad, *ctx.saved_tensors)  # type: ignore[no-any-return]


def _fits(x: Tensor) -> bool:
    return x.device.type == "cpu" and x.dtype in (torch.float32, torch.bfloat16)


def fused_expected(x: Tensor, c: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return E[I]; the drop-in for ``engine.network.layers.expected_input``."""
    if not _fits(x) or len(c) != len(x):
        return layers.expected_input(x, c, weight, bias)
    return ExpectedInput.apply(x, c.float(), weight, bias)  # type: ignore[no-any-return, no-untyped-call]


def fused_activate(y: Tensor) -> Tensor:
    """Return the activation; the drop-in for ``engine.network.layers.activate``."""
    return Activate.apply(y) if _fits(y) else layers.activate(y)  # type: ignore[no-untyped-call]


def fused_distance(a: Tensor, b: Tensor, head: Tensor) -> Tensor:
    """Return the distances; the drop-in for ``train.metrics.perceptual.distance``, for training."""
    if not _fits(a):
        return perceptual.distance(a, b, head)
    return Distance.apply(a, b, head)  # type: ignore[no-any-return, no-untyped-call]


def fused_pool(x: Tensor) -> Tensor:
    """Return x pooled; the drop-in for ``train.metrics.perceptual.tolerant_pool``."""
    return Pool.apply(x) if _fits(x) else perceptual.tolerant_pool(x)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Kernels:
    """Say what networks and losses compute by; the default is plain PyTorch operations.

    Attributes:
        network: for the layers of both players.
        perceptual: for the perceptual loss.
    """

    network: layers.Operations = layers.PLAIN
    perceptual: perceptual.Operations = perceptual.PLAIN


def fused(device: torch.device = _CPU) -> Kernels | None:
    """Return the fused kernels for ``device``; None where they cannot be had."""
    if device.type == "cuda":
        return _for_cuda()
    if build() is None:
        return None
    network = layers.Operations(fused_expected, fused_activate)
    return Kernels(network, perceptual.Operations(fused_distance, fused_pool))


def _for_cuda() -> Kernels | None:
    try:
        from train.kernels import cuda, cuda_pool, cuda_rows
    except ImportError:  # Triton comes with PyTorch's builds for CUDA
        return None
    network = layers.Operations(
        cuda.ExpectedInput.apply, cuda_rows.Activate.apply, cuda_pool.Halve.apply
    )
    return Kernels(network, perceptual.Operations(cuda_rows.Distance.apply, cuda_pool.Pool.apply))
