"""Which pixels stand for the cells of a square, and what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.windows.sight import Sight, sampled


@pytest.mark.parametrize("side", [8, 24, 29, 800])
@pytest.mark.parametrize("start", [-13, 0, 40])
def test_the_middle_pixel_of_each_cell_stands_for_it(start, side):
    sight = Sight(8, 1.0, lambda unknown: unknown)
    at, own = sight._samples(start, start + side, start + side // 3, start + side // 2)
    wanted = [start + int((cell + 0.5) * side / 8) for cell in range(8)]
    assert at.tolist() == wanted
    assert own.tolist() == [side // 3 <= row - start < side // 2 for row in wanted]


def test_every_pixel_of_the_photo_is_sampled_as_it_is():
    mask = np.random.default_rng(0).random((5, 7)) < 0.5
    found = sampled(mask, np.arange(-2, 7), np.arange(-3, 9))
    assert (found[2:7, 3:10] == mask).all()
    found[2:7, 3:10] = True
    assert found.all()
