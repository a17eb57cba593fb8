"""Maps as pictures: which colour means what, where they end, which spots differ most."""

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.views.heat import (
    ALPHA,
    FULL_SCALE,
    REACH_COLOURS,
    SPOTS,
    Heat,
    doubt_picture,
    doubtful_spots,
    evidence_picture,
)
from engine.views.seen import look, worst_sentence
from engine.views.sheet import GAP, LEFT, LINE, LONGEST, SIDE, coloured, levels, sheet, tinted


@pytest.mark.parametrize(
    ("side", "wide", "colours"),
    [
        (128, 128, [0, 0, 0, 0, 1, 2, 3]),
        (64, 512, [0, 1, 2, 3, 4, 4, 4]),
        (64, 1000, [1, 2, 3, 4, 4, 4, 4]),
    ],
)
def test_the_colour_tells_how_large_a_thing_of_the_photo_must_be(side, wide, colours):
    evidence = np.full((side, side), side, np.int32)
    for halvings in range(7):
        evidence[:, 8 * halvings : 8 * halvings + 8] = side >> halvings
    hole = np.ones((side, side), bool)
    hole[:5] = False
    picture = evidence_picture(evidence, hole, wide)
    steps = [picture[30, 8 * halvings + 4] for halvings in range(7)]
    wanted = [(*REACH_COLOURS[n], ALPHA) for n in colours]
    assert [tuple(step) for step in steps] == wanted
    assert not picture[:5].any()


def test_evidence_is_laid_over_a_hole_of_any_size():
    evidence = np.full((16, 16), 16, np.int32)
    evidence[:, 8:] = 1
    hole = np.zeros((30, 50), bool)
    hole[3:20, 5:45] = True
    picture = evidence_picture(evidence, hole, 128)
    assert picture.shape == (30, 50, 4)
    assert (picture[..., 3] == np.where(hole, ALPHA, 0)).all()
    assert tuple(picture[10, 24, :3]) == REACH_COLOURS[0]
    assert tuple(picture[10, 25, :3]) == REACH_COLOURS[-1]


def test_doubt_goes_from_clear_by_yellow_to_red():
    doubt = np.array([[0, FULL_SCALE / 4, FULL_SCALE, 1]], np.float32)
    picture = doubt_picture(doubt)[0].astype(int)
    assert picture[:, 3].tolist() == [0, 115, 230, 230]
    assert picture[:, 1].tolist() == [210, 157, 0, 0]
    assert (picture[:, 0] == 240).all()
    assert (picture[:, 2] == 40).all()


def test_spots_are_where_results_differ_most_in_photo_pixels():
    doubt = np.zeros((50, 100), np.float32)
    for (row, column), value in {(10, 20): 1.0, (40, 80): 0.7, (12, 24): 0.9}.items():
        cv2.circle(doubt, (column, row), 2, value, -1)
    first, second = doubtful_spots(doubt, Box(1000, 500, 1200, 600))
    assert (first.x, first.y) == pytest.approx((1041, 521), abs=8)
    assert (second.x, second.y) == pytest.approx((1161, 581), abs=4)
    assert first.strength > second.strength > 0.1


def test_spots_are_few_and_strong_enough():
    rng = np.random.default_rng(0)
    many = rng.random((200, 200)).astype(np.float32)
    many[::10, ::10] += 3
    spots = doubtful_spots(many, Box(0, 0, 200, 200))
    assert 1 < len(spots) <= SPOTS
    assert [s.strength for s in spots] == sorted((s.strength for s in spots), reverse=True)
    apart = [np.hypot(a.x - b.x, a.y - b.y) for a in spots for b in spots if a is not b]
    assert min(apart) > 25
    assert doubtful_spots(np.full((20, 20), 1 / 255, np.float32), Box(0, 0, 20, 20)) == []
    wide = np.tile(many, (5, 5))
    assert len(doubtful_spots(wide, Box(0, 0, 9, 9))) == SPOTS


class Maps:
    """Stand for the maps of a hole: the evidence, and a sentence."""

    def __init__(self, hole):
        self.evidence = np.where(hole, 16, 64).astype(np.int32)
        self.evidence[0, 0] = 2

    def sentence(self, asked):
        return f"{asked.sum()} cells"


