"""Where a window offers too little, the nearest place that offers about the most is taken."""

import numpy as np
import pytest

from engine.geometry import Box
from engine.windows.elsewhere import GAP, MOST, richest, side_by_side

AROUND = Box(100, 100, 400, 400)


def allowed(*boxes, shape=(900, 2000)):
    out = np.zeros(shape, bool)
    for box in boxes:
        out[box.slices] = True
    return out


def test_a_single_place_is_found_to_the_pixel():
    place = Box(1403, 333, 1477, 402)
    assert richest(allowed(place), AROUND) == place


def test_the_nearer_of_two_that_offer_alike_is_taken():
    near, far = Box(600, 600, 680, 680), Box(1700, 100, 1780, 182)
    assert richest(allowed(near, far), AROUND) == near


def test_much_farther_away_is_better_than_little_near():
    near, far = Box(600, 600, 620, 620), Box(1700, 100, 1780, 190)
    assert richest(allowed(near, far), AROUND) == far


def test_what_lies_in_the_window_does_not_count():
    assert richest(allowed(Box(110, 110, 390, 390)), AROUND) is None
    assert richest(allowed(), AROUND) is None


@pytest.mark.parametrize("shape", [(20, 3000), (3000, 20), (7, 7), (17, 4097)])
def test_photos_of_any_shape(shape):
    found = richest(np.ones(shape, bool), Box(0, 0, 5, 5))
    assert Box(0, 0, shape[1], shape[0]).holds(found)
    assert max(found.width, found.height) <= MOST


def test_pictures_lie_beside_each_other_apart():
    one = np.full((4, 3, 3), 7, np.uint16)
    other = np.full((6, 2, 3), 9, np.uint16)
    both = side_by_side(one, other)
    assert both.shape == (6, 3 + GAP + 2, 3)
    assert both.dtype == np.uint16
    assert (both[:, : 3 + GAP] == 7).all()
    assert (both[:, 3 + GAP :] == 9).all()
    bits = side_by_side(np.ones((4, 3), bool), np.ones((2, 2), bool))
    assert bits.dtype == np.bool_
    assert bits.sum() == 16
    assert bits[:4, :3].all()
