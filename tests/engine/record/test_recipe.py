"""A recipe file says what was done, and nothing else gets in through it."""

import base64
import contextlib
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import PhotoReadError, PhotoWriteError
from engine.geometry import Box
from engine.photo.limits import MAX_PIXELS
from engine.record.planes import Plane
from engine.record.recipe import MAX_BYTES, Recipe, read_recipe, recipe_path, write_recipe
from engine.record.sources import ANYWHERE, Sources
from engine.record.steps import FilledHole, FillStep, RestoreStep, restored
from engine.removal.choice import Kind, View
from engine.removal.latents import Latent
from engine.windows.transforms import Transforms

SIZE = 60, 40
BOX = Box(10, 12, 31, 25)


def bits(box, seed=0):
    out = np.random.default_rng(seed).random((box.height, box.width)) < 0.5
    out[0, 0] = True
    return out


def whole_recipe():
    z = np.random.default_rng(2).normal(size=(32, 4, 4)).astype(np.float32)
    latent = Latent.of_code("7F3A-02 ~ 7F3A-09 40 % ×0.6")
    views = (View(Box(-20, -30, 236, 226), BOX),)
    return Recipe(
        "harbour.jpg",
        SIZE,
        (
            FillStep(
                (
                    FilledHole(
                        Plane.of_bits(BOX, bits(BOX)), Kind.NETWORK, latent, "a" * 64, views, z, 1.5
                    ),
                    FilledHole(Plane.of_bits(Box(0, 0, 5, 5), bits(Box(0, 0, 5, 5))), Kind.PHOTO),
                )
            ),
            RestoreStep((Plane.of_levels(BOX, np.full((13, 21), 77, np.uint8)),)),
        ),
        Plane.of_bits(BOX, bits(BOX, 5)),
    )


@pytest.fixture
def path(tmp_path):
    out = recipe_path(tmp_path / "harbour.jpg")
    write_recipe(whole_recipe(), out)
    return out


def test_what_was_written_is_read_to_the_bit(path):
    before, after = whole_recipe(), read_recipe(path)
    assert path.name == "harbour.jpg.lacuna"
    assert (after.photo, after.size, after.program) == (before.photo, SIZE, before.program)
    old, new = before.steps[0].holes[0], after.steps[0].holes[0]
    assert (new.latent, new.snapshot, new.views) == (old.latent, old.snapshot, old.views)
    assert new.context == old.context == 1.5
    assert new.z.tobytes() == old.z.tobytes()
    assert (new.plane.bits() == bits(BOX)).all()
    assert after.steps[0].holes[1].kind == Kind.PHOTO
    assert (after.steps[1].planes[0].levels() == 77).all()
    assert (after.mask.bits() == bits(BOX, 5)).all()


def test_a_recipe_of_version_1_is_read(path):
    def older(whole):
        whole["version"] = 1
        hole = whole["steps"][0]["holes"][0]
        hole["windows"] = [row[:4] for row in hole["windows"]]
        del hole["context"]

    changed(path, older)
    hole = read_recipe(path).steps[0].holes[0]
    assert hole.context == 1
    assert hole.given(256) == [(Box(-20, -30, 236, 226), BOX)]
    changed(path, lambda d: d["steps"][0]["holes"][0]["windows"].append([0, 0, 30, 30]))
    assert read_recipe(path).steps[0].holes[0].given(1) is None


def test_where_to_copy_from_is_kept_and_makes_the_recipe_newer(tmp_path):
    avoid, take = (Plane.of_bits(Box(*b), bits(Box(*b))) for b in ((0, 0, 9, 7), (20, 1, 60, 40)))
    plain = whole_recipe()
    fill = replace(plain.steps[0], sources=Sources(avoid, take))
    for number, (steps, now) in enumerate(
        [((fill,), ANYWHERE), (plain.steps, Sources(avoid)), (plain.steps, Sources(None, take))]
    ):
        path = tmp_path / f"{number}.lacuna"
        write_recipe(replace(plain, steps=steps, sources=now), path)
        after = read_recipe(path)
        assert json.loads(path.read_text())["version"] == 5
        assert after.sources == now
        assert after.steps[0].sources == steps[0].sources
    assert plain.version == 3


