"""A plane seen at a slant, laid flat and back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.windows.flat import FARTHEST, NEAREST, Flat, Plane

PART = Box(40, 20, 240, 180)
PLANE = Plane((140.0, 100.0), (0.0008, 0.003))


def seen(points: np.ndarray) -> np.ndarray:
    """Return where points of the plane, from its middle, are seen: the inverse of ``flat``."""
    return np.array(PLANE.at) + points / (1 - points @ np.array(PLANE.tilt))[:, None]


def test_a_point_lies_flat_where_the_plane_says():
    points = np.array([[140.0, 100.0], [150.0, 90.0], [60.0, 170.0]])
    np.testing.assert_allclose(seen(PLANE.flat(points)), points)
    np.testing.assert_allclose(PLANE.flat(points)[0], 0)
    near = PLANE.near(points)
    assert near[0] == 1
    assert near[2] == pytest.approx(1 - 80 * 0.0008 + 70 * 0.003)


def test_what_is_straight_on_lies_flat_as_it_is():
    picture = np.random.default_rng(0).integers(0, 256, (160, 200, 3), np.uint8)
    flat = Flat(Plane((140.0, 100.0), (0.0, 0.0)), PART)
    x, y = PART.left - 140 - flat.box.left, PART.top - 100 - flat.box.top
    np.testing.assert_array_equal(flat.lay(picture)[y : y + 160, x : x + 200], picture)
    assert flat.shown()[y : y + 160, x : x + 200].all()
    assert flat.shown().sum() == 160 * 200


def test_even_steps_on_the_plane_are_even_steps_laid_flat():
    """Dots drawn where a lattice is seen lie on the lattice again."""
    picture = np.zeros((160, 200), np.float32)
    lattice = np.array([(i, j) for i in range(-60, 61, 20) for j in range(-40, 41, 20)], float)
    for x, y in seen(lattice) - [PART.left, PART.top]:
        cv2.circle(picture, (round(x * 16), round(y * 16)), 2 * 16, 1.0, -1, cv2.LINE_AA, 4)
    flat = Flat(PLANE, PART)
    laid = flat.lay(picture, cv2.INTER_LINEAR)
    at = np.rint(lattice - [flat.box.left, flat.box.top]).astype(int)
    assert min(laid[y, x] for x, y in at) > 0.9
    between = at[:-1] + np.array([10, 10])
    assert max(laid[y, x] for x, y in between if y < laid.shape[0] and x < laid.shape[1]) < 0.1


def test_a_picture_laid_flat_comes_back():
    y, x = np.mgrid[:160, :200]
    picture = (np.sin(x / 9) * np.cos(y / 7)).astype(np.float32)
    flat = Flat(PLANE, PART)
    back = flat.back(flat.lay(picture))
    points = np.stack([x + PART.left, y + PART.top], axis=-1).reshape(-1, 2)
    near = PLANE.near(points).reshape(160, 200)
    there = (near > FARTHEST + 0.02) & (near < NEAREST - 0.02)
    there[:6], there[-6:], there[:, :6], there[:, -6:] = False, False, False, False
    assert there.sum() > 20_000
    assert np.abs(back - picture)[there].max() < 0.02


def test_what_lies_far_off_is_not_shown():
    """The horizon crosses this part; the flat picture ends before it and is no wider than asked."""
    steep = Plane((140.0, 100.0), (0.0, 0.02))
    flat = Flat(steep, PART)
    shown = flat.shown() > 0
    x, y = np.meshgrid(np.arange(flat.box.width), np.arange(flat.box.height))
    points = np.stack([x, y], axis=-1)[shown] + [flat.box.left, flat.box.top]
    near = 1 / (1 - points @ np.array(steep.tilt))
    assert FARTHEST - 0.05 < near.min() < FARTHEST + 0.05
    assert NEAREST - 0.1 < near.max() <= NEAREST
    assert max(flat.box.width, flat.box.height) < 600


def test_a_plane_keeps_its_place_in_a_smaller_picture():
    small = PLANE.scaled(np.array([35.0, 25.0]), 1 / 4)
    assert small.at == (35.0, 25.0)
    off = np.array([[40.0, 24.0]])
    np.testing.assert_allclose(
        small.flat(np.array(small.at) + off / 4), PLANE.flat(np.array(PLANE.at) + off) / 4
    )
