"""Many photos over real files, with an engine that paints flat colours."""

import json
import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.command_line import main
from app.cli.exit import Exit
from engine.errors import PhotoReadError, SnapshotError
from engine.photo import read_photo
from engine.photo.mask_levels import LABELS
from engine.removal.batch import Masks, photos_in
from tests.app.cli.flat import put_in_place

SIZE = 60, 40
HOLE = slice(12, 25), slice(10, 30)
FLAT = [255, 0, 10]


@pytest.fixture(autouse=True)
def inpainter(monkeypatch):
    return put_in_place(monkeypatch)


def picture(path, size=SIZE, seed=1):
    pixels = np.random.default_rng(seed).integers(0, 200, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def painted(path, size=SIZE):
    pixels = np.zeros((size[1], size[0]), np.uint8)
    pixels[HOLE] = 255
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def place(tmp_path):
    """Three photos with a mask each, and a folder for the results."""
    for name in ("photos", "masks"):
        (tmp_path / name).mkdir()
    for i, name in enumerate(("a", "b", "c")):
        picture(tmp_path / "photos" / f"{name}.png", seed=i)
        painted(tmp_path / "masks" / f"{name}.png")
    return tmp_path


def batch(place, *more, photos=None, masks=None):
    photos = [place / "photos"] if photos is None else photos
    words = [*photos, "--masks", masks or place / "masks", "--out", place / "out", *more]
    return main(["batch", *map(str, words)])


def rows(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def pixels_of(path):
    return read_photo(path).pixels


def test_every_photo_is_filled_into_the_folder_and_left_as_it_was(place, capsys):
    before = {p: p.read_bytes() for p in (place / "photos").iterdir()}
    assert batch(place) == Exit.DONE
    assert {p: p.read_bytes() for p in (place / "photos").iterdir()} == before
    for name in ("a.png", "b.png", "c.png"):
        old, new = pixels_of(place / "photos" / name), pixels_of(place / "out" / name)
        assert (new[HOLE] == FLAT).all()
        outside = np.ones(old.shape[:2], bool)
        outside[HOLE] = False
        assert np.array_equal(old[outside], new[outside])
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told[:3]] == ["1/3", "2/3", "3/3"]
    assert told[3].startswith("3 filled, 0 there already, 0 failed")


def test_one_engine_serves_all_and_none_is_made_for_nothing(place, inpainter):
    batch(place)
    assert inpainter.made == 1
    batch(place)
    assert inpainter.made == 1


def test_json_is_one_object_a_photo_and_a_summary(place, capsys):
    assert batch(place, "--json", "--seed", "7f3a-02") == Exit.DONE
    *photos, last = rows(capsys)
    assert [row["status"] for row in photos] == ["filled"] * 3
    assert [Path(row["photo"]).name for row in photos] == ["a.png", "b.png", "c.png"]
    assert {row["seed"] for row in photos} == {"7F3A-02"}
    assert {row["invented_pixels"] for row in photos} == {13 * 20}
    assert {row["scale"] for row in photos} == {0.25}
    assert photos[0]["invented_share"] == pytest.approx(13 * 20 / (60 * 40), abs=1e-6)
    assert last == {"summary": {"filled": 3, "skipped": 0, "failed": 0}}


def test_a_second_run_does_only_what_is_missing(place, capsys):
    batch(place, "--json")
    (place / "out" / "b.png").unlink()
    kept = {p: p.stat().st_mtime_ns for p in (place / "out").iterdir()}
    capsys.readouterr()
    assert batch(place, "--json") == Exit.DONE
    assert [row.get("status") for row in rows(capsys)[:3]] == ["skipped", "filled", "skipped"]
    assert all(p.stat().st_mtime_ns == when for p, when in kept.items())


def test_a_run_that_was_stopped_goes_on_where_it_was(place, inpainter, capsys):
    def stop_at_two(self, ask, seeds, *_, **how):
        if len(list((place / "out").iterdir())) == 1:
            raise KeyboardInterrupt
        return [self.inpaint(ask.image, ask.mask, seed) for seed in seeds]

    whole, inpainter.fill = inpainter.fill, stop_at_two
    assert batch(place, "--json") == Exit.INTERRUPTED
    assert [p.name for p in (place / "out").iterdir()] == ["a.png"]
    assert rows(capsys)[-1] == {"summary": {"filled": 1, "skipped": 0, "failed": 0}}
    inpainter.fill = whole
    assert batch(place, "--json") == Exit.DONE
    assert rows(capsys)[-1] == {"summary": {"filled": 2, "skipped": 1, "failed": 0}}


def test_a_result_older_than_its_mask_is_told(place, capsys):
    batch(place)
    os.utime(place / "out" / "a.png", ns=(0, 0))
    capsys.readouterr()
    batch(place, "--json")
    first, second, *_ = rows(capsys)
    assert "but older" in first["reason"]
    assert "but older" not in second["reason"]


def test_overwrite_fills_again(place, capsys):
    batch(place)
    shutil.copy(place / "photos" / "a.png", place / "out" / "a.png")
    assert batch(place, "--overwrite") == Exit.DONE
    assert (pixels_of(place / "out" / "a.png")[HOLE] == FLAT).all()


def test_one_failure_does_not_stop_the_rest(place, inpainter, capsys):
    (place / "photos" / "a.png").write_bytes(b"no photo")
    painted(place / "masks" / "b.png", (61, 40))
    (place / "masks" / "c.png").unlink()
    for name in ("d", "e"):
        picture(place / "photos" / f"{name}.png")
        painted(place / "masks" / f"{name}.png")
    whole, faults = inpainter.fill, [RuntimeError("a fault nobody foresaw")]

    def fail_once(self, *args, **more):
        if faults:
            raise faults.pop()
        return whole(self, *args, **more)

    inpainter.fill = fail_once
    assert batch(place, "--json") == Exit.SOME_FAILED
    told = {Path(row["photo"]).stem: row for row in rows(capsys)[:5]}
    assert [row["status"] for row in told.values()] == ["failed"] * 4 + ["filled"]
    for name, words in {
        "a": "known format",
        "b": "61 × 40",
        "c": "no mask for it",
        "d": "RuntimeError: a fault nobody foresaw",
    }.items():
        assert words in told[name]["reason"]
    assert [p.name for p in (place / "out").iterdir()] == ["e.png"]


def test_the_lines_for_people_say_why(place, capsys):
    (place / "masks" / "c.png").unlink()
    assert batch(place) == Exit.SOME_FAILED
    told = capsys.readouterr().out
    assert "3/3 c.png: failed. There is no mask for it" in told
    assert "2 filled, 0 there already, 1 failed" in told


def test_unusable_weights_end_the_batch_at_once(place, inpainter, capsys):
    inpainter.refuse = SnapshotError("The weights are damaged.")
    assert batch(place) == Exit.WEIGHTS_UNUSABLE
    assert "The weights are damaged." in capsys.readouterr().err
    assert list((place / "out").iterdir()) == []


def test_one_mask_for_all(place, capsys):
    assert batch(place, masks=painted(place / "dust.png")) == Exit.DONE
    assert (pixels_of(place / "out" / "c.png")[HOLE] == FLAT).all()


def test_photos_are_named_one_by_one_or_by_folder_and_each_counts_once(place):
    photos = place / "photos"
    (photos / ".hidden.png").write_bytes(b"")
    (photos / "notes.txt").write_text("no photo")
    painted(photos / "a-mask.png")
    found = photos_in([photos / "b.png", photos, photos / "a.png"])
    assert [p.name for p in found] == ["b.png", "a.png", "c.png"]
    assert photos_in([place / "missing.jpg"]) == [place / "missing.jpg"]


@pytest.mark.parametrize("name", ["a.png", "a.jpg.png", "a-mask.tif", "a_mask.png", "a.webp"])
def test_a_mask_is_found_by_the_photos_name(tmp_path, name):
    photo = tmp_path / "photos" / "a.jpg"
    masks = tmp_path / "masks"
    masks.mkdir()
    (masks / name).write_bytes(b"")
    (masks / "other.png").write_bytes(b"")
    assert Masks(masks, [photo]).of(photo) == masks / name


def test_masks_may_lie_among_the_photos(place):
    photos = place / "photos"
    for mask in (place / "masks").iterdir():
        mask.rename(photos / f"{mask.stem}-mask.png")
    assert batch(place, masks=photos) == Exit.DONE
    assert sorted(p.name for p in (place / "out").iterdir()) == ["a.png", "b.png", "c.png"]


def test_two_masks_for_one_photo_are_a_question(tmp_path):
    for name in ("a.png", "a.tif"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(PhotoReadError, match=r"“a\.png” and “a\.tif” both fit"):
        Masks(tmp_path, []).of(Path("a.jpg"))


def test_a_photo_is_never_replaced_and_no_two_share_a_place(place, capsys):
    photos = place / "photos"
    words = [photos, "--masks", place / "masks", "--out", photos, "--overwrite", "--json"]
    assert main(["batch", *map(str, words)]) == Exit.SOME_FAILED
    assert all("is the photo itself" in row["reason"] for row in rows(capsys)[:3])
    (place / "more").mkdir()
    twin = shutil.copy(photos / "a.png", place / "more" / "a.png")
    assert batch(place, "--json", photos=[photos / "a.png", twin]) == Exit.SOME_FAILED
    first, second, _ = rows(capsys)
    assert first["status"] == "filled"
    assert "already the place of" in second["reason"]


def test_nothing_to_do_and_nowhere_to_go_are_refused(place, capsys):
    (place / "empty").mkdir()
    assert batch(place, photos=[place / "empty"]) == Exit.USAGE
    assert batch(place, masks=place / "nowhere") == Exit.CANNOT_READ
    (place / "out").write_bytes(b"")
    assert batch(place) == Exit.CANNOT_WRITE
    assert batch(place, "--seed", "lucky") == Exit.USAGE
    assert "Traceback" not in capsys.readouterr().err


def test_provenance_is_noted_only_on_demand(place):
    batch(place)
    assert read_photo(place / "out" / "a.png").xmp is None
    batch(place, "--overwrite", "--provenance")
    assert b"compositeWithTrainedAlgorithmicMedia" in read_photo(place / "out" / "a.png").xmp


def test_a_batch_looks_as_wide_as_it_is_told(place, inpainter, capsys):
    assert batch(place, "--context", "2") == Exit.DONE
    assert [ask.context for ask in inpainter.asks] == [2.0] * 3
    with pytest.raises(SystemExit) as stop:
        batch(place, "--context", "9")
    assert stop.value.code == 2


def test_a_batch_from_the_photo_alone_needs_no_network(place, inpainter, capsys):
    assert batch(place, "--photo-only", "--json") == Exit.DONE
    assert inpainter.made == 0
    *told, last = rows(capsys)
    assert last["summary"] == {"filled": 3, "skipped": 0, "failed": 0}
    for row in told:
        before, after = (read_photo(Path(row[key])).pixels for key in ("photo", "out"))
        changed = (before != after).any(axis=2)
        assert changed[HOLE].mean() > 0.9
        changed[HOLE] = False
        assert not changed.any()


def test_a_mask_spelled_in_the_other_form_of_unicode_is_found(place, capsys):
    for folder, form in (("photos", "NFC"), ("masks", "NFD")):
        name = unicodedata.normalize(form, "Caf\u00e9.png")
        (place / folder / "a.png").rename(place / folder / name)
    assert batch(place, photos=[place / "photos" / "Caf\u00e9.png"]) == Exit.DONE
    assert (pixels_of(place / "out" / "Caf\u00e9.png")[HOLE] == FLAT).all()


def test_of_two_masks_in_two_spellings_the_one_spelled_alike_is_meant(place):
    names = [unicodedata.normalize(form, "Caf\u00e9") for form in ("NFC", "NFD")]
    made = [painted(place / "masks" / f"{name}.png") for name in names]
    masks = Masks(place / "masks", [])
    assert [masks.of(Path(f"{name}.jpg")).stem for name in names] == [p.stem for p in made]


def test_an_empty_mask_fails_its_photo_and_no_other(place, capsys):
    Image.new("L", SIZE).save(place / "masks" / "b.png")
    assert batch(place, "--json") == Exit.SOME_FAILED
    told = rows(capsys)
    assert [row["status"] for row in told[:3]] == ["filled", "failed", "filled"]
    assert "is empty" in told[1]["reason"]
    assert not (place / "out" / "b.png").exists()


def test_a_batch_grows_its_masks_and_tells_how_they_were_read(place, capsys):
    labels = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    labels[HOLE] = 1
    Image.fromarray(labels).save(place / "masks" / "a.png")
    assert batch(place, "--json", "--grow", "2") == Exit.DONE
    first, second, *_ = rows(capsys)
    assert first["invented_pixels"] == second["invented_pixels"] > 13 * 20
    assert LABELS in first["report"]
    assert LABELS not in second["report"]
