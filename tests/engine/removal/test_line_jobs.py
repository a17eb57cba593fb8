"""The lines that are shown before a fill are those it would carry, drawn and dropped ones too."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.removal.line_jobs import FindLines, Shown, toggled
from engine.removal.scene import Scene
from engine.structure.given import Given, Stroke
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import find_lines

PHOTO, MASK = draw.edge(1.0, 8.0), draw.disc()
BOX = Box.around(MASK)


class Watch:
    """Count how often it is asked whether to go on."""

    def __init__(self):
        self.asked = 0

    def check(self):
        self.asked += 1


def shown(given=Given(), grow=0.0):  # noqa: B008  it is frozen
    watch = Watch()
    found = FindLines(Scene(PHOTO, lines=given), BOX, MASK[BOX.slices], grow)(watch)
    assert watch.asked > 0
    return found


def test_what_a_fill_would_carry_is_shown():
    found = shown()
    wanted = [line.stroke for line in find_lines(PHOTO, MASK)]
    assert [one.way for one in found.lines] == wanted
    assert all(one.carried and one.drawn is None and one.dropped == () for one in found.lines)


def test_lines_that_some_variants_do_not_carry_are_told_from_others():
    mask = draw.disc(radius=64)
    box = Box.around(mask)
    found = FindLines(Scene(draw.broken_bar()), box, mask[box.slices], 0.0)(Watch())
    level = [abs(np.subtract(one.way.points[0], one.way.points[-1])[1]) < 20 for one in found.lines]
    assert [one.doubtful for one in found.lines] == level
    assert sorted(level) == [False, False, True, True]


def test_places_where_an_edge_runs_in_lie_at_the_rim():
    ends = shown().ends
    assert len(ends) >= 2
    for x, y in ends:
        off = np.hypot(x - draw.SIDE / 2, y - draw.SIDE / 2)
        assert off == pytest.approx(draw.HOLE, abs=4)
        assert isinstance(x, float)


def test_a_grown_mask_is_crossed_where_it_will_be():
    small, large = shown().lines[0].way.points, shown(grow=0.1).lines[0].way.points
    length = [np.hypot(*np.subtract(p[0], p[-1])) for p in (small, large)]
    assert length[1] == pytest.approx(length[0] + 2 * round(0.1 * 95), abs=3)


def test_a_dropped_line_is_shown_and_not_carried():
    way = shown().lines[0].way
    (one,) = shown(Given(dropped=(way,))).lines
    assert one.way == way
    assert (one.carried, one.dropped) == (False, (way,))


def test_a_drawn_line_is_shown_with_its_stroke():
    stroke = Stroke(((100.0, 140.0), (220.0, 140.0)))
    lines = shown(Given((stroke,))).lines
    assert lines[-1].drawn == stroke
    assert lines[-1].carried
    xs = [x for x, _ in lines[-1].way.points]
    assert 100 < min(xs) < max(xs) < 220  # through the hole alone


def test_a_drawn_line_without_anything_to_go_on_from_is_shown_as_not_carried():
    inside, beside = Stroke(((150.0, 150.0), (170.0, 170.0))), Stroke(((5.0, 5.0), (9.0, 9.0)))
    lines = [one for one in shown(Given((inside, beside))).lines if one.drawn]
    assert [(one.drawn, one.way, one.carried) for one in lines] == [(inside, inside, False)]


A, B, C = (Stroke(((float(n), 0.0), (9.0, 9.0))) for n in range(3))


@pytest.mark.parametrize(
    ("given", "chosen", "wanted"),
    [
        (Given(), [Shown(A)], Given((), (A,))),
        (Given((B,)), [Shown(A, B)], Given()),
        (Given((B, C)), [Shown(A, B), Shown(C)], Given((C,), (C,))),
        (Given((), (A, B)), [Shown(A, None, (A,), False)], Given((), (B,))),
        (Given((), (A,)), [Shown(A, None, (A,), False), Shown(B)], Given((), (A, B))),
        (Given((C,), (A,)), [Shown(A, None, (A,), False), Shown(C, C)], Given((), (A,))),
        (Given((), (A,)), [], Given((), (A,))),
    ],
)
def test_a_click_drops_what_is_carried_and_brings_back_what_is_not(given, chosen, wanted):
    assert toggled(given, chosen) == wanted
