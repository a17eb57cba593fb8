"""Everything a run of the upper level depends on."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.network.config import UpperConfig
from train.discriminator import DiscriminatorConfig


@dataclass(frozen=True)
class UpperRecipe:
    """Describe a run completely; with the same data and seed it gives the same weights.

    Attributes:
        upper: the level.
        side: of a crop, pixels at the new size.
        batch: crops a step.
        critic: base width of the critic.
        alone: crops of L1 alone, before the critic takes part.
        d_alone: crops after those over which only the critic learns.
        lr, momentum: Adam's, of the level, for L1 alone and beside the critic.
        d_lr: the critic's.
        l1: weight of the error in the hole, where the truth was the answer.
        agree: weight of the error against the answer at its own size, where the generator answered.
        perceptual: weight of the distance of VGG features, where the truth was the answer.
        perceptual_every: lazy: every so many steps, weight times as much.
        adversarial: weight of the critic.
        penalty_every: lazy likewise.
        ema_images: half-life of the averaged weights, in crops.
        seed: of weights and data.
    """

    upper: UpperConfig = field(default_factory=UpperConfig)
    side: int = 64
    batch: int = 16
    critic: int = 32
    alone: int = 8_000
    d_alone: int = 1_600
    lr: tuple[float, float] = (0.005, 0.002)
    momentum: tuple[float, float] = (0.9, 0.5)
    d_lr: float = 0.003
    l1: float = 20.0
    agree: float = 20.0
    perceptual: float = 4.0
    perceptual_every: int = 2
    adversarial: float = 1.0
    penalty_every: int = 8
    ema_images: float = 5_000.0
    seed: int = 0

    def critic_config(self) -> DiscriminatorConfig:
        """Return the critic's configuration."""
        return DiscriminatorConfig(self.side, self.critic, minibatch_std=True)


PRESETS = {"upper": UpperRecipe()}
