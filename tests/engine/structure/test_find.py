"""Every line that goes on through a hole is named, with its place, its order and its sources."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import Cancelled
from engine.geometry import Box
from engine.structure import find
from engine.structure.carry import SHARED, Sheet, carry, lay_lines
from engine.structure.find import _source, search
from engine.structure.given import Given, Stroke
from engine.structure.line import Kind, Line
from engine.structure.look import look_in
from engine.structure.match import turn
from engine.structure.paint import Band
from engine.structure.path import Path
from engine.structure.strips import across
from engine.windows.canvas import Canvas
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import end, find_lines, way

MIDDLE = draw.SIDE / 2


def test_a_line_through_the_hole_goes_from_rim_to_rim():
    photo, mask = draw.edge(1.0, 8.0), draw.disc()
    (line,) = find_lines(photo, mask)
    assert line.kind == Kind.THROUGH
    assert line.half == 9
    assert line.within is None
    assert line.path.straight
    for source in (line.first, line.second):
        off = (source.at - MIDDLE) @ across(way(8))
        assert abs(off) < 0.5
        assert np.hypot(*(source.at - MIDDLE)) == pytest.approx(draw.HOLE, abs=2)
        assert source.length > 80
    np.testing.assert_allclose(line.path.points, [line.first.at, line.second.at])
    assert abs(turn(line.first.way, -line.second.way)) < 1


def test_both_sides_are_moved_so_that_they_show_the_same_in_the_same_place():
    values = draw.flat(190)
    draw.stroke(values, draw.straight(0), 50, 6)
    values[:, 160:] = np.roll(values[:, 160:], 1, axis=0)
    photo, mask = draw.finished(values), draw.disc()
    lines = find_lines(photo, mask)
    assert lines
    for line in lines:
        left, right = sorted((line.first, line.second), key=lambda s: s.at[0])
        assert right.at[1] - left.at[1] == pytest.approx(1.0, abs=0.5)


def test_a_bolder_line_lies_over_a_fainter_one():
    lines = find_lines(draw.pole_before_rail(), draw.disc())
    weights = [line.weight for line in lines]
    assert weights == sorted(weights)
    upright = [abs(line.path.begin[1]) > 0.9 for line in lines]
    assert not upright[0]
    assert upright[-1]


def test_arms_of_a_corner_lie_each_on_its_side():
    lines = find_lines(draw.corner(), draw.disc())
    assert [line.kind for line in lines] == [Kind.CORNER, Kind.CORNER]
    corner = np.array([MIDDLE, MIDDLE]) - 0.5
    along, down = np.array([20, 5]), np.array([5, 20])
    level, upright = sorted(lines, key=lambda line: abs(line.path.begin[1]))
    for line, inside, outside in (
        (level, corner + along, corner + down),
        (upright, corner + down, corner + along),
    ):
        assert line.second is None
        np.testing.assert_allclose(line.path.points[0], line.first.at)
        np.testing.assert_allclose(line.path.points[-1], corner, atol=1)
        np.testing.assert_allclose(line.within.at, line.path.points[-1])
        assert line.within.holds(inside[None]).item()
        assert not line.within.holds(outside[None]).item()
        assert -1 < line.weight < 0


def test_a_line_that_meets_another_lies_below_it_and_on_its_own_side():
    lines = find_lines(draw.meeting(), draw.disc())
    assert [line.kind for line in lines] == [Kind.MEETING, Kind.THROUGH]
    ending = lines[0]
    assert ending.second is None
    np.testing.assert_allclose(ending.path.points[-1], [MIDDLE, MIDDLE], atol=1)
    assert ending.within.holds(np.array([[MIDDLE - 5, MIDDLE]])).item()
    assert not ending.within.holds(np.array([[MIDDLE + 5, MIDDLE]])).item()


def test_each_hole_has_its_own_lines():
    values = np.full((320, 640, 3), 190.0)
    draw.stroke(values, [(0, 160), (640, 160)], 50, 6)
    photo = np.clip(values, 0, 255).astype(np.uint8)
    mask = np.zeros((320, 640), bool)
    mask[140:180, 130:180] = mask[140:180, 450:500] = True
    both = find_lines(photo, mask)
    right = find_lines(photo, mask, boxes=[Box(455, 150, 460, 155)])
    assert len(both) == 2 * len(right) > 0
    assert all(line.path.points[:, 0].min() > 400 for line in right)
    assert find_lines(photo, mask, boxes=[Box(0, 0, 20, 20)]) == []


def test_a_line_is_dropped_from_either_of_its_ends_and_no_other_one():
    photo, mask = draw.edge(1.0, 8.0), draw.disc()
    (line,) = find_lines(photo, mask)
    a, b = line.stroke.points
    side = tuple(2.6 * across(way(8)))
    near = (a[0] + side[0], a[1] + side[1])
    far = (a[0] + 1.2 * side[0], a[1] + 1.2 * side[1])
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    beyond = (2 * b[0] - a[0], 2 * b[1] - a[1])
    dropped = [(a, b), (b, a), (near, b), (a, middle), (middle, beyond)]
    for points, left in [*((d, 0) for d in dropped), ((far, b), 1), ((b, beyond), 1)]:
        assert len(find_lines(photo, mask, Given(dropped=(Stroke(points),)))) == left


def test_drawn_lines_lie_over_found_ones_the_last_one_on_top():
    photo, mask = draw.edge(1.0, 8.0), draw.disc()
    strokes = tuple(Stroke(((100.0, y), (220.0, y))) for y in (150.0, 170.0))
    lines = find_lines(photo, mask, Given(drawn=(*strokes, Stroke(((0, 0), (9, 9))))))
    assert [line.kind for line in lines] == [Kind.THROUGH, Kind.DRAWN, Kind.DRAWN]
    assert [line.weight for line in lines[1:]] == [10, 11]
    assert lines[1].path.points[0, 1] == pytest.approx(150, abs=4)


def test_a_line_of_a_large_hole_is_measured_at_the_photos_own_size():
    side = 1600
    y, x = np.mgrid[:side, :side] - side / 2
    off = y * way(11)[0] - x * way(11)[1] - 0.37
    level = 90 + 90 / (1 + np.exp(np.clip(-off / 0.7, -50, 50)))
    photo = np.repeat(np.rint(level)[..., None], 3, axis=2).astype(np.uint8)
    (line,) = find_lines(photo, draw.disc(side, 300))
    assert line.half == 18  # it is looked at half as large
    for source in (line.first, line.second):
        assert abs((source.at - side / 2) @ across(way(11)) - 0.37) < 0.5
        assert source.length > 300


def band(x, colour, aside, y=5):
    """Return a band of one column, ``aside`` pixels from its line."""
    beside = np.array([aside], np.float32)
    return Band(np.array([[x, y]]), np.full((1, 3), colour, np.float32), beside, np.array([0.5]))


LEVEL, UPRIGHT = Path(np.array([[0.0, 0], [9, 0]])), Path(np.array([[0.0, 0], [0, 9]]))
GREY = np.full((20, 20, 3), 100, np.uint8)


def laid(*bands, box=Box(0, 0, 20, 20)):  # noqa: B008  it is frozen
    sheet = Sheet(GREY, box)
    for one, path in bands:
        sheet.lay(one, Line(path, None, None, 9.0, 0.0))
    return sheet


def test_a_band_that_crosses_another_lies_over_it():
    sheet = laid((band(3, 0.2, 1.0), LEVEL), (band(3, 0.8, 5.0), UPRIGHT))
    assert sheet.pixels[5, 3].tolist() == [204] * 3
    assert sheet.aside[5, 3] == 5
    assert np.argwhere(sheet.there).tolist() == [[5, 3]]
    assert not sheet.pixels[~sheet.there].any()


@pytest.mark.parametrize(
    ("old", "new", "share"), [(5.0, 1.0, 1), (3.0, 2.0, 0.75), (2.0, 3.0, 0.25), (1.0, 5.0, 0)]
)
def test_bands_beside_each_other_share_what_lies_between_them(old, new, share):
    assert SHARED == 4
    sheet = laid((band(3, 0.2, old), LEVEL), (band(3, 0.8, new), LEVEL))
    assert sheet.pixels[5, 3, 0] == pytest.approx(255 * (0.2 + 0.6 * share), abs=1)
    assert sheet.aside[5, 3] == min(old, new)
    back = Path(LEVEL.points[::-1])
    again = laid((band(3, 0.2, old), LEVEL), (band(3, 0.8, new), back))
    np.testing.assert_array_equal(again.pixels, sheet.pixels)


@pytest.mark.parametrize(("degrees", "shared"), [(13.0, True), (15.0, False)])
def test_lines_that_run_nearly_the_same_way_lie_beside_each_other(degrees, shared):
    other = Path(np.stack([np.zeros(2), 9 * way(degrees)]))
    sheet = laid((band(3, 0.2, 1.0), LEVEL), (band(3, 0.8, 9.0), other))
    assert sheet.aside[5, 3] == (1 if shared else 9)


def test_bands_are_cut_to_the_box():
    box = Box(2, 4, 10, 12)
    bands = [(band(x, 0.8, 1.0, y), LEVEL) for x, y in ((1, 4), (2, 4), (9, 11), (10, 11), (9, 12))]
    sheet = laid(*bands, box=box)
    assert sheet.pixels.shape == (8, 8, 3)
    assert np.argwhere(sheet.there).tolist() == [[0, 0], [7, 7]]
    assert (GREY == 100).all()


def test_carrying_reports_and_paints_in_the_mask_only():
    photo, mask = draw.edge(1.0, 8.0), draw.disc()
    lines, box, told = find_lines(photo, mask), Box.around(mask), []
    pixels, done = carry(photo, mask, lines, box, told.append)
    assert told == sorted(told)
    for n in range(1, len(lines) + 1):  # and within each line, for each of its sides
        assert sum((n - 1) / len(lines) <= share < n / len(lines) for share in told) >= 2
    assert told[-1] == 1.0
    assert done.any()
    assert not (done & ~mask[box.slices]).any()
    assert not pixels[~done].any()


def test_lines_are_laid_in_the_asked_holes_of_every_canvas():
    values = np.full((200, 400, 3), 190.0)
    draw.stroke(values, [(0, 100), (400, 100)], 50, 6)
    photo = np.clip(values, 0, 255).astype(np.uint8)
    mask = np.zeros((200, 400), bool)
    mask[80:120, 80:120] = mask[80:120, 280:320] = True
    asked = Box(80, 80, 100, 120)  # half of the left one
    canvases = [Canvas(photo, mask, Box.around(mask)) for _ in range(2)]
    lay_lines(canvases, [0, 1], [asked])
    for canvas in canvases:
        carried = ~canvas.read(canvas.box)[1] & mask[canvas.box.slices]
        _, cols = np.nonzero(carried)
        assert len(cols) > 200
        assert cols.max() + canvas.box.left == 99
        assert cols.min() + canvas.box.left == 80


@pytest.mark.parametrize("wrong", [-1.5, 0.0, 1.5])
def test_the_way_of_an_end_is_measured_again_where_it_was_seen_reduced(wrong):
    rows, columns = np.mgrid[:1200, :1200]
    level = 135 + 45 * np.tanh((rows - 0.1 * columns - 480) / 1.4)
    image = np.repeat(np.rint(level)[..., None], 3, 2).astype(np.uint8)
    mask = np.zeros((1200, 1200), bool)
    mask[400:800, 600:1000] = True
    look, true = look_in(image, mask, Box.of(mask), 4), way(np.degrees(np.arctan(0.1)))
    at = look.from_photo(np.array([596.0, 480 + 59.6]))
    told = replace(end(0, 0, np.degrees(np.arctan(0.1)) + wrong), at=at)
    source = _source(image, mask, look, told)
    assert abs(turn(source.way, true)) < 0.2
    assert source.at == pytest.approx([599, 540], abs=0.6)  # the last pixel before the hole
    assert source.length == 400
    blank = np.full_like(image, 99)
    kept = _source(blank, mask, look_in(blank, mask, Box.of(mask), 4), told)
    assert kept.at == pytest.approx(look.to_photo(at))
    assert kept.way == pytest.approx(told.way)


def four_wires():
    """Return a photo of four pictures beside each other, each with a wire through its hole."""
    photos = [draw.wire(), draw.edge(1.0, 8.0), draw.wire()[::-1], draw.edge(1.0, -20.0)]
    return np.concatenate(photos, axis=1), np.tile(draw.disc(), (1, 4))


def test_several_holes_show_what_they_show_one_after_the_other(monkeypatch):
    photo, mask = four_wires()
    found = search(photo, mask)
    monkeypatch.setattr(find, "in_order", map)
    wanted = search(photo, mask)
    assert len(found.lines) > 3
    for one, other in zip(found.lines, wanted.lines, strict=True):
        assert (one.path.points == other.path.points).all()
        assert one.weight == other.weight
    for a, b in zip(found.ends, wanted.ends, strict=True):
        assert (a == b).all()


def test_once_stopped_no_hole_is_looked_at_any_more():
    photo, mask = four_wires()
    asked = []

    def stop(fraction):
        asked.append(fraction)
        if len(asked) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        search(photo, mask, on_progress=stop)
    assert asked == [0.0] * 3
