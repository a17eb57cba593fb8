"""One update of each player."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.network.layers import upsample
from train import distributed
from train.config import Stage, TrainConfig
from train.discriminator import Discriminator
from train.growing import GrowingGenerator
from train.kernels import Kernels
from train.losses import (
    between,
    d_wasserstein,
    g_wasserstein,
    gradient_penalty,
    hole_l1,
    hole_mean,
    mode_seeking,
)
from train.metrics.perceptual import Perceptual


@dataclass(frozen=True)
class Images:
    """Hold one batch on the device.

    Attributes:
        img: (N, 3, R, R) float32 in [-1, 1].
        hole: (N, 1, R, R) float32, 1 = fill.
        pose: (N, P) in [0, 1] or None.
    """

    img: Tensor
    hole: Tensor
    pose: Tensor | None = None

    @property
    def known(self) -> Tensor:
        """Return M = 1 - hole."""
        return 1 - self.hole

    def faded(self, alpha: float) -> Images:
        """Return the batch with its finest detail at strength ``alpha``, as G's fades in."""
        coarse = upsample(F.avg_pool2d(self.img, 2))
        return replace(self, img=torch.lerp(coarse, self.img, alpha))


class Noise(NamedTuple):
    """Hold what one step draws, on the device.

    Attributes:
        z: latents of G's fills, (N, z_channels, 4, 4); None where only D learns.
        z2: a second set where modes are sought, else None.
        z_d: a set for fills made for D alone, else None.
        t: (N,) in [0, 1) where the step carries the lazy penalty, else None.
    """

    z: Tensor | None = None
    z2: Tensor | None = None
    z_d: Tensor | None = None
    t: Tensor | None = None


@dataclass
class Players:
    """Hold both networks, their optimisers, the type they compute in and what they compute by.

    ``scaler`` scales the losses where gradients are float16 (Micikevicius et al., ICLR 2018).
    """

    G: GrowingGenerator
    D: Discriminator
    g_adam: torch.optim.Adam
    d_adam: torch.optim.Adam
    dtype: torch.dtype = torch.float32
    kernels: Kernels = field(default_factory=Kernels)
    perceptual: Perceptual | None = None
    g_scaler: torch.amp.GradScaler = field(default_factory=lambda: _no_scaler())
    d_scaler: torch.amp.GradScaler = field(default_factory=lambda: _no_scaler())

    def forget_removed(self) -> None:
        """Take parameters that left the networks (an ended fade) out of the optimisers."""
        for network, adam in ((self.G, self.g_adam), (self.D, self.d_adam)):
            present = {id(p) for p in network.parameters()}
            group = adam.param_groups[0]
            for gone in [p for p in group["params"] if id(p) not in present]:
                adam.state.pop(gone, None)
            group["params"] = [p for p in group["params"] if id(p) in present]

    def fit_device(self, device: torch.device) -> None:
        """Tell both optimisers whether steps are recorded; a checkpoint may say otherwise."""
        for adam in (self.g_adam, self.d_adam):
            adam.param_groups[0]["capturable"] = device.type == "cuda"

    def fill(self, images: Images, z: Tensor, composed: bool = True) -> Tensor:
        """Return G's fills; not ``composed``, G's own colours everywhere."""
        out: Tensor = self.G(images.img, images.known, z, images.pose, self.dtype, composed)
        return out

    def judge(self, img: Tensor, images: Images, dtype: torch.dtype | None = None) -> Tensor:
        """Return D's logits (N,) for ``img`` with the batch's hole."""
        masked = images.img * images.known
        out: Tensor = self.D(img, masked, images.known, images.pose, dtype or self.dtype)
        return out


def _no_scaler() -> torch.amp.GradScaler:
    return torch.amp.GradScaler("cpu", enabled=False)


def d_step(
    players: Players,
    images: Images,
    fake: Tensor,
    t: Tensor | None,
    config: TrainConfig,
) -> dict[str, Tensor]:
    """Teach the critic once (Equation 11).

    Args:
        players: the networks; D's weights change.
        images: the batch.
        fake: G's fills of it, (N, 3, R, R), without gradient.
        t: (N,) in [0, 1] when this step carries the lazy penalty, else None.
        config: the recipe.

    Returns:
        Scalars for the log: ``wasserstein`` (E[D(real)] - E[D(fake)]) and ``penalty``.
    """
    players.D.requires_grad_(True)
    real, made = players.judge(images.img, images), players.judge(fake, images)
    loss = d_wasserstein(real, made, config.drift)
    stats = {"wasserstein": (real.mean() - made.mean()).detach()}
    if t is not None:
        # The slope needs float32: at its small values bfloat16 errs by a quarter.
        penalty = gradient_penalty(
            lambda x: players.judge(x, images, torch.float32),
            between(images.img, fake, t),
            images.hole,
            config.penalty,
            config.penalty_norm,
            torch.bfloat16 if players.dtype == torch.bfloat16 else None,
        )
        loss = loss + config.penalty_weight * config.penalty_every * penalty
        stats["penalty"] = penalty.detach()
    _update(loss, players.d_adam, players.d_scaler)
    return stats


def g_step(
    players: Players,
    images: Images,
    z: Tensor,
    z2: Tensor | None,
    stage: Stage,
    l1: float,
    config: TrainConfig,
) -> tuple[dict[str, Tensor], Tensor]:
    """Teach the generator once.

    Args:
        players: the networks; G's weights change.
        images: the batch.
        z: latents (N, z_channels, 4, 4).
        z2: a second set for the mode-seeking term, else None.
        stage: the recipe's present stage.
        l1: weight of the L1 error now.
        config: the recipe.

    Returns:
        Scalars for the log, and the fills it made, without gradient.
    """
    players.D.requires_grad_(False)
    fake = players.fill(images, z, config.composed)
    loss = fake.new_zeros(())
    stats: dict[str, Tensor] = {}
    if stage.adversarial:
        loss = stage.adversarial * g_wasserstein(players.judge(fake, images))
    area = distributed.mean(images.hole.sum())
    error = hole_l1(fake, images.img, images.hole, area)
    stats["l1"] = error.detach()
    if l1:
        loss = loss + l1 * error
    if players.perceptual is not None:
        distance = players.perceptual.loss(fake, images.img, players.dtype)
        distance = hole_mean(distance, images.hole, area)
        stats["perceptual"] = distance.detach()
        loss = loss + stage.perceptual * distance
    if z2 is not None:
        term = mode_seeking(fake, players.fill(images, z2, config.composed), z, z2, images.hole)
        loss = loss + config.mode_seeking * config.mode_seeking_every * term
        stats["mode_seeking"] = term.detach()
    _update(loss, players.g_adam, players.g_scaler)
    return stats, fake.detach()


def _update(loss: Tensor, adam: torch.optim.Adam, scaler: torch.amp.GradScaler) -> None:
    adam.zero_grad(set_to_none=True)
    scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
    distributed.average_gradients(adam.param_groups[0]["params"])
    scaler.step(adam)
    scaler.update()
