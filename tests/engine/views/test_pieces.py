"""A long way is stamped in short pieces; a grown mask is outlined where it will reach."""

import itertools
import math

import numpy as np
import pytest

from engine.views.outline import grown_outlines
from engine.views.pyramid import Pyramid, halve_max
from engine.views.strokes import Sample, pieces


@pytest.mark.parametrize("size", [4.0, 300.0])
@pytest.mark.parametrize("end", [Sample(3010, 4520), Sample(10, 2520), Sample(11, 521)])
def test_pieces_follow_each_other_along_the_way_and_are_short(size, end):
    start = Sample(10, 520)
    found = pieces(start, end, size)
    longest = max(2 * size, 256)
    length = math.hypot(end.x - start.x, end.y - start.y)
    assert len(found) == max(1, math.ceil(length / longest))
    assert (found[0][0], found[-1][1]) == (start, end)
    for (_, stop), (go_on, _) in itertools.pairwise(found):
        assert stop == go_on
    for a, b in found:
        assert math.hypot(b.x - a.x, b.y - a.y) == pytest.approx(length / len(found))


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_hole_is_outlined_so_much_larger_as_it_will_be(share):
    mask = np.zeros((200, 300), bool)
    mask[90:110, 100:140] = True
    (loop,) = grown_outlines(Pyramid(mask, halve_max), share)
    by = share * 20  # of its width, the shorter side
    sides = [*loop.min(axis=0), *loop.max(axis=0)]
    assert sides == pytest.approx([100 - by, 90 - by, 140 + by, 110 + by], abs=1.5)


def test_nothing_is_outlined_where_nothing_grows():
    mask = np.zeros((200, 300), bool)
    assert grown_outlines(Pyramid(mask, halve_max), 0.1) == []
    mask[90:110, 100:140] = True
    assert grown_outlines(Pyramid(mask, halve_max), 0) == []
