import json
import os
import pickle

import numpy as np
import pytest
import torch
from PIL import Image

from train.data import crops
from train.data.batch import next_batch
from train.data.crops import CropStore, DataError
from train.data.folder import FolderDataset
from train.data.loader import Loader
from train.data.photos import chance_to_keep, cut_crops, list_photos, read_photo, texture


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "photos"
    (root / "deep").mkdir(parents=True)
    Image.fromarray(noise(90, 120)).save(root / "a.png")
    Image.fromarray(noise(100, 70, 1)).save(root / "deep" / "b.jpg", quality=95)
    Image.fromarray(noise(64, 64, 2)).save(root / "grocery-1.webp")
    (root / "notes.txt").write_text("no photo")
    return root


@pytest.fixture
def build(folder, tmp_path):
    def make(**options):
        options = {
            "resolution": 32,
            "crops_per_photo": 6,
            "cache_dir": tmp_path / "cache",
            **options,
        }
        return CropStore.build(folder, **options)

    return make


def test_every_photo_below_the_folder_gives_its_crops(build):
    store = build()
    assert store.manifest["photos"] == {"a.png": 6, "deep/b.jpg": 6, "grocery-1.webp": 6}
    assert len(store) == 18
    assert store.resolution == 32
    assert store[0].shape == (3, 32, 32)
    assert store[0].dtype == np.uint8


def test_crops_are_the_photos_own_pixels(folder, build):
    """A square of the very size wanted is copied, not resampled; find it in the photo."""
    Image.fromarray(noise(32, 40, 5)).save(folder / "tight.png")
    store = build(weights={"tight.png": 1, "*": 0})
    photo = noise(32, 40, 5)
    for i in range(len(store)):
        assert any(
            np.array_equal(store[i].transpose(1, 2, 0), photo[:, left : left + 32])
            for left in range(9)
        )


def test_larger_squares_are_averaged_down():
    photo = np.repeat(np.repeat(noise(16, 16), 4, axis=0), 4, axis=1)

    class Largest:
        def random(self):
            return 1.0 if not self.calls.append(0) and len(self.calls) % 2 else 0.0

        calls: list = []  # noqa: RUF012

        def integers(self, low, high):
            return low

    (crop,) = cut_crops(photo, 16, 1, Largest())
    assert np.array_equal(crop, photo[::4, ::4])


def test_the_second_build_reads_the_first_one(build, monkeypatch):
    first = build()
    monkeypatch.setattr(crops, "read_photo", lambda path: pytest.fail("a photo was read again"))
    second = build()
    assert second.folder == first.folder
    assert np.array_equal(second.crops, first.crops)


def test_another_option_or_another_photo_makes_another_store(folder, build):
    keys = {build().folder, build(seed=1).folder, build(crops_per_photo=5).folder}
    keys |= {build(weights={"grocery*": 0.5}).folder, build(resolution=16).folder}
    Image.fromarray(noise(80, 80, 9)).save(folder / "c.png")
    keys.add(build().folder)
    assert len(keys) == 6


def test_a_new_photo_leaves_the_crops_of_the_others(folder, build):
    before = build()
    Image.fromarray(noise(80, 80, 9)).save(folder / "zz.png")
    assert np.array_equal(build().crops[: len(before)], before.crops)


def test_weights_by_glob_give_fewer_crops(build):
    store = build(crops_per_photo=10, weights={"grocery*": 0.3, "deep/*": 0})
    assert store.manifest["photos"] == {"a.png": 10, "deep/b.jpg": 0, "grocery-1.webp": 3}


