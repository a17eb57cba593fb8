"""Wires in grass are carried by their middle, and only where both sides surely go on."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine.structure.ends import find_segments
from engine.structure.readings import readings
from engine.structure.wires import wires
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import seen

SIDE = draw.SIDE


def grass(seed: int, deviation: float) -> np.ndarray:
    """Return dark blades, unlike each other from one step to the next."""
    rough = np.random.default_rng(seed).normal(0, 1, (SIDE, SIDE))
    blades = cv2.GaussianBlur(rough, (0, 0), sigmaX=2.0, sigmaY=7.0)
    return np.repeat((60 + deviation * blades / blades.std())[..., None], 3, axis=2)


def fence(seed=5, kink=0.0, right=True):
    """Return a photo of a wire in grass, lit on the left only, and the hole of a post."""
    values, y = grass(seed, 3.5), SIDE / 2
    left, bend = [(-20, y - 26), (SIDE / 2, y + 2)], (SIDE / 2, y + 2 + kink)
    values[:, : SIDE // 2] += 10
    draw.stroke(values, [(x, y - 3) for x, y in left], 82, 2)
    draw.stroke(values, left, 54, 2)
    if right:
        draw.stroke(values, [bend, (SIDE + 20, y + 30 + kink)], 38, 2)
    mask = np.zeros((SIDE, SIDE), bool)
    mask[40:-40, SIDE // 2 - 24 : SIDE // 2 + 24] = True
    photo = draw.finished(values)
    photo[mask] = 0
    return photo, mask


def carried(photo, mask, known=()):
    look = seen(photo, mask)
    return wires(look, find_segments(look), known)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kink", [0.0, 2.0])
def test_a_wire_in_grass_goes_on_behind_the_post(seed, kink):
    [pair] = carried(*fence(seed, kink))
    middle = (pair.first.at + pair.second.at) / 2
    assert abs(middle[1] - (SIDE / 2 + 2 + kink / 2)) < 1.5


def test_nothing_is_carried_where_one_side_shows_none():
    assert carried(*fence(right=False)) == []


def test_sides_that_miss_each_other_are_two_wires():
    assert len(carried(*fence())) == 1
    assert carried(*fence(kink=9.0)) == []


@pytest.mark.parametrize("seed", range(12))
def test_grass_alone_is_no_wire(seed):
    photo, mask = draw.finished(grass(seed, 14.0)), fence()[1]
    photo[mask] = 0
    assert carried(photo, mask) == []


def test_what_is_plain_or_carried_already_is_not_carried_twice():
    photo, mask = fence()
    [pair] = carried(photo, mask)
    assert carried(photo, mask, [replace(pair.first, profile=4 * pair.first.profile)]) == []
    look = seen(photo, mask)
    ends = [replace(end, profile=pair.first.profile) for end in (pair.first, pair.second)]
    ends[1] = replace(ends[1], profile=pair.first.profile[::-1])
    [alone] = readings(look, ends, [pair])[0].through
    assert alone.first is ends[0]
