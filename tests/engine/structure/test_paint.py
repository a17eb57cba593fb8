"""What is painted along a line: whole pixels from the line itself, faded, in the rim's tone."""

from __future__ import annotations

import numpy as np
import pytest

from engine.structure.copier import COPIES, SPARE, Copier
from engine.structure.line import Half, Line, Source
from engine.structure.paint import MEET, NEAR, TONE, paint_band
from engine.structure.path import Path, between
from engine.structure.strips import across
from tests.engine.structure.looks import way

SIDE = 240
NOISE = np.random.default_rng(12).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
MASK = np.zeros((SIDE, SIDE), bool)
MASK[60:180, 90:150] = True


def source(x, y, degrees, length):
    return Source(np.array([x, y], float), way(degrees), length)


def test_a_side_is_copied_period_by_period():
    copier = Copier(NOISE, MASK, source(89, 120, 0, 60.0), 100.0)
    assert copier.fade == 8
    assert copier.period == 60 - 8 - 15  # a quarter of the length may be spared
    assert copier.copies == 4  # 108 px in pieces of 37, and one more
    short = Copier(NOISE, MASK, source(89, 120, 0, 16.0), 100.0)
    assert (short.fade, short.period) == (4, 8)
    long = Copier(NOISE, MASK, source(89, 120, 0, 200.0), 30.0)
    assert (long.period, long.copies) == (30, 3)
    tiny = Copier(NOISE, MASK, source(89, 120, 0, 1.0), 1000.0)
    assert (tiny.period, tiny.copies) == (1, COPIES)


@pytest.mark.parametrize("degrees", [0.0, 45.0, 17.0, 101.0, 200.0])
def test_moves_are_whole_pixels_that_stay_on_the_line(degrees):
    copier = Copier(NOISE, MASK, source(89, 120, degrees, 90.0), 60.0)
    to = way(degrees)
    for k in (1, 2, 3):
        move = copier.move(k)
        assert move.dtype.kind == "i"
        least = k * copier.period
        tried = [np.rint(s * to) for s in np.arange(least, least + SPARE + 1)]
        costs = [abs(m @ across(to)) + 0.002 * i for i, m in enumerate(tried)]
        assert abs(move @ across(to)) + 0.002 * (move @ to - least) <= min(costs) + 0.002
        assert any((move == m).all() for m in tried)
    if degrees == 0.0:
        assert copier.move(1).tolist() == [60, 0]


def straight_copy(copier, x, y, at):
    """Return what a pixel gets, copy by copy, each alone between its fades."""
    total, share = np.zeros(3), 0.0
    along = x - at
    for k in range(1, copier.copies + 1):
        begin, stop = (k - 1) * copier.period - copier.fade, k * copier.period - copier.fade
        rise = 1.0 if k == 1 else (along - begin) / copier.fade
        fall = 1.0 if k == copier.copies else 1 - (along - stop) / copier.fade
        weight = min(max(min(rise, fall), 0.0), 1.0) + 1e-4 ** min(k, 4)
        col = x - copier.move(k)[0]
        if 0 <= col < SIDE and not MASK[y, col] and col - at > -61 - 2 * 5:
            total += weight * NOISE[y, col] / 255
            share += weight
    return total / share if share else None


def test_copies_along_a_straight_line_are_those_of_a_loop():
    copier = Copier(NOISE, MASK, source(89, 120, 0, 60.0), 60.0)
    points = np.array([(x, y) for x in range(90, 150) for y in range(115, 126)])
    along, aside = points[:, 0] - 89.0, points[:, 1] - 120.0
    values, known = copier.copy(points, along, aside, turned=False)
    for (x, y), value, there in zip(points, values, known, strict=True):
        wanted = straight_copy(copier, x, y, 89)
        assert there == (wanted is not None)
        if there:
            np.testing.assert_allclose(value, wanted, atol=2e-4)


def test_a_copy_next_to_the_rim_is_one_pixel_of_the_photo():
    copier = Copier(NOISE, MASK, source(89, 120, 0, 60.0), 20.0)
    points = np.array([[92, 118], [95, 122]])
    values, known = copier.copy(points, points[:, 0] - 89.0, points[:, 1] - 120.0, turned=False)
    assert known.tolist() == [1, 1]
    for (x, y), value in zip(points, values, strict=True):
        np.testing.assert_allclose(value, NOISE[y, x - 20] / 255, atol=1e-3)


