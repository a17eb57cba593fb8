"""The type of the features follows the device, and float16's scaled losses move weights alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from train.players import new_players
from train.precision import pick_precision
from train.step import Images, d_step, g_step

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize("native", [True, False])
def test_cuda_takes_bfloat16_only_where_it_is_native(native, monkeypatch) -> None:
    # A device that only emulates bfloat16 says yes unless asked otherwise.
    def supported(including_emulation: bool = True) -> bool:
        return native or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    wanted = torch.bfloat16 if native else torch.float16
    assert pick_precision("auto", CUDA) == wanted


@pytest.mark.parametrize(
    ("machine", "onednn", "avx512", "wanted"),
    [
        ("x86_64", True, True, torch.bfloat16),
        ("AMD64", True, False, torch.float32),
        ("x86_64", False, False, torch.float32),
        ("aarch64", True, False, torch.bfloat16),
        ("arm64", False, False, torch.float32),
    ],
)
def test_cpu_takes_bfloat16_where_it_has_it(machine, onednn, avx512, wanted, monkeypatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: onednn)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)
    assert pick_precision("auto", CPU) == wanted


def test_a_wish_is_a_command() -> None:
    assert pick_precision("float16", CPU) == torch.float16
    assert pick_precision("float32", CUDA) == torch.float32


def moves(config, dtype: torch.dtype, carry_penalty: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Return how far plain gradient descent moves D and G in one step each."""
    players = new_players(config, config.stages[0], CPU, dtype)
    if dtype == torch.float16:  # where the scale settles after the first steps overflow
        players.g_scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
        players.d_scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
    players.g_adam = torch.optim.SGD(players.G.parameters(), 1.0)
    players.d_adam = torch.optim.SGD(players.D.parameters(), 1.0)
    g = torch.Generator().manual_seed(5)
    hole = torch.zeros(4, 1, 16, 16)
    hole[..., 4:12, 4:12] = 1
    batch = Images(torch.rand(4, 3, 16, 16, generator=g) * 2 - 1, hole)
    z, t = torch.randn(4, 4, 4, 4, generator=g), torch.rand(4, generator=g)
    before = [
        torch.cat([p.detach().flatten() for p in n.parameters()]) for n in (players.D, players.G)
    ]
    _, fake = g_step(players, batch, z, None, config.stages[0], 1.0, config)
    d_step(players, batch, fake, t if carry_penalty else None, config)
    after = [
        torch.cat([p.detach().flatten() for p in n.parameters()]) for n in (players.D, players.G)
    ]
    return after[0] - before[0], after[1] - before[1]


@pytest.mark.parametrize("carry_penalty", [False, True])
def test_float16_moves_weights_as_float32_does(paper_config, carry_penalty) -> None:
    # The original penalty is never zero, so its gradient is in the step.
    config = replace(paper_config, penalty="original", penalty_every=16)
    exact = moves(config, torch.float32, carry_penalty)
    scaled = moves(config, torch.float16, carry_penalty)
    for ours, theirs in zip(scaled, exact, strict=True):
        assert theirs.norm() > 0
        assert (ours - theirs).norm() < 0.1 * theirs.norm()


def test_the_penalty_is_part_of_that_step(paper_config) -> None:
    config = replace(paper_config, penalty="original", penalty_every=16)
    without, _ = moves(config, torch.float16, False)
    with_it, _ = moves(config, torch.float16, True)
    assert (with_it - without).norm() > without.norm()


def test_an_overflow_skips_the_step_and_lowers_the_scale(paper_config) -> None:
    players = new_players(paper_config, paper_config.stages[0], CPU, torch.float16)
    hole = torch.ones(4, 1, 16, 16)
    batch = Images(torch.full((4, 3, 16, 16), 1.0), hole)
    players.d_scaler = torch.amp.GradScaler("cpu", init_scale=2.0**40)
    before = [p.detach().clone() for p in players.D.parameters()]
    d_step(players, batch, -batch.img, None, paper_config)
    assert all(torch.equal(a, b) for a, b in zip(players.D.parameters(), before, strict=True))
    assert players.d_scaler.get_scale() == 2.0**39


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_only_float16_scales(dtype, paper_config) -> None:
    players = new_players(paper_config, paper_config.stages[0], CPU, dtype)
    assert not players.g_scaler.is_enabled()
    assert not players.d_scaler.is_enabled()
