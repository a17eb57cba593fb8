"""Small rules of a removal: growing, names of latents, thumbnails, batches, what fails and why."""

from __future__ import annotations

import math
import os

import cv2
import numpy as np
import pytest

from engine.errors import Cancelled, DeviceError, ImageError, PhotoReadError, SnapshotError
from engine.geometry import Box
from engine.record.planes import Plane
from engine.removal.batch import Batch, Masks, photos_in
from engine.removal.choice import Answer, Choice, HoleChoice, Kind
from engine.removal.fallback import card_failed, needs_no_network, no_memory, out_of_memory
from engine.removal.filler import between
from engine.removal.growing import MOST_PIXELS, Growth, growth_of
from engine.removal.jobs import shared
from engine.removal.latents import Latent
from engine.removal.scene import (
    MARGIN,
    REACH,
    SMALLEST_REACH,
    THUMB,
    Scene,
    describe,
    everything,
    thumbnail,
)
from engine.removal.variety import SIDE, distance, most_different, small, spread


@pytest.mark.parametrize(
    ("text", "growth"),
    [
        ("0", Growth()),
        ("8", Growth(pixels=8)),
        (str(MOST_PIXELS), Growth(pixels=200)),
        (str(MOST_PIXELS + 1), None),
        ("1.5%", Growth(share=0.015)),
        ("0%", Growth(share=0.0)),
        ("10%", Growth(share=0.1)),
        ("10.1%", None),
        ("-1%", None),
        ("-3", None),
        ("1.5", None),
        ("much", None),
        ("", None),
        ("nan%", None),
    ],
)
def test_how_far_to_grow_is_said_in_pixels_or_in_percent(text, growth):
    assert growth_of(text) == growth


def test_a_mask_grows_by_pixels_on_every_side():
    mask = np.zeros((40, 50), bool)
    mask[10:20, 0:8] = True
    out = Growth(pixels=3).of(mask)
    assert Box.around(out) == Box(0, 7, 11, 23)
    assert mask.sum() == 80
    assert Growth().of(mask) is mask
    assert Growth(pixels=3).of(np.zeros_like(mask)).sum() == 0
    assert Box.around(Growth(share=0.25).of(mask)) == Box(0, 8, 10, 22)  # 2 of a width of 8


def test_latents_have_names_that_bring_them_back():
    plain, bold = Latent(0x7F3A * 100 + 2), Latent(0x7F3A * 100 + 2, 0.6)
    mixed = Latent(0x7F3A * 100 + 2, 1.0, 0x7F3A * 100 + 9, 0.4)
    for latent, code in (
        (Latent(), "SAFE"),
        (plain, "7F3A-02"),
        (bold, "7F3A-02 ×0.6"),
        (mixed, "7F3A-02 ~ 7F3A-09 40 %"),
        (Latent(0, 0.5, 101, 0.25), "SAFE ~ 0001-01 25 % ×0.5"),
    ):
        assert latent.code == code
        assert Latent.of_code(code) == latent
    assert Latent(0, 0.5).code == "SAFE"  # z = 0 stays 0
    assert [one.plain for one in (Latent(), Latent(0, 0.5), plain, bold, mixed)] == [
        *(True, True, True),
        *(False, False),
    ]
    assert Latent.of_code(" 7f3a-02 * 1,5 ").boldness == 1.5
    assert Latent.of_code("7F3A-02 ~ 7F3A-09 100 %").share == 1


@pytest.mark.parametrize("text", ["7F3A-02 ×1.51", "7F3A-02 ~ 7F3A-09 101 %", "7F3A-2", "x", ""])
def test_what_names_no_latent_is_refused(text):
    with pytest.raises(ImageError):
        Latent.of_code(text)


def test_a_latent_turns_evenly_towards_another():
    one, other = np.array([[2, 0, 0], [0, 4, 0]], np.float32)
    for share in (0.0, 0.25, 0.5, 1.0):
        z = between(one, other, share)
        length, angle = 2 + 2 * share, share * math.pi / 2
        wanted = [length * math.cos(angle), length * math.sin(angle), 0]
        np.testing.assert_allclose(z, wanted, atol=1e-5)
    again = between(one, 3 * one, 0.5)
    np.testing.assert_allclose(again, 2 * one)
    np.testing.assert_allclose(between(one, 0 * one, 0.25), 0.75 * one)
    np.testing.assert_allclose(between(0 * one, other, 0.25), 0.25 * other)
    np.testing.assert_allclose(between(one, -one, 0.25), 0.5 * one)


