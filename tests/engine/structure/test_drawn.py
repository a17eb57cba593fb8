"""A line that a user drew: where it enters and leaves the hole, and what it goes on from."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.structure.drawn import HALF, SHOWN, drawn_line
from engine.structure.given import Stroke
from engine.structure.line import LEAST, Kind
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import way

MASK = np.zeros((320, 320), bool)
MASK[100:220, 120:200] = True
PLAIN = draw.finished(draw.flat(150))


def on(photo, *points, curved=False, mask=MASK, weight=7.0):
    return drawn_line(photo, mask, Stroke(points, curved), weight)


def test_a_stroke_goes_on_from_where_it_crosses_the_rim():
    line = on(PLAIN, (20, 150), (300, 150))
    assert line.kind == Kind.DRAWN
    assert (line.weight, line.half, line.within) == (7.0, HALF, None)
    np.testing.assert_allclose(line.first.at, [119, 150])
    np.testing.assert_allclose(line.second.at, [200, 150])
    np.testing.assert_allclose(line.first.way, [1, 0])
    np.testing.assert_allclose(line.second.way, [-1, 0])
    np.testing.assert_allclose(line.path.points, [[119, 150], [200, 150]])
    assert line.first.length == line.second.length == SHOWN - 1


def test_a_stroke_is_of_every_pixel_between_its_points():
    line = on(PLAIN, (50, 90), (80, 130), (250, 130))  # 50 px, then 170
    np.testing.assert_allclose(line.first.at, [119, 130])
    assert on(PLAIN, (50, 90), (80, 90), (250, 90)) is None
    assert on(PLAIN, (30, 20), (90, 90)) is None
    assert on(PLAIN, (112, 92), (121, 101), (119, 90)) is not None  # it only dips into the corner


def test_a_stroke_that_ends_in_the_hole_goes_on_from_one_side():
    line = on(PLAIN, (20, 150), (160, 150))
    assert line.second is None
    np.testing.assert_allclose(line.path.points, [[119, 150], [160, 150]])
    other = on(PLAIN, (160, 150), (300, 150))
    assert other.first is None
    np.testing.assert_allclose(other.path.points, [[160, 150], [200, 150]])


def test_a_stroke_within_the_hole_has_nothing_to_go_on_from():
    assert on(PLAIN, (130, 150), (190, 150)) is None


def test_a_stroke_may_lead_out_of_the_photo():
    mask = np.zeros((320, 320), bool)
    mask[:, 200:] = True
    line = on(PLAIN, (20, 150), (400, 150), mask=mask)
    assert line.second is None
    np.testing.assert_allclose(line.path.points[-1], [319, 150])
    assert line.path.length == pytest.approx(319 - 199)


@pytest.mark.parametrize("to", [(0, 150), (150, 0), (319, 150), (150, 319)])
def test_a_stroke_ends_in_the_last_pixel_of_a_hole_at_the_border(to):
    mask = np.zeros((320, 320), bool)
    mask[:40] = mask[-40:] = mask[:, :40] = mask[:, -40:] = True
    line = on(PLAIN, (150, 150), to, mask=mask)
    np.testing.assert_allclose(line.path.points[-1], to)
    assert line.path.length == pytest.approx(40, abs=1)


def test_what_is_known_ends_at_the_border_and_at_the_next_hole():
    mask = MASK.copy()
    mask[:, 90:100] = True
    line = on(PLAIN, (110, 150), (240, 150), mask=mask)
    # 119 at the rim, 118 .. 100 behind it
    assert line.first.length == 19
    mask[150, 112:115] = True
    assert on(PLAIN, (117, 150), (240, 150), mask=mask).first is None  # 118 .. 115: too little
    near = np.zeros((320, 320), bool)
    near[100:220, 8:90] = True
    line = on(PLAIN, (0, 150), (200, 150), mask=near)
    assert line.first.length == 7  # 6 .. 0


@pytest.mark.parametrize(("left", "found"), [(LEAST, True), (LEAST - 1, False)])
def test_less_than_six_pixels_are_nothing_to_go_on_from(left, found):
    mask = np.zeros((320, 320), bool)
    mask[100:220, int(left) + 1 : 160] = True
    line = on(PLAIN, (0, 150), (100, 150), mask=mask)
    assert (line is not None) is found


def test_a_stroke_of_one_point_outside_shows_its_way():
    line = on(PLAIN, (119, 150), (160, 170))
    np.testing.assert_allclose(line.first.way, np.array([2, 1]) / np.sqrt(5), atol=0.03)


EDGE = draw.edge(1.0, 8.0)


def rim(x):
    return x, 160 + (x - 160) * np.tan(np.radians(8))


@pytest.mark.parametrize("aside", [-3.0, 0.0, 3.0])
def test_a_stroke_goes_on_from_the_edge_beside_it(aside):
    (x0, y0), (x1, y1) = rim(60.0), rim(260.0)
    line = on(EDGE, (x0, y0 + aside), (x1, y1 + aside))
    for source, towards in ((line.first, 8), (line.second, 188)):
        np.testing.assert_allclose(source.way, way(towards), atol=0.01)
        assert source.length > 80
    np.testing.assert_allclose(line.path.points, [line.first.at, line.second.at])


@pytest.mark.parametrize(("turned", "taken"), [(6.0, True), (11.0, False)])
def test_an_edge_that_runs_another_way_is_not_what_a_stroke_goes_on_from(turned, taken):
    at, towards = np.array(rim(119.5)), way(8 + turned)
    line = on(EDGE, tuple(at - 60 * towards), tuple(at + 40 * towards))
    np.testing.assert_allclose(line.first.way, way(8) if taken else towards, atol=0.02)


def test_a_curve_is_moved_onto_the_edges_at_both_of_its_ends():
    points = [(x, rim(x)[1] + 2.0 + bow) for x, bow in ((60, 0), (119, 0), (160, 6), (260, 0))]
    line = on(EDGE, *points, curved=True)
    assert not line.path.straight
    np.testing.assert_allclose(line.path.points[0], line.first.at, atol=1e-9)
    np.testing.assert_allclose(line.path.points[-1], line.second.at, atol=1e-9)
    assert (np.hypot(*np.diff(line.path.points, axis=0).T) > 0).all()
    inner = line.path.points[(line.path.points[:, 0] > 150) & (line.path.points[:, 0] < 170)]
    assert np.abs(inner[:, 1] - rim(160)[1] - 6 - 1).max() < 3


def test_a_long_curve_has_some_sixty_points():
    mask = np.zeros((320, 1400), bool)
    mask[100:220, 100:1300] = True
    photo = np.random.default_rng(1).integers(100, 160, (320, 1400, 3), np.uint8)
    line = on(photo, (20, 150), (700, 170), (1390, 150), mask=mask)
    assert 64 <= len(line.path.points) <= 70
    np.testing.assert_allclose(line.path.points[[0, -1]], [line.first.at, line.second.at])


@pytest.mark.parametrize(("side", "half"), [(300, HALF), (301, 2 * HALF), (601, 3 * HALF)])
def test_a_large_hole_gets_a_wide_band(side, half):
    mask = np.zeros((200, 900), bool)
    mask[90:110, 100 : 100 + side] = True
    photo = np.full((200, 900, 3), 99, np.uint8)
    line = on(photo, (20, 100), (890, 100), mask=mask)
    assert line.half == half
    assert Box.around(mask).width == side


def test_the_last_of_several_pieces_is_the_way_out():
    line = on(PLAIN, (20, 150), (150, 150), (150, 60), (250, 60), (250, 180), (160, 180))
    # in at the left, out at the top, in again at the right: the whole way counts as one line
    np.testing.assert_allclose(line.path.points[0], [119, 150])
    assert line.second is None
    assert line.path.length > 350
