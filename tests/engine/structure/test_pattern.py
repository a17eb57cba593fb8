"""What repeats around a hole, seen straight or at a slant."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.structure import pattern
from engine.structure.ends import find_ends, find_segments
from engine.structure.find import search
from engine.structure.look import Look, look_at
from engine.structure.pattern import Pattern, find_pattern
from tests.bench.line_cases import Case, Sketch, cases, through

ALL = {f"{case.group}: {case.name}": case for case in cases()}


def looked(case: Case) -> Look:
    photo = case.photo.copy()
    photo[case.mask] = 0
    box = Box.around(case.mask)
    assert box is not None
    return look_at(photo, case.mask, box)


def pattern_of(case: Case) -> Pattern | None:
    look = looked(case)
    return find_pattern(look, find_segments(look))


@pytest.mark.parametrize("name", ["tiles, 0°", "tiles, 20°", "checks, 10°", "checks, 35°"])
def test_tiles_at_a_slant_are_laid_flat(name):
    """Their horizon is 260 pixels above the middle, level."""
    found = pattern_of(ALL[f"plane: {name}"])
    assert found is not None
    assert found.plane.tilt == pytest.approx((0, 1 / 260), abs=3e-4)
    assert found.left < 0.15


@pytest.mark.parametrize("name", ["plane: tiles, 0°", "plane: tiles, 20°", "straight: slats"])
def test_no_joint_is_carried_alone_not_even_as_a_faint_wire(name):
    case = ALL[name]
    photo = case.photo.copy()
    photo[case.mask] = 0
    found = search(photo, case.mask)
    assert len(found.planes) == 1
    assert found.lines == []


@pytest.mark.parametrize("far", [520, 360])
def test_boards_that_converge_are_a_wall(far):
    found = pattern_of(ALL[f"plane: siding towards x = {far}"])
    assert found is not None
    middle = found.plane.at[0] + looked(ALL[f"plane: siding towards x = {far}"]).box.left
    assert found.plane.tilt == pytest.approx((-1 / (far - middle), 0), rel=0.05, abs=1e-4)


def test_slats_are_seen_straight_on():
    found = pattern_of(ALL["straight: slats"])
    assert found is not None
    assert found.plane.tilt == (0, 0)


@pytest.mark.parametrize("group", ["corner", "T-junction", "curve"])
def test_a_line_or_two_are_no_pattern(group):
    assert all(pattern_of(c) is None for name, c in ALL.items() if name.startswith(group))


@pytest.mark.parametrize("name", ["crossing wires", "pole before rail", "rail before pole"])
def test_lines_that_cross_are_no_pattern(name):
    assert pattern_of(ALL[f"in front: {name}"]) is None


def test_slats_and_the_pole_before_them_repeat_together():
    look = looked(ALL["in front: pole before slats"])
    segments = find_segments(look)
    found = find_pattern(look, segments)
    assert found is not None
    ends = find_ends(look, segments)
    assert sum(abs(end.way[1]) > 0.9 for end in ends) > 1
    assert found.repeats(ends)
    assert all(found.explains(end.at) for end in ends)
    assert not all(found.explains(end.at, end.way) for end in ends), "the pole is there once"


def test_a_line_among_tiles_that_is_unlike_them_stands_alone():
    sketch = Sketch("", "")
    for aside in range(-160, 161, 40):
        sketch.bar(through(0, aside), 110, 3).bar(through(90, aside), 110, 3)
    case = sketch.bar(through(65.8), 20, 4).case()
    look = looked(case)
    segments = find_segments(look)
    found = find_pattern(look, segments)
    assert found is not None
    ends = find_ends(look, segments)
    steep = [end for end in ends if 0.85 < abs(end.way[1]) < 0.95]
    assert steep
    assert not any(found.explains(end.at) for end in steep)
    rest = [end for end in ends if abs(end.way).max() > 0.99]
    assert sum(found.explains(end.at) for end in rest) > 0.7 * len(rest)


def test_noise_and_leaves_are_no_pattern():
    rng = np.random.default_rng(5)
    photo = rng.integers(0, 256, (320, 320, 3), np.uint8)
    sketch = Sketch("", "")
    for x, y, turn in rng.uniform(0, 320, (150, 3)):
        way = 14 * np.array([np.cos(turn), np.sin(turn)])
        sketch.bar([(x, y), (x + way[0], y + way[1])], 90, 3)
    case = sketch.case()
    assert pattern_of(case) is None
    assert pattern_of(case._replace(photo=photo)) is None


@pytest.mark.parametrize("name", ["straight: slats", "plane: checks, 10°"])
def test_a_pattern_must_explain_nearly_all_that_is_around(monkeypatch, name):
    for left, found in ((0.14, True), (0.16, False)):
        monkeypatch.setattr(pattern, "_left", lambda *_, left=left: left)
        assert (pattern_of(ALL[name]) is not None) is found


def test_a_horizon_behind_a_thing_is_a_line_and_no_pattern():
    """Shifts along it explain all that is seen, and the thing's own edges are alike."""
    photo = np.zeros((400, 600, 3), np.uint8)
    photo[:220], photo[220:] = (150, 180, 214), (112, 132, 74)
    photo[180:220, 300:] = (92, 112, 104)
    photo[190:225, 150:235] = (196, 84, 60)
    hole = np.zeros((400, 600), np.uint8)
    cv2.line(hole, (150, 210), (230, 225), 255, 52)
    found = search(photo, hole > 0, lambda _: None)
    assert not found.planes
    assert len(found.lines) == 1
