"""Pieces are joined the most alike first, and a cut is judged by what a thing looks like."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.cutting import Marks
from engine.selecting.judged import fit_of
from engine.selecting.objects import select
from engine.selecting.pieces import Parts, pieces, steepness
from engine.selecting.walks import walked
from tests.engine.selecting.dusty import sky


def lab_of(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)


def disc(shape, middle, radius):
    out = np.zeros(shape, np.uint8)
    cv2.circle(out, middle, radius, 1, -1)
    return out > 0


@pytest.fixture
def apple():
    """Return a red disc with a darker core on blue, in L*a*b*, and both covers."""
    whole, core = disc((90, 120), (60, 45), 26), disc((90, 120), (60, 45), 11)
    image = np.full((90, 120, 3), (70, 110, 190), np.uint8)
    image[whole], image[core] = (200, 60, 40), (150, 40, 40)
    return lab_of(cv2.GaussianBlur(image, (0, 0), 0.8)), whole, core


def test_every_pixel_is_in_one_piece_and_no_number_is_left_out(apple):
    labels = pieces(steepness(apple[0]))
    assert labels.shape == (90, 120)
    assert np.array_equal(np.unique(labels), np.arange(labels.max() + 1))
    assert labels[45, 60] != labels[5, 5]


def test_regions_hold_each_other_and_the_thing_is_one_of_them(apple):
    lab, whole, core = apple
    regions = Parts(lab).nested(60, 45)
    for small, large in pairwise(regions):
        assert (small <= large).all()
    assert regions[0][45, 60]
    assert regions[-1].all()
    for wanted, least in ((core, 0.65), (whole, 0.85)):
        assert max((r & wanted).sum() / (r | wanted).sum() for r in regions) > least


def test_a_picture_of_one_colour_is_one_piece():
    lab = np.full((20, 30, 3), 120, np.float32)
    assert [region.all() for region in Parts(lab).nested(4, 4)] == [True]


def test_a_walk_from_a_thing_hardly_leaves_it(apple):
    lab, whole, _ = apple
    border = np.ones(whole.shape, bool)
    border[1:-1, 1:-1] = False
    found = list(walked(Parts(lab), 60, 45, border))
    assert all(part[45, 60] and not part[0].any() for part in found)
    assert max((part & whole).sum() / (part | whole).sum() for part in found) > 0.85
    assert max(part.sum() for part in found) > 2 * min(part.sum() for part in found)


def test_where_nothing_lies_outside_a_walk_stays_near_as_far_as_it_tires(apple):
    lab, whole, _ = apple
    found = list(walked(Parts(lab), 60, 45, np.zeros(whole.shape, bool)))
    assert max(part.sum() for part in found) > whole.sum()
    assert all(part[45, 60] for part in found)
    one = np.full((20, 30, 3), 120, np.float32)
    assert all(part.all() for part in walked(Parts(one), 4, 4, np.zeros((20, 30), bool)))


def test_the_whole_thing_is_liked_better_than_a_part_or_more_than_it(apple):
    lab, whole, core = apple
    window = bounds = Box(0, 0, 120, 90)

    def fit(cut):
        return fit_of(lab, cut, window, bounds, (60, 45))

    more = disc((90, 120), (60, 45), 40)
    assert fit(whole) > fit(core)
    assert fit(whole) > fit(more)
    assert fit(whole) > fit(whole & (np.indices(whole.shape)[1] > 55))
    assert fit(np.zeros_like(whole)) == fit(np.ones_like(whole)) == -np.inf


def test_a_thing_of_several_colours_is_found_by_one_click():
    """A click on one colour once gave that patch alone."""
    image, mask = sky(400, 600), disc((400, 600), (300, 200), 90)
    rows = np.indices(mask.shape)[0]
    image[mask & (rows < 170)] = 210, 60, 50
    image[mask & (rows >= 170)] = 240, 200, 60
    image[mask & (rows >= 225)] = 60, 90, 40
    found = select(image, Marks(on=([(300, 200)],)))
    out = np.zeros(mask.shape, bool)
    out[found.box.slices] = found.cover
    assert (out & mask).sum() / (out | mask).sum() > 0.9
