"""How far each place of a mask grows, against discs tried one by one; and what a sheet says."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.views.growth import grown_by_width
from engine.views.heat import LEAST, SHARE_OF_MOST, Spot, doubtful_spots
from engine.views.seen import look
from engine.views.sheet import GAP, INK, LEFT, LINE, SIDE, coloured, sheet, tinted


def far(mask):
    """Return how far every pixel is from the nearest one of the mask."""
    there = np.argwhere(mask)
    rows, cols = np.mgrid[: mask.shape[0], : mask.shape[1]]
    away = np.full(mask.shape, np.inf)
    for y, x in there:
        away = np.minimum(away, np.hypot(rows - y, cols - x))
    return away


def grown(mask, pixels):
    return far(mask) <= pixels + 1e-6


def block(height, width, *boxes):
    mask = np.zeros((height, width), bool)
    for box in boxes:
        mask[box.slices] = True
    return mask


@pytest.mark.parametrize(
    ("side", "share", "pixels", "up"),
    [
        (21, 0.1, 2, 3),
        (21, 0.2, 4, 5),
        (9, 0.05, 1, 1),
        (31, 0.25, 8, 9),
        (3, 0.01, 1, 1),
    ],
)
def test_a_square_grows_by_a_share_of_its_side(side, share, pixels, up):
    mask = block(70, 80, Box(25, 20, 25 + side, 20 + side))
    for round_up, by in ((False, pixels), (True, up)):
        found = grown_by_width(mask, share, up=round_up)
        wide = np.flatnonzero(found[20 + side // 2])
        assert (wide[0], wide[-1]) == (25 - by, 24 + side + by)
        assert not (found & ~grown(mask, by)).any()  # corners, which are thinner, grow less
        assert found[mask].all()


def test_each_part_grows_by_its_own_width():
    mask = block(90, 120, Box(10, 10, 40, 40), Box(60, 20, 115, 24), Box(60, 60, 70, 70))
    found = grown_by_width(mask, 0.2)
    assert np.flatnonzero(found[25, :60]).tolist() == list(range(4, 46))
    assert np.flatnonzero(found[:50, 90]).tolist() == list(range(19, 25))
    assert np.flatnonzero(found[65, 50:80]).tolist() == list(range(8, 22))


def test_growth_ends_at_the_border():
    mask = block(30, 30, Box(0, 0, 20, 20))
    found = grown_by_width(mask, 0.2)
    assert Box.around(found) == Box(0, 0, 24, 24)
    assert grown_by_width(mask, 0.0).sum() == 400
    full = np.ones((12, 12), bool)
    assert grown_by_width(full, 0.3).all()


def test_a_large_mask_is_measured_in_cells_and_grown_to_the_pixel():
    mask = block(700, 1500, Box(100, 200, 1300, 300))  # surveyed in cells of 3
    found = grown_by_width(mask, 0.1)
    column = np.flatnonzero(found[:, 700])
    assert (column[0], column[-1]) == (pytest.approx(190, abs=1), pytest.approx(309, abs=1))
    row = np.flatnonzero(found[250])
    assert (row[0], row[-1]) == (pytest.approx(90, abs=1), pytest.approx(1309, abs=1))


def test_spots_are_the_middles_of_cells_and_strong_enough():
    doubt = np.zeros((40, 40), np.float32)
    doubt[10, 30] = 1.0
    (spot,) = doubtful_spots(doubt, Box(100, 200, 180, 280))
    assert (spot.x, spot.y) == (100 + 30.5 * 2, 200 + 10.5 * 2)
    doubt[30, 8] = SHARE_OF_MOST + 0.01
    assert len(doubtful_spots(doubt, Box(0, 0, 40, 40))) == 2
    doubt[30, 8] = SHARE_OF_MOST - 0.01
    assert len(doubtful_spots(doubt, Box(0, 0, 40, 40))) == 1
    flat = np.full((9, 9), LEAST * 1.01, np.float32)
    assert doubtful_spots(flat, Box(0, 0, 9, 9))
    assert isinstance(spot, Spot)


class Maps:
    def __init__(self, hole):
        self.evidence = np.where(hole, 4, 16).astype(np.int32)

    def sentence(self, asked):
        return str(int(asked.sum()))


def test_a_window_over_the_border_asks_for_the_painted_cells_alone():
    mask = np.zeros((20, 20), bool)
    mask[0:4, 0:8] = True
    (one,) = look(mask, [Box(-8, -8, 24, 24)], 16, Maps)
    asked = np.zeros((16, 16), bool)
    asked[4:6, 4:8] = True
    np.testing.assert_array_equal(one.asked, asked)
    assert one.hole.sum() == 16 * 16 - 10 * 10 + 8
    assert one.finest == 4 / 16
    assert one.sentence == "8"
    assert one.inside.sum() == 32
    nothing = np.zeros((20, 20), bool)
    (blank,) = look(nothing, [Box(0, 0, 16, 16)], 16, Maps)
    assert blank.finest == 1.0


def test_a_sheet_labels_every_map_above_it_and_every_row_beside_it():
    page = sheet([("Name", {4: np.zeros((4, 4), np.float32), 8: np.ones((8, 8), np.float32)})])
    ink = (page == INK).all(axis=2)
    for column in range(2):
        left = LEFT + column * (SIDE + GAP)
        assert ink[GAP : GAP + LINE, left : left + SIDE].any()
    assert ink[GAP + LINE : GAP + 2 * LINE, GAP:LEFT].any()
    assert not ink[GAP + 2 * LINE : GAP + LINE + SIDE].any()
    scale = page[page.shape[0] - LINE - GAP // 2 + 2 : page.shape[0] - LINE - GAP // 2 + 16]
    ramp = coloured(np.linspace(0, 1, SIDE, dtype=np.float32)[None])[0]
    np.testing.assert_array_equal(scale[7, LEFT : LEFT + SIDE], ramp)
    beside = ink[page.shape[0] - LINE - GAP // 2 :]
    assert beside[:, LEFT - 14 : LEFT].any()
    assert beside[:, LEFT + SIDE + 6 : LEFT + SIDE + 20].any()


def test_a_photo_of_a_pixel_is_tinted_too():
    assert tinted(np.zeros((1, 5000, 3), np.uint8), []).shape == (1, 2048, 3)
