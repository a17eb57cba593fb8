"""Recorded steps: with a stand-in for CUDA graphs, which replay work on memory they were given."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from train.config import Stage
from train.loop import train_batch, update
from train.recorded import Recorder, steady
from train.run import Run
from train.step import Images

CPU = torch.device("cpu")


class FakeTape:
    """Replay by doing the work again on the same tensors, as a CUDA graph does."""

    def __init__(self) -> None:
        self.recorded = self.replayed = 0

    def run(self, take):
        return take()

    def record(self, take):
        self.recorded += 1
        stats: dict[str, torch.Tensor] = {}

        def replay() -> None:
            self.replayed += 1
            stats.clear()
            stats.update(take())

        return replay, stats


@pytest.fixture
def recipe(paper_config):
    stages = (Stage(96, 16, 4, l1=1.0, l1_end=1.0), Stage(64, 16, 4, l1=1.0, l1_end=1.0))
    changes = {"mode_seeking": 0.1, "mode_seeking_every": 2, "penalty_every": 4}
    return replace(paper_config, stages=stages, shared_forward=True, **changes)


def trained(recipe, take):
    run = Run(recipe, CPU, torch.float32)
    losses = []
    rng = torch.Generator().manual_seed(1)
    while not run.done:
        run.advance()
        side = run.stage.resolution
        img = torch.rand(4, 3, side, side, generator=rng) * 2 - 1
        hole = (torch.rand(4, 1, side, side, generator=rng) > 0.6).float()
        losses.append(train_batch(run, Images(img, hole), run.cur_nimg, take))
        run.cur_nimg += 4
    return run, losses


def test_a_run_of_recorded_steps_is_the_run_without(recipe) -> None:
    tape = FakeTape()
    plain, plain_losses = trained(recipe, update)
    recorded, losses = trained(recipe, Recorder(update, tape))
    # In each of two stages: modes sought, with the penalty too, and plain steps.
    assert tape.recorded == 6
    assert tape.replayed == 40 - 3 * 6
    for ours, theirs in zip(recorded._parts()[:3], plain._parts()[:3], strict=True):
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert torch.equal(a, b)
    assert [dict(a) for a in losses] == [dict(b) for b in plain_losses]


def test_steps_that_change_are_never_recorded(recipe) -> None:
    grown = replace(recipe, stages=(Stage(12, 8, 4), Stage(16, 16, 4, fade=16)))
    falling = replace(recipe, stages=(Stage(48, 16, 4, l1=2.0),))
    alone = replace(recipe, stages=(Stage(48, 16, 4, d_alone=48),))
    for changing in (falling, alone):
        tape = FakeTape()
        trained(changing, Recorder(update, tape))
        assert tape.recorded == 0
    tape = FakeTape()
    run, _ = trained(grown, Recorder(update, tape))
    assert tape.recorded == 0
    assert not steady(run)
