"""What undo, strokes and the journal keep of pixels: grids of squares, patches, planes."""

import gc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box
from engine.record.leftovers import sweep, temporary_folder
from engine.record.patches import PatchStore
from engine.record.planes import Plane
from engine.record.steps import restored
from engine.record.tiling import TILE, Keepsake, tiles

edges = st.tuples(st.integers(-50, 900), st.integers(1, 700))
boxes = st.tuples(edges, edges).map(
    lambda e: Box(e[0][0], e[1][0], e[0][0] + e[0][1], e[1][0] + e[1][1])
)


@given(boxes)
def test_squares_of_the_grid_cover_a_box_without_overlap(box):
    bounds = Box(0, 0, 700, 530)
    squares = list(tiles(box, bounds))
    covered = np.zeros((bounds.height, bounds.width), int)
    for square in squares:
        assert square.left % TILE == square.top % TILE == 0
        assert square.right in (square.left + TILE, 700)
        assert square.bottom in (square.top + TILE, 530)
        assert square.meets(box.clip(bounds))
        covered[square.slices] += 1
    shared = box.clip(bounds)
    assert covered.max(initial=0) <= 1
    assert shared.empty or covered[shared.slices].all()


def test_a_keepsake_remembers_how_it_was_before_the_first_change():
    rng = np.random.default_rng(0)
    first = rng.integers(0, 256, (600, 700, 3), np.uint8)
    now, kept = first.copy(), Keepsake()
    for box in (Box(10, 20, 300, 30), Box(250, 250, 260, 520), Box(10, 20, 300, 30)):
        kept.keep(now, box)
        now[box.slices] = 255 - now[box.slices] // 2
    for box in (Box(0, 0, 700, 600), Box(200, 10, 300, 270), Box(600, 500, 700, 600)):
        assert np.array_equal(kept.read(now, box), first[box.slices])
    assert len(kept.squares) == 6
    kept.read(now, Box(0, 0, 9, 9))[:] = 0
    assert (now[:9, :9] == first[:9, :9]).all()


def pixels_of(value, size=100):
    return np.full(size, value, np.uint8)


def test_the_oldest_patches_go_to_the_disk_and_come_back():
    store = PatchStore(budget=250)
    patches = [store.put(pixels_of(n)) for n in range(4)]
    assert [patch.pixels is None for patch in patches] == [True, True, False, False]
    assert store.in_memory == 200
    assert all(np.array_equal(patch.get(), pixels_of(n)) for n, patch in enumerate(patches))
    folder = patches[0].file.parent
    assert sorted(path.name for path in folder.iterdir()) == ["1.npy", "2.npy"]
    store.close()
    assert not folder.exists()
    store.close()


def test_as_much_as_the_budget_stays_in_memory_and_the_newest_always():
    store = PatchStore(budget=200)
    patches = [store.put(pixels_of(n)) for n in range(2)]
    assert all(patch.pixels is not None for patch in patches)
    large = store.put(pixels_of(7, 5000))
    assert large.pixels is not None
    assert all(patch.pixels is None for patch in patches)
    assert store.in_memory == 5000
    store.close()


def test_patches_nobody_holds_are_forgotten_wherever_they_are():
    store = PatchStore(budget=250)
    patches = [store.put(pixels_of(n)) for n in range(4)]
    folder = patches[0].file.parent
    del patches[3], patches[0]
    gc.collect()
    assert store.in_memory == 100
    assert [path.name for path in folder.iterdir()] == ["2.npy"]
    assert np.array_equal(patches[0].get(), pixels_of(1))
    store.close()


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 8), (17, 9)])
def test_planes_bring_bits_and_levels_back(size):
    rng = np.random.default_rng(1)
    box = Box(4, 9, 4 + size[1], 9 + size[0])
    bits, levels = rng.random(size) < 0.5, rng.integers(0, 256, size, np.uint8)
    assert np.array_equal(Plane.of_bits(box, bits).bits(), bits)
    assert np.array_equal(Plane.of_levels(box, levels).levels(), levels)
    assert Plane.of_levels(box, levels).pixels == size[0] * size[1]
    column = np.asfortranarray(levels)
    assert np.array_equal(Plane.of_levels(box, column).levels(), levels)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zlib.compress(bytes(11)), "more or fewer"),
        (zlib.compress(bytes(13)), "more or fewer"),
        (zlib.compress(bytes(50_000_000)), "more or fewer"),
        (zlib.compress(bytes(12))[:-1], "more or fewer"),
        (zlib.compress(bytes(12)) + b"more", "more or fewer"),
        (b"no such thing", "damaged"),
        (b"", "more or fewer"),
    ],
)
def test_planes_of_another_length_are_refused(data, said):
    with pytest.raises(ValueError, match=said):
        Plane(Box(0, 0, 4, 3), data).levels()
    with pytest.raises(ValueError, match=said):
        Plane(Box(0, 0, 32, 3), data).bits()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_restoring_mixes_to_the_nearest_value(dtype):
    top = np.iinfo(dtype).max
    before, original = np.full((1, 4, 3), 10, dtype), np.full((1, 4, 3), top, dtype)
    weights = np.array([[0, 255, 51, 128]], np.uint8)
    found = restored(before, original, weights)
    assert found.dtype == dtype
    wanted = [round(10 + (top - 10) * share / 255) for share in (0, 255, 51, 128)]
    assert found[0, :, 0].tolist() == wanted
    assert (found == found[..., :1]).all()


def test_folders_of_programs_that_died_are_swept_and_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = temporary_folder("undo")
    dead = tmp_path / "lacuna-undo-999999999-x7k2"
    dead.mkdir()
    (dead / "1.npy").write_bytes(b"pixels")
    others = [tmp_path / name for name in ("lacuna-notes", "other-undo-999999999-a")]
    for path in others:
        path.mkdir()
    file = tmp_path / "lacuna-undo-999999999-file"
    file.write_bytes(b"")
    link = tmp_path / "lacuna-undo-999999999-link"
    link.symlink_to(others[1])
    sweep()
    assert not dead.exists()
    assert all(path.exists() for path in (*others, file, link))
    assert mine.name.startswith(str(tmp_path / "lacuna-undo-"))
    mine.cleanup()
    dead.mkdir()
    sweep(tmp_path / "elsewhere")
    assert dead.exists()
    sweep(tmp_path)
    assert not dead.exists()
