"""A photo that another process decoded is held once, but for the pages that are changed."""

import sys

import numpy as np
import pytest
from PIL import Image

from engine.geometry import Box
from engine.photo import read_photo
from engine.reader.apart import Desk
from engine.reader.shared import changeable

SIDE = 1200
BOX = Box(100, 200, 140, 230)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "large.png"
    rows = np.arange(SIDE, dtype=np.int64) % 251
    pixels = np.broadcast_to(rows[:, None, None], (SIDE, SIDE, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def photo(path):
    desk = Desk()
    yield desk.read(path, lambda: None)
    desk.stop()


def own_memory():
    """Return the bytes of changed pages that no other process has."""
    with open("/proc/self/smaps_rollup", encoding="ascii") as lines:
        told = [int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")]
    return 1024 * sum(told)


def test_a_copy_takes_what_is_asked_and_leaves_the_photo(photo, path):
    first = changeable(photo.pixels, photo.pixels, [])
    first[BOX.slices] = 7
    second = changeable(photo.pixels, first, [BOX])
    second[0, 0] = 9
    there = read_photo(path).pixels.copy()
    assert np.array_equal(photo.pixels, there)
    there[BOX.slices] = 7
    assert np.array_equal(first, there)
    there[0, 0] = 9
    assert np.array_equal(second, there)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shares and tells so")
def test_a_copy_takes_no_memory_until_it_is_changed(photo):
    before = own_memory()
    copy = changeable(photo.pixels, photo.pixels, [])
    copy[BOX.slices] = 7
    assert np.count_nonzero(copy != photo.pixels) == 3 * BOX.width * BOX.height
    assert own_memory() - before < photo.pixels.nbytes / 2


def test_pixels_of_ones_own_are_copied_as_they_are():
    original = np.zeros((20, 30, 3), np.uint16)
    now = original.copy()
    now[3, 4] = 5
    copy = changeable(original, now, [Box(4, 3, 5, 4)])
    assert np.array_equal(copy, now)
    assert copy.flags.writeable
    assert not np.shares_memory(copy, now)
