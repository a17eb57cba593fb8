"""The last guard of the main promise: nothing is saved that differs outside the fill."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import PhotoWriteError
from engine.photo import read_photo, save_photo

HEIGHT, WIDTH = 520, 9
"""Taller than the blocks of rows that are compared at once."""


@pytest.fixture
def photo(files, put):
    return read_photo(put("a.png", files.png(files.scene(WIDTH, HEIGHT))))


def off_by_one(pixels, row, col, channel):
    out = pixels.copy()
    out[row, col, channel] ^= 1
    return out


@pytest.mark.parametrize("row", [0, 255, 256, 511, 512, 519])
@pytest.mark.parametrize(("col", "channel"), [(0, 0), (4, 1), (8, 2)])
def test_one_bit_outside_the_fill_is_refused(photo, tmp_path, row, col, channel):
    touched = np.ones((HEIGHT, WIDTH), bool)
    touched[row, col] = False
    pixels = off_by_one(photo.pixels, row, col, channel)
    with pytest.raises(PhotoWriteError) as refused:
        save_photo(photo, pixels, tmp_path / "b.png", touched=touched)
    said = "“b.png” was not saved: the result differs from the photo outside the fill."
    assert str(refused.value) == said
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_refused_result_leaves_the_file_that_is_there(photo, tmp_path):
    old = photo.path.read_bytes()
    with pytest.raises(PhotoWriteError, match="outside the fill"):
        save_photo(
            photo,
            off_by_one(photo.pixels, 300, 2, 0),
            photo.path,
            overwrite=True,
            touched=np.zeros((HEIGHT, WIDTH), bool),
        )
    assert photo.path.read_bytes() == old


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_lies_inside_the_fill_is_saved(files, put, tmp_path, dtype):
    photo = read_photo(put("a.png", files.png(files.scene(WIDTH, HEIGHT, dtype))))
    touched = np.zeros((HEIGHT, WIDTH), bool)
    touched[250:260, 3:6] = True
    pixels = photo.pixels.copy()
    pixels[touched] ^= 1
    saved = save_photo(photo, pixels, tmp_path / "b.png", touched=touched)
    assert np.array_equal(read_photo(saved.path).pixels, pixels)
    pixels[260, 4, 1] ^= 1
    with pytest.raises(PhotoWriteError, match="outside the fill"):
        save_photo(photo, pixels, tmp_path / "c.png", touched=touched)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_is_saved_exactly_where_every_change_lies_in_the_fill(data, tmp_path_factory, files):
    path = tmp_path_factory.mktemp("guard") / "a.png"
    path.write_bytes(files.png(files.scene(6, 7)))
    photo = read_photo(path)
    spots = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 5)), max_size=4)
    changed, touched = data.draw(spots), np.zeros((7, 6), bool)
    for spot in data.draw(spots) | data.draw(st.sampled_from([set(), changed])):
        touched[spot] = True
    pixels = photo.pixels.copy()
    for row, col in changed:
        pixels[row, col, 2] ^= 128
    out = path.with_name("b.png")
    if all(touched[spot] for spot in changed):
        save_photo(photo, pixels, out, touched=touched)
    else:
        with pytest.raises(PhotoWriteError, match="outside the fill"):
            save_photo(photo, pixels, out, touched=touched)
    assert out.exists() == all(touched[spot] for spot in changed)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda pixels: pixels[1:],
        lambda pixels: pixels[:, 1:],
        lambda pixels: pixels.astype(np.uint16),
        lambda pixels: pixels[..., :1],
    ],
)
def test_a_result_of_another_size_or_depth_is_refused(photo, tmp_path, wrong):
    with pytest.raises(PhotoWriteError, match="not of the photo's size"):
        save_photo(photo, wrong(photo.pixels), tmp_path / "b.png")
    assert not (tmp_path / "b.png").exists()
