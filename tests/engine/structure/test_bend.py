"""Lines that bend before the hole: the direction at the rim is theirs there, not on average."""

from __future__ import annotations

import numpy as np
import pytest

from engine.structure.carry import carry
from engine.structure.path import at_rim
from engine.windows.planning import holes
from tests.bench.line_cases import curves
from tests.engine.structure.looks import find_lines

BACK = np.arange(3.0, 60, 6)
ALL = np.ones(len(BACK), bool)


def test_a_parabola_is_followed_to_the_rim():
    shift, slope, curve = at_rim(BACK, 0.4 - 0.03 * BACK + 0.002 * BACK**2, ALL)
    assert shift == pytest.approx(0.4)
    assert slope == pytest.approx(-0.03)
    assert curve == pytest.approx(0.004)


def test_what_is_straight_short_or_crooked_is_not_bent():
    assert at_rim(BACK, 0.02 * BACK, ALL) is None
    assert at_rim(BACK, 0.0003 * BACK**2, ALL) is None
    assert at_rim(BACK[:4], 0.01 * BACK[:4] ** 2, ALL[:4]) is None
    assert at_rim(BACK, np.where(np.arange(len(BACK)) % 2, 2.0, -2.0), ALL) is None


def test_only_sections_up_to_the_first_gap_count():
    seen = np.arange(len(BACK)) != 4
    assert at_rim(BACK, 0.002 * BACK**2, seen) is None
    far = np.where(np.arange(len(BACK)) > 6, 50.0, 0.002 * BACK**2)
    _, _, curve = at_rim(BACK, far, np.arange(len(BACK)) <= 6)
    assert curve == pytest.approx(0.004)


@pytest.mark.parametrize("case", list(curves()), ids=lambda case: case.name)
def test_curves_come_out_where_they_were(case):
    hidden = case.photo.copy()
    hidden[case.mask] = 0
    lines = find_lines(hidden, case.mask)
    assert lines
    [box] = holes(case.mask)
    pixels, done = carry(hidden, case.mask, lines, box)
    truth = case.photo[box.slices].astype(float)
    off = np.abs(pixels.astype(float) - truth).mean(axis=2)[done]
    assert np.mean(off > 40) < 0.03
