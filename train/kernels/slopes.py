"""Take a critic's slope so that it is cheap to differentiate again (Equation 10 needs both).

A critic of convolutions, leaky ReLUs and means is linear between its kinks: the slope's derivative
never reaches its features. PyTorch walks back through them all the same, with zeros, and finds the
weights' part with kernels as large as the image. Here every such operation has a gradient that is
itself an operation with a gradient, as in StyleGAN2's ``conv2d_gradfix``, and samples that receive
no gradient, those whose slope is below 1, are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function
from torch.overrides import TorchFunctionMode

Critic = Callable[[Tensor], Tensor]
Pair = tuple[int, int]


def plain_slope(critic: Critic, xhat: Tensor) -> Tensor:
    """Return grad critic(xhat), like xhat (N, 3, H, W), with PyTorch's own operations."""
    (grad,) = torch.autograd.grad(critic(xhat).sum(), xhat, create_graph=True)
    return grad


def slope(critic: Critic, xhat: Tensor, dtype: torch.dtype | None = None) -> Tensor:
    """Return grad critic(xhat), which can be differentiated once more.

    Args:
        critic: images (N, 3, H, W) -> logits (N,).
        xhat: (N, 3, H, W) that requires a gradient.
        dtype: type the convolutions of the second derivative compute in, None for the critic's.

    Returns:
        (N, 3, H, W), equal to ``plain_slope``, which it is on CUDA devices: not tried there.
    """
    if xhat.device.type != "cpu":
        return plain_slope(critic, xhat)
    twice = Twice(dtype)
    with twice:
        logits = critic(xhat).sum()
    (grad,) = torch.autograd.grad(logits, xhat, create_graph=True)
    twice.first = False
    return grad


class Twice(TorchFunctionMode):
    """Put operations that differentiate twice in place of PyTorch's.

    Attributes:
        dtype: as for ``slope``.
        first: whether the slope is still being taken; it needs no gradient of weights.
    """

    def __init__(self, dtype: torch.dtype | None) -> None:
        super().__init__()
        self.dtype, self.first = dtype, True

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401
        types: Any,  # noqa: ANN401
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Call ``func`` or what stands for it."""
        if func is F.conv2d:
            return self._convolve(*args, **(kwargs or {}))
        return _TWICE.get(func, func)(*args, **(kwargs or {}))

    def cast(self, *parts: Tensor) -> list[Tensor]:
        """Return the parts of a second derivative in its type."""
        return [part.to(self.dtype or part.dtype) for part in parts]

    def _convolve(
        self,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
    ) -> Tensor:
        shape = Shape(_pair(stride), _pair(padding), _pair(dilation), groups)
        return Convolve.apply(x, weight, bias, shape, self)  # type: ignore[no-any-return, no-untyped-call]


class Shape(NamedTuple):
    """Say how a convolution walks over its input."""

    stride: Pair
    padding: Pair
    dilation: Pair
    groups: int


def _pair(value: int | Pair) -> Pair:
    return (value, value) if isinstance(value, int) else value


def _gradients(
    grad: Tensor, x: Tensor, weight: Tensor, shape: Shape, of_x: bool, of_weight: bool
) -> tuple[Tensor | None, Tensor | None]:
    """Return the gradients of a convolution's input and weight."""
    stride, padding, dilation, groups = shape
    found = torch.ops.aten.convolution_backward(
        grad, x, weight, None, stride, padding, dilation, False, (0, 0), groups,
        (of_x, of_weight, False),
    )  # fmt: skip
    return found[0], found[1]


def _keep(ctx: Any, shape: Shape, twice: Twice, *tensors: Tensor) -> None:  # noqa: ANN401
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*tensors)
    ctx.shape, ctx.twice = shape, twice


class Convolve(Function):
    """Convolve; the gradient of the input is ``InputGradient``."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        shape: Shape,
        twice: Twice,
    ) -> Tensor:
        """Return the convolution of x (N, C, H, W)."""
        _keep(ctx, shape, twice, x, weight)
        return F.conv2d(x, weight, bias, *shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Return the gradients of x, and but for the slope's of weight and bias."""
        if grad is None:
            return (None,) * 5
        x, weight = ctx.saved_tensors
        if ctx.twice.first:
            return _input_gradient(ctx, grad, x, weight), None, None, None, None
        rows = _rows(grad)
        if not len(rows):
            return (None,) * 5
        g, picked, w = ctx.twice.cast(_pick(grad, rows), _pick(x, rows), weight)
        of_x, of_weight = _gradients(g, picked, w, ctx.shape, ctx.needs_input_grad[0], True)
        of_bias = grad.sum((0, 2, 3)) if ctx.needs_input_grad[2] else None
        return _put(of_x, rows, x), _like(of_weight, weight), of_bias, None, None