def test_a_recipe_is_small_and_names_no_folder(path):
    text = path.read_text()
    assert len(text) < 6000
    assert str(path.parent) not in text


def test_an_existing_recipe_is_replaced_only_on_demand(path):
    old = path.read_bytes()
    with pytest.raises(PhotoWriteError):
        write_recipe(whole_recipe(), path)
    assert path.read_bytes() == old
    write_recipe(Recipe("x", SIZE, ()), path, overwrite=True)
    assert read_recipe(path).steps == ()


def changed(path, change):
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    return path


def bomb(box):
    return base64.b64encode(zlib.compress(bytes(300_000_000))).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("steps"),
        lambda d: d.update(size=[60]),
        lambda d: d.update(size=[60, -40]),
        lambda d: d.update(size=[1 << 20, 1 << 20]),
        lambda d: d.update(size=["60", "40"]),
        lambda d: d.update(size=[True, True]),
        lambda d: d.update(photo=7),
        lambda d: d.update(mask=[]),
        lambda d: d.update(version="1"),
        lambda d: d.update(sources=[]),
        lambda d: d.update(sources={"avoid": {"box": [0, 0, 9, 9], "pixels": "!"}}),
        lambda d: d.update(sources={"take": {**d["mask"], "box": [60, 12, 81, 25]}}),
        lambda d: d["steps"][0].update(sources={"take": None}),
        lambda d: d["steps"].append({"step": "crop"}),
        lambda d: d["steps"].append({"step": "fill", "holes": []}),
        lambda d: d["steps"].append("fill"),
        lambda d: d["steps"][0]["holes"][0].update(box=[10, 12, 31, 41]),
        lambda d: d["steps"][0]["holes"][0].update(box=[31, 12, 10, 25]),
        lambda d: d["steps"][0]["holes"][0].update(box=[10, 12, 30, 25]),
        lambda d: d["steps"][0]["holes"][0].update(box=[10.5, 12, 31, 25]),
        lambda d: d["steps"][0]["holes"][0].update(pixels="!"),
        lambda d: d["steps"][0]["holes"][0].update(pixels=bomb(BOX)),
        lambda d: d["steps"][0]["holes"][0].update(kind="original"),
        lambda d: d["steps"][0]["holes"][0].update(code="pelican"),
        lambda d: d["steps"][0]["holes"][0].update(code="7F3A-02 ×9"),
        lambda d: d["steps"][0]["holes"][0].update(windows=[[1, 2, 3]]),
        lambda d: d["steps"][0]["holes"][0].update(windows=[[0, 0, 40, 41, *BOX]]),
        lambda d: d["steps"][0]["holes"][0].update(windows=[[0, 0, 2000, 2000, *BOX]]),
        lambda d: d["steps"][0]["holes"][0].update(windows=[[0, 0, 20, 20, *BOX]]),
        lambda d: d["steps"][0]["holes"][0].update(windows=[[0, 0, 50, 50, 10, 12, 20, 25]]),
        lambda d: d["steps"][0]["holes"][0].update(windows=[[0, 0, 50, 50, 0, 0, 40, 40]]),
        lambda d: d["steps"][0]["holes"][0].update(context=float("nan")),
        lambda d: d["steps"][0]["holes"][0].update(context="wide"),
        lambda d: d["steps"][0]["holes"][0].update(z="AAAA"),
        lambda d: d["steps"][0]["holes"][0].update(
            z=base64.b64encode(np.full(16, np.nan, "<f4").tobytes()).decode()
        ),
        lambda d: d["steps"][1]["planes"][0].update(
            pixels=base64.b64encode(zlib.compress(b"12")).decode()
        ),
        lambda d: d["mask"].update(
            pixels=base64.b64encode(zlib.compress(bytes(-(-21 * 13 // 8)))).decode()
        ),
    ],
)
def test_a_damaged_recipe_is_refused_with_a_sentence(path, change):
    with pytest.raises(PhotoReadError, match=r"“harbour\.jpg\.lacuna” is damaged \(.+\); take"):
        read_recipe(changed(path, change))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no recipe of Lacuna"),
        (b"\xff\xd8\xff\xe0 a photo", "no recipe of Lacuna"),
        (b"[1, 2, 3]", "damaged"),
        (b'{"format": "krita"}', "no recipe of Lacuna"),
        (b'{"format": "lacuna-recipe", "version": 7}', "newer Lacuna"),
        (b"[" * 200_000, "no recipe of Lacuna"),
        (b"1" * 5000, "no recipe of Lacuna"),
        (b" " * (MAX_BYTES + 1), "far too large"),
    ],
    ids=["empty", "photo", "list", "foreign", "newer", "deep", "long number", "huge"],
)
def test_a_foreign_file_is_refused_with_a_sentence(tmp_path, content, words):
    path = tmp_path / "x.lacuna"
    path.write_bytes(content)
    with pytest.raises(PhotoReadError, match=words):
        read_recipe(path)


