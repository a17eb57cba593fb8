"""The arithmetic of finding spots, outlines and shadows, beside plain loops and known answers."""

import itertools
import math

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.outline import _cropped, _filtered, _solved, refined, snapped
from engine.selecting.reduced import reduced
from engine.selecting.shadow import with_shadow
from engine.selecting.spots import (
    LOOSEST,
    Spot,
    _apart,
    _bend,
    _extrema,
    _octaves,
    _peaks,
    _plane,
    _reaches,
    _ringed,
)
from engine.views.strokes import Stamp

AROUND = np.arange(12) * (math.pi / 6)


def test_a_copy_is_halved_as_long_as_it_is_large_enough():
    sizes = [level.shape for level in _octaves(np.zeros((395, 801), np.float32))]
    assert sizes == [(395, 801), (198, 401), (99, 201), (50, 101), (25, 51)]
    assert [level.shape for level in _octaves(np.zeros((47, 900), np.float32))] == [(47, 900)]


def test_a_ring_is_read_at_its_places_and_at_the_border():
    grey = np.arange(900, dtype=np.float32).reshape(30, 30)
    rings = _ringed(grey, np.array([[15, 10], [0, 29]]), 4.4)
    for (row, column), ring in zip(((15, 10), (0, 29)), rings, strict=True):
        for angle, value in zip(AROUND, ring, strict=True):
            y = min(max(row + round(4.4 * math.sin(angle)), 0), 29)
            x = min(max(column + round(4.4 * math.cos(angle)), 0), 29)
            assert value == grey[y, x]


def test_an_even_slope_is_all_of_a_ring_and_a_line_leans_to_one_axis():
    slope = (100 + 7 * np.cos(AROUND) - 4 * np.sin(AROUND))[None].astype(np.float32)
    assert _plane(slope) == pytest.approx(slope, abs=1e-4)
    assert _bend(slope) == pytest.approx([0], abs=1e-4)
    for turn in (0, 0.4, 2.0):
        line = (50 + 9 * np.cos(2 * (AROUND - turn)))[None].astype(np.float32)
        assert _bend(line) == pytest.approx([9], abs=1e-4)
        assert _plane(line) == pytest.approx(np.full((1, 12), 50), abs=1e-4)


def test_a_top_lies_between_the_pixels_where_its_parabola_has_it():
    rows, columns = np.mgrid[:9, :9].astype(np.float32)
    for y, x in ((4.3, 3.8), (4.0, 4.0), (3.6, 4.45)):
        change = 50 - 2 * (rows - y) ** 2 - 3 * (columns - x) ** 2
        assert _peaks(change, np.array([[4, 4]])) == pytest.approx(np.array([[y, x]]), abs=1e-3)
    assert _peaks(columns, np.array([[4, 4]])) == pytest.approx(np.array([[4, 4.5]]))  # a slope


@pytest.mark.parametrize("radius", [3.0, 5.0])
@pytest.mark.parametrize("level", [-40, 60])
def test_a_spot_reaches_to_where_it_is_over(radius, level):
    rows, columns = np.mgrid[:61, :61]
    grey = 100 + level * (np.hypot(rows - 30, columns - 30) <= radius).astype(np.float32)
    found = _reaches(grey, np.array([[30, 30]]), np.array([100], np.float32), 2.0)
    assert found[0] == pytest.approx(radius + 1, abs=1)
    wide = np.full((61, 61), 100 + level, np.float32)
    assert _reaches(wide, np.array([[30, 30]]), np.array([100], np.float32), 2.0) == [8]


def test_the_darkest_and_lightest_places_are_those_that_a_loop_finds():
    rng = np.random.default_rng(5)
    fine = rng.normal(100, 1, (70, 90)).astype(np.float32)
    for row, column in ((30, 20), (40, 60), (50, 50)):
        fine[row, column] -= 25
        fine[row - 3, column + 9] += 25
    scale, wide = 2.1, np.full_like(fine, 100)
    usual = np.sqrt(cv2.blur((wide - fine) ** 2, (51, 51))) + 0.15
    for places, sign in zip(_extrema(fine, wide, scale), (1, -1), strict=True):
        signed = sign * (wide - fine)
        wanted = [
            (row, column)
            for row, column in itertools.product(range(8, 62), range(8, 82))
            if signed[row, column] == signed[row - 2 : row + 3, column - 2 : column + 3].max()
            and signed[row, column] > LOOSEST * usual[row, column]
        ]
        assert [tuple(at) for at in places.at] == wanted
        assert len(wanted) >= 3
        for (row, column), clear in zip(wanted, places.clarity, strict=True):
            assert clear == pytest.approx(signed[row, column] / usual[row, column], rel=1e-4)


def test_of_spots_that_overlap_the_clearest_is_kept():
    rng = np.random.default_rng(2)
    places = rng.uniform(0, 400, (300, 2))
    spots = [Spot(x, y, r) for (x, y), r in zip(places, rng.uniform(2, 60, 300), strict=True)]
    kept: list[Spot] = []
    for spot in spots:
        apart = (math.hypot(spot.x - o.x, spot.y - o.y) >= max(spot.radius, o.radius) for o in kept)
        if all(apart):
            kept.append(spot)
    assert _apart(spots) == kept


def test_a_copy_is_as_long_as_it_was_to_be_and_never_enlarged():
    image = np.random.default_rng(0).integers(0, 65536, (300, 200, 3)).astype(np.uint16)
    small, step = reduced(image, Box(10, 20, 170, 270), 100)
    assert small.shape == (100, 64, 3)
    assert step == 2.5
    assert small.dtype == np.uint8
    whole, one = reduced(image, Box(10, 20, 60, 70), 100)
    assert (whole.shape, one) == ((50, 50, 3), 1.0)
    assert np.abs(whole.astype(int) - image[20:70, 10:60] / 257).max() <= 0.5
    assert reduced(image, Box(0, 0, 1, 300), 100)[0].shape == (100, 1, 3)


