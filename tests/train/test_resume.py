"""A resumed run equals the uninterrupted one to the bit, wherever it was cut."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from engine.network.snapshot import load_generator
from train.config import TrainConfig
from train.loop import Pace, training_loop
from train.run import CHECKPOINT, Run
from train.state import CheckpointError, load_checkpoint

CPU = torch.device("cpu")


def go(run: Run, folder: Path, open_data, until: int = 0) -> Run:
    pace = Pace(report_seconds=1e9, save_seconds=1e9, stop_at_images=until)
    training_loop(run, open_data, folder, pace, lambda status: None)
    return run


def fresh(config: TrainConfig) -> Run:
    return Run(config, CPU, torch.float32)


def tensors(value) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [t for v in value.values() for t in tensors(v)]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in tensors(v)]
    return []


def same(a: Path, b: Path) -> bool:
    ours, theirs = (tensors(load_checkpoint(p / CHECKPOINT)) for p in (a, b))
    assert len(ours) == len(theirs) > 50
    return all(torch.equal(x, y) for x, y in zip(ours, theirs, strict=True))


# 12: inside the L1 stage; 24: D alone; 36: adversarial; 48: the stage's border; 60: inside the
# fade; 96: after it.
@pytest.mark.parametrize("cut", [12, 24, 36, 48, 60, 96])
def test_resumed_run_equals_the_uninterrupted_one(tiny_config, open_colours, tmp_path, cut) -> None:
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    whole.mkdir()
    parted.mkdir()
    go(fresh(tiny_config), whole, open_colours)
    go(fresh(tiny_config), parted, open_colours, until=cut)
    run = fresh(tiny_config)
    assert run.resume(parted)
    assert run.cur_nimg == cut
    go(run, parted, open_colours)
    assert same(whole, parted)


def test_paper_recipe_resumes_too(paper_config, open_colours, tmp_path) -> None:
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    whole.mkdir()
    parted.mkdir()
    go(fresh(paper_config), whole, open_colours)
    go(fresh(paper_config), parted, open_colours, until=28)
    run = fresh(paper_config)
    run.resume(parted)
    go(run, parted, open_colours)
    assert same(whole, parted)


def test_a_checkpoint_of_recorded_steps_goes_on_without_them(tiny_config, open_colours, tmp_path):
    run = go(fresh(tiny_config), tmp_path, open_colours, until=24)
    for adam in (run.players.g_adam, run.players.d_adam):
        adam.param_groups[0]["capturable"] = True  # as on a CUDA device
    run.save(tmp_path)
    resumed = fresh(tiny_config)
    assert resumed.resume(tmp_path)
    assert not resumed.players.g_adam.param_groups[0]["capturable"]
    go(resumed, tmp_path, open_colours, until=32)


def test_another_cut_is_noticed(tiny_config, open_colours, tmp_path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    go(fresh(tiny_config), one, open_colours, until=32)
    go(fresh(tiny_config), other, open_colours, until=36)
    assert not same(one, other)


CHILD = """
import sys, torch
sys.path[:0] = [{tests!r}, {root!r}]
torch.set_num_threads(1)
from pathlib import Path
from conftest import Colours
from engine.network.config import GeneratorConfig
from train.config import Stage, TrainConfig
from train.loop import Pace, training_loop
from train.run import Run
config = TrainConfig(GeneratorConfig(resolution=8, base=8, z_channels=4),
                     (Stage(400, 8, 4),), penalty_every=2)
run = Run(config, torch.device("cpu"), torch.float32)
folder = Path(sys.argv[1])
run.resume(folder)
training_loop(run, Colours, folder, Pace(report_seconds=0.0, save_seconds=0.0),
              lambda status: print(status["images"], flush=True))
"""


def test_run_killed_at_any_moment_goes_on_exactly(tmp_path) -> None:
    script = tmp_path / "child.py"
    here = Path(__file__).parent
    script.write_text(textwrap.dedent(CHILD).format(tests=str(here), root=str(here.parents[1])))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    subprocess.run([sys.executable, script, whole], check=True, stdout=subprocess.DEVNULL)
    for at in (48, 200):
        child = subprocess.Popen([sys.executable, script, killed], stdout=subprocess.PIPE)
        assert child.stdout is not None
        for line in child.stdout:
            if float(line) >= at:
                break
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
    subprocess.run([sys.executable, script, killed], check=True, stdout=subprocess.DEVNULL)
    assert same(whole, killed)


def test_damaged_checkpoint_is_refused_with_a_sentence(tiny_config, tmp_path) -> None:
    fresh(tiny_config).save(tmp_path)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(CheckpointError, match="cannot be resumed from"):
        fresh(tiny_config).resume(tmp_path)


def test_snapshot_is_the_average(tiny_config, open_colours, tmp_path) -> None:
    run = go(fresh(tiny_config), tmp_path, open_colours)
    run.snapshot(tmp_path / "s.safetensors")
    loaded, header = load_generator(tmp_path / "s.safetensors")
    assert header["notes"]["images"] == tiny_config.images
    for name, value in run.G_ema.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], value.half().float())
    moved = [
        not torch.equal(a, b)
        for a, b in zip(run.G_ema.parameters(), run.players.G.parameters(), strict=True)
    ]
    assert any(moved)
