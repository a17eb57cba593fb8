"""Spots are found where they are, as large as they are, and nothing else is."""

import numpy as np
import pytest

from engine.errors import Cancelled
from engine.geometry import Box
from engine.selecting.high_pass import high_pass, visualized
from engine.selecting.spots import Spot, box_of, chosen, find_spots, painted
from tests.engine.selecting.dusty import SPOTS, dusted, nearest, sky


@pytest.mark.parametrize("depth", [8, 16])
def test_every_spot_is_found_and_covered(depth):
    image = dusted(sky())
    image = image.astype(np.uint16) * 257 if depth == 16 else image
    found = chosen(find_spots(image), 0.5)
    assert len(found) == len(SPOTS)
    for x, y, radius, share in SPOTS:
        spot = nearest(found, x, y)
        assert np.hypot(spot.x - x, spot.y - y) < 0.25 * radius
        assert radius <= spot.radius <= 2.2 * radius
        assert spot.contrast < -40 * share


def test_a_light_spot_is_found_too():
    image = 255 - dusted(sky())
    assert len(chosen(find_spots(image), 0.5)) == len(SPOTS)
    assert all(spot.contrast > 0 for spot in chosen(find_spots(image), 0.5))


def test_a_clean_sky_has_none_and_a_texture_keeps_its_grains():
    assert chosen(find_spots(sky()), 0.5) == []
    grains = np.random.default_rng(1).integers(0, 255, (150, 225, 1), np.uint8)
    texture = np.repeat(np.repeat(grains, 4, 0), 4, 1).repeat(3, 2)
    assert len(chosen(find_spots(texture), 0.5)) <= 2


def test_a_wire_and_an_edge_are_no_spots():
    image = sky()
    image[:, 300:306] = 40
    image[400:, :] = image[400:, :] // 2
    assert chosen(find_spots(image), 0.5) == []


def test_more_sensitivity_never_finds_less():
    spots = find_spots(dusted(sky(noise=3)))
    counts = [len(chosen(spots, step / 10)) for step in range(11)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    assert [spot for spot in chosen(spots, 0.3) if spot not in chosen(spots, 0.6)] == []


def test_a_large_photo_is_searched_in_a_smaller_copy():
    image = sky(2400, 5000)
    image = dusted(image, [(2500, 1200, 30, 0.2), (4000, 600, 18, 0.2)])
    found = chosen(find_spots(image), 0.5)
    assert sorted(round(spot.x, -2) for spot in found) == [2500, 4000]


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 400, 3), (20, 20, 3)])
def test_tiny_photos_have_none(shape):
    assert find_spots(np.full(shape, 90, np.uint8)) == []


def test_it_can_be_stopped():
    def stop(fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        find_spots(sky(), stop)


def test_discs_are_painted_where_the_spots_are():
    bounds = Box(0, 0, 60, 40)
    spots = [Spot(20.5, 10.5, 5), Spot(58, 38, 6)]
    mask = painted(spots, bounds)
    assert mask[10, 20]
    assert mask[10, 25]
    assert not mask[10, 27]
    assert mask[39, 59]
    assert not mask[30, 40]
    part = box_of(spots[1], bounds)
    assert np.array_equal(painted(spots, part), mask[part.slices])
    assert mask.sum() == mask[box_of(spots[0], bounds).slices].sum() + mask[part.slices].sum()


def test_the_high_pass_view_shows_them_black_on_grey():
    detail = high_pass(dusted(sky()))
    view = visualized(detail, 0.5)
    assert view.dtype == np.uint8
    assert view.shape == (600, 900)
    for x, y, _, _ in SPOTS:
        assert view[y, x] < 60
        assert visualized(detail, 0.0)[y, x] >= view[y, x]
    assert abs(int(np.median(view)) - 128) <= 2
    assert view.std() > 2 * visualized(detail, 0.0).std()


def test_the_high_pass_view_of_a_large_photo_is_small():
    assert high_pass(sky(600, 2500)).shape[1] == 2048
