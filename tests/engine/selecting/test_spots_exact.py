"""What a sensitivity asks for, where a spot is and how far it reaches, to the number."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.spots import (
    LEAST_AROUND,
    LEAST_CONTRAST,
    LOOSEST,
    MOST_CONTRAST,
    STRICTEST,
    Spot,
    box_of,
    chosen,
    contrast_for,
    find_spots,
    painted,
    spot_near,
    spots_around,
)
from tests.engine.selecting.dusty import dusted, sky


def test_a_sensitivity_goes_from_the_strictest_to_the_loosest_in_even_ratios():
    assert contrast_for(0) == MOST_CONTRAST
    assert contrast_for(1) == pytest.approx(LEAST_CONTRAST)
    assert contrast_for(0.5) == pytest.approx(np.sqrt(MOST_CONTRAST * LEAST_CONTRAST))


@pytest.mark.parametrize("sensitivity", [0.0, 0.4, 1.0])
def test_a_spot_is_clear_and_stands_out_enough(sensitivity):
    clarity = STRICTEST * (LOOSEST / STRICTEST) ** sensitivity
    contrast = contrast_for(sensitivity)
    enough = Spot(5, 5, 2, -contrast * 1.001, clarity * 1.001)
    light = enough._replace(contrast=contrast * 1.001)
    dim, pale = (
        enough._replace(clarity=clarity * 0.999),
        enough._replace(contrast=-contrast * 0.999),
    )
    assert chosen([enough, dim, light, pale], sensitivity) == [enough, light]


def test_a_spot_is_found_between_pixels_however_it_lies():
    for x, y in ((100.0, 80.0), (100.5, 80.5), (100.25, 80.75)):
        image = dusted(sky(160, 200, noise=0.5), [(x, y, 6, 0.3)])
        spot = find_spots(image)[0]
        assert np.hypot(spot.x - x, spot.y - y) < 0.3
        assert spot.contrast < -20
        assert spot.clarity > STRICTEST


@pytest.mark.parametrize("size", [(700, 900), (699, 899), (641, 866), (697, 897)])
def test_a_large_spot_lies_where_it_is_however_odd_the_photo_s_size(size):
    spot = find_spots(dusted(sky(*size), [(size[1] - 220, size[0] - 190, 9, 0.3)]))[0]
    assert np.hypot(spot.x - (size[1] - 220), spot.y - (size[0] - 190)) < 0.3


@pytest.mark.parametrize("radius", [4, 8, 16])
def test_a_larger_spot_reaches_farther(radius):
    image = dusted(sky(300, 300, noise=0.5), [(150, 150, radius, 0.3)])
    spot = find_spots(image)[0]
    assert 1.1 * radius <= spot.radius <= 2.2 * radius


def test_the_clearest_come_first_and_none_overlaps_another():
    image = dusted(sky(300, 400), [(80, 80, 6, 0.4), (200, 150, 6, 0.2), (300, 220, 6, 0.1)])
    spots = find_spots(image)
    clear = [spot.clarity for spot in spots]
    assert clear == sorted(clear, reverse=True)
    for i, one in enumerate(spots):
        for other in spots[:i]:
            apart = np.hypot(one.x - other.x, one.y - other.y)
            assert apart >= max(one.radius, other.radius)
    assert all(spot.clarity >= LOOSEST for spot in spots)
    assert all(abs(spot.contrast) >= LEAST_CONTRAST for spot in spots)


def test_progress_is_told_octave_by_octave():
    told = []
    find_spots(sky(200, 200), told.append)
    assert told == [0.0, 0.2, 0.4, 0.6]  # 200, 100, 50 and 25 pixels; no smaller copy
    told.clear()
    find_spots(sky(30, 30), told.append)
    assert told == [0.0]


def test_a_slope_is_no_spot_and_hides_none():
    rows, columns = np.mgrid[:200, :300]
    steep = np.clip(20 + 0.7 * columns + 0.1 * rows, 0, 255)
    image = np.repeat(steep[..., None], 3, 2)
    grain = np.random.default_rng(3).normal(0, 1.0, (200, 300, 1))
    clean = np.clip(image + grain, 0, 255).astype(np.uint8)
    assert chosen(find_spots(clean), 0.5) == []
    [spot] = chosen(find_spots(dusted(clean, [(150, 100, 6, 0.3)])), 0.5)
    assert np.hypot(spot.x - 150, spot.y - 100) < 1


def test_the_box_of_a_spot_holds_its_disc_and_little_more():
    bounds = Box(0, 0, 100, 90)
    assert box_of(Spot(20.5, 10.5, 5), bounds) == Box(14, 4, 27, 17)
    assert box_of(Spot(99, 1, 3), bounds) == Box(95, 0, 100, 6)
    spot = Spot(40.3, 50.8, 7.4)
    mask = painted([spot], bounds)
    around = Box.around(mask)
    assert box_of(spot, bounds).holds(around)
    assert around.width == pytest.approx(2 * 7.4, abs=2)
    assert (around.left + around.right) / 2 == pytest.approx(40.3, abs=0.6)
    assert (around.top + around.bottom) / 2 == pytest.approx(50.8, abs=0.6)
    assert painted([Spot(30.5, 30.5, 0.1)], bounds)[30, 30]  # never nothing


PHOTO = dusted(sky(700, 900), [(220, 140, 9, 0.2), (650, 500, 8, 0.3)])


def test_spots_are_looked_for_around_a_place_alone():
    found = chosen(spots_around(PHOTO, 640, 510, 120), 0.5)
    assert [(round(s.x, -1), round(s.y, -1)) for s in found] == [(650, 500)]
    assert spots_around(PHOTO, -500, 100, 50) == []
    assert chosen(spots_around(PHOTO, 640, 140, 120), 0.5) == []


@pytest.mark.parametrize(
    ("x", "y", "reach", "found"),
    [
        (650, 500, 1, True),
        (656, 500, 1, True),  # within the spot
        (680, 500, 40, True),
        (680, 500, 20, False),
        (400, 300, 20, False),
    ],
)
def test_a_click_takes_the_spot_it_is_in_or_near(x, y, reach, found):
    clear = [spot_near(PHOTO, x, y, reach)]
    near = [s for s in clear if s is not None and chosen([s], 0.5)]
    assert bool(near) is found
    assert LEAST_AROUND == 160
    if found:
        assert np.hypot(near[0].x - 650, near[0].y - 500) < 2