def test_a_look_is_the_soft_64_pixel_picture_inside_the_hole():
    patch = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    hole = np.zeros((128, 128), bool)
    hole[:64, :65] = True  # one column of cells is half covered
    blocks = patch.reshape(SIDE, 2, SIDE, 2, 3).mean(axis=(1, 3))
    soft = cv2.GaussianBlur(np.rint(blocks).astype(np.float32), (0, 0), 1.0)
    found = small(patch, hole)
    assert found.shape == (32 * 33, 3)
    np.testing.assert_allclose(found.reshape(32, 33, 3), soft[:32, :33], atol=0.8)
    speck = np.zeros((128, 128), bool)
    speck[40, 41] = True
    assert small(patch, speck).shape == (1, 3)


def looks(*values):
    return [np.full((4, 3), v, np.float32) for v in values]


def test_the_most_different_are_those_farthest_from_what_is_taken():
    assert distance(*looks(3, 7)) == 4
    assert most_different(looks(0, 10, 4, 6), looks(0), 3) == [1, 2, 3]
    assert most_different(looks(0, 10, 4, 7), looks(0), 3) == [1, 2, 3]
    assert most_different(looks(9, 10, 3), looks(0, 11), 2) == [2, 0]
    assert most_different(looks(5, 5, 5, 9), [], 2)[0] == 3  # farthest from the mean
    assert most_different(looks(1, 2), looks(0), 0) == []
    assert spread(looks(1, 3)) == 1
    assert spread(looks(1)) == 0


PHOTO = np.random.default_rng(4).integers(0, 256, (400, 600, 3), np.uint8)


def test_a_thumbnail_shows_the_hole_and_its_surroundings():
    box = Box(100, 200, 150, 220)
    patch = np.full((20, 50, 3), 7, np.uint8)
    thumb = thumbnail(PHOTO, box, patch)
    side = round(50 * (1 + 2 * MARGIN)) + 2
    assert thumb.shape == (side, side, 3)
    left, top = 125 - side // 2, 210 - side // 2
    wanted = PHOTO[top : top + side, left : left + side].copy()
    wanted[200 - top : 220 - top, 100 - left : 150 - left] = 7
    np.testing.assert_array_equal(thumb, wanted)


def test_a_thumbnail_stays_on_the_photo_and_small():
    for box in (Box(0, 0, 40, 40), Box(560, 360, 600, 400)):
        patch = PHOTO[box.slices].copy()
        side = 66
        left, top = (0, 0) if box.left == 0 else (600 - side, 400 - side)
        np.testing.assert_array_equal(
            thumbnail(PHOTO, box, patch), PHOTO[top : top + side, left : left + side]
        )
    sixteen = thumbnail(PHOTO.astype(np.uint16) * 257, Box(0, 0, 40, 40),
                        PHOTO[:40, :40].astype(np.uint16) * 257)  # fmt: skip
    np.testing.assert_array_equal(sixteen, PHOTO[:66, :66])


def test_a_thumbnail_of_a_large_hole_shows_the_hole():
    def share(box):
        patch = np.zeros((box.height, box.width, 3), np.uint8)
        thumb = thumbnail(np.full_like(PHOTO, 255), box, patch)
        assert thumb.shape == (THUMB, THUMB, 3)
        return (thumb < 128).all(axis=2).mean()

    assert share(Box(100, 60, 380, 340)) > 0.7
    assert share(Box(20, 100, 580, 300)) == pytest.approx(0.5, abs=0.02)
    assert share(Box(0, 0, 600, 400)) == 1


class Darker:
    """A colour space whose values are a tenth lower in sRGB."""

    def to_srgb(self, pixels):
        return pixels - 10

    def from_srgb(self, pixels):
        return pixels + 10


