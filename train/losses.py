"""What each player minimises (Equations 8 to 11, and the named additions of the bundled recipe)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from train.kernels.slopes import Critic, slope

Penalty = Literal["revised", "original"]


def g_wasserstein(fake: Tensor) -> Tensor:
    """Return the generator's loss, -E[D(G)]; ``fake`` are logits (N,)."""
    return -fake.mean()


def d_wasserstein(real: Tensor, fake: Tensor, drift: float = 0.001) -> Tensor:
    """Return the critic's loss, E[D(G)] - E[D(I)] + drift E[D(I)^2]; logits (N,)."""
    return fake.mean() - real.mean() + drift * real.square().mean()


def between(real: Tensor, fake: Tensor, t: Tensor) -> Tensor:
    """Return xhat = t real + (1 - t) fake, detached; t (N,) in [0, 1], images (N, 3, H, W)."""
    t = t[:, None, None, None]
    return (t * real + (1 - t) * fake).detach()


def gradient_penalty(
    critic: Critic,
    xhat: Tensor,
    hole: Tensor,
    kind: Penalty = "revised",
    norm: float = 2.0,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Return how far the critic's slope at xhat exceeds 1.

    revised: max(0, ||grad D(xhat) (.) (1 - M)||_p - 1), Equation 10;
    original: (||grad D(xhat)||_p - 1)^2 over the whole image, Equation 8.

    Args:
        critic: images (N, 3, H, W) -> logits (N,).
        xhat: (N, 3, H, W) float32, points between real and filled images.
        hole: (N, 1, H, W), 1 - M.
        kind: which of the two.
        norm: p, 2 or infinity, over the 3 H W values of a sample.
        dtype: type the penalty's own gradient is computed in, None for the critic's.

    Returns:
        The mean over samples, a scalar that can be differentiated again.
    """
    grad = slope(critic, xhat.detach().requires_grad_(True), dtype)
    if kind == "original":
        return (slope_norm(grad, norm) - 1).square().mean()
    return torch.relu(slope_norm(grad * hole, norm) - 1).mean()


def slope_norm(grad: Tensor, norm: float) -> Tensor:
    """Return the p-norm of each sample's gradient (N,), with a finite slope at zero."""
    flat = grad.flatten(1)
    if norm == float("inf"):
        return flat.abs().amax(dim=1)
    return (flat.square().sum(dim=1) + 1e-12).sqrt()


def hole_l1(out: Tensor, img: Tensor, hole: Tensor, area: Tensor | None = None) -> Tensor:
    """Return the mean absolute error over the hole (N, 1, H, W); images in [-1, 1].

    ``area``, a scalar, is taken for the hole's sum where the batch is one of several parts: with
    the parts' mean area, the mean of their errors is the error of the whole batch.
    """
    area = hole.sum() if area is None else area
    return ((out - img).abs() * hole).sum() / (3 * area).clamp_min(1)


def hole_mean(values: Tensor, hole: Tensor, area: Tensor) -> Tensor:
    """Return the mean over the holes (N, 1, H, W) of what only holes can differ in.

    ``values`` (N,) are means over whole images; ``area`` as for ``hole_l1``.
    """
    return values.sum() * hole[0].numel() / area.clamp_min(1)


def mode_seeking(out1: Tensor, out2: Tensor, z1: Tensor, z2: Tensor, hole: Tensor) -> Tensor:
    """Return the mode-seeking ratio d(z1, z2) / d(G(z1), G(z2)) (Mao et al., CVPR 2019).

    Small where different latents give different fills. Distances are mean absolute differences,
    the images' over the hole plus 0.05, per sample; not in the paper.
    """
    area = (3 * hole.sum((1, 2, 3))).clamp_min(1)
    image = ((out1 - out2).abs() * hole).sum((1, 2, 3)) / area
    latent = (z1 - z2).abs().mean((1, 2, 3))
    return (latent / (image + 0.05)).mean()
