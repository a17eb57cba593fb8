"""Where a line is, how wide, of what contrast and colour; what is none; where one ends."""

import math

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.strip import Place, laid
from engine.selecting.wires import FAINTEST, Piece, _moved, _runs, covered, follow, line_at

GROUND = np.array([120.0, 130.0, 140.0])


def drawn(angle, width, colour, other=None, shape=(240, 320)):
    """Return a straight soft line through (160, 120), and another ground on its far side."""
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    off = (rows - 120) * math.cos(angle) - (columns - 160) * math.sin(angle)
    share = np.clip(width / 2 + 0.5 - np.abs(off), 0, 1)[..., None]
    ground = np.where((off < 0)[..., None], GROUND, GROUND if other is None else other)
    return np.rint(ground * (1 - share) + np.array(colour, float) * share).astype(np.uint8)


def aside(place, angle):
    return (place.y - 120) * math.cos(angle) - (place.x - 160) * math.sin(angle)


@pytest.mark.parametrize("width", [3, 5, 9, 16])
@pytest.mark.parametrize("degrees", [0, 30, 90, 160])
@pytest.mark.parametrize("colour", [(60, 60, 60), (180, 130, 140), (240, 240, 250)])
def test_a_line_is_measured_where_it_was_clicked(degrees, width, colour):
    angle = math.radians(degrees)
    found = line_at(drawn(angle, width, colour), 160, 122, 6)
    assert abs(aside(found, angle)) < 0.6 + 0.05 * width
    assert abs(math.sin(found.angle - angle)) < 0.03
    assert found.width == pytest.approx(width, rel=0.3, abs=0.8)
    away = np.array(colour) - GROUND
    least = 0.68 if width < 9 else 0.9  # a thin one is lost in its own soft rim
    assert least < found.contrast / np.linalg.norm(away) < 1.01
    assert found.colour == pytest.approx(away / np.linalg.norm(away), abs=0.03)


def test_sixteen_bits_say_the_same():
    image = drawn(0.4, 5, (60, 60, 60))
    one, other = line_at(image, 160, 122, 6), line_at(image.astype(np.uint16) * 257, 160, 122, 6)
    assert (one.x, one.y, one.width) == pytest.approx((other.x, other.y, other.width), abs=1e-3)
    assert one.contrast == pytest.approx(other.contrast, rel=1e-3)


@pytest.mark.parametrize(
    ("level", "other", "found"),
    [
        (60, 100, True),  # both sides lighter, one more than the other
        (60, 64, False),  # hardly lighter on one side: an edge with a rim
        (110, 100, False),  # between its sides: a soft edge
        (129, None, False),  # too faint
        (127, None, True),
    ],
)
def test_a_line_differs_from_both_its_sides(level, other, found):
    far = None if other is None else np.full(3, other)
    image = drawn(0.0, 5, np.full(3, level) if other else GROUND + (level - 130), far)
    got = line_at(image, 160, 120, 4)
    assert (got is not None and abs(aside(got, 0)) < 1 and got.contrast >= FAINTEST) is found


@pytest.mark.parametrize(("away", "reach", "found"), [(5, 6, True), (7, 6, False), (7, 9, True)])
def test_a_line_is_looked_for_as_far_as_was_said(away, reach, found):
    got = line_at(drawn(0.0, 3, (60, 60, 60)), 160, 120 + away, reach)
    assert (got is not None and abs(aside(got, 0)) < 1) is found


def test_the_clearest_line_within_reach_is_taken():
    image = drawn(0.0, 3, (90, 90, 90))
    image[128:131] = 10
    assert line_at(image, 160, 125, 8).y == pytest.approx(129.5, abs=0.6)