def test_a_network_sees_srgb_near_the_hole_alone():
    photo = np.full((3000, 40, 3), 100, np.uint8)
    scene = Scene(photo, Darker())
    box = Box(10, 1400, 20, 1430)
    seen = scene.for_network(box)
    reach = REACH * 30 + SMALLEST_REACH
    assert (seen[1400 - reach : 1430 + reach] == 90).all()
    assert (seen[: 1400 - reach] == 0).all()
    assert (seen[1430 + reach :] == 0).all()
    assert Scene(photo).for_network(box) is photo


def test_what_is_put_back_is_in_the_photos_colours_and_inside_the_mask():
    photo = np.full((20, 30, 3), 100, np.uint8)
    box, mask = Box(4, 5, 8, 8), np.eye(3, 4, dtype=bool)
    patch = np.full((3, 4, 3), 50, np.uint8)
    out = Scene(photo, Darker()).put_back(box, mask, patch)
    assert (out[mask] == 60).all()
    assert (out[~mask] == 100).all()
    assert (Scene(photo).put_back(box, mask, patch)[mask] == 50).all()


def test_everything_is_the_mask_and_the_grown_holes():
    mask = np.zeros((30, 40), bool)
    mask[5:8, 6:9] = True
    scene = Scene(np.zeros((30, 40, 3), np.uint8))
    grown = np.zeros((30, 40), bool)
    grown[4:9, 5:10] = True
    hole = describe(scene, grown, Box(5, 4, 10, 9))
    assert hole.mask.all()
    assert hole.original.kind == Kind.ORIGINAL
    plane = everything(mask, [hole])
    assert plane.box == Box(5, 4, 10, 9)
    assert plane.bits().all()
    assert mask.sum() == 9
    assert everything(np.zeros((30, 40), bool), []) is None
    removed = Plane.of_bits(Box(20, 20, 22, 22), np.ones((2, 2), bool))
    unknown = Scene(scene.image, removed=removed).unknown(hole.box, hole.mask)
    assert unknown.sum() == 25 + 4


def test_holes_share_the_progress_evenly():
    assert list(shared([1, 2], 0.2, 0.6)) == [
        (0, 1, 0.2, pytest.approx(0.4)),
        (1, 2, pytest.approx(0.4), pytest.approx(0.6)),
    ]
    assert list(shared([], 0.0, 1.0)) == []


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (RuntimeError("CUDA out of memory. Tried"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp]"), True),
        (OSError("Insufficient memory"), True),
        (RuntimeError("shapes do not match"), False),
        (ImageError("There is too little to be allocated."), False),
    ],
)
def test_what_says_that_memory_is_short(error, short):
    assert out_of_memory(error) is short


def test_what_says_that_a_card_has_failed():
    class AcceleratorError(RuntimeError):
        pass

    assert card_failed(AcceleratorError("lost"))
    for word in ("CUDA", "cuDNN", "CUBLAS", "NVIDIA"):
        assert card_failed(RuntimeError(f"{word} error"))
        assert card_failed(AssertionError(f"no {word} driver"))
        assert not card_failed(ValueError(f"{word} error"))
    assert not card_failed(RuntimeError("no memory"))


def test_why_only_the_photo_is_left():
    assert needs_no_network(Cancelled()) == ""
    assert needs_no_network(ImageError("The mask is empty.")) == ""
    assert needs_no_network(SnapshotError("The weights are gone.")) == "The weights are gone."
    assert needs_no_network(MemoryError()) == no_memory()
    assert needs_no_network(ValueError("a fault")) == ""


ONE_PIXEL = cv2.imencode(".png", np.zeros((1, 1, 3), np.uint8))[1].tobytes()


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(ONE_PIXEL)
    return [folder / name for name in names]


def test_a_folder_stands_for_the_photos_in_it(tmp_path):
    touch(tmp_path, "b.jpg", "A.PNG", ".hidden.jpg", "a-mask.png", "c_mask.png", "notes.txt")
    assert [p.name for p in photos_in([tmp_path])] == ["A.PNG", "b.jpg"]
    both = photos_in([tmp_path / "b.jpg", tmp_path, tmp_path / "b.jpg"])
    assert [p.name for p in both] == ["b.jpg", "A.PNG"]
    with pytest.raises(PhotoReadError, match="no such file or folder"):
        Masks(tmp_path / "nowhere", [])


