import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.snapshot import save_snapshot
from train import evaluate, fills
from train.data.validation import ValidationSet, read_validation
from train.evaluate import main, quick_score, table
from train.fills import (
    classical_methods,
    diversity_of,
    draws_of,
    fill,
    fill_classical,
    fill_set,
    is_wide,
)
from train.metrics.judge import Judge

SIDE = 32


@pytest.fixture(autouse=True)
def no_downloaded_weights(monkeypatch, tmp_path):
    monkeypatch.setenv("LACUNA_METRICS", str(tmp_path / "no-wheels"))
    evaluate._offline.cache_clear()
    yield
    evaluate._offline.cache_clear()


def network(**changes):
    torch.manual_seed(0)
    return Generator(GeneratorConfig(resolution=SIDE, base=8, rgb="pyramid", **changes)).eval()


@pytest.fixture
def folder(tmp_path):
    for n in range(3):
        rng = np.random.default_rng(n)
        mask = np.zeros((SIDE, SIDE), np.uint8)
        mask[4:24, 6 : 12 + 6 * n] = 255
        for name, pixels in (
            ("images", rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)),
            ("masks", mask),
        ):
            (tmp_path / name).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / name / f"photo-{n}.png")
    return tmp_path


@pytest.fixture
def truth(folder):
    return read_validation(folder / "images", folder / "masks", SIDE)


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "small.safetensors"
    save_snapshot(path, network(), dtype=torch.float32)
    return path


class Brightness:
    """Measure one feature, so that a set's scores can be worked out by hand."""

    name = "brightness"

    def __call__(self, img: Tensor) -> Tensor:
        return img.mean(dim=(2, 3))


class Apart:
    """Measure the mean difference."""

    name = "apart"

    def __call__(self, a: Tensor, b: Tensor) -> Tensor:
        return (a - b).abs().mean(dim=(1, 2, 3))


def command(folder, *more):
    return [
        str(folder / "small.safetensors"),
        "--data",
        str(folder / "images"),
        "--device",
        "cpu",
        *map(str, more),
    ]


def test_fills_keep_the_known_pixels_and_change_the_hole(truth):
    filled = fill_set(network(), truth, batch=2)
    assert filled.dtype == torch.uint8
    changed = (filled != truth.img).any(dim=1, keepdim=True)
    assert not changed[truth.hole == 0].any()
    assert changed[truth.hole == 1].float().mean() > 0.9


def test_fills_do_not_depend_on_what_the_hole_hid(truth):
    black = truth.img * (truth.hole == 0)
    a, b = (fill(network(), img, truth.hole, [0] * 3) for img in (truth.img, black))
    assert torch.equal(a, b * (truth.hole == 1) + a * (truth.hole == 0))


def test_images_of_another_size_are_scaled_there_and_back(truth):
    img = truth.img.repeat_interleave(2, 2).repeat_interleave(2, 3)
    hole = truth.hole.repeat_interleave(2, 2).repeat_interleave(2, 3)
    large = fill(network(), img, hole, [0] * 3)
    assert large.shape == img.shape
    assert torch.equal(large[(hole == 0).expand_as(img)], img[(hole == 0).expand_as(img)])
    small = fill(network(), truth.img, truth.hole, [0] * 3)
    inside = (truth.hole == 1).expand_as(small)
    again = torch.nn.functional.avg_pool2d(large.float(), 2)
    assert (again - small)[inside].abs().mean() < 20


def test_draws_are_those_of_their_seeds(truth):
    G = network()
    draws = draws_of(G, truth, batch=2)(1, [3, 0, 5])
    assert torch.equal(draws[1], fill_set(G, truth)[1])
    assert torch.equal(draws[2:], fill(G, truth.img[1:2], truth.hole[1:2], [5]))
    assert not torch.equal(draws[0], draws[2])


def test_a_pose_reaches_the_generator(truth):
    pose = torch.rand(3, 14)
    faces = ValidationSet(truth.names, truth.img, truth.hole, pose)
    G = network(pose=14)
    filled = fill_set(G, faces, batch=2)
    assert torch.equal(filled[2:], fill(G, truth.img[2:], truth.hole[2:], [0], pose[2:]))
    assert draws_of(G, faces)(0, [1, 2]).shape == (2, 3, SIDE, SIDE)
    other = ValidationSet(truth.names, truth.img, truth.hole, 1 - pose)
    assert not torch.equal(fill_set(G, other), filled)


def test_diversity_is_averaged_and_given_for_wide_holes(truth):
    shift = torch.tensor([0, 51], dtype=torch.uint8).view(2, 1, 1, 1)

    def make(index, seeds):
        assert list(seeds) == [1, 2]
        return torch.zeros(2, 3, SIDE, SIDE, dtype=torch.uint8) + shift * index

    assert [is_wide(hole) for hole in truth.hole] == [False, True, True]
    found = diversity_of(make, truth, 2)
    assert found["diversity_2"] == pytest.approx((0 + 0.2 + 0.4) / 3)
    assert found["diversity_2_wide"] == pytest.approx(0.3)


