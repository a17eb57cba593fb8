"""Stamps cover what the pointer went over, no matter where the photo ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box
from engine.views.strokes import Sample, diameter_at, grown, polygon, rectangle, segment, soften

BOUNDS = Box(0, 0, 120, 90)


def covered(stamp):
    out = np.zeros((BOUNDS.height, BOUNDS.width), bool)
    if stamp is not None:
        out[stamp.box.slices] = stamp.cover
    return out


def near(start, end, reach):
    """Tell by plain geometry which pixel centres lie within ``reach`` of the line."""
    ys, xs = np.mgrid[: BOUNDS.height, : BOUNDS.width] + 0.5
    dx, dy = end.x - start.x, end.y - start.y
    length = dx * dx + dy * dy
    along = ((xs - start.x) * dx + (ys - start.y) * dy) / length if length else np.zeros_like(xs)
    along = np.clip(along, 0, 1)
    return np.hypot(xs - start.x - along * dx, ys - start.y - along * dy) <= reach


@pytest.mark.parametrize("size", [1, 2, 5, 8, 21, 60])
@pytest.mark.parametrize("end", [(40, 50), (90.5, 20.25), (41, 49.5), (200, -30)])
def test_a_segment_covers_the_pixels_near_its_line(size, end):
    start, end = Sample(40, 50), Sample(*end)
    stamp = covered(segment(start, end, (size, size), BOUNDS))
    assert not (near(start, end, size / 2 - 1.2) & ~stamp).any()
    assert not (stamp & ~near(start, end, size / 2 + 1.2)).any()
    assert stamp.any()


def test_pressure_makes_a_segment_taper():
    cover = covered(segment(Sample(20, 45), Sample(100, 45), (4, 40), BOUNDS))
    assert cover[:, 24].sum() < 10 < 34 < cover[:, 98].sum()


def test_a_stamp_beside_the_photo_is_none():
    assert segment(Sample(-50, -50), Sample(-40, -60), (10, 10), BOUNDS) is None
    assert rectangle(Sample(-5, -5), Sample(-1, -1), BOUNDS) is None
    assert polygon([Sample(-5, -5), Sample(-1, -5), Sample(-3, -1)], BOUNDS) is None


points = st.tuples(st.floats(-300, 300), st.floats(-300, 300))


@given(start=points, end=points, sizes=st.tuples(st.floats(0.1, 200), st.floats(0.1, 200)))
def test_any_stamp_lies_on_the_photo(start, end, sizes):
    stamp = segment(Sample(*start), Sample(*end), sizes, BOUNDS)
    if stamp is not None:
        assert BOUNDS.holds(stamp.box)
        assert stamp.cover.shape == (stamp.box.height, stamp.box.width)


def test_a_loop_covers_its_inside():
    loop = [Sample(20, 20), Sample(80, 20), Sample(80, 60), Sample(20, 60)]
    cover = covered(polygon(loop, BOUNDS))
    assert cover[21:59, 21:79].all()
    assert not cover[:19].any()
    assert not cover[:, 82:].any()


def test_two_points_are_no_loop():
    assert polygon([Sample(1, 1), Sample(50, 50)], BOUNDS) is None


def test_a_rectangle_covers_every_pixel_it_touches_in_any_direction():
    cover = covered(rectangle(Sample(30.6, 40.2), Sample(10.2, 20.9), BOUNDS))
    assert cover[20:41, 10:31].all()
    assert cover.sum() == 21 * 21


def test_pressure_counts_only_when_asked():
    assert diameter_at(100, 0.5, by_pressure=True) == 50
    assert diameter_at(100, 0.5, by_pressure=False) == 100
    assert diameter_at(100, 0.0, by_pressure=True) == 5


def test_a_hard_brush_weighs_all_alike_and_a_soft_one_falls_off():
    stamp = segment(Sample(60, 45), Sample(60, 45), (60, 60), BOUNDS)
    hard, soft = soften(stamp, 1.0, 60), soften(stamp, 0.0, 60)
    assert set(np.unique(hard)) == {0.0, 1.0}
    middle, rim = soft[30, 30], soft[30, 2]
    assert middle > 0.9
    assert 0 < rim < 0.2


def test_growing_then_shrinking_gives_a_disc_back():
    disc = covered(segment(Sample(60, 45), Sample(60, 45), (40, 40), BOUNDS))
    bigger = grown(disc, 6)
    assert (disc & ~bigger).sum() == 0
    assert bigger.sum() > disc.sum() * 1.4
    assert (grown(bigger, -6) ^ disc).sum() < 0.03 * disc.sum()