def test_a_photo_finds_its_mask_by_name(tmp_path):
    photos = touch(tmp_path, "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg")
    masks = tmp_path / "masks"
    touch(masks, "a.png", "b.jpg.png", "b.png", "c-mask.png", "d_mask.png", "e.png", "e.tif")
    found = Masks(masks, photos)
    names = [found.of(p).name for p in photos[:4]]
    assert names == ["a.png", "b.jpg.png", "c-mask.png", "d_mask.png"]
    with pytest.raises(PhotoReadError, match=r"“e\.png” and “e\.tif”"):
        found.of(photos[4])
    with pytest.raises(PhotoReadError, match="no mask for it"):
        found.of(photos[5])
    single = Masks(masks / "a.png", photos)
    assert {single.of(p).name for p in photos} == {"a.png"}
    beside = Masks(tmp_path, photos)  # photos are no masks of each other
    with pytest.raises(PhotoReadError, match="no mask for it"):
        beside.of(photos[0])


def test_names_in_both_forms_of_unicode_meet(tmp_path):
    (photo,) = touch(tmp_path, "Bl\u00e4tter.jpg")
    masks = tmp_path / "masks"
    touch(masks, "Bla\u0308tter.png")
    assert Masks(masks, [photo]).of(photo).name == "Bla\u0308tter.png"
    touch(masks, "Bl\u00e4tter.png")
    assert Masks(masks, [photo]).of(photo).name == "Bl\u00e4tter.png"  # the very name wins


def batch_of(tmp_path, work, **more):
    photos = touch(tmp_path, "a.png", "b.png", "c.png")
    mask = touch(tmp_path, "masks/m.png")[0]
    out = tmp_path / "out"
    out.mkdir()
    return Batch(Masks(mask, photos), out, work, **more), photos, out


def test_a_failure_costs_one_photo_and_is_counted(tmp_path):
    errors = iter([ImageError("Too small."), MemoryError(), KeyError("x")])

    def work(photo, mask, out):
        raise next(errors)

    batch, photos, _ = batch_of(tmp_path, work)
    outcomes = list(batch.run(photos))
    assert [o.status for o in outcomes] == ["failed"] * 3
    assert [o.reason for o in outcomes] == [
        "Too small.",
        "The memory does not suffice.",
        "Unexpected: KeyError: 'x'.",
    ]
    assert batch.counts == {"filled": 0, "skipped": 0, "failed": 3}
    assert outcomes[0].line == "a.png: failed. Too small."
    assert outcomes[0].as_json() == {
        **{"photo": str(photos[0]), "status": "failed", "out": None, "reason": "Too small."}
    }


@pytest.mark.parametrize("error", [SnapshotError("No weights."), DeviceError("No card.")])
def test_what_would_fail_for_every_photo_ends_the_batch(tmp_path, error):
    def work(photo, mask, out):
        raise error

    batch, photos, _ = batch_of(tmp_path, work)
    with pytest.raises(type(error)):
        list(batch.run(photos))


def test_what_is_there_is_left_and_said_to_be_old_if_it_is(tmp_path):
    batch, photos, out = batch_of(tmp_path, lambda *args: pytest.fail("filled again"))
    done = touch(out, "a.png", "b.png", "c.png")
    newest = max(path.stat().st_mtime_ns for path in tmp_path.rglob("*.png"))
    for path in (done[0], photos[0]):
        os.utime(path, ns=(newest, newest))  # as old is not older
    os.utime(done[1], (1, 1))
    os.utime(photos[2], (2e9, 2e9))
    first, second, third = batch.run(photos)
    assert "is there already" in first.reason
    assert "older than the photo" in second.reason
    assert "older than the photo" in third.reason
    assert first.out == done[0]
    assert batch.counts["skipped"] == 3