def test_every_window_is_looked_at_in_photo_pixels():
    mask = np.zeros((64, 64), bool)
    mask[8:16, 8:24] = True
    boxes = [Box(0, 0, 32, 32), Box(48, 0, 80, 32)]
    first, second = look(mask, boxes, 16, Maps, step=4)
    assert first.box == Box(0, 0, 128, 128)
    assert second.box == Box(192, 0, 320, 128)
    assert np.array_equal(first.inside, mask[:32, :32])
    assert first.asked.sum() == first.hole.sum() == 4 * 8
    assert first.finest == 16 / 16
    assert first.heat.picture.shape == (32, 32, 4)
    assert not second.inside.any()
    assert second.hole[:, 8:].all()
    assert second.finest == 1.0
    assert worst_sentence([first, second]) == "32 cells"
    assert worst_sentence([]) == ""


@pytest.mark.parametrize(
    ("step", "grain", "more"),
    [(1, 2, ""), (4, 8, ""), (8, 16, " Finer than 16 pixels is texture from elsewhere.")],
)
def test_what_is_too_fine_for_the_network_is_said_of_a_hole_that_is_large(step, grain, more):
    mask = np.zeros((64, 64), bool)
    mask[8:16, 8:24] = True
    (seen,) = look(mask, [Box(0, 0, 32, 32)], 16, Maps, step)
    assert seen.grain == grain
    assert seen.sentence == "32 cells" + more


def test_the_window_that_knows_least_speaks():
    class Known:
        def __init__(self, finest, said):
            self.finest, self.sentence, self.grain = finest, said, 1

    seen = [Known(0.5, "half"), Known(0.1, "least"), Known(1.0, "all")]
    assert worst_sentence(seen) == "least"
    seen[2].grain = 40  # a small hole beside it is known better, pixel for pixel
    assert worst_sentence(seen) == "all"


def test_levels_are_rounded_and_clipped_and_colours_rise():
    values = np.array([[-1, 0, 0.499 / 255, 0.501 / 255, 0.5, 1, 2]], np.float32)
    assert levels(values)[0].tolist() == [0, 0, 0, 1, 128, 255, 255]
    shown = coloured(np.array([[0, 1]], np.float32))[0].astype(int)
    assert shown[0, 2] > shown[0, 0]  # dark blue
    assert min(shown[1, :2]) > 200 > shown[1, 2]  # yellow


def test_a_sheet_has_a_tile_for_every_map():
    low, high = np.zeros((4, 4), np.float32), np.ones((8, 8), np.float32)
    page = sheet([("One", {8: high, 4: low}), ("Two", {8: low})])
    assert page.shape == (GAP + 2 * (SIDE + LINE + GAP) + LINE + GAP, 468, 3)

    def tile(row, column):
        top = GAP + row * (SIDE + LINE + GAP) + LINE
        left = LEFT + column * (SIDE + GAP)
        return page[top : top + SIDE, left : left + SIDE]

    dark, bright = coloured(np.array([[0, 1]], np.float32))[0]
    assert (tile(0, 0) == dark).all()
    assert (tile(0, 1) == bright).all()
    assert (tile(1, 1) == dark).all()
    assert (tile(1, 0) == page[0, 0]).all()
    labels = page[GAP : GAP + LINE, LEFT : LEFT + SIDE]
    assert (labels != page[0, 0]).any()
    assert (page[-LINE - GAP :, LEFT : LEFT + SIDE] == bright).all(axis=2).any()


def test_maps_are_laid_over_a_photo_at_most_2048_pixels_wide():
    photo = np.full((60, 80, 3), 100, np.uint8)
    picture = np.zeros((2, 2, 4), np.uint8)
    picture[0] = 255, 0, 0, 255
    out = tinted(photo, [Heat(Box(20, 10, 60, 50), picture)])
    assert out.shape == photo.shape
    assert (out[10:30, 20:60] == (255, 0, 0)).all()
    assert (out[30:50, 20:60] == 100).all()
    assert (out[:10] == 100).all()
    wide = np.zeros((10, 2 * LONGEST, 3), np.uint8)
    out = tinted(wide, [Heat(Box(0, 0, LONGEST, 10), picture)])
    assert out.shape == (5, LONGEST, 3)
    assert (out[:2, : LONGEST // 2] == (255, 0, 0)).all()
    assert not out[:, LONGEST // 2 :].any()
