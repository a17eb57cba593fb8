import pickle

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from train.data.celebahq import CelebAHQ
from train.data.crops import CropStore, DataError
from train.data.fdf import FDF, mirror_box, mirror_landmarks, read_boxes, read_landmarks
from train.data.places2 import Places2
from train.data.sources import open_dataset
from train.data.validation import read_validation, validation_of

STAY, MIRROR = np.array([False]), np.array([True])


def picture(side, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


class Bomb:
    """Leave a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.fixture
def fdf(tmp_path):
    for n in range(12):
        save(tmp_path / "images" / "64" / f"{n}.png", picture(64, n))
    points = np.random.default_rng(0).random((12, 14), np.float32)
    np.save(tmp_path / "landmarks.npy", points)
    (tmp_path / "bounding_box").mkdir()
    boxes = torch.tensor([[n, 10, 30 + n, 50] for n in range(12)])
    torch.save(boxes, tmp_path / "bounding_box" / "64.torch")
    return tmp_path


def test_fdf_gives_face_hole_and_pose_of_the_same_number(fdf):
    faces = FDF(fdf, 64)
    assert len(faces) == 12
    batch = faces.batch(np.array([10, 2]), np.array([False, False]))
    assert np.array_equal(batch.img[0].permute(1, 2, 0).numpy(), picture(64, 10))
    assert np.array_equal(batch.img[1].permute(1, 2, 0).numpy(), picture(64, 2))
    expected = torch.zeros(64, 64)
    expected[10:50, 10:40] = 1
    assert torch.equal(batch.hole[0, 0], expected)
    assert np.array_equal(batch.pose[1].numpy(), np.load(fdf / "landmarks.npy")[2])


def test_fdf_mirrors_face_hole_and_pose_together(fdf):
    faces = FDF(fdf, 64)
    plain, turned = (faces.batch(np.array([5]), flips) for flips in (STAY, MIRROR))
    assert torch.equal(turned.img, plain.img.flip(3))
    assert torch.equal(turned.hole, plain.hole.flip(3))
    was, now = plain.pose.reshape(7, 2), turned.pose.reshape(7, 2)
    assert now[0, 0] == 1 - was[0, 0]
    for left, right in ((1, 2), (3, 4), (5, 6)):
        assert now[left, 0] == 1 - was[right, 0]
        assert now[left, 1] == was[right, 1]


def test_mirroring_twice_changes_nothing():
    points = np.random.default_rng(1).random((4, 7, 2)).astype(np.float32)
    assert np.allclose(mirror_landmarks(mirror_landmarks(points)), points, atol=1e-7)
    box = np.array([3, 4, 20, 60])
    assert np.array_equal(mirror_box(mirror_box(box, 64), 64), box)


def test_fdf_at_a_lower_resolution_is_scaled_with_its_hole(fdf):
    faces = FDF(fdf, 8).batch(np.array([9]), STAY)
    assert faces.img.shape == (1, 3, 8, 8)
    mean = picture(64, 9).reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))
    assert np.abs(faces.img[0].permute(1, 2, 0).numpy() - mean).max() <= 1
    expected = torch.zeros(8, 8)
    expected[1:7, 1:5] = 1  # 9, 10, 39, 50 of 64, outward
    assert torch.equal(faces.hole[0, 0], expected)


def test_places2_at_a_lower_resolution_shows_as_much_of_the_scene(tmp_path):
    scene = picture(64)
    save(tmp_path / "scene.png", scene)
    small = Places2(tmp_path, 16, crop=64).batch(np.array([0]), STAY).img[0].permute(1, 2, 0)
    mean = scene.reshape(16, 4, 16, 4, 3).mean(axis=(1, 3))
    assert np.abs(small.numpy() - mean).max() <= 1


def test_boxes_that_leave_the_image_are_cut(fdf):
    torch.save(torch.tensor([[-5, -5, 70, 10]] * 12), fdf / "bounding_box" / "64.torch")
    hole = FDF(fdf, 64).batch(np.array([0]), MIRROR).hole
    assert hole.sum() == 64 * 10


def test_code_in_the_boxes_is_not_run(fdf, tmp_path):
    bomb = fdf / "bounding_box" / "64.torch"
    for write in (
        lambda: torch.save(Bomb(tmp_path / "run"), bomb),
        lambda: bomb.write_bytes(pickle.dumps(Bomb(tmp_path / "run"))),
    ):
        write()
        with pytest.raises(DataError, match="cannot be read"):
            FDF(fdf, 64)
        assert not (tmp_path / "run").exists()


def test_code_in_the_landmarks_is_not_run(fdf, tmp_path):
    np.save(fdf / "landmarks.npy", np.array([Bomb(tmp_path / "run")], object), allow_pickle=True)
    with pytest.raises(DataError, match="cannot be read"):
        FDF(fdf, 64)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"junk", None])
def test_broken_tables_are_named(tmp_path, content):
    path = tmp_path / "x"
    if content is not None:
        path.write_bytes(content)
    for read in (read_boxes, read_landmarks):
        with pytest.raises(DataError, match="cannot be read"):
            read(path)


def test_tables_of_another_form_are_refused(fdf):
    torch.save(torch.zeros(12, 3), fdf / "bounding_box" / "64.torch")
    with pytest.raises(DataError, match="four columns"):
        FDF(fdf, 64)
    torch.save(torch.zeros(11, 4), fdf / "bounding_box" / "64.torch")
    with pytest.raises(DataError, match=r"11 rows, but there is 11\.png"):
        FDF(fdf, 64)


def test_an_unreadable_face_gives_way_to_the_next_with_its_own_hole(fdf):
    (fdf / "images" / "64" / "11.png").write_bytes(b"junk")
    faces = FDF(fdf, 64)
    batch = faces.batch(np.array([11]), STAY)
    assert torch.equal(batch.hole, faces.batch(np.array([0]), STAY).hole)
    assert [name.rsplit("/", 1)[-1] for name in faces.skipped] == ["11.png"]


def test_a_folder_of_unreadable_images_is_an_error(tmp_path):
    for n in range(3):
        path = tmp_path / "64" / f"{n}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"junk")
    with pytest.raises(DataError, match="None of the 3 images"):
        CelebAHQ(tmp_path, 64).batch(np.array([1]), STAY)


def test_celebahq_follows_the_numbers(tmp_path):
    for n in (0, 2, 10, 9):
        save(tmp_path / "64" / f"{n}.png", np.full((64, 64, 3), n, np.uint8))
    faces = CelebAHQ(tmp_path, 64)
    got = faces.batch(np.arange(4), np.zeros(4, bool))
    assert got.img[:, 0, 0, 0].tolist() == [0, 2, 9, 10]
    assert got.hole is None
    assert got.pose is None


def test_places2_cuts_at_random_to_train_and_in_the_middle_to_validate(tmp_path):
    scene = picture(100)[:80]
    save(tmp_path / "a" / "b" / "scene.png", scene)
    places = Places2(tmp_path, 64, crop=64)
    middle = places.batch(np.array([0]), STAY).img[0].permute(1, 2, 0).numpy()
    assert np.array_equal(middle, scene[8:72, 18:82])
    seen = set()
    for seed in range(40):
        crop = places.batch(np.array([0]), STAY, [np.random.default_rng(seed)]).img[0].numpy()
        where = cv2.matchTemplate(scene, crop.transpose(1, 2, 0).copy(), cv2.TM_SQDIFF)
        top, left = np.unravel_index(where.argmin(), where.shape)
        assert np.array_equal(crop.transpose(1, 2, 0), scene[top : top + 64, left : left + 64])
        seen.add((top, left))
    assert len(seen) > 30


def test_places2_enlarges_only_what_is_smaller(tmp_path):
    save(tmp_path / "small.png", picture(90)[:40])
    save(tmp_path / "tall.png", picture(64, 1)[:, :32])
    batch = Places2(tmp_path, 64, crop=64).batch(np.array([0, 1]), np.array([False, True]))
    assert batch.img.shape == (2, 3, 64, 64)


def test_grey_scenes_have_three_equal_channels(tmp_path):
    save(tmp_path / "grey.jpg", picture(64)[..., 0])
    img = Places2(tmp_path, 64, crop=64).batch(np.array([0]), STAY).img
    assert torch.equal(img[:, 0], img[:, 2])


def test_names_of_layouts(fdf, tmp_path):
    save(tmp_path / "128" / "0.png", picture(128))
    assert isinstance(open_dataset("fdf", [fdf], 64, tmp_path), FDF)
    assert isinstance(open_dataset("celebahq", [tmp_path], 128, tmp_path), CelebAHQ)
    assert isinstance(open_dataset("places2", [tmp_path / "128"], 64, tmp_path), Places2)
    photos = open_dataset("photos", [tmp_path / "128"], 32, tmp_path / "cache", crops_per_photo=3)
    assert isinstance(photos.store, CropStore)
    assert photos.batch(np.array([0, 1]), np.array([True, False])).img.shape == (2, 3, 32, 32)
    with pytest.raises(DataError, match="no folder"):
        open_dataset("photos", [tmp_path / "nowhere"], 64, tmp_path)
    with pytest.raises(DataError, match="imagenet"):
        open_dataset("imagenet", [tmp_path], 64, tmp_path)
    with pytest.raises(DataError, match="no images of 256 pixels or more"):
        open_dataset("celebahq", [tmp_path], 256, tmp_path)


@pytest.fixture
def pairs(tmp_path):
    for n in range(3):
        save(tmp_path / "images" / f"{n}.jpg", picture(64, n))
        mask = np.zeros((64, 64), np.uint8)
        mask[n : n + 16, :32] = 255
        save(tmp_path / "masks" / f"{n}.png", mask)
    return tmp_path


def test_validation_pairs_by_name_white_is_hole(pairs):
    found = read_validation(pairs / "images", pairs / "masks", 64)
    assert found.names == ("0", "1", "2")
    assert found.img.shape == (3, 3, 64, 64)
    assert found.img.dtype == torch.uint8
    assert found.hole.sum(dim=(1, 2, 3)).tolist() == [512.0] * 3
    assert found.hole[2, 0, 2:18, :32].min() == 1
    assert read_validation(pairs / "images", pairs / "masks", 64, limit=2).names == ("0", "1")


def test_validation_is_scaled_with_its_holes(pairs):
    small = read_validation(pairs / "images", pairs / "masks", 16)
    assert small.img.shape == (3, 3, 16, 16)
    assert small.hole[0, 0].nonzero().max(0).values.tolist() == [3, 7]
    assert set(small.hole.unique().tolist()) == {0.0, 1.0}


def test_any_dataset_gives_a_validation_set_with_fixed_holes(fdf):
    faces = validation_of(FDF(fdf, 64), "box", 5)
    assert len(faces) == 5
    assert faces.pose.shape == (5, 14)
    assert torch.equal(faces.hole, FDF(fdf, 64).batch(np.arange(5), np.zeros(5, bool)).hole)
    scenes = Places2(fdf / "images", 32, crop=64)
    first, longer = (validation_of(scenes, "mixed", count, seed=3) for count in (4, 99))
    assert len(longer) == 12
    assert torch.equal(first.hole, longer.hole[:4])
    assert not torch.equal(first.hole, validation_of(scenes, "mixed", 4, seed=4).hole)


def test_validation_says_what_does_not_fit(pairs):
    with pytest.raises(DataError, match="holds no image"):
        read_validation(pairs, pairs / "masks", 64, limit=0)
    save(pairs / "masks" / "1.png", np.zeros((32, 64), np.uint8))
    with pytest.raises(DataError, match="another size"):
        read_validation(pairs / "images", pairs / "masks", 64)
    (pairs / "masks" / "1.png").write_bytes(b"junk")
    with pytest.raises(DataError, match="cannot be read"):
        read_validation(pairs / "images", pairs / "masks", 64)
    (pairs / "masks" / "1.png").unlink()
    with pytest.raises(DataError, match=r"no mask for 1\.jpg \(1 missing\)"):
        read_validation(pairs / "images", pairs / "masks", 64)