def test_no_two_photos_share_a_place_and_none_is_replaced(tmp_path):
    photos = touch(tmp_path, "one/a.png", "two/a.png", "out/b.png")
    mask = touch(tmp_path, "m.png")[0]
    calls = []
    batch = Batch(Masks(mask, photos), tmp_path / "out", lambda *a: calls.append(a), overwrite=True)
    first, second, third = batch.run(photos)
    assert first.status == "filled"
    assert "already the place of" in second.reason
    assert "the photo itself" in third.reason
    assert len(calls) == 1
    assert calls[0][2] == tmp_path / "out" / "a.png"


BOX = Box(0, 0, 8, 8)


def answer(value, kind=Kind.NETWORK, seed=0):
    patch = np.full((8, 8, 3), value, np.uint8)
    return Answer(kind, Latent(seed), BOX, patch, small(patch, np.ones((8, 8), bool)), patch)


def test_a_mix_takes_the_place_of_the_mix_before_it():
    hole = HoleChoice(BOX, np.ones((8, 8), bool), answer(0, Kind.ORIGINAL))
    hole.take_draws([answer(v, seed=101 + v) for v in (10, 200)])
    first, second = answer(60, seed=301), answer(70, seed=302)
    hole.take_mix(first)
    assert hole.mix is hole.chosen is first
    assert first in hole.kept
    hole.take_mix(second)
    assert first not in hole.shown
    assert first not in hole.kept
    assert hole.mix is hole.chosen is second
    assert len(hole.shown) == 3
    hole.discard(second)
    hole.take_mix(first)  # the one before is gone already
    assert hole.mix is first


def test_a_draw_is_kept_and_let_go_and_only_what_is_shown_can_be():
    hole = HoleChoice(BOX, np.ones((8, 8), bool), answer(0, Kind.ORIGINAL))
    hole.take_draws([answer(v, seed=101 + v) for v in (10, 200)])
    one = hole.shown[0]
    hole.keep(one)
    assert hole.kept == [one]
    hole.keep(one)
    assert hole.kept == []
    hole.keep(answer(5))
    assert hole.kept == []
    hole.take(answer(100))
    hole.keep(one)
    assert [float(look[0, 0]) for look in hole.fixed_looks] == [100, float(one.look[0, 0])]


def test_the_photos_own_fill_is_chosen_where_it_is_the_only_one():
    hole = HoleChoice(BOX, np.ones((8, 8), bool), answer(0, Kind.ORIGINAL))
    only = answer(50, Kind.PHOTO)
    hole.take_only(only)
    assert hole.chosen is hole.photo is only
    hole.take(answer(90))
    assert hole.chosen is only
    choice = Choice(0, [hole])
    assert choice.changed == [hole]
    assert choice.hole is hole
    assert choice.hole_at(7.9, 7.9) == 0
    assert choice.hole_at(8, 8) is None


def test_discarding_the_last_shown_one_chooses_its_neighbour():
    hole = HoleChoice(BOX, np.ones((8, 8), bool), answer(0, Kind.ORIGINAL))
    hole.take(answer(100))
    hole.take_draws([answer(v, seed=101 + v) for v in (10, 200)])
    last = hole.shown[-1]
    hole.chosen = last
    hole.discard(last)
    assert hole.chosen is hole.shown[0]
    assert last not in hole.pool
    other = hole.shown[0]
    hole.chosen = hole.safe
    hole.discard(other)
    assert hole.chosen is hole.safe  # it was not the chosen one that went


def test_latents_of_one_direction_are_mixed_however_their_cosine_is_rounded():
    for seed in range(300):
        one = np.random.default_rng(seed).standard_normal(64, np.float32)
        mixed = between(one, 3 * one, 0.5)
        np.testing.assert_allclose(mixed, 2 * one, atol=1e-5)
        assert np.isfinite(between(one, -one, 0.5)).all()


def test_the_hole_at_a_place_is_the_one_whose_box_it_is_in():
    boxes = [Box(10, 20, 30, 40), Box(29, 39, 50, 60)]
    empty = Answer(Kind.ORIGINAL, Latent(), boxes[0], None, None, None)
    choice = Choice(0, [HoleChoice(box, None, empty) for box in boxes])
    places = [(10, 20), (29.9, 39.9), (30, 40), (49.5, 59.5), (9.9, 30), (50, 50), (20, 40)]
    assert [choice.hole_at(*at) for at in places] == [0, 0, 1, 1, None, None, None]