@pytest.mark.parametrize("shape", [(4, 300), (300, 4)])
def test_a_photo_of_a_few_pixels_has_no_line(shape):
    image = np.full((*shape, 3), 130, np.uint8)
    image[: shape[0] // 2 + 1, : shape[1] // 2 + 1] = 0
    assert line_at(image, shape[1] / 2, shape[0] / 2, 4) is None


@pytest.mark.parametrize(("gap", "crossed"), [(5, True), (30, True), (60, True), (140, False)])
def test_gaps_are_crossed_up_to_a_length(gap, crossed):
    image = drawn(0.0, 3, (40, 40, 40), shape=(240, 700))
    image[:, 300 : 300 + gap] = GROUND
    cover = covered(follow(image, 160, 120, 4), Box.of(image))
    columns = np.zeros(700, bool)
    columns[cover.box.left : cover.box.right] = cover.cover.any(axis=0)
    assert columns[:296].all()
    assert columns[-1] == crossed
    if gap > 5:
        assert not columns[306 : 294 + gap].any()
        assert columns[304 + max(gap, 60) :].all() == crossed


def test_a_line_that_bends_is_followed_and_one_that_ends_is_not():
    image = np.empty((400, 600, 3), np.uint8)
    image[...] = GROUND
    way = [(20, 200), (250, 200), (330, 180), (400, 140), (440, 80)]
    cv2.polylines(image, [np.array(way)], False, (30, 30, 30), 3, cv2.LINE_AA)
    truth = np.zeros(image.shape[:2], np.uint8)
    cv2.polylines(truth, [np.array(way)], False, 1, 3)
    found = covered(follow(image, 100, 200, 4), Box.of(image))
    out = np.zeros_like(truth)
    out[found.box.slices] = found.cover
    assert out[truth > 0].mean() > 0.97
    near = cv2.dilate(truth, np.ones((9, 9), np.uint8))
    assert not out[near == 0].any()


def test_a_line_is_covered_with_its_soft_rim():
    pieces = [Piece(np.array([[20.0, 30.5], [60.0, 30.5]]), 5.0)]
    stamp = covered(pieces, Box(0, 0, 100, 80))
    rows = np.flatnonzero(stamp.cover[:, 20]) + stamp.box.top
    assert (rows.min(), rows.max()) == (27, 34) or (rows.min(), rows.max()) == (26, 34)
    columns = np.flatnonzero(stamp.cover.any(axis=0)) + stamp.box.left
    assert 14 <= columns.min() <= 18
    assert 61 <= columns.max() <= 65
    assert covered(pieces, Box(70, 0, 100, 80)) is None
    both = [*pieces, Piece(np.array([[20.0, 60.5], [60.0, 60.5]]), 1.0)]
    wide = covered(both, Box(0, 0, 100, 80))
    thin = np.flatnonzero(wide.cover[45 - wide.box.top :, 30])
    assert 3 <= len(thin) <= 5


def lying(width=6.0):
    image = drawn(0.0, width, (60, 60, 60))
    at = Place(100, 120, 0.0, width, 100.0, tuple(np.array([-60, -70, -80]) / math.sqrt(14900)))
    return laid(image, 100, 120, 0.0, width, 48), at


def test_the_parts_that_are_seen_are_pieces_and_short_gaps_are_part_of_them():
    strip, _ = lying()
    seen = np.ones(40, bool)
    seen[[10, 11, 12, 20, 21, 22, 23, 30, 32, 33, 34, 35]] = False
    seen[31] = True
    runs = list(_runs(strip, np.full(40, strip.middle), seen, 7.0))
    first = [(round(p.way[0, 0] - 100, 6), round(p.way[-1, 0] - 100, 6)) for p in runs]
    step = strip.step
    assert first == [(0, 19 * step), (24 * step, 31 * step), (36 * step, 39 * step)]
    assert {p.width for p in runs} == {7.0}
    seen[:] = False
    seen[5] = True
    assert list(_runs(strip, np.full(40, strip.middle), seen, 7.0)) == []


def test_width_and_contrast_follow_the_line_slowly_and_within_bounds():
    strip, at = lying()
    way = np.full(48, strip.middle)
    moved = _moved(strip, way, 20, at, at)
    assert (moved.x, moved.y) == pytest.approx((100 + 20 * strip.step, 120))
    assert moved.angle == pytest.approx(0)
    assert moved.width == pytest.approx(6, abs=0.7)
    assert moved.contrast == pytest.approx(0.8 * 100 + 0.2 * math.sqrt(14900), rel=0.02)
    wide = Place(100, 120, 0.0, 24, 100, at.colour)
    assert _moved(strip, way, 20, wide, wide).width == pytest.approx(0.75 * 24 + 0.25 * 6, abs=0.5)
    assert _moved(strip, way, 20, wide, at).width == 15  # 2.5 times the first
    narrow = Place(100, 120, 0.0, 1, 4000, at.colour)
    held = _moved(strip, way, 20, narrow, at)
    assert held.width == pytest.approx(6 / 2.5)
    assert held.contrast == 250
    faint = Place(100, 120, 0.0, 6, 0.0, at.colour)
    assert _moved(strip, way, 20, faint, at).contrast == 40


def test_the_direction_is_that_of_the_way_unless_it_is_to_be_kept():
    strip, at = lying()
    way = strip.middle + np.arange(48) // 4
    slope = math.atan2(5 * strip.side, 20 * strip.step)
    assert _moved(strip, way, 24, at, at).angle == pytest.approx(slope, abs=0.02)
    assert _moved(strip, way, 24, at, at, turn=False).angle == 0
    end = _moved(strip, way, 46, at, at).angle
    assert end == pytest.approx(math.atan2(3 * strip.side, 15 * strip.step), abs=0.06)
