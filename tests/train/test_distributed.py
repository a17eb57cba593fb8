"""Two processes sharing each batch train as one process does."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from train import distributed
from train.losses import hole_l1
from train.run import CHECKPOINT
from train.state import load_checkpoint

HERE = Path(__file__).parent
CHILD = """
import sys, torch
sys.path[:0] = [{tests!r}, {root!r}]
torch.set_num_threads(1)
from pathlib import Path
from conftest import Colours
from engine.network.config import GeneratorConfig
from train import distributed
from train.config import Stage, TrainConfig
from train.loop import Pace, training_loop
from train.run import Run

folder, averaged, processes = Path(sys.argv[1]), sys.argv[2] == "averaged", int(sys.argv[3])
if not averaged:
    distributed.average_gradients = lambda parameters: None
config = TrainConfig(
    GeneratorConfig(resolution=16, base=8, z_channels=4),
    (Stage(16, 8, 8, adversarial=0.0, l1=1.0, l1_end=1.0), Stage(24, 16, 8, l1=1.0, fade=16)),
    masks="mixed", penalty_every=2, mode_seeking=0.1, ema_images=20.0, lr=1e-4,
)
device = distributed.start(cuda=False)
assert distributed.world() == processes
run = Run(config, device, torch.float32)
training_loop(run, Colours, folder, Pace(report_seconds=0.0, stop_after_seconds=600),
              lambda status: print(status["images"], flush=True))
assert distributed.same_everywhere(run.cur_nimg, device)
assert distributed.world() == 1 or not distributed.same_everywhere(distributed.rank(), device)
distributed.stop()
"""
TORCHRUN = [
    "-m",
    "torch.distributed.run",
    "--standalone",
    "--local-addr",
    "127.0.0.1",
    "--nproc-per-node",
    "2",
]


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    """Return (how, processes) -> (the checkpoint's parts, what was printed)."""
    place = tmp_path_factory.mktemp("distributed")
    script = place / "child.py"
    script.write_text(textwrap.dedent(CHILD).format(tests=str(HERE), root=str(HERE.parents[1])))

    def run(how: str, processes: int):
        folder = place / f"{how}-{processes}"
        folder.mkdir()
        start = [sys.executable, *(TORCHRUN if processes > 1 else []), script]
        command = [*start, folder, how, str(processes)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
        return load_checkpoint(folder / CHECKPOINT)["parts"], done.stdout.split()

    return run


def distance(ours, theirs) -> float:
    """Return the largest difference of any weight of G, D and G_ema."""
    return max(
        float((a[name] - b[name]).abs().max())
        for a, b in zip(ours[:3], theirs[:3], strict=True)
        for name in a
    )


def test_two_processes_equal_one(train) -> None:
    one, printed = train("averaged", 1)
    two, printed_by_two = train("averaged", 2)
    apart, _ = train("apart", 2)
    assert printed == printed_by_two == ["8", "16", "24", "32", "40"]
    assert distance(one, two) < 1e-5
    assert distance(one, apart) > 1e-4


def test_hole_l1_does_not_depend_on_the_split() -> None:
    out, img = torch.rand(4, 3, 8, 8), torch.rand(4, 3, 8, 8)
    hole = torch.zeros(4, 1, 8, 8)
    hole[0], hole[1, :, :4], hole[2, :, 0, 0] = 1, 1, 1
    area = torch.stack([part.sum() for part in hole.split(2)]).mean()
    parts = zip(out.split(2), img.split(2), hole.split(2), strict=True)
    split = torch.stack([hole_l1(a, b, h, area) for a, b, h in parts]).mean()
    torch.testing.assert_close(split, hole_l1(out, img, hole))


@pytest.mark.parametrize(("processes", "share"), [("1", 16), ("8", 2), ("32", 1)])
def test_processes_share_the_cores_of_their_machine(processes, share, monkeypatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", processes)
    assert distributed.cores() == share
