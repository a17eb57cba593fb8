"""A rough mask is moved to the thing under it, left where there is none, and grown to the pixel."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Cancelled
from engine.geometry import Box
from engine.selecting.refine import resized, snapped, with_edge
from engine.views.strokes import Stamp
from tests.engine.selecting.dusty import sky

SHAPE = 400, 600
PHOTO = Box(0, 0, 600, 400)


def disc(x, y, radius, shape=SHAPE):
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    return np.hypot(cols - x, rows - y) <= radius


def picture(*discs):
    """Return a sky with red discs (x, y, radius)."""
    out = sky(*SHAPE)
    for x, y, radius in discs:
        cv2.circle(out, (x, y), radius, (200, 60, 50), -1, cv2.LINE_AA)
    return out


def stamp(mask):
    box = Box.around(mask)
    return Stamp(box, mask[box.slices].copy())


def whole(found, shape=SHAPE):
    out = np.zeros(shape, bool)
    out[found.box.slices] = found.cover
    return out


def agreement(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("off", [(0, 0, 14), (8, -5, 12), (-6, 6, 4)])
def test_a_rough_mask_becomes_the_thing_s_own_outline(off):
    image, thing = picture((300, 200, 50)), disc(300, 200, 50)
    rough = disc(300 + off[0], 200 + off[1], 50 + off[2])
    found = whole(snapped(image, stamp(rough)))
    assert agreement(found, thing) > 0.95 > agreement(rough, thing)


def test_each_part_of_a_mask_by_itself():
    image = picture((150, 120, 40), (430, 260, 40))
    rough, nothing = disc(152, 118, 52) | disc(426, 262, 54), disc(300, 330, 30)
    shares = []
    found = whole(snapped(image, stamp(rough | nothing), shares.append))
    things = disc(150, 120, 40) | disc(430, 260, 40)
    assert agreement(found & ~nothing, things) > 0.95
    assert (found[nothing]).all()
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])


def test_where_there_is_no_edge_it_stays_as_it_was_painted():
    rough = disc(300, 200, 50)
    assert (whole(snapped(picture(), stamp(rough))) == rough).all()


def test_it_can_be_stopped_between_parts():
    def stop(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        snapped(picture(), stamp(disc(100, 100, 20)), stop)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_photos_of_both_depths_and_a_mask_over_all_of_one(dtype):
    image = picture((300, 200, 50)).astype(dtype) * dtype(257 if dtype == np.uint16 else 1)
    rough = disc(300, 200, 62)
    assert agreement(whole(snapped(image, stamp(rough))), disc(300, 200, 50)) > 0.95
    everything = Stamp(PHOTO, np.ones(SHAPE, bool))
    assert snapped(image, everything).cover.all()


@settings(max_examples=40, deadline=None)
@given(
    pixels=st.integers(-12, 12),
    boxes=st.lists(
        st.tuples(st.integers(0, 58), st.integers(0, 38), st.integers(1, 30), st.integers(1, 20)),
        min_size=1,
        max_size=3,
    ),
)
def test_growing_reaches_just_so_many_pixels_and_shrinking_leaves_what_is_deeper(pixels, boxes):
    mask = np.zeros((40, 60), bool)
    for left, top, width, height in boxes:
        mask[top : top + height, left : left + width] = True
    found = resized(stamp(mask), pixels, Box.of(mask))
    after = whole(found, mask.shape)
    rows, cols = np.nonzero(mask if pixels > 0 else ~mask)
    at = np.argwhere(np.ones_like(mask))
    if len(rows):
        far = np.sqrt(((at[:, None] - np.stack([rows, cols], axis=1)) ** 2).sum(-1).min(1))
        far = far.reshape(mask.shape)
    else:
        far = np.full(mask.shape, np.inf)
    expected = {True: far <= pixels, False: far > -pixels}[pixels > 0] if pixels else mask
    assert (after == expected).all()


def test_nothing_to_grow_stays_nothing():
    nothing = Stamp(Box(3, 3, 9, 9), np.zeros((6, 6), bool))
    assert resized(nothing, 5, PHOTO) is nothing


@pytest.mark.parametrize(("side", "pixels"), [(20, 2), (100, 2), (300, 4), (2000, 8)])
def test_a_soft_edge_is_wider_at_a_larger_thing(side, pixels):
    thing = Stamp(Box(50, 50, 50 + side, 50 + side), np.ones((side, side), bool))
    wide = with_edge(thing, Box(0, 0, 60 + side, 2100))
    middle = wide.cover[wide.cover.shape[0] // 2]
    assert middle.sum() == side + 2 * pixels
    assert thing.cover.all()