def test_bad_files_are_named_and_left_out(folder, build):
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    data = (folder / "a.png").read_bytes()
    (folder / "cut.png").write_bytes(data[: len(data) // 2])
    (folder / "empty.png").touch()
    Image.fromarray(noise(20, 200)).save(folder / "flat.png")
    store = build()
    assert set(store.skipped) == {"broken.jpg", "cut.png", "empty.png", "flat.png"}
    assert store.skipped["flat.png"] == "smaller than 32 pixels"
    assert len(store) == 18


def test_nothing_usable_is_an_error_that_says_why(tmp_path):
    (tmp_path / "x.png").write_text("not a picture")
    with pytest.raises(DataError, match=r"x\.png: UnidentifiedImageError"):
        CropStore.build(tmp_path, tmp_path / "cache", 32)
    assert not list((tmp_path / "cache").iterdir())


def test_an_interrupted_build_leaves_no_store_and_the_next_one_succeeds(build, monkeypatch):
    def stop(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(crops, "read_photo", stop)
    with pytest.raises(KeyboardInterrupt):
        build()
    monkeypatch.undo()
    assert len(build()) == 18


def test_what_a_killed_build_left_is_cleared_but_a_live_one_is_not(build, tmp_path):
    old, live = tmp_path / "cache" / "k.part-old", tmp_path / "cache" / "k.part-live"
    for part in (old, live):
        part.mkdir(parents=True)
        (part / "crops.npy").write_bytes(b"half")
    for path in (old / "crops.npy", old):
        os.utime(path, (1.0, 1.0))
    build()
    assert not old.exists()
    assert live.exists()


@pytest.mark.parametrize("damage", ["manifest", "cut", "gone"])
def test_a_damaged_store_is_built_again(build, damage):
    store = build()
    folder, expected = store.folder, store.crops.copy()
    if damage == "manifest":
        (folder / "manifest.json").write_text('{"version": 1')
    elif damage == "cut":
        with (folder / "crops.npy").open("r+b") as file:
            file.truncate(5000)
    else:
        (folder / "crops.npy").unlink()
    with pytest.raises(DataError):
        CropStore(folder)
    assert np.array_equal(build().crops, expected)


def test_a_store_with_another_count_is_refused(build):
    folder = build().folder
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "count": 17}))
    with pytest.raises(DataError, match="another number"):
        CropStore(folder)


def test_batch_mirrors_what_it_is_told_to(build):
    store = build()
    got = store.batch(np.array([3, 0, 3]), np.array([False, False, True])).numpy()
    assert got.shape == (3, 3, 32, 32)
    assert np.array_equal(got[0], store[3])
    assert np.array_equal(got[1], store[0])
    assert np.array_equal(got[2], store[3][:, :, ::-1])


def test_smooth_crops_are_mostly_passed_over():
    rng = np.random.default_rng(0)
    photo = np.full((128, 256, 3), 90, np.uint8)
    photo[:, 128:] = noise(128, 128)
    got = cut_crops(photo, 32, 100, rng)
    smooth = np.mean([texture(crop) < 0.1 for crop in got])
    assert len(got) == 100
    assert smooth < 0.1


def test_texture_sees_detail_and_no_gradient():
    ramp = np.broadcast_to(np.arange(0, 256, 4, dtype=np.uint8)[:, None, None], (64, 64, 3))
    half = np.ascontiguousarray(ramp).copy()
    half[:32] = noise(32, 64)
    assert texture(np.ascontiguousarray(ramp)) < 0.3
    assert texture(noise(64, 64)) == 1.0
    assert 0.45 < texture(half) < 0.8
    assert chance_to_keep(0.0) < 0.05
    assert chance_to_keep(0.5) == chance_to_keep(1.0) == 1.0


def test_photos_are_upright_rgb_and_read_no_larger_than_needed(tmp_path):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(noise(400, 600)).save(path, exif=exif)
    assert read_photo(path).shape == (600, 400, 3)
    assert read_photo(path, short_side=100).shape == (150, 100, 3)
    Image.fromarray(noise(40, 50)[..., 0]).save(tmp_path / "grey.png")
    grey = read_photo(tmp_path / "grey.png")
    assert grey.shape == (40, 50, 3)
    assert np.array_equal(grey[..., 0], grey[..., 2])


def test_two_folders_may_hold_the_same_name(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").touch()
    found = list_photos([tmp_path / "one", tmp_path / "two"])
    assert list(found) == ["a.png", "two/a.png"]


def test_processes_cut_the_same_crops_and_share_one_file(folder, build):
    (folder / "broken.jpg").write_bytes(b"no picture")
    alone = build()
    together = build(cache_dir=folder.parent / "other", workers=2)
    assert np.array_equal(alone.crops, together.crops)
    assert alone.manifest == together.manifest
    copy = pickle.loads(pickle.dumps(together))
    assert copy.folder == together.folder
    assert len(pickle.dumps(together)) < 1000


def test_processes_make_the_same_batches(build):
    dataset = FolderDataset(build())
    with Loader(dataset, "mixed", 5, workers=2, processes=True) as loader:
        for cur_nimg in (0, 4, 8, 40):
            got, expected = loader.next(cur_nimg, 4), next_batch(dataset, "mixed", cur_nimg, 4, 5)
            assert torch.equal(got.img, expected.img)
            assert torch.equal(got.hole, expected.hole)
            assert got.pose is None
