"""Masks say from where a fill may copy, for one photo or many, with the network and without."""

import cv2
import numpy as np
import pytest

from app.cli.command_line import main
from app.cli.exit import Exit
from tests.app.cli.flat import put_in_place

HOLE = np.s_[40:80, 60:100]
LEFT = np.s_[:, :30]


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a photo that is red at its left alone, and masks."""
    image = np.random.default_rng(0).integers(60, 160, (120, 180, 3)).astype(np.uint8)
    image[..., 2] = 0
    image[..., 2][LEFT] = 200
    cv2.imwrite(str(tmp_path / "a.png"), image)
    for name, place in (("mask", HOLE), ("left", LEFT), ("dot", np.s_[3:7, 3:7]), ("none", None)):
        mask = np.zeros((120, 180), np.uint8)
        if place is not None:
            mask[place] = 255
        cv2.imwrite(str(tmp_path / f"{name}.png"), mask)
    return tmp_path


def fill(folder, *words):
    words = ["fill", folder / "a.png", "--mask", folder / "mask.png", *words]
    return main([*map(str, words)])


def red(path):
    return cv2.imread(str(path))[..., 2][HOLE]


def test_they_reach_the_network_s_fill(folder, monkeypatch):
    inpainter = put_in_place(monkeypatch)
    assert fill(folder, "--avoid", folder / "left.png") == Exit.DONE
    assert fill(folder, "--source", folder / "left.png", "--overwrite") == Exit.DONE
    assert fill(folder, "--overwrite") == Exit.DONE
    left = np.zeros((120, 180), bool)
    left[LEFT] = True
    first, second, third = (ask.sources for ask in inpainter.asks)
    assert (first == ~left).all()
    assert (second == left).all()
    assert third is None


def test_only_what_is_allowed_is_copied(folder):
    out = folder / "out.png"
    assert fill(folder, "--photo-only", "--avoid", folder / "left.png", "--out", out) == Exit.DONE
    assert red(out).max() == 0
    more = "--photo-only", "--source", folder / "left.png", "--out", out, "--overwrite"
    assert fill(folder, *more) == Exit.DONE
    assert np.median(red(out)) > 150


def test_too_little_to_copy_from_is_refused(folder, capsys):
    assert fill(folder, "--photo-only", "--source", folder / "dot.png") == Exit.USAGE
    assert "too little left to copy from" in capsys.readouterr().err
    assert not (folder / "a-filled.png").exists()


@pytest.mark.parametrize("word", ["--avoid", "--source"])
def test_masks_that_mark_nothing_or_are_none_are_refused_before_the_work(
    folder, monkeypatch, capsys, word
):
    inpainter = put_in_place(monkeypatch)
    assert fill(folder, word, folder / "none.png") == Exit.NOTHING_TO_FILL
    assert fill(folder, word, folder / "gone.png") == Exit.CANNOT_READ
    cv2.imwrite(str(folder / "small.png"), np.full((5, 5), 255, np.uint8))
    assert fill(folder, word, folder / "small.png") == Exit.USAGE
    assert "small.png" in capsys.readouterr().err
    assert inpainter.asks == []


@pytest.mark.parametrize("of_each", [True, False])
def test_a_batch_takes_one_for_all_or_one_for_each(folder, monkeypatch, of_each):
    inpainter = put_in_place(monkeypatch)
    (folder / "photos").mkdir()
    (folder / "left").mkdir()
    for name in ("a.png", "b.png"):
        (folder / "photos" / name).write_bytes((folder / "a.png").read_bytes())
        (folder / "left" / name).write_bytes((folder / "left.png").read_bytes())
    place = folder / "left" if of_each else folder / "left.png"
    words = ["batch", folder / "photos", "--masks", folder / "mask.png", "--out", folder / "out"]
    assert main([*map(str, [*words, "--avoid", place])]) == Exit.DONE
    assert len(inpainter.asks) == 2
    assert all(not ask.sources[LEFT].any() and ask.sources[:, 30:].all() for ask in inpainter.asks)


def test_a_photo_of_a_batch_without_its_mask_fails_alone(folder, monkeypatch, capsys):
    inpainter = put_in_place(monkeypatch)
    (folder / "left").mkdir()
    (folder / "left" / "a.png").write_bytes((folder / "left.png").read_bytes())
    (folder / "b.png").write_bytes((folder / "a.png").read_bytes())
    words = ["batch", folder / "a.png", folder / "b.png", "--masks", folder / "mask.png"]
    words += ["--out", folder / "out", "--source", folder / "left"]
    assert main([*map(str, words)]) == Exit.SOME_FAILED
    assert "name it b.png" in capsys.readouterr().out
    assert len(inpainter.asks) == 1


def test_a_mask_over_all_of_the_photo_is_told_of(folder, monkeypatch, capsys):
    put_in_place(monkeypatch)
    cv2.imwrite(str(folder / "all.png"), np.full((120, 180), 255, np.uint8))
    words = ["fill", folder / "a.png", "--mask", folder / "all.png"]
    assert main([*map(str, words)]) == Exit.DONE
    assert "Hardly anything of the photo is left around" in capsys.readouterr().err
    assert fill(folder, "--overwrite") == Exit.DONE
    assert "Hardly anything" not in capsys.readouterr().err
