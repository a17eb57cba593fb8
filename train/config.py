"""Everything a run depends on, and the table of recipes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import inf, isfinite
from typing import Any, Final, Literal

from engine.network.config import PRESETS as NETWORKS
from engine.network.config import GeneratorConfig
from train.discriminator import DiscriminatorConfig
from train.losses import Penalty


@dataclass(frozen=True)
class Stage:
    """Describe one stretch of training; the stages of a run follow one another.

    Attributes:
        images: length, in images shown to the players.
        resolution: side the networks work on, pixels.
        batch: images a step.
        adversarial: weight of the adversarial loss; 0 trains G alone and leaves D out.
        l1: weight of the L1 error in the hole (not in the paper).
        l1_end: weight of it at the stage's end; in between it goes linearly.
        perceptual: weight of the distance of VGG features in the hole (not in the paper).
        fade: images over which a grown resolution is faded in.
        d_alone: images at the start over which only D learns.
        lr: G's learning rate; 0 takes the run's.
        momentum: G's first Adam beta; 0 takes the run's (which is 0 in the paper).
    """

    images: int
    resolution: int
    batch: int = 32
    adversarial: float = 1.0
    l1: float = 0.0
    l1_end: float = 0.0
    perceptual: float = 0.0
    fade: int = 0
    d_alone: int = 0
    lr: float = 0.0
    momentum: float = 0.0

    def l1_at(self, seen: int) -> float:
        """Return the L1 weight after ``seen`` images of this stage."""
        share = min(1.0, seen / max(self.images, 1))
        return self.l1 + (self.l1_end - self.l1) * share

    def alpha_at(self, seen: int) -> float:
        """Return how far the newest resolution is faded in, 0..1."""
        return min(1.0, seen / self.fade) if self.fade else 1.0


@dataclass(frozen=True)
class TrainConfig:
    """Describe a run completely; with the same data and seed it gives the same weights.

    Attributes:
        generator: the final network; a stage may train it at a smaller resolution.
        stages: what happens when.
        dataset: layout of the data: "photos" is any folder of them, "fdf", "celebahq" or "places2".
        masks: kind of hole (``train.masks``) where the data brings none.
        lr, betas: Adam's, of G, and of D but for ``d_speed``.
        d_speed: D's learning rate over G's (Heusel et al. 2017; 1 in the paper).
        penalty, penalty_norm, penalty_weight: Equations 8 to 11; p is 2 or infinity.
        penalty_every: lazy: every so many D steps, weight times as much (Karras et al. 2020).
        drift: weight of D(real)^2.
        ema_images: half-life of the averaged weights, in images.
        composed: show D the composed output (Equation 12); off in Config A.
        d_pose_kind: how D gets the pose (``train.discriminator``); "onehot" in Configs A to D.
        d_residual: residual blocks in D; off in Configs A to D.
        shared_forward: D's step reuses the fills of the G step before it (one forward fewer).
        minibatch_std: D sees the batch's spread (not in the paper).
        mode_seeking: weight of the diversity term, beside the adversarial loss (not in the paper).
        mode_seeking_every: lazy likewise: every so many G steps, weight times as much.
        seed: of weights, data and noise.
    """

    generator: GeneratorConfig
    stages: tuple[Stage, ...]
    dataset: Literal["photos", "fdf", "celebahq", "places2"] = "photos"
    masks: str = "union"
    lr: float = 0.001
    betas: tuple[float, float] = (0.0, 0.99)
    d_speed: float = 1.0
    penalty: Penalty = "revised"
    penalty_norm: float = 2.0
    penalty_weight: float = 10.0
    penalty_every: int = 16
    drift: float = 0.001
    ema_images: float = 10_000.0
    composed: bool = True
    d_pose_kind: Literal["bank", "onehot"] = "bank"
    d_residual: bool = True
    shared_forward: bool = False
    minibatch_std: bool = False
    mode_seeking: float = 0.0
    mode_seeking_every: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be trained.

        Raises:
            ValueError: a fade without growth or longer than its stage, or modes sought without z.
        """
        for before, stage in pairwise(self.stages):
            if stage.fade and stage.resolution not in (before.resolution, 2 * before.resolution):
                raise ValueError("a stage that fades in must double the resolution before it")
        if any(stage.fade > stage.images for stage in self.stages):
            raise ValueError("a fade must not be longer than its stage")
        if self.mode_seeking and not self.generator.z_channels:
            raise ValueError("a generator without latent has no modes to seek")

    @property
    def images(self) -> int:
        """Return the images of all stages."""
        return sum(stage.images for stage in self.stages)

    def stage_at(self, cur_nimg: int) -> tuple[int, Stage, int]:
        """Return (index, stage, images seen of it) after ``cur_nimg`` images."""
        for index, stage in enumerate(self.stages):
            if cur_nimg < stage.images or index == len(self.stages) - 1:
                return index, stage, cur_nimg
            cur_nimg -= stage.images
        raise ValueError("a run needs at least one stage")

    def generator_at(self, stage: Stage) -> GeneratorConfig:
        """Return the generator's configuration while ``stage`` lasts."""
        return replace(self.generator, resolution=stage.resolution)

    def discriminator_at(self, stage: Stage) -> DiscriminatorConfig:
        """Return the discriminator's configuration while ``stage`` lasts."""
        g = self.generator
        return DiscriminatorConfig(
            stage.resolution, g.base, g.pose, self.d_pose_kind, self.minibatch_std, self.d_residual
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the configuration as plain JSON values; an infinite norm is the text "inf"."""
        norm = self.penalty_norm if isfinite(self.penalty_norm) else "inf"
        return {**asdict(self), "penalty_norm": norm}


_BATCH: Final = {8: 256, 16: 256, 32: 128, 64: 96}
_PLAIN: Final[dict[str, Any]] = {"conv": "plain", "skip": "concat"}
_ONEHOT: Final[dict[str, Any]] = {"pose_kind": "onehot"}


def _paper(network: str, lr: float = 0.001, **changes: Any) -> TrainConfig:  # noqa: ANN401
    generator = NETWORKS[network]
    stages = (Stage(20_000_000, generator.resolution, 32),)
    return replace(TrainConfig(generator, stages, lr=lr), **changes)


def growing(resolution: int, images: int = 20_000_000, phase: int = 1_200_000) -> tuple[Stage, ...]:
    """Return the stages of progressive growing (Karras et al., ICLR 2018) as Configs A to D use it.

    8 px for one phase; every further resolution is faded in over one phase and trained on for
    another; the last takes what is left of ``images``.
    """
    sizes = [8 << i for i in range((resolution // 8).bit_length())]
    stages = [Stage(phase, 8, _BATCH[8])]
    stages += [Stage(2 * phase, r, _BATCH.get(r, 32), fade=phase) for r in sizes[1:]]
    spent = sum(stage.images for stage in stages[:-1])
    return *stages[:-1], replace(stages[-1], images=images - spent)


def _grown(network: str, generator: dict[str, Any], **changes: Any) -> TrainConfig:  # noqa: ANN401
    """Return one of Configs A to D: the network changed to one RGB output, grown from 8 px."""
    final = replace(NETWORKS[network], rgb="last", **generator)
    config = TrainConfig(final, growing(final.resolution), d_pose_kind="onehot", d_residual=False)
    return replace(config, **changes)


def _ablation(generator: dict[str, Any], **changes: Any) -> TrainConfig:  # noqa: ANN401
    """Return the bundled recipe at 64 px, half the width and a small budget, changed in one way."""
    network = replace(NETWORKS["lacuna-256"], resolution=64, base=64, **generator)
    stages = (
        Stage(6_000, 64, 16, adversarial=0.0, l1=1.0, l1_end=1.0, lr=0.001),
        Stage(30_000, 64, 16, l1=2.0, l1_end=2.0, d_alone=1_600),
    )
    rates = {"lr": 0.0003, "d_speed": 10.0, "mode_seeking": 0.0, "ema_images": 5_000.0}
    return replace(_LACUNA, generator=network, stages=stages, **{**rates, **changes})


_LACUNA: Final = TrainConfig(
    NETWORKS["lacuna-256"],
    stages=(
        Stage(160_000, 64, 32, adversarial=0.0, l1=1.0, l1_end=1.0, lr=0.01, momentum=0.9),
        Stage(100_000, 64, 32, 0.0, l1=20.0, l1_end=20.0, perceptual=1.0, lr=0.005, momentum=0.9),
        Stage(360_000, 64, 32, l1=40.0, l1_end=40.0, perceptual=4.0, d_alone=3_200, momentum=0.5),
        Stage(200_000, 128, 16, l1=40.0, l1_end=4.0, perceptual=4.0, fade=4_000, momentum=0.5),
        Stage(1_000_000, 256, 8, l1=4.0, l1_end=4.0, perceptual=4.0, fade=2_000, momentum=0.5),
    ),
    masks="mixed",
    lr=0.002,
    d_speed=1.5,
    penalty_every=8,
    ema_images=20_000.0,
    shared_forward=True,
    minibatch_std=True,
    mode_seeking=0.03,
    mode_seeking_every=4,
)

_FINETUNE: Final = replace(
    _LACUNA, stages=(Stage(40_000, 256, 8, l1=4.0, l1_end=4.0, d_alone=2_000),)
)

_WIDER: Final = replace(
    _LACUNA,
    generator=replace(_LACUNA.generator, resolution=64),
    stages=(
        Stage(400_000, 64, 16, l1=40.0, l1_end=40.0, perceptual=4.0, d_alone=1_600, momentum=0.5),
    ),
    masks="widened",
    lr=0.001,
    ema_images=5_000.0,
)

PRESETS: Final[dict[str, TrainConfig]] = {
    "lacuna-256": _LACUNA,
    "finetune-256": _FINETUNE,
    "lacuna-wide": _WIDER,
    # Table 1, FDF.
    "fdf-a": _grown(
        "fdf-128", {**_PLAIN, **_ONEHOT}, dataset="fdf", penalty="original", composed=False
    ),
    "fdf-b": _grown("fdf-128", {**_PLAIN, **_ONEHOT}, dataset="fdf"),
    "fdf-c": _grown("fdf-128", _PLAIN, dataset="fdf"),
    "fdf-d": _grown("fdf-128", {}, dataset="fdf"),
    "fdf-e": _paper("fdf-128", dataset="fdf"),
    "fdf-128": _paper("fdf-128", dataset="fdf"),
    # Table 1, Places2; it has no pose, so Config C is B, and the paper's A did not converge.
    "places2-b": _grown("places2-256-small", _PLAIN, dataset="places2"),
    "places2-d": _grown("places2-256-small", {}, dataset="places2"),
    "places2-e": _paper("places2-256-small", dataset="places2"),
    "places2-256-small": _paper("places2-256-small", dataset="places2"),
    # Table 2.
    "places2-256": _paper("places2-256", lr=0.0015, dataset="places2"),
    "celebahq-256": _paper("celebahq-256", lr=0.0015, dataset="celebahq"),
    # Figure 2 and the ablations, on photos at a small budget.
    "fig2-iconv": _ablation({}),
    "fig2-plain": _ablation(_PLAIN),
    "fig2-partial": _ablation({**_PLAIN, "conv": "partial"}),
    "fig2-gated": _ablation({**_PLAIN, "conv": "gated"}),
    "no-latent": _ablation({"z_channels": 0}),
    "norm-inf": _ablation({}, penalty_norm=inf),
}
