"""The upper level learns on crops; a resumed run equals the uninterrupted one to the bit."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from engine.network.config import GeneratorConfig, UpperConfig
from engine.network.generator import Generator
from engine.network.snapshot import load_snapshot, save_snapshot
from train.data.crops import CropStore
from train.run import CHECKPOINT
from train.state import CheckpointError, load_checkpoint
from train.upper import __main__ as command
from train.upper.pairs import PairStore, disturbed, make_answers, shrunk
from train.upper.recipe import UpperRecipe
from train.upper.run import UpperRun

SIDE = 16
TINY = UpperRecipe(
    UpperConfig(base=4, imputation=3),
    side=SIDE,
    batch=4,
    critic=8,
    alone=8,
    d_alone=4,
    perceptual=0.0,
    penalty_every=2,
    ema_images=50.0,
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder of three textured photos."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(2)
    for n in range(3):
        rough = rng.integers(0, 256, (24, 24, 3), np.uint8)
        Image.fromarray(cv2.resize(rough, (96, 96))).save(folder / f"{n}.png")
    return folder


@pytest.fixture(scope="module")
def core():
    torch.manual_seed(1)
    config = GeneratorConfig(resolution=16, base=8, rgb="pyramid", z_channels=4)
    return Generator(config).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def pairs(photos, core, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs")
    crops = CropStore.build(photos, folder / "crops", 32, 4)
    make_answers(core, crops, folder)
    return PairStore(crops, folder, SIDE)


def trained(pairs, folder, until):
    run = UpperRun(TINY)
    run.resume(folder)
    while run.cur_nimg < until:
        run.train(pairs.batch(run.cur_nimg, TINY.batch, TINY.seed))
    run.save(folder)
    return run


def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [t for v in parts for t in tensors(v)] if isinstance(value, dict | list | tuple) else []


# 4: L1 alone; 12: the critic alone; 20: both.
@pytest.mark.parametrize("cut", [4, 12, 20])
def test_a_resumed_run_equals_the_uninterrupted_one(pairs, tmp_path, cut):
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    whole.mkdir()
    parted.mkdir()
    trained(pairs, whole, 28)
    trained(pairs, parted, cut)
    trained(pairs, parted, 28)
    ours, theirs = (tensors(load_checkpoint(f / CHECKPOINT)) for f in (whole, parted))
    assert len(ours) == len(theirs) > 100
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_the_critic_learns_alone_before_the_level_follows_it(pairs):
    run = UpperRun(TINY)
    run.cur_nimg = TINY.alone
    level = [p.clone() for p in run.G.parameters()]
    critic = [p.clone() for p in run.D.parameters()]
    run.train(pairs.batch(run.cur_nimg, TINY.batch, 0))
    assert all(torch.equal(a, b) for a, b in zip(level, run.G.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(critic, run.D.parameters(), strict=True))


def test_l1_alone_brings_crops_nearer_to_the_truth(pairs):
    run = UpperRun(replace(TINY, alone=10_000, lr=(0.01, 0.002)))
    batch = pairs.batch(0, 8, 0)
    first = float(run.train(batch)["l1"])
    for _ in range(40):
        last = float(run.train(batch)["l1"])
    assert last < 0.9 * first


def test_a_checkpoint_of_another_recipe_is_refused(pairs, tmp_path):
    trained(pairs, tmp_path, 4)
    other = UpperRun(replace(TINY, upper=UpperConfig(base=8, imputation=3)))
    with pytest.raises(CheckpointError, match="of another recipe"):
        other.resume(tmp_path)


def test_batches_depend_on_the_count_alone_and_fit_together(pairs):
    a, b = pairs.batch(8, 8, 3), pairs.batch(8, 8, 3)
    assert all(torch.equal(x, y) for x, y in zip(a, b, strict=True))
    assert not torch.equal(a.img, pairs.batch(16, 8, 3).img)
    assert a.img.shape == (8, 3, SIDE, SIDE)
    assert a.answer.shape == (8, 3, SIDE // 2, SIDE // 2)
    assert set(a.core.tolist()) <= {0.0, 1.0}
    known = torch.nn.functional.avg_pool2d(a.hole, 2) == 0
    truth = torch.nn.functional.avg_pool2d(a.img, 2)
    gap = ((a.answer - truth).abs().amax(dim=1, keepdim=True) * known).amax()
    assert gap < 0.02, "an answer must show the photo where all of a cell is known"


def test_a_disturbed_truth_differs_in_the_hole_alone():
    rng = np.random.default_rng(0)
    img = rng.integers(0, 256, (32, 32, 3), np.uint8)
    hole = np.zeros((32, 32), bool)
    hole[8:24, 9:25] = True
    truth = cv2.resize(img.astype(np.float32) / 255, (16, 16), interpolation=cv2.INTER_AREA)
    found = disturbed(img, hole, rng)
    touched = cv2.resize(hole.astype(np.float32), (16, 16), interpolation=cv2.INTER_AREA) > 0
    np.testing.assert_array_equal(found[~touched], truth[~touched])
    assert np.abs(found - truth)[touched].mean() > 0.01


def test_a_cell_half_known_takes_the_mean_of_what_is_known():
    img = np.zeros((2, 4, 3), np.uint8)
    img[:, 0], img[:, 1] = 255, 51
    hole = np.array([[False, True, True, True], [False, True, True, False]])
    colour, known = shrunk(np.vstack([img, img]), np.vstack([hole, hole]))
    assert known[:, 0].tolist() == [1, 1]
    assert known[:, 1].tolist() == [0, 0]
    np.testing.assert_allclose(colour[0], [[1, 1, 1], [0, 0, 0]])


def test_the_command_trains_resumes_and_leaves_a_snapshot(photos, core, tmp_path, monkeypatch):
    monkeypatch.setitem(command.PRESETS, "tiny", TINY)
    save_snapshot(tmp_path / "core.safetensors", core)
    out = tmp_path / "run"
    arguments = ["--preset", "tiny", "--data", str(photos), "--out", str(out), "--crops", "4"]
    arguments += ["--core", str(tmp_path / "core.safetensors"), "--threads", "1"]
    for until in (8, 16):
        assert command.main([*arguments, "--images", str(until)]) == 0
        assert load_checkpoint(out / CHECKPOINT)["cur_nimg"] == until
    found = load_snapshot(out / "snapshot.safetensors")
    assert found.upper is not None
    assert found.upper.config == TINY.upper
    assert found.header["notes"]["upper_images"] == 16


def test_a_missing_core_is_named(photos, tmp_path, capsys):
    arguments = ["--data", str(photos), "--core", str(tmp_path / "no.safetensors")]
    assert command.main([*arguments, "--out", str(tmp_path / "run")]) == 2
    assert "no.safetensors cannot be read" in capsys.readouterr().err
