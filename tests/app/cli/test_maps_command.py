"""``lacuna maps`` over the real weights: the pictures, the sentence, the refusals."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from app.cli.command_line import main
from app.cli.exit import Exit
from engine.views.sheet import LONGEST, coloured, sheet, tinted

SIZE = 420, 300


def save(path, pixels):
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    return save(tmp_path / "noise.png", noise), save(tmp_path / "dark.png", noise // 8)


@pytest.fixture
def mask(tmp_path):
    pixels = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    pixels[60:140, 100:190] = 255
    pixels[280:300, 400:420] = 255
    return save(tmp_path / "mask.png", pixels)


def maps(photo, mask, *more):
    return main(["maps", str(photo), "--mask", str(mask), *map(str, more)])


def test_maps_writes_a_sheet_and_every_map_of_every_window(photos, mask, capsys):
    assert maps(photos[0], mask, "--json") == Exit.DONE
    told = json.loads(capsys.readouterr().out)
    folder = photos[0].with_name("noise-maps")
    assert {str(path) for path in folder.iterdir()} == set(told["files"])
    assert told["sentence"].endswith(".")
    assert told["sentence"] in [window["sentence"] for window in told["windows"]]
    for number, window in enumerate(told["windows"], 1):
        assert (folder / f"window-{number}.png").exists()
        for kind in ("gamma", "certainty"):
            for side, (least, mean, most) in window[kind].items():
                grey = cv2.imread(f"{folder}/window-{number}-{kind}-{side}.png", -1)
                assert grey.shape == (int(side), int(side))
                assert abs(grey.mean() / 255 - mean) < 0.01
                assert 0 <= least <= mean <= most <= 1


def test_two_photos_with_one_mask_have_the_same_maps(photos, mask, tmp_path, capsys):
    folders = [tmp_path / "one", tmp_path / "two"]
    for photo, folder in zip(photos, folders, strict=True):
        assert maps(photo, mask, "--out", folder) == Exit.DONE
    names = {path.name for path in folders[0].iterdir()} - {"evidence.png"}
    assert len(names) > 8
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_the_tint_covers_the_mask_and_nothing_else(photos, mask, tmp_path, capsys):
    maps(photos[1], mask, "--out", tmp_path / "out", "--disagreement")
    before = cv2.imread(str(photos[1]))
    hole = cv2.imread(str(mask), 0) > 0
    tint = cv2.imread(str(tmp_path / "out" / "evidence.png"))
    assert (tint[~hole] == before[~hole]).all()
    assert (tint[hole] != before[hole]).any(axis=1).all()
    doubt = cv2.imread(str(tmp_path / "out" / "disagreement.png"))
    assert (doubt[~hole] == before[~hole]).all()


def test_an_empty_mask_is_told_and_nothing_is_written(photos, tmp_path, capsys):
    empty = save(tmp_path / "empty.png", np.zeros((SIZE[1], SIZE[0]), np.uint8))
    assert maps(photos[0], empty, "--disagreement") == Exit.NOTHING_TO_FILL
    assert "“empty.png” is empty" in capsys.readouterr().err
    assert not (tmp_path / "noise-maps").exists()


def test_a_grown_mask_is_what_the_maps_are_of(photos, mask, tmp_path, capsys):
    maps(photos[1], mask, "--out", tmp_path / "out", "--grow", 9)
    before = cv2.imread(str(photos[1]))
    changed = (cv2.imread(str(tmp_path / "out" / "evidence.png")) != before).any(axis=2)
    assert changed[51, 140]
    assert not changed[50, 140]


def test_a_folder_that_cannot_be_made_is_named(photos, mask, tmp_path, capsys):
    assert maps(photos[0], mask, "--out", tmp_path / "no" / "such") == Exit.CANNOT_WRITE
    assert "give another --out" in capsys.readouterr().err
    assert maps(photos[0], mask, "--out", mask) == Exit.CANNOT_WRITE


def test_a_mask_of_another_size_is_refused_with_both_sizes(photos, tmp_path, capsys):
    other = save(tmp_path / "other.png", np.zeros((10, 20), np.uint8))
    assert maps(photos[0], other) == Exit.USAGE
    assert "20 × 10" in capsys.readouterr().err
    assert not photos[0].with_name("noise-maps").exists()


def test_a_large_photo_is_shown_small():
    assert max(tinted(np.zeros((300, 5000, 3), np.uint8), []).shape) == LONGEST


def test_a_sheet_is_never_narrower_than_its_scale():
    tall, wide = (sheet([("gamma", maps)]) for maps in ({}, {8: np.zeros((8, 8), np.float32)}))
    assert tall.shape[1] >= 300
    assert wide.shape == tall.shape
    assert (coloured(np.array([[0.0, 1.0]], np.float32))[0, 1] > [200, 200, 0]).all()
