"""Pieces of a fill meet each other without steps in tone, but keep their content."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.detail.joining.seams import LARGEST, STEP, STIFFNESS, join, match_rim
from tests.engine.detail.fields import field_of, matcher_of


def two_pieces(step: float):
    """Return a field whose left half copies from above, its right half from below.

    The picture is flat, its lower part brighter by ``step``; so is the fill's right half.
    """
    m = matcher_of(44, 30, np.s_[18:24, 10:20])
    m.level.image[:] = 0.4
    m.level.image[26:] += np.float32(step)
    m.level.image[m.level.hole] = 0
    field = field_of(m)
    left = m.cols < 15
    field.places = np.where(left, m.targets - 12 * m.width, m.targets + 13 * m.width)
    field.places = field.places.astype(np.int32)
    assert m.valid[field.places].all()
    made = m.level.image.reshape(-1, 3)[field.places[m.index[m.inside]]]
    return field, made


def jump(field, made) -> float:
    """Return the largest step between the two pieces once they are joined."""
    m = field.matcher
    image = m.level.image.copy()
    image[m.level.hole] = made
    fill = image + join(field, made)
    return float(np.abs(fill[18:24, 15] - fill[18:24, 14]).max())


def test_a_step_in_tone_between_pieces_is_taken_out():
    field, made = two_pieces(0.06)
    assert jump(field, made) < 0.02


def test_a_step_as_large_as_content_stays():
    field, made = two_pieces(0.5)
    assert jump(field, made) > 0.45


def test_what_is_taken_out_of_a_step_falls_off_with_its_size():
    """The bound is soft: e^-1 of a step of ``STEP`` in one channel is taken out per pixel pair."""
    left = []
    for step in (0.05, 0.1, 0.2, 0.4):
        field, made = two_pieces(step)
        left.append(jump(field, made) / step)
    assert left == sorted(left)
    assert left[0] < 0.35
    assert left[-1] > 0.9


def loads(field, made) -> np.ndarray:
    """Return (h, w, 3): the steps that are missing, pair by pair, in float64."""
    m = field.matcher
    photo, image = m.level.image.astype(float), m.level.image.astype(float).copy()
    image[m.level.hole] = made
    out = np.zeros_like(image)

    def spot(place):
        return divmod(int(place), m.width)

    for n, target in enumerate(m.targets):
        for dy, dx in ((0, 1), (1, 0)):
            y, x = spot(target)
            (beside,) = np.nonzero(m.targets == (y + dy) * m.width + x + dx)
            if not len(beside) or x + dx >= m.width:
                continue
            if not (m.level.hole[y, x] or m.level.hole[y + dy, x + dx]):
                continue
            (ay, ax), (by, bx) = spot(field.places[n]), spot(field.places[beside[0]])
            had = photo[ay, ax] - photo[ay + dy, ax + dx] + photo[by - dy, bx - dx] - photo[by, bx]
            missing = had / 2 - (image[y, x] - image[y + dy, x + dx])
            missing *= math.exp(-sum((missing / STEP) ** 2))
            out[y, x] += missing
            out[y + dy, x + dx] -= missing
    return out


def solved(hole: np.ndarray, load: np.ndarray) -> np.ndarray:
    """Solve (4 + stiffness) c = (sum of the neighbours of c) + load, c = 0 around the hole."""
    where = {spot: n for n, spot in enumerate(zip(*np.nonzero(hole), strict=True))}
    matrix = np.eye(len(where)) * (4 + STIFFNESS)
    for (y, x), n in where.items():
        for beside in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if beside in where:
                matrix[n, where[beside]] -= 1
    out = np.zeros((*hole.shape, 3))
    out[hole] = np.linalg.solve(matrix, load[hole])
    return out


def test_a_join_is_the_membrane_under_the_missing_steps():
    m = matcher_of(30, 26, np.s_[10:18, 9:15])
    field = field_of(m)
    made = np.random.default_rng(4).uniform(0.3, 0.7, (len(m.inside), 3)).astype(np.float32)
    found = join(field, made)
    assert not found[~m.level.hole].any()
    assert not m.level.image[m.level.hole].any()  # the level is not painted in
    np.testing.assert_allclose(found, solved(m.level.hole, loads(field, made)), atol=5e-3)


@pytest.mark.parametrize("side", [LARGEST, LARGEST + 88])
def test_a_wide_rim_is_met_as_a_narrow_one_is(side):
    """Above a size the correction is found smaller: it must still reach all around the hole."""
    photo = np.full((48, side, 3), 100, np.uint8)
    photo[:, side // 2 :] = 140
    hole = np.zeros((48, side), bool)
    hole[12:36, 20 : side - 20] = True
    fill = photo + np.uint8(25)
    matched = match_rim(fill, photo, hole).astype(int)
    off = np.abs(matched - photo)
    assert off[~hole].max() == 0
    assert off[hole].max() <= 4
    assert off[hole].mean() < 1.5
