"""Build, grow and renew the two players as the stages of a run follow one another."""

from __future__ import annotations

import copy

import torch

from train.config import Stage, TrainConfig
from train.discriminator import Discriminator
from train.growing import GrowingGenerator, inherit
from train.kernels import Kernels
from train.metrics.perceptual import st_lpips_vgg
from train.step import Players


def new_players(
    config: TrainConfig,
    stage: Stage,
    device: torch.device,
    dtype: torch.dtype,
    kernels: Kernels | None = None,
) -> Players:
    """Build both players for ``stage``, with fresh weights from the run's seed."""
    torch.manual_seed(config.seed)
    kernels = kernels or Kernels()
    G, D = networks(config, stage, kernels)
    return with_optimisers(G, D, config, stage, device, dtype, kernels)


def networks(
    config: TrainConfig, stage: Stage, kernels: Kernels
) -> tuple[GrowingGenerator, Discriminator]:
    """Build both networks for ``stage``, without optimisers."""
    G = GrowingGenerator(config.generator_at(stage), kernels.network)
    return G, Discriminator(config.discriminator_at(stage), kernels.network)


def with_optimisers(
    G: GrowingGenerator,
    D: Discriminator,
    config: TrainConfig,
    stage: Stage,
    device: torch.device,
    dtype: torch.dtype,
    kernels: Kernels,
) -> Players:
    """Place both networks and give each its Adam.

    D's is corrected for the lazy penalty: with c = k / (k + 1), lr c and betas^c (Karras et al.,
    CVPR 2020).
    """
    for network in (G, D):
        network.to(device)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    lr = stage.lr or config.lr
    c = config.penalty_every / (config.penalty_every + 1)
    b1, b2 = config.betas
    g_adam = torch.optim.Adam(G.parameters(), lr, (stage.momentum or b1, b2), fused=True)
    d_adam = torch.optim.Adam(D.parameters(), lr * config.d_speed * c, (b1**c, b2**c), fused=True)
    players = Players(G, D, g_adam, d_adam, dtype, kernels)
    players.fit_device(device)
    if stage.perceptual:
        players.perceptual = st_lpips_vgg().using(kernels.perceptual).to(device)
    if dtype == torch.float16:
        players.g_scaler = torch.amp.GradScaler(device.type)
        players.d_scaler = torch.amp.GradScaler(device.type)
    return players


def grow(players: Players, config: TrainConfig, stage: Stage, device: torch.device) -> Players:
    """Build the players of the next stage and keep what they learned.

    Weights of the same name and shape are copied, those of a new resolution start fresh from the
    run's seed and the stage's resolution. Where the stage fades, the old entry to each network
    (``from_rgb``) stays beside the new one until the fade ends.
    """
    torch.manual_seed(config.seed + stage.resolution)
    G, D = networks(config, stage, players.kernels)
    inherit(G, players.G)
    inherit(D, players.D)
    if stage.fade and stage.resolution == 2 * players.G.config.resolution:
        G.fade_from(players.G)
        D.fade_from(players.D)
    return with_optimisers(G, D, config, stage, device, players.dtype, players.kernels)


def average_of(players: Players) -> GrowingGenerator:
    """Return a copy of G to average into, without gradients."""
    return copy.deepcopy(players.G).requires_grad_(False)
