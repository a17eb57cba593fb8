"""Growing changes nothing at first, fades in, and survives being cut off at any moment."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.layers import upsample
from engine.network.snapshot import load_generator
from train.config import Stage, TrainConfig
from train.discriminator import Discriminator, DiscriminatorConfig
from train.growing import GrowingGenerator
from train.loop import Pace, train_batch, training_loop
from train.run import CHECKPOINT, Run
from train.state import CheckpointError, DivergedError, load_checkpoint
from train.step import Images

CPU = torch.device("cpu")
PLAIN = GeneratorConfig(
    resolution=16, base=8, z_channels=4, conv="plain", skip="concat", rgb="last"
)


@pytest.fixture
def open_posed(open_colours):
    """Return resolution -> pictures with seven keypoints."""

    class Posed(open_colours):
        def batch(self, indices, flips, rngs=()):
            found = super().batch(indices, flips, rngs)
            return found._replace(pose=found.img.flatten(1)[:, :14].float() / 255)

    return Posed


@pytest.fixture
def config() -> TrainConfig:
    """Return Config A in small: grown from 8 to 32 px, each resolution faded in."""
    return TrainConfig(
        replace(PLAIN, resolution=32, pose=14, pose_kind="onehot"),
        (Stage(16, 8, 4), Stage(32, 16, 4, fade=16), Stage(32, 32, 4, fade=16)),
        penalty="original",
        penalty_every=2,
        composed=False,
        d_pose_kind="onehot",
        d_residual=False,
        ema_images=20.0,
    )


def go(config, open_data, folder, until: int = 0) -> Run:
    folder.mkdir(exist_ok=True)
    run = Run(config, CPU, torch.float32)
    run.resume(folder)
    pace = Pace(report_seconds=1e9, save_seconds=1e9, stop_at_images=until)
    training_loop(run, open_data, folder, pace, lambda status: None)
    return run


def tensors(value) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [t for v in parts for t in tensors(v)] if isinstance(value, dict | list) else []


# 16, 48: a border of stages; 20, 56: inside a fade; 32, 64: at its end; 40, 72: after it.
def test_resume_at_every_point_of_growing_equals_the_uninterrupted_run(
    config, open_posed, tmp_path
) -> None:
    go(config, open_posed, tmp_path / "whole")
    whole = tensors(load_checkpoint(tmp_path / "whole" / CHECKPOINT))
    for cut in (16, 20, 32, 40, 48, 56, 64, 72):
        go(config, open_posed, tmp_path / "parted", cut)
    go(config, open_posed, tmp_path / "parted")
    parted = tensors(load_checkpoint(tmp_path / "parted" / CHECKPOINT))
    assert len(whole) == len(parted) > 100
    assert all(torch.equal(a, b) for a, b in zip(whole, parted, strict=True))


def inputs(side: int, n: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """Return images made of 2 x 2 blocks and a mask that no block straddles."""
    g = torch.Generator().manual_seed(3)
    img = upsample(torch.rand(n, 3, side // 2, side // 2, generator=g) * 2 - 1)
    known = torch.ones(n, 1, side, side)
    known[..., side // 4 : side // 2, side // 4 :] = 0
    return img, known


@pytest.mark.parametrize("pose_kind", ["none", "onehot", "bank"])
def test_grown_generator_first_repeats_the_small_one(pose_kind) -> None:
    posed = {} if pose_kind == "none" else {"pose": 14, "pose_kind": pose_kind}
    config = replace(PLAIN, **posed)
    stages = (Stage(8, 8, 2), Stage(8, 16, 2, fade=8))
    run = Run(TrainConfig(config, stages, d_pose_kind="onehot"), CPU, torch.float32)
    small, critic = run.players.G, run.players.D
    run.cur_nimg = 8
    assert run.advance()
    img, known = inputs(16)
    z, pose = torch.randn(2, 4, 4, 4), torch.rand(2, 14) if posed else None
    coarse = F.avg_pool2d(img, 2), F.avg_pool2d(known, 2)
    large = run.players.G(img, known, z, pose, composed=False)
    torch.testing.assert_close(large, upsample(small(*coarse, z, pose, composed=False)))
    run._set_alpha(0.5)
    assert not torch.allclose(run.players.G(img, known, z, pose, composed=False), large)
    run._set_alpha(0.0)
    verdict = run.players.D(img, img * known, known, pose)
    before = critic(coarse[0], coarse[0] * coarse[1], coarse[1], pose)
    torch.testing.assert_close(verdict, before)


def test_growing_fades_from_the_smaller_network_to_the_larger() -> None:
    small, large = (GrowingGenerator(replace(PLAIN, resolution=side)) for side in (16, 32))
    img, known = inputs(32, 1)
    z = torch.randn(1, 4, 4, 4)
    alone = large(img, known, z)
    large.fade_from(small)
    start = large(img, known, z)
    large.alpha = 1.0
    torch.testing.assert_close(large(img, known, z), alone)
    assert not torch.equal(start, alone)
    large.end_fade()
    assert torch.equal(large(img, known, z), alone)


def test_certainty_fades_too() -> None:
    config = replace(PLAIN, conv="iconv", skip="gamma")
    small, large = (GrowingGenerator(replace(config, resolution=side)) for side in (8, 16))
    _, known = inputs(16, 1)
    alone, coarse = large.certainties(known), small.certainties(F.avg_pool2d(known, 2))
    large.fade_from(small)
    assert torch.equal(large.certainties(known).encoder[8].before, coarse.encoder[8].before)
    large.alpha = 0.5
    between = large.certainties(known).encoder[8].before
    middle = (alone.encoder[8].before + coarse.encoder[8].before) / 2
    torch.testing.assert_close(between, middle)


def test_the_average_fades_from_its_own_old_entries(config) -> None:
    run = Run(config, CPU, torch.float32)
    with torch.no_grad():
        for p in run.G_ema.parameters():
            p += 1
    old = copy.deepcopy(run.G_ema)
    run.cur_nimg = 16
    run.advance()
    ema = run.G_ema
    for new, kept in ((ema.fade, old.from_rgb), (ema.fade_rgb, old.head.to_rgb["8"])):
        pairs = zip(new.parameters(), kept.parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)
    names = [name for name, _ in run.players.G.named_parameters()]
    assert names == [name for name, _ in ema.named_parameters()]
    assert not any(p.requires_grad for p in ema.parameters())


def test_an_ended_fade_leaves_networks_and_optimisers(config) -> None:
    run = Run(config, CPU, torch.float32)
    run.cur_nimg = 16
    run.advance()
    img, known = inputs(16, 4)
    for step in range(5):
        run.cur_nimg = 16 + 4 * step
        run.advance()
        fading = run.cur_nimg < 32
        train_batch(run, Images(img, 1 - known, torch.rand(4, 14)), run.cur_nimg)
        for network, adam in (
            (run.players.G, run.players.g_adam),
            (run.players.D, run.players.d_adam),
        ):
            assert (network.fade is not None) == fading
            held = adam.param_groups[0]["params"]
            assert [id(p) for p in held] == [id(p) for p in network.parameters()]
            assert set(adam.state) == set(held)
    fresh = Generator(run.players.G.config)
    assert set(fresh.state_dict()) == set(run.players.G.state_dict())


def test_truth_fades_in_with_the_generator(config) -> None:
    img, known = inputs(16)
    fine = img + 0.1 * torch.randn_like(img)
    batch = Images(fine, 1 - known)
    torch.testing.assert_close(batch.faded(0.0).img, upsample(F.avg_pool2d(fine, 2)))
    torch.testing.assert_close(batch.faded(1.0).img, fine)
    assert torch.equal(batch.faded(0.3).hole, batch.hole)


@pytest.mark.parametrize(("seen", "side"), [(0, 8), (4, 8), (8, 16), (12, 16), (16, 16)])
def test_snapshot_during_a_fade_is_a_whole_generator(seen, side, config, tmp_path) -> None:
    run = Run(config, CPU, torch.float32)
    run.cur_nimg = 16
    run.advance()
    run.cur_nimg += seen
    run.advance()
    run.snapshot(tmp_path / "s.safetensors")
    loaded, _ = load_generator(tmp_path / "s.safetensors")
    assert loaded.config.resolution == side


def test_snapshot_early_in_a_fade_fills_as_the_faded_network(config) -> None:
    run = Run(config, CPU, torch.float32)
    run.cur_nimg = 16
    run.advance()
    img, known = inputs(16)
    z, pose = torch.randn(2, 4, 4, 4), torch.rand(2, 14)
    large = run.G_ema(img, known, z, pose, composed=False)
    coarse = F.avg_pool2d(img, 2), F.avg_pool2d(known, 2)
    small = run.G_ema.settled()(*coarse, z, pose, composed=False)
    torch.testing.assert_close(upsample(small), large)


def test_critic_without_residuals_is_smaller() -> None:
    sizes = [
        sum(p.numel() for p in Discriminator(DiscriminatorConfig(32, 8, residual=r)).parameters())
        for r in (True, False)
    ]
    assert sizes[0] > sizes[1]


def test_diverged_run_keeps_its_last_checkpoint(config, open_posed, tmp_path) -> None:
    run = go(config, open_posed, tmp_path, 8)
    kept = (tmp_path / CHECKPOINT).read_bytes()
    with torch.no_grad():
        next(run.players.D.parameters()).fill_(float("nan"))
    with pytest.raises(DivergedError, match="lower learning rate"):
        run.save(tmp_path)
    assert (tmp_path / CHECKPOINT).read_bytes() == kept


def test_checkpoint_of_another_preset_is_refused(config, open_posed, tmp_path) -> None:
    go(config, open_posed, tmp_path, 8)
    other = replace(config, generator=replace(config.generator, base=16))
    with pytest.raises(CheckpointError, match="another preset"):
        Run(other, CPU, torch.float32).resume(tmp_path)