def _input_gradient(ctx: Any, grad: Tensor, x: Tensor, weight: Tensor) -> Tensor | None:  # noqa: ANN401
    if not ctx.needs_input_grad[0]:
        return None
    return InputGradient.apply(grad, weight, x.detach(), ctx.shape, ctx.twice)  # type: ignore[no-any-return, no-untyped-call]


class InputGradient(Function):
    """Compute the gradient of a convolution's input, linear in ``grad`` and in ``weight``."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        grad: Tensor,
        weight: Tensor,
        x: Tensor,
        shape: Shape,
        twice: Twice,
    ) -> Tensor:
        """Return the gradient, like x, of which only the shape counts."""
        _keep(ctx, shape, twice, grad, weight)
        return _gradients(grad, x, weight, shape, True, False)[0]  # type: ignore[return-value]

    @staticmethod
    def backward(ctx: Any, change: Tensor | None) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Return the gradients of ``grad`` and ``weight``."""
        grad, weight = ctx.saved_tensors
        if change is None or not len(rows := _rows(change)):
            return (None,) * 5
        g, c, w = ctx.twice.cast(_pick(grad, rows), _pick(change, rows), weight)
        of_weight = _gradients(g, c, w, ctx.shape, False, True)[1]
        of_grad = F.conv2d(c, w, None, *ctx.shape)
        return _put(of_grad, rows, grad), _like(of_weight, weight), None, None, None


def _rows(grad: Tensor) -> Tensor:
    """Return the indices of the samples whose gradient is not zero throughout."""
    return grad.flatten(1).any(dim=1).nonzero().squeeze(1)


def _pick(x: Tensor, rows: Tensor) -> Tensor:
    return x if len(rows) == len(x) else x[rows]


def _put(part: Tensor | None, rows: Tensor, x: Tensor) -> Tensor | None:
    """Return ``part`` at ``rows`` of zeros like ``x``."""
    if part is None or len(rows) == len(x):
        return _like(part, x)
    return torch.zeros_like(x).index_copy_(0, rows, part.to(x.dtype))


def _like(part: Tensor | None, x: Tensor) -> Tensor | None:
    return None if part is None else part.to(x.dtype)


class Mean(Function):
    """Average squares of pixels; its gradient is ``Spread``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, side: int) -> Tensor:  # noqa: ANN401
        """Return x (N, C, H, W) at H // side, W // side."""
        ctx.set_materialize_grads(False)
        ctx.side = side
        return F.avg_pool2d(x, side)

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None) -> tuple[Tensor | None, None]:  # noqa: ANN401
        """Return the gradient of x."""
        return None if grad is None else Spread.apply(grad, ctx.side), None  # type: ignore[no-untyped-call]


class Spread(Function):
    """Share every pixel out among a square of them; its gradient is a mean."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, side: int) -> Tensor:  # noqa: ANN401
        """Return x (N, C, H, W) at H side, W side."""
        ctx.set_materialize_grads(False)
        ctx.side = side
        return F.interpolate(x / side**2, scale_factor=side, mode="nearest")

    @staticmethod
    def backward(ctx: Any, change: Tensor | None) -> tuple[Tensor | None, None]:  # noqa: ANN401
        """Return the gradient of x."""
        return None if change is None else F.avg_pool2d(change, ctx.side), None


def _mean(x: Tensor, side: int) -> Tensor:
    return Mean.apply(x, side)  # type: ignore[no-any-return, no-untyped-call]


def _leaky(x: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    one, less = x.new_tensor(1.0), x.new_tensor(negative_slope)
    return x * torch.where(x.detach() > 0, one, less)


_TWICE: dict[Any, Callable[..., Tensor]] = {F.leaky_relu: _leaky, F.avg_pool2d: _mean}