def test_nothing_is_copied_from_the_hole_or_from_beyond_the_photo():
    mask = MASK.copy()
    mask[100:140, 40:90] = True
    copier = Copier(NOISE, mask, source(89, 120, 0, 20.0), 20.0)
    points = np.array([[92, 120], [100, 121]])
    for turned in (False, True):
        values, known = copier.copy(points, points[:, 0] - 89.0, points[:, 1] - 120.0, turned)
        assert known.tolist() == [0, 0]
        assert (values == 0).all()
    edge = Copier(NOISE, MASK, source(6, 20, 0, 40.0), 20.0)
    points = np.array([[7, 20], [12, 20]])
    _, known = edge.copy(points, points[:, 0] - 6.0, np.zeros(2), turned=False)
    assert known.tolist() == [0, 0]


def test_where_the_path_bends_what_lies_beside_the_source_is_resampled():
    smooth = np.zeros((SIDE, SIDE, 3), np.uint8)
    y, x = np.mgrid[:SIDE, :SIDE]
    smooth[..., 0], smooth[..., 1] = x, y
    copier = Copier(smooth, MASK, source(80.25, 40.5, 30, 60.0), 20.0)
    along, aside = np.array([3.0, 10.0]), np.array([-4.0, 6.5])
    values, known = copier.copy(np.zeros((2, 2), int), along, aside, turned=True)
    assert known.tolist() == [1, 1]
    for value, s, u in zip(values, along, aside, strict=True):
        at = np.array([80.25, 40.5]) + (s - copier.period) * way(30) + u * across(way(30))
        np.testing.assert_allclose(value[:2] * 255, at, atol=0.3)


def test_a_pixel_whose_neighbour_is_hole_is_not_resampled():
    copier = Copier(NOISE, MASK, source(86, 120, 0, 40.0), 10.0)
    along = copier.period + np.array([2.0, 3.0, 3.5, 4.0])  # 88, 89, 89.5 and 90
    _, known = copier.copy(np.zeros((4, 2), int), along, np.zeros(4), turned=True)
    single = Copier(NOISE, MASK, source(86, 120, 0, 40.0), 10.0)
    single.copies = 1
    _, once = single.copy(np.zeros((4, 2), int), along, np.zeros(4), turned=True)
    assert once.tolist() == [1, 1, 0, 0]
    assert known[:2].tolist() == [1, 1]


def through(first=60.0, second=60.0, half=9.0, within=None, y=120.0):
    a = source(89, y, 0, first) if first else None
    b = source(150, y, 180, second) if second else None
    path = Path(np.array([[89, y], [150, y]]))
    return Line(path, a, b, half, 1.0, within=within)


def two_tone(left, right):
    photo = np.full((SIDE, SIDE, 3), left, np.uint8)
    photo[:, 120:] = right
    return photo


def test_a_band_is_of_the_hole_and_as_wide_as_the_line_says():
    band = paint_band(NOISE, MASK, through())
    wanted = {(x, y) for x in range(90, 150) for y in range(111, 130)}
    assert {(int(x), int(y)) for x, y in band.points} == wanted
    np.testing.assert_allclose(band.aside, band.points[:, 1] - 120)


def test_a_wide_hole_is_painted_before_and_behind_the_path_too():
    mask = MASK.copy()
    mask[115:125, 70:175] = True  # it reaches further than the line's ends say
    band = paint_band(NOISE, mask, through(first=20.0, second=20.0))
    xs = band.points[np.abs(band.points[:, 1] - 120) < 3, 0]
    assert xs.min() < 80
    assert xs.max() > 160
    alone = paint_band(NOISE, mask, through(first=20.0, second=0))
    assert alone.points[:, 0].max() <= 150  # nothing behind an end that shows nothing


def test_a_band_stays_out_of_a_hole_beside_its_own():
    mask = MASK.copy()
    mask[60:180, 162:180] = True  # a second post, twelve known pixels further
    band = paint_band(NOISE, mask, through())
    assert band.points[:, 0].max() == 149


def test_a_line_that_ends_in_the_hole_stays_in_its_half():
    half = Half(np.array([130.0, 120.0]), way(200))
    band = paint_band(NOISE, MASK, through(second=0, within=half))
    off = (band.points - [130, 120]) @ way(200)
    assert off.min() >= 0
    assert off.min() < 1
    assert (band.points[:, 0] > 130).any()  # the half's border is aslant


