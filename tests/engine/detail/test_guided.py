"""How much of the photo is looked at for texture around a window of any size."""

import pytest

from engine.detail.guided import LEAST_NEAR, LEAST_SIDE, surroundings
from engine.geometry import Box
from engine.windows.planning import Window

PHOTO = Box(0, 0, 4000, 3000)


@pytest.mark.parametrize("least", [LEAST_NEAR, LEAST_SIDE])
@pytest.mark.parametrize("side", [64, 65, 127, 128, 129, 254, 255, 256, 257, 900])
def test_small_windows_are_looked_at_with_more_around_them(side, least):
    window = Window(Box(1000, 1000, 1000 + side, 1000 + side), Box(1010, 1010, 1020, 1020))
    found = surroundings(window, PHOTO, least)
    wanted = max(side, least)
    assert found.width == found.height
    assert wanted <= found.width <= wanted + 1
    assert found.left - 1000 == 1000 + side - found.right


def test_the_photo_ends_where_it_ends():
    window = Window(Box(-20, 2900, 80, 3000), Box(0, 2950, 10, 2960))
    assert surroundings(window, PHOTO, 256) == Box(0, 2822, 158, 3000)
