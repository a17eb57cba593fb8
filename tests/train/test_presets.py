"""Every preset trains, and differs from its neighbours in what the paper's tables say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.latent import draw_z
from engine.network.snapshot import load_generator, save_snapshot
from train import players
from train.config import PRESETS, Stage, TrainConfig, growing
from train.loop import Pace, training_loop
from train.metrics.perceptual import Perceptual, tolerant_vgg_features
from train.run import Run, draw_noise

# Behind a hard hole and a 1 x 1 layer the first estimate is dropped; the last certainty has no use.
IDLE = {
    "G.from_rgb.conv.imputation.weight",
    "G.from_rgb.conv.imputation.bias",
    "G.decoder.32.second.conv.certainty.weight",
}
CPU = torch.device("cpu")


def thin_vgg() -> Perceptual:
    """Return a perceptual distance over a VGG16 of four channels with random weights."""
    g = torch.Generator().manual_seed(3)
    widths = [3, *[4] * 13]
    convs = [
        (torch.randn(4, before, 3, 3, generator=g) / 5, torch.zeros(4)) for before in widths[:-1]
    ]
    return Perceptual("thin", tolerant_vgg_features, convs, [torch.ones(1, 4, 1, 1)] * 5)


class Faces:
    """Random pictures with a box to fill and seven keypoints, as FDF gives them."""

    def __init__(self, colours) -> None:
        self._colours = colours

    def __len__(self) -> int:
        return len(self._colours)

    def batch(self, indices, flips, rngs=()):
        found = self._colours.batch(indices, flips)
        n, side = len(indices), found.img.shape[-1]
        hole = torch.zeros(n, 1, side, side)
        hole[..., side // 4 : -side // 4, side // 4 : -side // 4] = 1
        pose = np.random.default_rng(int(indices[0])).random((n, 14), np.float32)
        return found._replace(hole=hole, pose=torch.from_numpy(pose))


def small(config: TrainConfig) -> TrainConfig:
    """Return the recipe at 32 px, base 8, four images a step, two to four steps a stage."""
    if config.stages[0].resolution == 8:
        stages = tuple(replace(s, batch=4) for s in growing(32, images=48, phase=8))
    else:
        stages = tuple(
            replace(s, images=8, resolution=32, batch=4, fade=0, d_alone=min(4, s.d_alone))
            for s in config.stages
        )
    generator = replace(config.generator, resolution=32, base=8, least=0)
    return replace(config, generator=generator, stages=stages, penalty_every=2)


def weights(run: Run) -> dict[str, torch.Tensor]:
    players = {"G": run.players.G, "D": run.players.D}
    return {
        f"{player}.{name}": p.detach().clone()
        for player, network in players.items()
        for name, p in network.named_parameters()
    }


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_trains(name, open_colours, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(players, "st_lpips_vgg", thin_vgg)
    config = small(PRESETS[name])
    run = Run(config, CPU, torch.float32)
    kept: dict[int, dict[str, torch.Tensor]] = {}
    reports: list[dict[str, float]] = []

    def note(status) -> None:
        reports.append(dict(status))
        kept.setdefault(run.stage_index, weights(run))

    def data(resolution):
        colours = open_colours(resolution)
        return Faces(colours) if config.generator.pose else colours

    training_loop(run, data, tmp_path, Pace(report_seconds=0.0, save_seconds=1e9), note)
    assert run.done
    values = [v for report in reports for v in report.values()]
    assert all(np.isfinite(values))
    assert {"wasserstein", "penalty", "l1"} <= {key for report in reports for key in report}
    assert set(kept) == set(range(len(config.stages)))
    before = kept[len(config.stages) - 1]
    still = [name for name, value in weights(run).items() if torch.equal(value, before[name])]
    assert set(still) <= IDLE
    assert run.players.G.config.resolution == 32


def networks(letter: str, dataset: str = "fdf") -> TrainConfig:
    return PRESETS[f"{dataset}-{letter}"]


def test_rows_of_table_1_build_on_one_another() -> None:
    a, b, c, d, e = (networks(letter) for letter in "abcde")
    assert (a.penalty, a.composed, b.penalty, b.composed) == ("original", False, "revised", True)
    assert replace(a, penalty="revised", composed=True) == b
    assert (b.generator.pose_kind, c.generator.pose_kind) == ("onehot", "bank")
    assert replace(b, generator=replace(b.generator, pose_kind="bank")) == c
    iconv = replace(c.generator, conv="iconv", skip="gamma")
    assert replace(c, generator=iconv) == d
    assert replace(d.generator, rgb="msg") == e.generator
    assert [x.d_pose_kind for x in (a, b, c, d, e)] == ["onehot"] * 4 + ["bank"]
    assert [len(x.stages) for x in (a, b, c, d, e)] == [5, 5, 5, 5, 1]


def test_places2_rows_are_those_of_fdf_without_pose() -> None:
    for letter in "bd":
        generator = networks(letter, "places2").generator
        faces = networks(letter).generator
        assert replace(faces, resolution=256, pose=0, pose_kind="bank") == generator
    assert networks("e", "places2") == PRESETS["places2-256-small"]
    assert networks("e") == PRESETS["fdf-128"]


@pytest.mark.parametrize("name", [f"fdf-{x}" for x in "abcde"] + [f"places2-{x}" for x in "bde"])
def test_table_1_shows_twenty_million_images(name) -> None:
    config = PRESETS[name]
    assert config.images == 20_000_000
    assert config.stages[-1].batch == 32


def test_growing_follows_the_schedule() -> None:
    stages = growing(256)
    assert [(s.resolution, s.batch) for s in stages] == [
        (8, 256), (16, 256), (32, 128), (64, 96), (128, 32), (256, 32)
    ]  # fmt: skip
    assert [s.images for s in stages[:-1]] == [1_200_000] + [2_400_000] * 4
    assert [s.fade for s in stages] == [0] + [1_200_000] * 5


def test_ablations_change_one_thing() -> None:
    base = PRESETS["fig2-iconv"]
    for name, changes in {
        "fig2-plain": {"conv": "plain", "skip": "concat"},
        "fig2-gated": {"conv": "gated", "skip": "concat"},
        "fig2-partial": {"conv": "partial", "skip": "concat"},
        "no-latent": {"z_channels": 0},
    }.items():
        assert PRESETS[name] == replace(base, generator=replace(base.generator, **changes))
    assert PRESETS["norm-inf"] == replace(base, penalty_norm=float("inf"))
    assert PRESETS["norm-inf"].to_dict()["penalty_norm"] == "inf"


def test_recipes_that_make_no_sense_are_refused() -> None:
    config = PRESETS["fig2-iconv"]
    with pytest.raises(ValueError, match="double"):
        replace(config, stages=(Stage(64, 16), Stage(64, 64, fade=8)))
    with pytest.raises(ValueError, match="longer"):
        replace(config, stages=(Stage(64, 16), Stage(64, 32, fade=80)))
    with pytest.raises(ValueError, match="latent"):
        replace(PRESETS["no-latent"], mode_seeking=1.0)


@pytest.mark.parametrize("kind", ["onehot", "bank"])
def test_pose_moves_the_fill_and_the_verdict(kind) -> None:
    config = GeneratorConfig(resolution=32, base=8, pose=14, pose_kind=kind)
    recipe = TrainConfig(config, (Stage(8, 32, 2),), d_pose_kind=kind)
    run = Run(recipe, CPU, torch.float32)
    img, known = torch.zeros(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    z, here, there = torch.zeros(1, 32, 4, 4), torch.full((1, 14), 0.1), torch.full((1, 14), 0.9)
    G, D = run.players.G, run.players.D
    assert not torch.equal(G(img, known, z, here), G(img, known, z, there))
    assert not torch.equal(D(img, img, known, here), D(img, img, known, there))
    with pytest.raises(ValueError, match="pose"):
        G(img, known, z)
    with pytest.raises(ValueError, match="pose"):
        D(img, img, known)


def test_onehot_pose_reaches_every_resolution() -> None:
    config = GeneratorConfig(resolution=32, base=8, z_channels=4, pose=14, pose_kind="onehot")
    G = Generator(config)
    inputs = {r: block.first.conv.conv.in_channels for r, block in G.decoder.items()}
    assert inputs == {"4": 8 + 4 + 7, "8": 8 + 7, "16": 8 + 7, "32": 8 + 7}


def test_network_without_latent_works_everywhere(tmp_path) -> None:
    config = GeneratorConfig(resolution=16, base=8, z_channels=0)
    assert draw_z(config, [0, 7]).shape == (2, 0, 4, 4)
    recipe = replace(PRESETS["no-latent"], generator=config, stages=(Stage(8, 16, 2),))
    assert draw_noise(recipe, 3, 0, 0).shape == (3, 0, 4, 4)
    G = Generator(config)
    img, known = torch.zeros(1, 3, 16, 16), torch.zeros(1, 1, 16, 16)
    z = torch.from_numpy(draw_z(config, [0, 7]))
    fills = G.fill_seen(G.see(img, known, torch.float32), z)
    assert torch.equal(fills[0], fills[1])
    save_snapshot(tmp_path / "s.safetensors", G)
    assert load_generator(tmp_path / "s.safetensors")[0].config == config
