"""A hole in a plane seen at a slant is filled in step with what repeats on it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail.slanted import SlantedTexture
from engine.geometry import Box
from engine.photo_only import photo_only
from engine.windows.flat import Plane
from tests.bench.line_cases import cases

FLOOR = next(case for case in cases() if case.name == "checks, 10°")
PLANE = Plane((160.0, 160.0), (0.0, 1 / 260))


def hidden(kind: type = np.uint8) -> np.ndarray:
    photo = FLOOR.photo.astype(kind) * (257 if kind is np.uint16 else 1)
    photo[FLOOR.mask] = 0
    return photo.astype(kind)


def texture(photo: np.ndarray, side: int | None = None) -> SlantedTexture:
    shown = Box.of(FLOOR.mask)
    return SlantedTexture(photo, FLOOR.mask, ~FLOOR.mask, shown, side, lambda _: None, PLANE)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_hole_shows_what_was_there(kind):
    photo = hidden(kind)
    (filled,) = texture(photo).fill([None], [0], lambda _: None)
    assert filled.dtype == kind
    known = ~FLOOR.mask
    np.testing.assert_array_equal(filled[known], photo[known])
    off = np.abs(filled / (257.0 if kind is np.uint16 else 1.0) - FLOOR.photo)[FLOOR.mask]
    assert (off < 25).mean() > 0.95  # pale and dark differ by 90


def test_an_answer_is_followed_where_it_is():
    """Half of the answer is pale: on an even ground, so is that half of the fill."""
    photo = np.random.default_rng(0).normal(120, 30, (320, 320, 1)).clip(0, 255).repeat(3, 2)
    photo[:160] = (photo[:160] * 0.3).clip(0, 255)
    photo = photo.astype(np.uint8)
    answer = np.full((64, 64, 3), 120 / 255, np.float32)
    answer[:32] *= 0.3
    (filled,) = texture(photo, 64).fill([answer], [0], lambda _: None)
    rows, cols = np.nonzero(FLOOR.mask)
    inside = filled[rows, cols].mean(axis=1)
    assert inside[rows < 140].mean() < 60
    assert inside[rows > 180].mean() > 100


def test_each_seed_fills_as_it_would_alone():
    photo = hidden()
    two = texture(photo).fill([None, None], [3, 4], lambda _: None)
    (one,) = texture(photo).fill([None], [4], lambda _: None)
    np.testing.assert_array_equal(two[1], one)


@pytest.mark.parametrize("name", ["tiles, 0°", "checks, 35°", "siding towards x = 360"])
def test_tiles_and_boards_go_on_through_a_hole_of_a_photo(name):
    case = next(case for case in cases() if case.name == name)
    photo = case.photo.copy()
    photo[case.mask] = 0
    result = photo_only(photo, case.mask)
    box = result.box.slices
    off = np.abs(result.patch.astype(float) - case.photo[box])[case.mask[box]].mean(axis=1)
    assert (off < 25).mean() > 0.95
