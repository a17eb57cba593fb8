"""Colours hidden under full transparency are not known to any fill."""

import numpy as np
import pytest

from engine.geometry import Box
from engine.photo import read_photo
from engine.photo.clear import without_hidden
from engine.removal.filled import for_network
from engine.removal.scene import Scene

SEEN = (200, 150, 90)


def cut_out(files, hidden, size=(120, 90)):
    """Return a PNG of one colour whose left half is clear and hides another."""
    picture = np.empty((size[1], size[0], 4), np.uint8)
    picture[...] = (*SEEN, 255)
    picture[:, : size[0] // 2] = (*hidden, 0)
    return files.png(picture)


@pytest.mark.parametrize("hidden", [(0, 0, 0), (255, 255, 255), (255, 0, 255)])
def test_what_a_fill_looks_at_holds_no_hidden_colour(files, put, hidden):
    photo = read_photo(put("a.png", cut_out(files, hidden)))
    assert photo.clear.sum() == 60 * 90
    assert (for_network(photo) == SEEN).all()
    scene = Scene(photo.pixels, None, clear=photo.clear)
    assert (scene.for_network(Box(50, 30, 70, 50)) == SEEN).all()
    assert (photo.pixels[:, :60] == hidden).all()


def test_colours_run_on_from_what_is_seen_and_nothing_seen_changes():
    rng = np.random.default_rng(3)
    pixels = np.linspace(0, 65535, 200).astype(np.uint16)[None, :, None].repeat(80, 0).repeat(3, 2)
    clear = rng.random((80, 200)) < 0.5
    clear[30:50, 80:120] = True
    hidden = pixels.copy()
    hidden[clear] = rng.integers(0, 65536, (int(clear.sum()), 3))
    out = without_hidden(hidden, clear)
    assert np.array_equal(out[~clear], pixels[~clear])
    assert np.abs(out.astype(int) - pixels).max() < 65535 * 0.12


def test_a_large_picture_is_spread_at_a_smaller_size():
    pixels = np.full((30, 5000, 3), 77, np.uint8)
    clear = np.zeros((30, 5000), bool)
    clear[:, 1000:4000] = True
    pixels[clear] = 0
    assert (without_hidden(pixels, clear) == 77).all()


def test_nothing_is_copied_where_all_or_nothing_is_seen(files, put):
    photo = read_photo(put("a.png", files.png(files.scene())))
    assert photo.clear is None
    assert for_network(photo) is photo.pixels
    everything = np.ones(photo.pixels.shape[:2], bool)
    assert without_hidden(photo.pixels, everything) is photo.pixels
