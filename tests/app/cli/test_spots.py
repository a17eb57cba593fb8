"""Dust is filled in many photos: by the places of a file, or as each photo shows it."""

import json

import numpy as np
import pytest
from PIL import Image

from app.cli.command_line import main
from app.cli.exit import Exit
from engine.selecting.spot_file import set_of, to_json
from engine.selecting.spots import chosen, find_spots
from tests.app.cli.flat import put_in_place
from tests.engine.selecting.dusty import SPOTS, dusted, sky


@pytest.fixture(autouse=True)
def inpainter(monkeypatch):
    return put_in_place(monkeypatch)


@pytest.fixture
def shoot(tmp_path):
    """Return a folder with a dusty photo, one taken on end, a clean one, and a file of the dust."""
    (tmp_path / "photos").mkdir()
    dusty = dusted(sky())
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(dusty).save(tmp_path / "photos" / "a.png")
    Image.fromarray(dusted(sky(seed=3))).save(
        tmp_path / "photos" / "b.jpg", exif=exif, quality=97, subsampling=0
    )
    Image.fromarray(sky(seed=4)).save(tmp_path / "photos" / "c.png")
    spots = set_of(chosen(find_spots(dusty), 0.5), (900, 600), 1)
    (tmp_path / "dust.json").write_text(to_json(spots), encoding="utf-8")
    return tmp_path


def batch(shoot, *more):
    words = ["batch", shoot / "photos", "--out", shoot / "out", "--json", *more]
    return main([*map(str, words)])


@pytest.mark.parametrize("spots", ["dust.json", "auto"])
def test_the_dust_is_filled_where_it_shows_and_a_clean_photo_is_skipped(shoot, capsys, spots):
    place = shoot / spots if spots != "auto" else spots
    assert batch(shoot, "--spots", place) == Exit.DONE
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row.get("status") for row in rows[:3]] == ["filled", "filled", "skipped"]
    assert rows[2]["reason"] == "No spots are seen in it."
    before = np.asarray(Image.open(shoot / "photos" / "a.png"))
    after = np.asarray(Image.open(shoot / "out" / "a.png"))
    changed = (before != after).any(axis=2)
    assert all(changed[y, x] for x, y, _, _ in SPOTS)
    assert changed.mean() < 0.01
    turned = np.asarray(Image.open(shoot / "out" / "b.jpg"))
    if turned.shape[0] < turned.shape[1]:
        turned = np.rot90(turned, -1)
    assert all(turned[x, 600 - y, 0] > 240 for x, y, _, _ in SPOTS)


def test_a_mask_and_spots_go_together(shoot):
    mask = np.zeros((600, 900), np.uint8)
    mask[500:520, 100:140] = 255
    Image.fromarray(mask).save(shoot / "mask.png")
    words = ["fill", shoot / "photos" / "a.png", "--mask", shoot / "mask.png", "--spots", "auto",
             "--mask-out", shoot / "invented.png"]  # fmt: skip
    assert main([*map(str, words)]) == Exit.DONE
    invented = np.asarray(Image.open(shoot / "invented.png")) > 0
    assert invented[510, 120]
    assert all(invented[y, x] for x, y, _, _ in SPOTS)


def test_without_either_it_says_what_is_missing(shoot, capsys):
    assert batch(shoot) == Exit.USAGE
    assert "--masks --spots" in capsys.readouterr().err
    assert main(["fill", str(shoot / "photos" / "a.png")]) == Exit.USAGE
    assert "--mask --spots" in capsys.readouterr().err


def test_a_photo_without_spots_is_no_copy_of_itself(shoot, capsys):
    words = ["fill", shoot / "photos" / "c.png", "--spots", shoot / "dust.json"]
    assert main([*map(str, words)]) == Exit.NOTHING_TO_FILL
    assert "No spots are seen in it." in capsys.readouterr().err
    assert not (shoot / "photos" / "c-filled.png").exists()


def test_a_file_that_is_none_is_named(shoot, capsys):
    words = ["fill", shoot / "photos" / "a.png", "--spots", shoot / "gone.json"]
    assert main([*map(str, words)]) != Exit.DONE
    assert "gone.json" in capsys.readouterr().err