def tones(band, x):
    return band.colours[band.points[:, 0] == x].mean() * 255


def test_both_sides_fade_into_each_other_half_way():
    photo = two_tone(100, 116)
    band = paint_band(photo, MASK, through())
    fade = np.clip(61 / 4, *MEET)
    assert tones(band, 91) == pytest.approx(100, abs=0.6)
    assert tones(band, 148) == pytest.approx(116, abs=0.6)
    assert tones(band, 119) == pytest.approx(107.7, abs=1)
    middle = [tones(band, x) for x in range(91, 149)]
    assert (np.diff(middle) > -0.01).all()  # one tone passes into the other all the way
    assert np.abs(np.diff(middle)).max() < 1.5 * 16 / fade


@pytest.mark.parametrize(
    ("first", "second", "meet"), [(12.0, 60.0, 1 / 6), (60.0, 12.0, 5 / 6), (32.0, 32.0, 0.5)]
)
def test_they_meet_nearer_to_the_side_that_shows_less(first, second, meet):
    photo = np.zeros((SIDE, SIDE, 3), np.uint8)
    photo[:, :120, 0], photo[:, 120:, 2] = 200, 200  # further apart than tones are mended
    band = paint_band(photo, MASK, through(first, second))
    red, blue = (
        np.array([band.colours[band.points[:, 0] == x][:, c].mean() for x in range(90, 150)])
        for c in (0, 2)
    )
    crossing = np.flatnonzero(red < blue)[0] + 1
    assert crossing == pytest.approx(61 * meet, abs=3)


def meeting_of(first, second, length):
    """Return where two sides meet and over how many pixels they fade."""
    if min(first, second) > length / 2:
        split = length / 2
    else:
        split = length * min(max(first / (first + second), 0.15), 0.85)
    return split, min(max(length / 4, 8), 32, length)


@pytest.mark.parametrize("left", [89, 40, 139])
@pytest.mark.parametrize(
    ("first", "second"), [(60.0, 60.0), (12.0, 60.0), (2.0, 60.0), (60.0, 2.0), (20.0, 10.0)]
)
def test_a_column_is_the_mean_of_both_sides_by_where_they_meet(left, first, second):
    photo = np.zeros((SIDE, SIDE, 3), np.uint8)
    photo[:, : left + 1, 0], photo[:, 150:, 2] = 200, 200
    mask = np.zeros((SIDE, SIDE), bool)
    mask[60:180, left + 1 : 150] = True
    a, b = source(left, 120, 0, first), source(150, 120, 180, second)
    path = Path(np.array([[left, 120.0], [150.0, 120.0]]))
    band = paint_band(photo, mask, Line(path, a, b, 9.0, 1.0))
    length = 150 - left
    split, fade = meeting_of(first, second, length)
    for x in range(left + 1, 150):
        along = x - left
        share = min(max(0.5 - (along - split) / fade, 0), 1)
        gap = TONE / 2  # of what each side gives up for the other at most
        here = gap * min(along / split, 1)
        there = gap * min((length - along) / (length - split), 1)
        red = share * (200 / 255 - here) + (1 - share) * there
        blue = (1 - share) * (200 / 255 - there) + share * here
        got = band.colours[band.points[:, 0] == x]
        np.testing.assert_allclose(got[:, 0], red, atol=0.004)
        np.testing.assert_allclose(got[:, 2], blue, atol=0.004)


def test_a_copy_gets_the_tone_of_the_rim_on_each_side_of_the_line():
    photo = np.full((SIDE, SIDE, 3), 100, np.uint8)
    photo[:, 76:90] = 120  # the rim is brighter than what lies further back
    photo[120:, 76:90] = 90  # but darker to the right of the line
    band = paint_band(photo, MASK, through(first=60.0, second=0))
    near = band.points[:, 0] < 98
    left = band.colours[near & (band.points[:, 1] < 115)].mean() * 255
    right = band.colours[near & (band.points[:, 1] > 125)].mean() * 255
    assert left == pytest.approx(120, abs=1)
    assert right == pytest.approx(90, abs=1)


