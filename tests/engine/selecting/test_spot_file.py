"""Spots go through a file to other photos of the sensor, however these are turned."""

import json

import numpy as np
import pytest

from engine.errors import PhotoWriteError
from engine.selecting.spot_file import (
    SpotsError,
    from_json,
    places_in,
    read_spots,
    seen_in,
    set_of,
    to_json,
    write_spots,
)
from engine.selecting.spots import Spot, chosen, find_spots
from tests.engine.selecting.dusty import SPOTS, dusted, nearest, sky

TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}
"""What EXIF's numbers ask to be done with a stored picture."""


def found_in(image):
    return chosen(find_spots(image), 0.5)


@pytest.mark.parametrize("stored", range(1, 9))
@pytest.mark.parametrize("other", range(1, 9))
def test_dust_stays_where_it_is_on_the_sensor(stored, other):
    mark = np.zeros((80, 120), bool)
    mark[12, 100] = True
    one, two = TURNS[stored](mark), TURNS[other](mark)
    row, column = np.argwhere(one)[0]
    spots = set_of([Spot(column + 0.5, row + 0.5, 3)], one.shape[::-1], stored)
    [place] = places_in(spots, two.shape[::-1], other)
    assert two[int(place.y), int(place.x)]
    assert place.radius == pytest.approx(3, abs=1e-3)


def test_a_photo_taken_on_end_shows_the_same_dust():
    spots = set_of(found_in(dusted(sky())), (900, 600), 1)
    turned = np.ascontiguousarray(TURNS[6](dusted(sky(seed=5))))
    seen = seen_in(spots, turned, 6)
    assert len(seen) == len(SPOTS)
    for x, y, radius, _ in SPOTS:
        spot = nearest(seen, 600 - y, x)
        assert np.hypot(spot.x - (600 - y), spot.y - x) < 0.3 * radius


def test_what_another_photo_does_not_show_is_left_out():
    spots = set_of(found_in(dusted(sky())), (900, 600), 1)
    busy = dusted(sky(seed=4))
    busy[:, 500:] = np.random.default_rng(0).integers(0, 255, (600, 400, 3), np.uint8)
    seen = seen_in(spots, busy, 1)
    assert sorted(round(spot.x, -1) for spot in seen) == [220, 400]
    assert seen_in(spots, sky(seed=4), 1) == []


def test_a_light_thing_in_the_place_of_dust_is_no_dust():
    spots = set_of(found_in(dusted(sky())), (900, 600), 1)
    assert seen_in(from_json(to_json(spots)), 255 - dusted(sky()), 1) == []


def test_a_spot_seen_again_may_be_larger_but_not_by_far():
    spots = set_of([Spot(220, 140, 9)], (900, 600), 1)
    [seen] = seen_in(spots, dusted(sky(), [(220, 140, 13, 0.2)]), 1)
    assert 13 <= seen.radius <= 9 * 1.81


def test_a_file_keeps_the_places(tmp_path):
    spots = set_of(found_in(dusted(sky())), (900, 600), 1)
    path = tmp_path / "dust.json"
    write_spots(spots, path)
    assert read_spots(path) == spots
    with pytest.raises(PhotoWriteError):
        write_spots(spots, path)


def changed(**keys):
    raw = json.loads(to_json(set_of([Spot(5, 5, 2)], (100, 100), 1)))
    return json.dumps({**raw, **keys})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no", "not JSON"),
        ("[1]", "no file of spots"),
        (changed(kind="lacuna lines"), "no file of spots"),
        (changed(version=2), "another version"),
        (changed(spots="x"), "at most 3000"),
        (changed(spots=[[0.1, 0.2]]), "A spot must be"),
        (changed(spots=[[0.1, 1.2, 0.01]]), "A spot must be"),
        (changed(spots=[[0.1, 0.2, 0]]), "A spot must be"),
        (changed(spots=[[0.1, True, 0.01]]), "A spot must be"),
        (changed(spots=[[0.1, float("nan"), 0.01]]), "A spot must be"),
    ],
)
def test_a_file_that_is_not_understood_is_refused(text, told):
    with pytest.raises(SpotsError, match=told):
        from_json(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(SpotsError, match=r"gone\.json cannot be read"):
        read_spots(tmp_path / "gone.json")
