"""Lines go on through holes: at their place, as sharp as before, where there are any."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import Cancelled
from engine.geometry import Box
from engine.photo_only import photo_only
from engine.structure.carry import carry
from engine.structure.given import Given, Stroke
from engine.structure.line import Kind
from engine.structure.look import look_at
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import find_lines


def carried(photo, mask, given=Given()):  # noqa: B008  it is frozen
    lines = find_lines(photo, mask, given)
    box = Box.around(mask)
    pixels, done = carry(photo, mask, lines, box)
    out, where = photo.copy(), np.zeros_like(mask)
    where[box.slices] = done
    out[where] = pixels[done]
    return out, where, lines


def blanked(photo, mask):
    """Return the photo without what the hole hides, so that nothing can be copied from there."""
    out = photo.copy()
    out[mask] = (255, 0, 255)
    return out


def error(out, photo, where):
    return np.abs(out[where].astype(float) - photo[where]).mean()


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0, 71.5, 90.0])
def test_a_wire_goes_on_at_its_place_and_as_sharp_as_it_was(angle):
    values = draw.flat(190)
    draw.stroke(values, draw.straight(angle), 50, 2)
    photo, mask = draw.finished(values), draw.disc()
    out, where, lines = carried(blanked(photo, mask), mask)
    assert lines
    dark = mask & (photo.mean(2) < 100)
    assert where[dark].all()
    assert error(out, photo, dark) < 16
    assert error(out, photo, where) < 6


@pytest.mark.parametrize("soft", [0.7, 3.0])
def test_an_edge_keeps_its_softness(soft):
    photo, mask = draw.edge(soft), draw.disc()
    out, where, lines = carried(blanked(photo, mask), mask)
    assert len(lines) >= 1
    middle = mask & (np.abs(np.arange(draw.SIDE) - draw.SIDE // 2) < 20)[None]
    near = where & middle
    assert near.sum() > 400
    assert error(out, photo, near) < 6


def test_copies_are_whole_pixels_where_the_line_is_straight():
    photo, mask = draw.edge(1.0, 0.0), draw.disc()
    out, where, _ = carried(blanked(photo, mask), mask)
    grain = photo.astype(float) - np.median(photo, axis=1, keepdims=True)
    made = out.astype(float) - np.median(photo, axis=1, keepdims=True)
    assert made[where].std() > 0.85 * grain[where].std()


def test_the_pole_stands_before_the_rail():
    photo, mask = draw.pole_before_rail(), draw.disc()
    out, _, lines = carried(blanked(photo, mask), mask)
    middle = draw.SIDE // 2
    crossing = out[middle - 2 : middle + 2, middle - 5 : middle + 5]
    assert abs(crossing.mean() - 30) < 12
    beside = out[middle - 1 : middle + 1, middle + 20 : middle + 40]
    assert abs(beside.mean() - 130) < 15
    assert len(lines) >= 3


def test_two_lines_that_end_in_the_hole_meet_in_a_corner():
    photo, mask = draw.corner(), draw.disc()
    out, where, lines = carried(blanked(photo, mask), mask)
    assert {line.kind for line in lines} == {Kind.CORNER}
    middle = draw.SIDE // 2
    square = np.zeros_like(mask)
    square[middle - 8 : middle + 8, middle - 8 : middle + 8] = True
    assert where[square].mean() > 0.9
    assert error(out, photo, where & square) < 12


def test_a_line_ends_at_the_line_it_meets():
    photo, mask = draw.meeting(), draw.disc()
    out, where, lines = carried(blanked(photo, mask), mask)
    assert {line.kind for line in lines} == {Kind.THROUGH, Kind.MEETING}
    assert error(out, photo, where) < 8


def test_an_arc_goes_on_as_an_arc():
    photo, mask = draw.arc(), draw.disc()
    out, where, lines = carried(blanked(photo, mask), mask)
    assert any(not line.path.straight for line in lines)
    dark = mask & (photo.mean(2) < 100)
    assert where[dark].mean() > 0.98
    column = slice(140, 180), draw.SIDE // 2
    rows = [np.flatnonzero(v[column].mean(1) < 120).mean() for v in (out, photo)]
    assert abs(rows[0] - rows[1]) < 2.5  # half of its width


@pytest.mark.parametrize("seed", range(4))
def test_no_line_is_invented_among_leaves(seed):
    photo, mask = draw.leaves(seed), draw.disc()
    assert find_lines(photo, mask) == []


def test_no_line_is_invented_in_noise_or_at_a_line_that_ends():
    mask = draw.disc()
    assert find_lines(draw.finished(draw.flat()), mask) == []
    values = draw.flat(190)
    draw.stroke(values, [(0, 160), (130, 160)], 50, 4)
    assert find_lines(draw.finished(values), mask) == []


def test_nothing_known_changes_and_nothing_hidden_is_looked_at():
    photo, mask = draw.pole_before_rail(), draw.disc()
    out, where, _ = carried(photo, mask)
    assert (out[~mask] == photo[~mask]).all()
    assert not where[~mask].any()
    again, _, _ = carried(blanked(photo, mask), mask)
    assert (again[where] == out[where]).all()


def test_sixteen_bits_stay_sixteen_bits():
    photo, mask = draw.wire().astype(np.uint16) * 257, draw.disc()
    out, where, _ = carried(photo, mask)
    assert out.dtype == np.uint16
    assert (out[~mask] == photo[~mask]).all()
    assert np.abs(out[where].astype(float) - photo[where]).mean() < 6 * 257


def test_a_large_hole_is_crossed_at_the_photos_own_sharpness():
    side, mask = 1600, draw.disc(1600, 300)
    values = draw.flat(190, side)
    draw.stroke(values, draw.straight(11, side=side), 50, 5)
    photo = draw.finished(values)
    out, where, lines = carried(blanked(photo, mask), mask)
    assert lines
    assert lines[0].half > 9
    dark = mask & (photo.mean(2) < 80)
    assert where[dark].all()
    assert error(out, photo, dark) < 20


def test_a_drawn_line_is_carried_with_evidence_on_one_side():
    values = draw.flat(190)
    draw.stroke(values, [(0, 160), (160, 160)], 50, 4)
    photo, mask = draw.finished(values), draw.disc()
    given = Given(drawn=(Stroke(((100, 160), (150, 160))),))
    out, _, lines = carried(blanked(photo, mask), mask, given)
    assert [line.kind for line in lines] == [Kind.DRAWN]
    assert out[158:162, 115:148].mean() < 70
    assert (out[158:162, 160:200] == (255, 0, 255)).all()


def test_a_drawn_curve_is_followed():
    photo, mask = draw.wire(), draw.disc()
    given = Given(drawn=(Stroke(((60, 129), (110, 145), (160, 152), (205, 146)), curved=True),))
    out, where, _ = carried(blanked(photo, mask), mask, given)
    assert where[152, 160]
    assert out[148:157, 157:163].min(axis=(0, 2)).max() < 110


def test_a_dropped_line_is_not_carried():
    photo, mask = draw.wire(), draw.disc()
    lines = find_lines(photo, mask)
    assert lines
    dropped = tuple(line.stroke for line in lines)
    assert find_lines(photo, mask, Given(dropped=dropped)) == []


def test_the_photo_only_fill_carries_lines_and_is_the_same_twice():
    photo, mask = draw.wire(), draw.disc()
    fill = photo_only(photo, mask, 0)
    dark = (mask & (photo.mean(2) < 100))[fill.box.slices]
    assert error(fill.patch, photo[fill.box.slices], dark) < 16
    assert (photo_only(photo, mask, 0).patch == fill.patch).all()


def test_variants_keep_the_same_lines():
    photo, mask = draw.wire(), draw.disc()
    one, two = (photo_only(photo, mask, seed) for seed in (1, 2))
    _, where, _ = carried(photo, mask)
    part = where[one.box.slices]
    assert (one.patch[part] == two.patch[part]).all()
    assert (one.patch != two.patch).any()


def test_the_search_can_be_stopped():
    photo, mask = draw.wire(), draw.disc()

    def stop(fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        find_lines(photo, mask, on_progress=stop)


def test_only_the_asked_holes_are_looked_at():
    photo, mask = draw.wire(), draw.disc()
    assert find_lines(photo, mask, boxes=[Box(0, 0, 20, 20)]) == []


@pytest.mark.parametrize(("side", "looked_at"), [(9, False), (10, True)])
def test_lines_are_not_looked_for_in_specks(side, looked_at, monkeypatch):
    seen = []
    monkeypatch.setattr("engine.structure.find.look_at", lambda *a: seen.append(a) or look_at(*a))
    photo, mask = np.full((120, 120, 3), 90, np.uint8), np.zeros((120, 120), bool)
    mask[50 : 50 + side, 60:64] = True
    find_lines(photo, mask)
    assert bool(seen) is looked_at