def test_tones_of_both_sides_pass_into_each_other_across_the_line():
    photo = np.full((SIDE, SIDE, 3), 100, np.uint8)
    photo[:120, 76:90], photo[120:, 76:90] = 120, 90
    line = through(first=60.0, second=0, half=30.0)
    band = paint_band(photo, MASK, line)
    column = (band.points[:, 0] == 95) & (band.points[:, 1] != 120)
    for (_, y), colour in zip(band.points[column], band.colours[column], strict=True):
        share = min(max(((y - 120) / (0.3 * 30) + 1) / 2, 0), 1)
        assert colour.mean() * 255 == pytest.approx(120 - 30 * share, abs=1)


def test_a_band_ends_at_the_border_of_the_photo():
    mask = np.zeros((SIDE, SIDE), bool)
    mask[100:140, 200:] = True
    a = source(199, 120, 0, 60.0)
    path = Path(np.array([[199.0, 120.0], [239.0, 120.0]]))
    band = paint_band(NOISE, mask, Line(path, a, None, 9.0, 1.0))
    assert band.points[:, 0].max() == SIDE - 1
    down = np.swapaxes(mask, 0, 1).copy()
    turned = Path(np.array([[120.0, 199.0], [120.0, 239.0]]))
    under = Line(turned, source(120, 199, 90, 60.0), None, 9.0, 1.0)
    assert paint_band(NOISE, down, under).points[:, 1].max() == SIDE - 1
    up, left = np.flipud(down).copy(), np.fliplr(mask).copy()
    above = Path(np.array([[120.0, 40.0], [120.0, 0.0]]))
    before = Path(np.array([[40.0, 120.0], [0.0, 120.0]]))
    for path, hole, towards, at in ((above, up, 270, (120, 40)), (before, left, 180, (40, 120))):
        line = Line(path, source(*at, towards, 60.0), None, 9.0, 1.0)
        assert paint_band(NOISE, hole, line).points.min() == 0


def test_a_resampled_edge_stays_within_black_and_white():
    stripes = np.zeros((SIDE, SIDE, 3), np.uint8)
    stripes[::2] = 255
    stripes[:, ::3] = 255
    copier = Copier(stripes, MASK, source(80.25, 40.5, 30, 60.0), 20.0)
    along, aside = (v.ravel() for v in np.meshgrid(np.linspace(1, 15, 30), np.linspace(-8, 8, 30)))
    values, known = copier.copy(np.zeros((900, 2), int), along, aside, turned=True)
    assert known.all()
    assert values.min() == pytest.approx(0, abs=1e-6)
    assert values.max() == pytest.approx(1, abs=1e-6)


def test_a_correction_of_tone_has_its_limit():
    photo = np.full((SIDE, SIDE, 3), 60, np.uint8)
    photo[:, 76:90] = 160
    band = paint_band(photo, MASK, through(first=60.0, second=0))
    near = (band.points[:, 0] > 91) & (band.points[:, 0] < 96)
    got = np.median(band.colours[near]) * 255
    assert got == pytest.approx(60 + TONE * 255, abs=1)
    assert NEAR == 10


def test_a_band_along_an_arc_follows_it():
    y, x = np.mgrid[:SIDE, :SIDE]
    radius = 200.0
    off = np.hypot(x - 119.5, y - (120 + radius)) - radius
    photo = np.repeat(np.clip(128 + 12 * off, 0, 255)[..., None], 3, axis=2).astype(np.uint8)
    angle = np.degrees(np.arcsin(31 / radius))
    rise = radius * (1 - np.cos(np.radians(angle)))
    a = source(88.5, 120 + rise, -angle, 50.0)
    b = source(150.5, 120 + rise, 180 + angle, 50.0)
    line = Line(between(a.at, a.way, b.at, -b.way), a, b, 6.0, 1.0)
    band = paint_band(np.where(MASK[..., None], 255, photo).astype(np.uint8), MASK, line)
    assert not line.path.straight
    assert len(band.points) > 600
    xs, ys = band.points.T
    miss = np.abs(band.colours[:, 0] * 255 - photo[ys, xs, 0])
    assert np.median(miss) < 8
    assert miss.max() < 40


def test_sixteen_bits_give_the_same_band():
    one = paint_band(NOISE, MASK, through())
    two = paint_band(NOISE.astype(np.uint16) * 257, MASK, through())
    np.testing.assert_allclose(one.colours, two.colours, atol=1e-4)