def test_a_missing_recipe_is_refused(tmp_path):
    with pytest.raises(PhotoReadError, match="cannot be read"):
        read_recipe(tmp_path / "gone.lacuna")
    with pytest.raises(PhotoReadError, match="cannot be read"):
        read_recipe(tmp_path)


def test_a_photo_cannot_be_named_outside_the_folder(path):
    for name in ("../../etc/passwd", "..\\..\\secret", "/etc/passwd"):
        found = read_recipe(changed(path, lambda d, name=name: d.update(photo=name))).photo
        assert found in {"passwd", "secret"}


@given(at=st.integers(0, 2000), value=st.integers(0, 255))
def test_one_wrong_byte_anywhere_is_refused_or_harmless(tmp_path_factory, at, value):
    path = tmp_path_factory.mktemp("bytes") / "r.lacuna"
    write_recipe(whole_recipe(), path)
    data = bytearray(path.read_bytes())
    data[at % len(data)] = value
    path.write_bytes(bytes(data))
    with contextlib.suppress(PhotoReadError):
        recipe = read_recipe(path)
        assert 0 < recipe.size[0] * recipe.size[1] <= MAX_PIXELS


@given(st.integers(1, 70), st.integers(1, 50), st.integers(0, 9))
def test_planes_keep_every_pixel(width, height, seed):
    box = Box(3, 4, 3 + width, 4 + height)
    assert (Plane.of_bits(box, bits(box, seed)).bits() == bits(box, seed)).all()
    levels = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    assert (Plane.of_levels(box, levels).levels() == levels).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_restoring_by_full_weight_gives_the_original_to_the_bit(dtype):
    rng = np.random.default_rng(0)
    top = np.iinfo(dtype).max
    before, original = rng.integers(0, top + 1, (2, 9, 9, 3), dtype)
    weights = np.zeros((9, 9), np.uint8)
    weights[2:5] = 255
    out = restored(before, original, weights)
    assert (out[2:5] == original[2:5]).all()
    assert (out[:2] == before[:2]).all()
    assert out.dtype == dtype


@pytest.mark.parametrize("kind", [Kind.NETWORK, Kind.PHOTO])
def test_transforms_are_kept_and_older_programs_refuse_them(tmp_path, kind):
    transforms = Transforms.MIRROR | Transforms.SCALE
    hole = FilledHole(Plane.of_bits(BOX, bits(BOX)), kind, transforms=transforms)
    path = tmp_path / "x.jpg.lacuna"
    write_recipe(Recipe("x.jpg", SIZE, (FillStep((hole,)),)), path)
    [step] = read_recipe(path).steps
    assert step.holes[0].transforms == transforms
    raw = json.loads(path.read_text())
    assert raw["version"] == 6
    raw["steps"][0]["holes"][0]["transforms"] = "skew"
    path.write_text(json.dumps(raw))
    with pytest.raises(PhotoReadError, match="in an unknown way"):
        read_recipe(path)
