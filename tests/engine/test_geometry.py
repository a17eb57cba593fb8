"""Boxes are the sets of pixels they stand for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.geometry import Box, meeting, union_all, values_at

SIZE = 12
edges = st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).map(sorted)
boxes = st.tuples(edges, edges).map(lambda e: Box(e[0][0], e[1][0], e[0][1], e[1][1]))
full_boxes = boxes.filter(lambda box: not box.empty)
masks = arrays.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def pixels(box):
    out = np.zeros((SIZE, SIZE), bool)
    out[box.slices] = True
    return out


@given(st.lists(boxes, max_size=6), st.lists(boxes, max_size=6))
def test_those_that_meet_others_share_a_pixel_with_one_of_them(some, others):
    assert meeting(some, others) == [box for box in some if any(map(box.meets, others))]


@given(boxes, boxes)
def test_clip_and_meets_are_the_shared_pixels(one, other):
    shared = pixels(one) & pixels(other)
    assert one.meets(other) == shared.any()
    clipped = one.clip(other)
    assert clipped.empty == (not shared.any())
    if not clipped.empty:
        assert (pixels(clipped) == shared).all()


@given(full_boxes, full_boxes)
def test_union_is_the_smallest_box_around_both(one, other):
    assert one.union(other) == Box.around(pixels(one) | pixels(other))
    assert union_all([one, other, one]) == one.union(other)
    assert one.holds(other) == (not (pixels(other) & ~pixels(one)).any())


@given(masks)
def test_around_is_tight(mask):
    box = Box.around(mask)
    if box is None:
        assert not mask.any()
        return
    inside = mask[box.slices]
    assert inside.sum() == mask.sum()
    for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
        assert edge.any()


@given(full_boxes, full_boxes)
def test_within_finds_the_same_pixels_in_a_crop(part, whole):
    grid = np.arange(SIZE * SIZE).reshape(SIZE, SIZE)
    part = part.clip(whole)
    if not part.empty:
        crop = grid[whole.slices]
        assert (crop[part.within(whole).slices] == grid[part.slices]).all()
        assert part.within(whole).shift(whole.left, whole.top) == part


@given(boxes, st.integers(0, 5))
def test_grow_moves_every_side(box, by):
    grown = box.grow(by)
    assert (grown.width, grown.height) == (box.width + 2 * by, box.height + 2 * by)
    assert grown.grow(-by) == box


def test_of_covers_an_array():
    assert Box.of(np.zeros((3, 5, 3))) == Box(0, 0, 5, 3)


def test_a_hull_holds_the_pixels_of_points_and_room_around_them():
    xs, ys = [3.0, 7.9, 5], np.array([2.2, -1.5, 4.0])
    assert Box.hull(xs, ys) == Box(3, -2, 8, 5)
    assert Box.hull(xs, ys, 2.5) == Box(0, -4, 11, 7)
    assert Box.hull(7, -0.5) == Box(7, -1, 8, 0)


def test_values_are_those_at_points_and_of_the_nearest_pixel_beyond():
    grid = np.arange(12).reshape(3, 4)
    x, y = np.array([0, 3, 4, -1, 2, 2, 9]), np.array([0, 2, 1, 1, -1, 3, 9])
    values, inside = values_at(grid, x, y)
    assert values.tolist() == [0, 11, 7, 4, 2, 10, 11]
    assert inside.tolist() == [True, True] + [False] * 5
