"""``lacuna replay`` over the real weights: the same removal on other photos."""

import json

import numpy as np
import pytest
from PIL import Image

from app.cli.command_line import main
from app.cli.exit import Exit
from assets import SNAPSHOT, SNAPSHOT_SHA256
from engine.answering.by_torch import branch_of
from engine.geometry import Box
from engine.network.maps import reach_of
from engine.network.snapshot import load_generator
from engine.record.planes import Plane
from engine.record.recipe import Recipe, write_recipe
from engine.record.steps import FilledHole, FillStep, RestoreStep
from engine.removal.choice import Kind, View
from engine.removal.latents import Latent
from engine.removal.replay import OTHER_WEIGHTS, OTHER_WINDOWS
from engine.windows import planning as windows
from engine.windows import sight

SIZE = 320, 240
OLD_VIEWS = View(Box(0, 0, 200, 200), None), View(Box(90, 70, 170, 150), None)
HOLE, OTHER = Box(100, 80, 150, 130), Box(250, 20, 270, 40)


def photo_at(path, seed=0):
    rows = np.linspace(30, 220, SIZE[1], dtype=np.float32)[:, None, None]
    noise = np.random.default_rng(seed).normal(0, 12, (SIZE[1], SIZE[0], 3))
    Image.fromarray(np.clip(rows + noise, 0, 255).astype(np.uint8)).save(path)
    return path


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


def hole(box, **more):
    plane = Plane.of_bits(box, np.ones((box.height, box.width), bool))
    return FilledHole(plane, **{"kind": Kind.NETWORK, "latent": Latent(0x7F3A * 100 + 2), **more})


def saved(path, *steps, size=SIZE):
    write_recipe(Recipe("a.png", size, steps), path, overwrite=True)
    return path


def replay(*args):
    return main(["replay", *map(str, args)])


@pytest.fixture
def photos(tmp_path):
    return [photo_at(tmp_path / f"{name}.png", n) for n, name in enumerate("ab")]


def test_every_photo_gets_the_removal_and_stays_as_it_was(photos, tmp_path, capsys):
    before = [path.read_bytes() for path in photos]
    recipe = saved(tmp_path / "r.lacuna", FillStep((hole(HOLE), hole(OTHER, kind=Kind.PHOTO))))
    assert replay(recipe, *photos, "--json") == Exit.DONE
    told = json.loads(capsys.readouterr().out)
    assert [path.read_bytes() for path in photos] == before
    for path, row in zip(photos, told["photos"], strict=True):
        assert row["out"] == str(path.with_name(f"{path.stem}-replayed.png"))
        changed = (pixels(row["out"]) != pixels(path)).any(axis=2)
        assert changed[HOLE.slices].mean() > 0.9
        assert changed[OTHER.slices].mean() > 0.5
        assert changed.sum() == row["changed_pixels"]
        changed[HOLE.slices] = changed[OTHER.slices] = False
        assert not changed.any()


def test_a_replay_is_what_fill_makes_of_the_same_mask_and_code(photos, tmp_path, capsys):
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    mask[HOLE.slices] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    recipe = saved(tmp_path / "r.lacuna", FillStep((hole(HOLE),)))
    assert replay(recipe, photos[0]) == Exit.DONE
    out = tmp_path / "filled.png"
    fill = ["fill", photos[0], "--mask", tmp_path / "mask.png", "--seed", "7F3A-02", "--out", out]
    assert main([str(word) for word in fill]) == Exit.DONE
    assert (pixels(tmp_path / "a-replayed.png") == pixels(out)).all()


def test_the_very_z_of_the_recipe_is_used_and_a_foreign_one_is_not(photos, tmp_path, capsys):
    def replayed(z):
        recipe = saved(tmp_path / "r.lacuna", FillStep((hole(HOLE, z=z),)))
        assert replay(recipe, photos[0], "--overwrite") == Exit.DONE
        return pixels(tmp_path / "a-replayed.png")

    plain = replayed(None)
    large = np.full((32, 4, 4), 3, np.float32)
    assert (replayed(large) != plain).any()
    assert (replayed(large[:5]) == plain).all()


def test_an_old_removal_outlives_another_rule_for_windows(photos, tmp_path, capsys, monkeypatch):
    def replayed(*views, context=1.0):
        step = FillStep((hole(HOLE, views=views, context=context),))
        recipe = saved(tmp_path / "r.lacuna", step)
        assert replay(recipe, photos[0], "--overwrite") == Exit.DONE
        return pixels(tmp_path / "a-replayed.png")

    anew = replayed()
    mask = np.zeros((SIZE[1], SIZE[0]), bool)
    mask[HOLE.slices] = True
    explained = reach_of(branch_of(load_generator(SNAPSHOT)[0]))
    kept = View(*windows.plan(mask, 64, explained=explained)[0])
    before = replayed(kept)
    assert (before == anew).all()
    assert (replayed(context=2.0) != anew).any()
    monkeypatch.setattr(sight, "SHARES", (sight.SHARES[-1] / 2,))
    assert (replayed() != anew).any()
    assert (replayed(kept) == before).all()
    assert OTHER_WINDOWS not in capsys.readouterr().err
    halves = [View(kept.box, half) for half in (HOLE._replace(right=125), HOLE._replace(left=125))]
    assert (replayed(*halves) != before).any(), "each part is filled from its own window"


