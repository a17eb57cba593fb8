"""A hole is looked at from as close as it can be explained; context overrides that."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answering.by_torch import branch_of
from engine.geometry import Box
from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.maps import reach_of
from engine.windows.planning import parts, plan
from engine.windows.sight import ENOUGH, RIM_TELLS, SHARES, Sight

RESOLUTION = 64


def reach(unknown: np.ndarray) -> np.ndarray:
    """Explain what lies at most a tenth of the window deep; a stand-in for a network."""
    depth = cv2.distanceTransform(unknown.astype(np.uint8), cv2.DIST_L2, 5)
    return np.where(depth <= 0.2 * len(unknown), ENOUGH, ENOUGH / 2).astype(np.float32)


def network_reach():
    return reach_of(branch_of(Generator(GeneratorConfig(resolution=RESOLUTION, base=8)).eval()))


def photo_with(*shapes: tuple[int, int, int, int]) -> np.ndarray:
    """Return (800, 800) bool with boxes (top, left, height, width) to fill."""
    mask = np.zeros((800, 800), bool)
    for top, left, height, width in shapes:
        mask[top : top + height, left : left + width] = True
    return mask


def disc(radius: int) -> np.ndarray:
    y, x = np.mgrid[:800, :800]
    return (y - 400) ** 2 + (x - 400) ** 2 <= radius**2


def share(mask: np.ndarray, explained, context: float = 1.0) -> float:
    """Return the hole's share of its window's side."""
    (window,) = plan(mask, RESOLUTION, context, explained)
    return max(window.hole.width, window.hole.height) / window.side


@pytest.mark.parametrize("make", [lambda: reach, network_reach])
def test_wide_holes_are_seen_from_further_away_than_thin_ones(make):
    explained = make()
    thin, wide = photo_with((400, 300, 20, 200)), photo_with((300, 300, 200, 200))
    assert share(thin, explained) > 0.58
    assert share(wide, explained) < share(thin, explained)
    assert share(disc(100), explained) >= share(wide, explained)


def test_a_small_hole_gets_the_smallest_window():
    (window,) = plan(photo_with((400, 400, 5, 5)), RESOLUTION, explained=reach)
    assert window.side == RESOLUTION


def test_a_hole_that_nothing_explains_is_seen_from_furthest_away():
    nothing = lambda unknown: np.zeros(unknown.shape, np.float32)  # noqa: E731
    assert share(disc(80), nothing) == pytest.approx(SHARES[-1], rel=0.02)


@pytest.mark.parametrize("context", [0.5, 2.0])
def test_context_overrides(context):
    mask = disc(60)
    (plain,) = plan(mask, RESOLUTION, 1.0, reach)
    (other,) = plan(mask, RESOLUTION, context, reach)
    need = max(plain.hole.width, plain.hole.height)
    assert other.side == pytest.approx(max(need, context * plain.side, RESOLUTION), abs=1)


@given(st.integers(RIM_TELLS // 2 + 1, 60), st.integers(1, 4))
def test_the_closest_window_that_explains_is_taken(radius, stretch):
    shape = cv2.ellipse(
        np.zeros((300, 300), np.uint8), (150, 150), (radius, radius // stretch), 0, 0, 360, 1, -1
    )
    mask = shape.astype(bool)
    sight, hole = Sight(32, 1.0, reach), Box.around(mask)
    box = sight.around(mask, hole, Box.of(mask))
    sides = [other.width for other in sight._candidates(hole, Box.of(mask))]
    explaining = [sight._explains(mask, hole, o) for o in sight._candidates(hole, Box.of(mask))]
    best = explaining.index(True) if any(explaining) else -1
    assert box.width == sides[best]


def test_evidence_falls_with_the_size_of_the_hole():
    explained = network_reach()
    y, x = np.mgrid[:RESOLUTION, :RESOLUTION] - RESOLUTION / 2 + 0.5
    least = [
        float(explained(y**2 + x**2 <= (s * RESOLUTION / 2) ** 2)[RESOLUTION // 2, RESOLUTION // 2])
        for s in (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert least == sorted(least, reverse=True)
    assert least[0] > least[-1]


def test_a_network_without_certainty_explains_nothing():
    config = GeneratorConfig(resolution=32, base=8, conv="plain", skip="concat")
    assert reach_of(branch_of(Generator(config))) is None


def test_a_wire_is_cut_into_parts_seen_from_close():
    mask = np.zeros((1200, 1200), np.uint8)
    cv2.line(mask, (20, 30), (1170, 1150), 1, 9)
    mask = mask.astype(bool)
    (window,) = plan(mask, RESOLUTION, explained=reach)
    found = parts(mask, window, RESOLUTION, explained=reach)
    assert len(found) > 4
    assert max(part.side for part in found) < window.side / 4
