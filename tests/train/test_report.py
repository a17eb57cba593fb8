"""What a run says of itself."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from train.data.validation import ValidationSet
from train.report import BOARD_MISSING, Report, open_board, sample_grid


class Board:
    """Remember what TensorBoard would draw."""

    def __init__(self) -> None:
        self.scalars: list[tuple[str, float, int]] = []
        self.images: dict[int, np.ndarray] = {}

    def add_scalar(self, name, value, step) -> None:
        self.scalars.append((name, value, step))

    def add_image(self, name, image, step, dataformats) -> None:
        assert dataformats == "HWC"
        self.images[step] = image

    def flush(self) -> None:
        pass


TRAINED = {"images": 1000, "rate": 20.0, "penalty": 0.25, "wasserstein": 1.5, "l1": 0.1}
SCORED = {"images": 2000.0, "st_lpips_alex": 0.123, "hole_l1": 0.2}


@pytest.fixture
def some() -> ValidationSet:
    g = torch.Generator().manual_seed(1)
    img = torch.randint(0, 256, (8, 3, 16, 16), generator=g, dtype=torch.uint8)
    hole = torch.zeros(8, 1, 16, 16)
    hole[..., 4:12, 4:12] = 1
    return ValidationSet(tuple("abcdefgh"), img, hole)


@pytest.fixture
def network() -> Generator:
    torch.manual_seed(0)
    return Generator(GeneratorConfig(resolution=16, base=8))


def test_line_tells_everything_at_a_glance(tmp_path) -> None:
    report = Report(tmp_path, 73_000)
    assert report.line(TRAINED).strip().split("  ") == [
        "1000 images", "20.0 images/s", "penalty 0.25", "wasserstein 1.5", "l1 0.1",
        "1.0 h left",
    ]  # fmt: skip
    assert "st_lpips_alex 0.123" in report.line(SCORED)
    assert "  st_lpips_alex 0.123  1.0 h left" in report.line(TRAINED)


def test_a_run_at_rest_has_no_end_in_sight(tmp_path) -> None:
    assert "left" not in Report(tmp_path, 73_000).line({"images": 8, "rate": 0.0})


def test_statuses_are_logged_and_drawn(tmp_path, capsys) -> None:
    board = Board()
    report = Report(tmp_path, 73_000, board)
    report(TRAINED)
    report(SCORED)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [{k: row[k] for k in row if k != "time"} for row in rows] == [TRAINED, SCORED]
    assert ("train/wasserstein", 1.5, 1000) in board.scalars
    assert ("train/rate", 20.0, 1000) in board.scalars
    assert ("score/hole_l1", 0.2, 2000) in board.scalars
    assert not any("images" in name for name, _, _ in board.scalars)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_without_tensorboard_there_is_a_notice(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    assert open_board(tmp_path / "board") is None
    assert capsys.readouterr().out.strip() == BOARD_MISSING
    Report(tmp_path, 73_000, None)(TRAINED)
    assert (tmp_path / "log.jsonl").exists()


def test_tensorboard_gets_the_curves(tmp_path, some, network) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    report = Report(tmp_path, 73_000, open_board(tmp_path / "board"))
    report(TRAINED)
    report.samples(network, some, 1000)
    events = EventAccumulator(str(tmp_path / "board"))
    events.Reload()
    (point,) = events.Scalars("train/penalty")
    assert (point.step, point.value) == (1000, 0.25)
    assert len(events.Images("samples")) == 1


def test_samples_show_hole_fills_and_truth(tmp_path, some, network) -> None:
    board = Board()
    Report(tmp_path, 73_000, board).samples(network, some, 500)
    grid = np.array(Image.open(tmp_path / "samples.png"))
    assert np.array_equal(grid, board.images[500])
    assert grid.shape == (6 * 16, 6 * 16, 3)
    tiles = [grid[:16, 16 * i : 16 * (i + 1)] for i in range(6)]
    truth = some.img[0].permute(1, 2, 0).numpy()
    assert np.array_equal(tiles[-1], truth)
    assert (tiles[0][4:12, 4:12] == 127).all()
    for tile in tiles[:-1]:
        assert np.array_equal(tile[:4], truth[:4])
    drawn = [tile[4:12, 4:12] for tile in tiles[1:5]]
    assert len({d.tobytes() for d in drawn}) == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["samples.png"]


def test_samples_follow_the_pose(some) -> None:
    G = Generator(GeneratorConfig(resolution=16, base=8, pose=14))
    posed = ValidationSet(some.names, some.img, some.hole, torch.rand(8, 14))
    assert sample_grid(G, posed).shape == (96, 96, 3)