def test_painting_back_gives_the_original(photos, tmp_path, capsys):
    weights = np.full((HOLE.height, HOLE.width), 255, np.uint8)
    weights[:10] = 0
    steps = FillStep((hole(HOLE),)), RestoreStep((Plane.of_levels(HOLE, weights),))
    assert replay(saved(tmp_path / "r.lacuna", *steps), photos[0]) == Exit.DONE
    changed = (pixels(tmp_path / "a-replayed.png") != pixels(photos[0])).any(axis=2)
    assert changed[HOLE.slices][:10].mean() > 0.9
    assert not changed[HOLE.slices][10:].any()


@pytest.mark.parametrize(
    ("more", "remark"),
    [
        ({"snapshot": "b" * 64}, OTHER_WEIGHTS),
        ({"snapshot": SNAPSHOT_SHA256, "views": OLD_VIEWS}, OTHER_WINDOWS),
        ({"snapshot": SNAPSHOT_SHA256}, ""),
    ],
)
def test_what_may_look_different_is_said(photos, tmp_path, capsys, more, remark):
    recipe = saved(tmp_path / "r.lacuna", FillStep((hole(HOLE, **more),)))
    assert replay(recipe, photos[0]) == Exit.DONE
    told = capsys.readouterr()
    assert remark in told.err
    assert bool(told.err) == bool(remark)
    assert "a-replayed.png" in told.out


def test_one_photo_of_another_size_does_not_stop_the_others(photos, tmp_path, capsys):
    Image.new("RGB", (50, 40)).save(tmp_path / "small.png")
    recipe = saved(tmp_path / "r.lacuna", FillStep((hole(HOLE),)))
    assert replay(recipe, tmp_path / "small.png", photos[1], "--json") == Exit.USAGE
    told = capsys.readouterr()
    assert "50 × 40" in told.err
    assert "320 × 240" in told.err
    assert [("error" in row) for row in json.loads(told.out)["photos"]] == [True, False]
    assert not (tmp_path / "small-replayed.png").exists()


def test_nothing_is_written_over_and_a_missing_folder_is_named(photos, tmp_path, capsys):
    recipe = saved(tmp_path / "r.lacuna", FillStep((hole(HOLE),)))
    (tmp_path / "a-replayed.png").write_bytes(b"mine")
    assert replay(recipe, photos[0]) == Exit.CANNOT_WRITE
    assert (tmp_path / "a-replayed.png").read_bytes() == b"mine"
    assert replay(recipe, photos[0], "--out", tmp_path / "no") == Exit.CANNOT_WRITE
    (tmp_path / "yes").mkdir()
    assert replay(recipe, photos[0], "--out", tmp_path / "yes") == Exit.DONE
    assert (tmp_path / "yes" / "a-replayed.png").exists()


def test_a_file_that_is_no_recipe_is_refused(photos, capsys):
    assert replay(photos[0], photos[1]) == Exit.CANNOT_READ
    assert "no recipe" in capsys.readouterr().err


def test_a_recipe_that_removes_nothing_is_told(photos, tmp_path, capsys):
    assert replay(saved(tmp_path / "r.lacuna"), photos[0]) == Exit.NOTHING_TO_FILL
    assert "removes nothing" in capsys.readouterr().err
    assert not (tmp_path / "a-replayed.png").exists()


def test_sidecars_are_told_of_and_copied_on_demand(photos, tmp_path, capsys):
    recipe = saved(tmp_path / "r.lacuna", FillStep((hole(HOLE, kind=Kind.PHOTO),)))
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    photos[0].with_suffix(".xmp").write_bytes(packet)
    copied = tmp_path / "a-replayed.xmp"
    assert replay(recipe, *photos) == Exit.DONE
    said = "a.png: “a.xmp” beside the photo was not copied; --sidecars does."
    assert said in capsys.readouterr().err
    assert not copied.exists()
    assert replay(recipe, *photos, "--sidecars", "--overwrite", "--json") == Exit.DONE
    rows = json.loads(capsys.readouterr().out)["photos"]
    assert "“a.xmp” was copied to “a-replayed.xmp”." in rows[0]["remarks"]
    assert copied.read_bytes() == packet
    assert sorted(tmp_path.glob("*.xmp")) == [copied, tmp_path / "a.xmp"]