def test_three_by_three_systems_are_solved():
    rng = np.random.default_rng(1)
    base = rng.normal(0, 20, (4, 5, 3, 6)).astype(np.float32)
    full = base @ base.swapaxes(2, 3)
    slant = rng.normal(0, 50, (4, 5, 3)).astype(np.float32)
    spread = {(a, b): full[..., a, b] for a in range(3) for b in range(a, 3)}
    wanted = np.linalg.solve(full + 144 * np.eye(3), slant[..., None])[..., 0]
    assert _solved(spread, slant) == pytest.approx(wanted, rel=1e-2, abs=1e-3)


def test_the_guided_filter_is_that_of_its_equations():
    rng = np.random.default_rng(3)
    guide = rng.integers(0, 255, (24, 24, 3), np.uint8)
    soft = cv2.blur(rng.random((24, 24)).astype(np.float32), (3, 3))
    slopes, offsets = np.zeros((24, 24, 3)), np.zeros((24, 24))
    for row, column in itertools.product(range(2, 22), range(2, 22)):
        part = np.s_[row - 2 : row + 3, column - 2 : column + 3]
        colours, share = guide[part].reshape(25, 3).astype(float), soft[part].ravel()
        spread = np.cov(colours.T, bias=True) + 144 * np.eye(3)
        slant = (colours * share[:, None]).mean(0) - colours.mean(0) * share.mean()
        slopes[row, column] = np.linalg.solve(spread, slant)
        offsets[row, column] = share.mean() - slopes[row, column] @ colours.mean(0)
    found = _filtered(guide, soft, 2)
    for row, column in itertools.product(range(4, 20), range(4, 20)):
        part = np.s_[row - 2 : row + 3, column - 2 : column + 3]
        mean = slopes[part].reshape(25, 3).mean(0), offsets[part].mean()
        assert found[row, column] == pytest.approx(mean[0] @ guide[row, column] + mean[1], abs=2e-3)


def test_far_from_its_outline_a_mask_is_all_or_nothing():
    guide = np.random.default_rng(4).integers(0, 255, (40, 60, 3), np.uint8)
    soft = np.zeros((40, 60), np.float32)
    soft[:, 30:] = 1
    found = snapped(guide, soft, 3)
    assert (found[:, :27] == 0).all()
    assert (found[:, 33:] == 1).all()
    assert ((found >= 0) & (found <= 1)).all()
    assert ((found[:, 27:33] > 0) & (found[:, 27:33] < 1)).any()


def test_a_part_of_a_small_mask_is_cut_out_where_it_lies():
    cut = np.zeros((40, 50), bool)
    cut[10:20, 15:35] = True
    window = Box(100, 200, 300, 360)  # a pixel of the cut is 4 of the photo
    assert np.array_equal(_cropped(cut, window, window, 4.0), cut.astype(np.float32))
    part = _cropped(cut, window, Box(152, 232, 252, 292), 4.0)
    assert np.array_equal(part, cut[8:23, 13:38].astype(np.float32))


@pytest.mark.parametrize("step", [1, 4])
def test_an_outline_at_an_edge_of_the_photo_is_that_edge(step):
    image = np.full((160, 200, 3), 90, np.uint8)
    thing = Box(60, 40, 140, 80)
    image[thing.slices] = (200, 90, 60)
    cut = np.zeros((160 // step, 200 // step), bool)
    cut[40 // step : 80 // step, 60 // step : 140 // step] = True
    found = refined(image, Box.of(image), cut)
    tight = Box.around(found.cover).shift(found.box.left, found.box.top)
    assert thing.grow(step // 4).holds(tight)
    assert found.cover.sum() == pytest.approx(thing.width * thing.height, rel=0.03)


GROUND = np.array([150, 140, 120])


def shaded(light, tint=(0, 0, 0), width=90, gap=0):
    """Return a photo of a thing and of ground beside it that has so much of the light."""
    image = np.empty((200, 300, 3), np.uint8)
    image[...] = GROUND
    thing = Box(100, 60, 140, 140)
    image[100:140, 140 + gap : 140 + gap + width] = np.rint(GROUND * light + tint)
    image[thing.slices] = (60, 90, 200)
    return image, Stamp(thing, np.ones((80, 40), bool))


@pytest.mark.parametrize(
    ("light", "tint", "width", "gap", "taken"),
    [
        (0.6, (0, 0, 0), 60, 0, True),
        (0.93, (0, 0, 0), 60, 0, False),  # hardly darker
        (0.6, (60, -20, -30), 60, 0, False),  # of another colour
        (0.6, (0, 0, 0), 60, 8, False),  # it does not touch the thing
    ],
)
def test_a_shadow_is_darker_of_the_ground_s_colour_and_touches_the_thing(
    light, tint, width, gap, taken
):
    image, thing = shaded(light, tint, width, gap)
    found = with_shadow(image, thing)
    assert (found is not thing) is taken
    if taken:
        assert found.box.left == 100
        assert 190 < found.box.right <= 204
        row = found.cover[120 - found.box.top]
        assert row[: 190 - 100].mean() > 0.97
        assert not found.cover[70 - found.box.top, 50:].any()


def test_what_is_far_larger_than_the_thing_is_no_shadow_of_it():
    image, thing = shaded(0.6)
    image[20:190, 140:290] = np.rint(GROUND * 0.6)
    assert with_shadow(image, thing) is thing
