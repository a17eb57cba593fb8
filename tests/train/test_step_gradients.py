"""What each player's step minimises, term by term and weight by weight: its gradients say."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from train.config import Stage
from train.losses import hole_l1, hole_mean
from train.metrics.perceptual import Perceptual
from train.players import new_players
from train.step import Images, d_step, g_step

CPU = torch.device("cpu")


@pytest.fixture
def batch() -> Images:
    g = torch.Generator().manual_seed(5)
    hole = torch.zeros(4, 1, 16, 16)
    hole[:, :, 4:8, 4:] = 1
    hole[1, :, 9:, :5] = 1
    return Images(torch.rand(4, 3, 16, 16, generator=g) * 2 - 1, hole)


@pytest.fixture
def players(paper_config):
    torch.manual_seed(3)
    made = new_players(paper_config, paper_config.stages[0], CPU, torch.float32)
    with torch.no_grad():  # slopes well above 1, where the penalty acts
        for parameter in made.D.parameters():
            parameter.mul_(2)
    return made


def gradients(loss: torch.Tensor, network: torch.nn.Module) -> list[torch.Tensor]:
    parameters = list(network.parameters())
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    pairs = zip(found, parameters, strict=True)
    return [torch.zeros_like(p) if grad is None else grad for grad, p in pairs]


def taken(network: torch.nn.Module) -> list[torch.Tensor]:
    """Return the gradients a step left behind."""
    return [torch.zeros_like(p) if p.grad is None else p.grad for p in network.parameters()]


def assert_same(got: list[torch.Tensor], expected: list[torch.Tensor]) -> None:
    size = max(float(grad.abs().max()) for grad in expected)
    assert size > 0
    for a, b in zip(got, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5 * size)


def judged(players, img: torch.Tensor, batch: Images) -> torch.Tensor:
    return players.D(img, batch.img * (1 - batch.hole), 1 - batch.hole)


@pytest.mark.parametrize("every", [1, 2, 16])
@pytest.mark.parametrize("kind", ["revised", "original"])
def test_the_critic_minimises_its_loss_and_the_penalty_as_much_more_as_it_is_rarer(
    players, batch, paper_config, every, kind
) -> None:
    config = replace(
        paper_config, penalty=kind, penalty_weight=7.0, penalty_every=every, drift=0.01
    )
    t = torch.tensor([0.1, 0.4, 0.7, 0.9])
    fake = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(6)) * 2 - 1
    fake = torch.where(batch.hole == 1, fake, batch.img)
    real, made = judged(players, batch.img, batch), judged(players, fake, batch)
    mix = t[:, None, None, None]
    xhat = (mix * batch.img + (1 - mix) * fake).requires_grad_(True)
    slope = torch.autograd.grad(judged(players, xhat, batch).sum(), xhat, create_graph=True)[0]
    if kind == "revised":
        sizes = (slope * batch.hole).flatten(1).norm(dim=1)
        penalty = (sizes - 1).clamp_min(0).mean()
    else:
        penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
    assert penalty > 0
    loss = made.mean() - real.mean() + 0.01 * real.square().mean() + 7.0 * every * penalty
    expected = gradients(loss, players.D)
    stats = d_step(players, batch, fake, t, config)
    assert_same(taken(players.D), expected)
    assert stats["penalty"].item() == pytest.approx(penalty.item(), rel=1e-4)
    assert stats["wasserstein"].item() == pytest.approx(
        (real.mean() - made.mean()).item(), rel=1e-4
    )


def test_without_the_penalty_the_critic_minimises_the_rest(players, batch, paper_config) -> None:
    fake = -batch.img
    real, made = judged(players, batch.img, batch), judged(players, fake, batch)
    loss = made.mean() - real.mean() + paper_config.drift * real.square().mean()
    expected = gradients(loss, players.D)
    assert set(d_step(players, batch, fake, None, paper_config)) == {"wasserstein"}
    assert_same(taken(players.D), expected)


def latents(seed: int) -> torch.Tensor:
    return torch.randn(4, 4, 4, 4, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("composed", [True, False])
def test_the_generator_minimises_the_sum_of_its_terms(
    players, batch, paper_config, composed
) -> None:
    config = replace(paper_config, mode_seeking=0.3, mode_seeking_every=4, composed=composed)
    stage = Stage(64, 16, 4, adversarial=0.5, l1=1.0, perceptual=2.0)
    depths = [torch.ones(1, 3, 1, 1)] * 5
    players.perceptual = Perceptual("flat", lambda x, _: [x] * 5, [], depths)
    z, z2 = latents(1), latents(2)
    fill = players.fill(batch, z, composed)
    other = players.fill(batch, z2, composed)
    area = batch.hole.sum()
    terms = {
        "l1": ((fill - batch.img).abs() * batch.hole).sum() / (3 * area),
        "perceptual": players.perceptual.loss(fill, batch.img).sum() * 256 / area,
        "mode_seeking": _mode_seeking(fill, other, z, z2, batch.hole),
    }
    loss = -0.5 * judged(players, fill, batch).mean()
    loss = loss + 1.5 * terms["l1"] + 2.0 * terms["perceptual"] + 0.3 * 4 * terms["mode_seeking"]
    expected = gradients(loss, players.G)
    stats, made = g_step(players, batch, z, z2, stage, 1.5, config)
    assert_same(taken(players.G), expected)
    assert {k: v.item() for k, v in stats.items()} == pytest.approx(
        {k: v.item() for k, v in terms.items()}, rel=1e-4
    )
    assert torch.equal(made, fill.detach())
    assert not made.requires_grad


def _mode_seeking(a, b, z, z2, hole) -> torch.Tensor:
    """Return mean of d(z) / (d(fills) + 0.05), sample by sample."""
    ratios = []
    for n in range(len(a)):
        inside = hole[n].expand_as(a[n]) == 1
        apart = (a[n][inside] - b[n][inside]).abs().mean()
        ratios.append((z[n] - z2[n]).abs().mean() / (apart + 0.05))
    return torch.stack(ratios).mean()


def test_without_l1_the_error_is_told_but_not_minimised(players, batch, paper_config) -> None:
    stage = Stage(64, 16, 4)
    fill = players.fill(batch, latents(1))
    expected = gradients(-judged(players, fill, batch).mean(), players.G)
    stats, _ = g_step(players, batch, latents(1), None, stage, 0.0, paper_config)
    assert_same(taken(players.G), expected)
    assert set(stats) == {"l1"}
    assert stats["l1"] > 0


def test_a_faded_batch_lies_between_its_means_and_itself(batch) -> None:
    whole, half, none = (batch.faded(alpha) for alpha in (1.0, 0.25, 0.0))
    assert torch.equal(whole.img, batch.img)
    means = torch.nn.functional.avg_pool2d(batch.img, 2)
    torch.testing.assert_close(torch.nn.functional.avg_pool2d(none.img, 2), means)
    assert (none.img - batch.img).abs().mean() > 0.2
    torch.testing.assert_close(half.img, 0.25 * batch.img + 0.75 * none.img)
    assert half.hole is batch.hole


def test_parameters_that_leave_a_network_leave_its_optimiser(players) -> None:
    players.G.fade = torch.nn.Linear(2, 2)
    gone = list(players.G.fade.parameters())
    group = players.g_adam.param_groups[0]
    group["params"] += gone
    for p in group["params"]:
        p.grad = torch.ones_like(p)
    players.g_adam.step()
    assert gone[0] in players.g_adam.state
    players.G.fade = None
    players.forget_removed()
    assert [id(p) for p in group["params"]] == [id(p) for p in players.G.parameters()]
    assert not any(p in players.g_adam.state for p in gone)
    assert len(players.g_adam.state) == len(group["params"])
    assert len(players.d_adam.param_groups[0]["params"]) == len(list(players.D.parameters()))


@pytest.mark.parametrize(("device", "recorded"), [("cpu", False), ("cuda", True)])
def test_steps_are_recorded_on_cards_only(players, device, recorded) -> None:
    for adam in (players.g_adam, players.d_adam):
        adam.param_groups[0]["capturable"] = not recorded
    players.fit_device(torch.device(device))
    for adam in (players.g_adam, players.d_adam):
        assert adam.param_groups[0]["capturable"] == recorded


def test_parts_of_a_batch_average_to_the_whole(batch) -> None:
    """With the parts' mean area, the mean of their errors is that of all together."""
    out = batch.img + torch.linspace(0, 1, 16)
    halves = [slice(0, 2), slice(2, 4)]
    area = torch.stack([batch.hole[half].sum() for half in halves]).mean()
    parts = [hole_l1(out[h], batch.img[h], batch.hole[h], area) for h in halves]
    whole = hole_l1(out, batch.img, batch.hole)
    assert torch.stack(parts).mean().item() == pytest.approx(whole.item(), rel=1e-5)
    values = torch.tensor([1.0, 2.0, 3.0, 4.0])
    got = hole_mean(values, batch.hole, batch.hole.sum())
    assert got.item() == pytest.approx(10 * 256 / batch.hole.sum().item())
    assert hole_mean(values, batch.hole * 0, torch.tensor(0.0)).item() == 2560


def test_losses_are_scaled_only_where_gradients_are_half_precise(players) -> None:
    assert not players.g_scaler.is_enabled()
    assert not players.d_scaler.is_enabled()
