"""One step moves the right weights, and the recipe's options do what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from train.config import PRESETS, Stage
from train.ema import decay_of, update_ema
from train.loop import train_batch
from train.metrics.perceptual import Perceptual
from train.players import new_players
from train.run import Run
from train.step import Images, d_step, g_step

CPU = torch.device("cpu")


def images(n: int, side: int) -> Images:
    g = torch.Generator().manual_seed(5)
    hole = torch.zeros(n, 1, side, side)
    hole[:, :, side // 4 : side // 2, side // 4 :] = 1
    return Images(torch.rand(n, 3, side, side, generator=g) * 2 - 1, hole)


def copies(network) -> list[torch.Tensor]:
    return [p.detach().clone() for p in network.parameters()]


def moved(network, before) -> bool:
    return any(not torch.equal(a, b) for a, b in zip(network.parameters(), before, strict=True))


@pytest.fixture
def players(paper_config):
    return new_players(paper_config, paper_config.stages[0], CPU, torch.float32)


def test_each_step_moves_its_own_player_only(players, paper_config) -> None:
    batch, z = images(4, 16), torch.randn(4, 4, 4, 4)
    g, d = copies(players.G), copies(players.D)
    _, fake = g_step(players, batch, z, None, paper_config.stages[0], 0.0, paper_config)
    assert moved(players.G, g)
    assert not moved(players.D, d)
    g = copies(players.G)
    stats = d_step(players, batch, fake, torch.rand(4), paper_config)
    assert moved(players.D, d)
    assert not moved(players.G, g)
    assert set(stats) == {"wasserstein", "penalty"}


def test_composed_fills_leave_known_pixels_alone(players) -> None:
    batch = images(2, 16)
    fake = players.fill(batch, torch.randn(2, 4, 4, 4))
    known = batch.known.expand_as(fake) == 1
    assert torch.equal(fake[known], batch.img[known])


def test_l1_alone_learns_one_batch(tiny_config) -> None:
    stage = Stage(0, 16, 4, adversarial=0.0, l1=1.0)
    players = new_players(tiny_config, stage, CPU, torch.float32)
    batch, z = images(2, 16), torch.zeros(2, 4, 4, 4)
    smooth = torch.nn.functional.interpolate(batch.img[..., :4, :4], size=16, mode="bilinear")
    batch = replace(batch, img=smooth)
    errors = [
        g_step(players, batch, z, None, stage, 1.0, tiny_config)[0]["l1"].item() for _ in range(200)
    ]
    assert errors[-1] < 0.5 * errors[0]


def test_critic_alone_first(tiny_config) -> None:
    config = replace(tiny_config, stages=(Stage(64, 8, 4, d_alone=16),))
    run = Run(config, CPU, torch.float32)
    g, d = copies(run.players.G), copies(run.players.D)
    train_batch(run, images(4, 8), 0)
    assert not moved(run.players.G, g)
    assert moved(run.players.D, d)
    run.cur_nimg = 16
    train_batch(run, images(4, 8), 16)
    assert moved(run.players.G, g)


def test_penalty_is_lazy(paper_config) -> None:
    run = Run(replace(paper_config, penalty_every=3), CPU, torch.float32)
    carried = []
    for step in range(7):
        run.cur_nimg = step * 4
        carried.append("penalty" in train_batch(run, images(4, 16), run.cur_nimg))
    assert carried == [True, False, False, True, False, False, True]


def test_lazy_penalty_corrects_the_critics_optimiser(paper_config) -> None:
    config = replace(paper_config, penalty_every=16, lr=0.001)
    players = new_players(config, config.stages[0], CPU, torch.float32)
    group = players.d_adam.param_groups[0]
    assert group["lr"] == pytest.approx(0.001 * 16 / 17)
    assert group["betas"][1] == pytest.approx(0.99 ** (16 / 17))
    assert players.g_adam.param_groups[0]["betas"] == (0.0, 0.99)


def test_a_stage_may_give_g_a_rate_and_momentum_and_leaves_the_critic_without(paper_config) -> None:
    stage = replace(paper_config.stages[0], lr=0.01, momentum=0.9)
    config = replace(paper_config, d_speed=0.5, stages=(stage,))
    players = new_players(config, stage, CPU, torch.float32)
    g, d = players.g_adam.param_groups[0], players.d_adam.param_groups[0]
    assert (g["lr"], g["betas"]) == (0.01, (0.9, 0.99))
    share = config.penalty_every / (config.penalty_every + 1)
    assert d["lr"] == pytest.approx(0.005 * share)
    assert d["betas"] == (0.0, pytest.approx(0.99**share))


def test_mode_seeking_is_added_when_asked(paper_config) -> None:
    config = replace(paper_config, mode_seeking=1.0)
    run = Run(config, CPU, torch.float32)
    assert "mode_seeking" in train_batch(run, images(4, 16), 0)


def test_the_perceptual_distance_is_added_as_a_mean_over_the_hole(paper_config) -> None:
    stage = replace(paper_config.stages[0], adversarial=0.0, l1=0.0)
    run = Run(replace(paper_config, stages=(stage,)), CPU, torch.float32)
    run.players.perceptual = Perceptual(
        "flat", lambda x, _: [x] * 5, [], [torch.ones(1, 3, 1, 1)] * 5
    )
    batch = images(4, 16)
    weights = [p.detach().clone() for p in run.players.G.parameters()]
    z = torch.zeros(4, run.config.generator.z_channels, 4, 4)
    stats, fake = g_step(
        run.players, batch, z, None, replace(stage, perceptual=2.0), 0.0, run.config
    )
    per_pixel = run.players.perceptual(fake, batch.img).sum() * 16 * 16 / batch.hole.sum()
    assert stats["perceptual"].item() == pytest.approx(per_pixel.item(), rel=1e-5)
    new = list(run.players.G.parameters())
    assert any(not torch.equal(a, b) for a, b in zip(weights, new, strict=True))


def test_ema_halves_the_distance_over_its_half_life() -> None:
    average, current = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(average.weight)
    torch.nn.init.ones_(current.weight)
    for _ in range(10):
        update_ema(average, current, decay_of(32, 320.0))
    assert average.weight.item() == pytest.approx(0.5, rel=1e-5)


def test_growing_keeps_what_was_learned(tiny_config) -> None:
    run = Run(tiny_config, CPU, torch.float32)
    old = {k: v.clone() for k, v in run.players.G.state_dict().items()}
    run.cur_nimg = 48
    assert run.advance()
    new = run.players.G.state_dict()
    kept = [k for k in old if k in new and new[k].shape == old[k].shape]
    assert len(kept) > 0.8 * len(old)
    assert all(torch.equal(old[k], new[k]) for k in kept)
    assert torch.equal(new["fade.conv.conv.weight"], old["from_rgb.conv.conv.weight"])


def encoded(run, batch):
    G = run.players.G
    return G.encode(batch.img, batch.known, G.certainties(batch.known))


def test_at_the_start_of_a_fade_only_the_old_entry_counts(tiny_config) -> None:
    run = Run(tiny_config, CPU, torch.float32)
    run.cur_nimg = 48
    run.advance()
    batch, z = images(2, 16), torch.randn(2, 4, 4, 4)
    before = run.players.fill(batch, z)
    with torch.no_grad():
        run.players.G.from_rgb.conv.conv.weight.mul_(-3)
    skips = encoded(run, batch)
    with torch.no_grad():
        run.players.G.from_rgb.conv.conv.weight.mul_(0.1)
    again = encoded(run, batch)
    torch.testing.assert_close(skips[8], again[8])
    assert before.isfinite().all()


def test_presets_describe_networks_that_can_be_built() -> None:
    for config in PRESETS.values():
        assert config.stages[-1].resolution == config.generator.resolution
        assert config.stages[-1].adversarial > 0