def test_judge_averages_every_metric(truth):
    fills_ = truth.img.clone()
    fills_[:, :, 0, 0] = 255 - fills_[:, :, 0, 0]
    scores = Judge(truth, [Apart()], [Brightness()]).score(fills_)
    assert scores["changed_outside"] == 3
    assert scores["hole_l1"] == 0
    assert scores["apart"] == pytest.approx(2 * scores["l1"], rel=1e-5)
    assert {"kid_brightness_x1000", "fid_brightness"} <= set(scores)
    perfect = Judge(truth, [Apart()], [Brightness()]).score(truth.img, frechet=False)
    assert perfect["apart"] == perfect["changed_outside"] == 0
    assert "fid_brightness" not in perfect


def test_quick_score_falls_back_to_pixels(truth):
    scores = quick_score(network(), truth)
    assert scores["changed_outside"] == 0
    assert 0 < scores["hole_l1"] < 1
    assert "st_lpips_alex" not in scores


@pytest.mark.parametrize("name", ["telea", "navier-stokes"])
def test_classical_fills_do_not_see_what_the_hole_hid(truth, name):
    method = classical_methods()[name]
    img, hole = truth.img[1], truth.hole[1]
    hidden = torch.where(hole > 0, torch.full_like(img, 200), img)
    first, second = (fill_classical(method, x, hole) for x in (img, hidden))
    inside = (hole > 0).expand_as(img)
    assert torch.equal(first[inside], second[inside])
    assert torch.equal(first[~inside], img[~inside])


def test_patchmatch_is_left_out_where_it_cannot_be_loaded(monkeypatch, truth):
    def broken(name):
        raise OSError("no library for this system")

    monkeypatch.setattr(fills.importlib, "import_module", broken)
    assert set(classical_methods()) == {"telea", "navier-stokes"}
    assert fills.restarts_of(truth) is None


def test_patchmatch_restarts_come_from_their_seeds(monkeypatch, truth):
    class FakePatchMatch:
        seed = 0

        def set_random_seed(self, seed):
            self.seed = seed

        def inpaint(self, image, mask, patch_size):
            assert (image[mask[..., 0] > 0] == 0).all()
            return np.full_like(image, self.seed)

    fake = FakePatchMatch()
    monkeypatch.setattr(fills.importlib, "import_module", lambda name: fake)
    found = diversity_of(fills.restarts_of(truth), truth, 2)
    assert found["diversity_2"] == pytest.approx(1 / 255)


def test_the_command_prints_a_table_and_writes_json_and_fills(folder, snapshot, truth, capsys):
    out, written = folder / "scores.json", folder / "fills"
    rest = ("--masks", folder / "masks", "--z", 2, "--classical", "--out", out, "--fills", written)
    assert main(command(folder, *rest)) == 0
    report = json.loads(out.read_text())
    assert report["images"] == 3
    assert {"small", "telea", "navier-stokes"} <= set(report["scores"])
    expected = quick_score(network(), truth)["hole_l1"]
    assert report["scores"]["small"]["hole_l1"] == pytest.approx(expected)
    assert report["scores"]["small"]["diversity_2"] > 0
    assert report["scores"]["telea"]["changed_outside"] == 0
    assert sum("pip download" in reason for reason in report["missing"]) == 2
    printed = capsys.readouterr().out
    assert "hole_psnr" in printed
    assert "LPIPS: name a backbone" in printed
    filled = np.array(Image.open(written / "photo-2.png"))
    assert np.array_equal(filled, fill_set(network(), truth)[2].permute(1, 2, 0).numpy())


def test_a_dataset_of_the_paper_is_scored_with_holes_of_a_kind(folder, snapshot):
    out = folder / "scores.json"
    rest = ("--layout", "places2", "--mask-kind", "box", "--limit", 2, "--z", 0, "--out", out)
    assert main(command(folder, *rest)) == 0
    report = json.loads(out.read_text())
    assert report["images"] == 2
    assert not [name for name in report["scores"]["small"] if name.startswith("diversity")]


def test_the_command_says_what_is_wrong(folder, snapshot, capsys):
    masks = ("--masks", folder / "masks")
    assert main(command(folder)) == 2
    assert "Name a folder of masks" in capsys.readouterr().err
    assert main(command(folder, *masks, "--inception", snapshot)) == 2
    assert "not those of Inception" in capsys.readouterr().err
    (folder / "masks" / "photo-1.png").unlink()
    assert main(command(folder, *masks)) == 2
    assert "no mask for photo-1.png" in capsys.readouterr().err
    snapshot.write_bytes(b"junk")
    assert main(command(folder, *masks)) == 2
    assert "small.safetensors" in capsys.readouterr().err


def test_a_table_has_a_row_for_each_metric_and_a_dash_where_there_is_none():
    lines = table({"ours": {"l1": 0.25, "diversity_16": 0.5}, "telea": {"l1": 0.125}}).splitlines()
    assert lines[0].split() == ["ours", "telea"]
    assert lines[1].split() == ["l1", "0.25", "0.125"]
    assert lines[2].split() == ["diversity_16", "0.5", "–"]
