"""Build, grow and renew the two players as the stages of a run follow one another."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from engine.network.generator import Generator
from train.config import Stage, TrainConfig
from train.discriminator import Discriminator
from train.metrics.perceptual import st_lpips_vgg
from train.step import Players


def new_players(
    config: TrainConfig, stage: Stage, device: torch.device, dtype: torch.dtype
) -> Players:
    """Build both players for ``stage``, with fresh weights from the run's seed."""
    torch.manual_seed(config.seed)
    G = Generator(config.generator_at(stage))
    D = Discriminator(config.discriminator_at(stage))
    return with_optimisers(G, D, config, stage, device, dtype)


def with_optimisers(
    G: Generator,
    D: Discriminator,
    config: TrainConfig,
    stage: Stage,
    device: torch.device,
    dtype: torch.dtype,
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
    players = Players(G, D, g_adam, d_adam, dtype)
    players.fit_device(device)
    if stage.perceptual:
        players.perceptual = st_lpips_vgg().to(device)
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
    G = Generator(config.generator_at(stage))
    D = Discriminator(config.discriminator_at(stage))
    inherit(G, players.G)
    inherit(D, players.D)
    if stage.fade and stage.resolution == 2 * players.G.config.resolution:
        G.fade_from(players.G)
        D.fade_from(players.D)
    return with_optimisers(G, D, config, stage, device, players.dtype)


def inherit(new: nn.Module, old: nn.Module | Mapping[str, Tensor]) -> int:
    """Copy every parameter of the same name and shape; return how many were copied.

    ``old`` is a network or its state.
    """
    theirs = old.state_dict() if isinstance(old, nn.Module) else old
    ours = new.state_dict()
    common = {
        name: value
        for name, value in theirs.items()
        if name in ours and ours[name].shape == value.shape
    }
    new.load_state_dict(common, strict=False)
    return len(common)


def average_of(players: Players) -> Generator:
    """Return a copy of G to average into, without gradients."""
    return copy.deepcopy(players.G).requires_grad_(False)


def settled(G: Generator) -> Generator:
    """Return ``G`` as it is without a fade, for users.

    Where less than half of a new resolution is faded in, that is the half-sized generator inside
    it: the new layers alone would not yet fill well.
    """
    if G.fade is None:
        return G
    config = G.config if G.alpha >= 0.5 else replace(G.config, resolution=G.config.resolution // 2)
    plain = Generator(config)
    inherit(plain, G)
    if config != G.config:
        plain.from_rgb.load_state_dict(G.fade.state_dict())
        if G.fade_rgb is not None:
            plain.head.to_rgb[str(config.resolution)].load_state_dict(G.fade_rgb.state_dict())
    return plain.requires_grad_(False)
