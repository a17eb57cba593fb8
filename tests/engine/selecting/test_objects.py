"""A thing is cut out by its own outline, whatever way it was pointed at."""

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.cutting import Marks
from engine.selecting.objects import select
from engine.selecting.outline import refined, snapped
from engine.selecting.shadow import with_shadow
from engine.views.strokes import Stamp
from tests.engine.selecting.dusty import sky


def star(height=600, width=900, middle=(400, 300), radius=120):
    """Return (height, width) bool, a star with five points."""
    angles = np.arange(10) * np.pi / 5
    radii = np.where(np.arange(10) % 2, 0.55, 1.0) * radius
    points = np.array(middle) + radii[:, None] * np.stack([np.sin(angles), np.cos(angles)], 1)
    out = np.zeros((height, width), np.uint8)
    cv2.fillPoly(out, [np.rint(points).astype(np.int32)], 1)
    return out > 0


def photo(mask, depth=8):
    """Return a sky with a striped thing in it."""
    out = sky(*mask.shape)
    rows = np.indices(mask.shape)[0]
    out[mask] = np.where((rows[mask] // 12 % 2)[:, None], [190, 70, 40], [120, 30, 50])
    out = cv2.GaussianBlur(out, (0, 0), 0.8)
    return out.astype(np.uint16) * 257 if depth == 16 else out


def agreement(stamp, mask):
    out = np.zeros(mask.shape, bool)
    out[stamp.box.slices] = stamp.cover
    return (out & mask).sum() / (out | mask).sum()


def loop(middle=(400, 300), radius=160):
    angles = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    wobble = 1 + 0.1 * np.sin(7 * angles)
    return [
        (middle[0] + radius * w * np.cos(a), middle[1] + radius * w * np.sin(a))
        for a, w in zip(angles, wobble, strict=True)
    ]


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(
    "marks",
    [
        Marks(loop=loop()),
        Marks(on=([(400, 300)],)),
        Marks(on=([(370, 300), (400, 290), (430, 310)],), size=12),
    ],
    ids=["loop", "click", "stroke"],
)
def test_its_outline_is_found(marks, depth):
    mask = star()
    assert agreement(select(photo(mask, depth), marks), mask) > 0.95


def test_in_a_large_photo_it_is_followed_to_its_own_pixels():
    mask = star(2400, 3600, (1600, 1200), 480)
    stamp = select(photo(mask), Marks(loop=loop((1600, 1200), 640)))
    assert agreement(stamp, mask) > 0.97
    rim = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8)) > 0
    out = np.zeros(mask.shape, bool)
    out[stamp.box.slices] = stamp.cover
    assert (out != mask)[~rim].mean() < 0.003


def test_at_the_photo_s_edge_it_ends_there():
    mask = star(middle=(10, 300))
    stamp = select(photo(mask), Marks(loop=loop((10, 300))))
    assert stamp.box.left == 0
    assert agreement(stamp, mask) > 0.9


def test_what_was_marked_as_no_part_is_none():
    mask = star()
    stamp = select(photo(mask), Marks(on=([(400, 300)],), off=([(400, 360)],), size=10))
    out = np.zeros(mask.shape, bool)
    out[stamp.box.slices] = stamp.cover
    assert not out[360, 400]


def test_the_same_marks_give_the_same_outline():
    image, marks = photo(star()), Marks(loop=loop())
    one, other = select(image, marks), select(image, marks)
    assert one.box == other.box
    assert np.array_equal(one.cover, other.cover)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (20, 20)])
def test_photos_too_small_for_a_thing_do_no_harm(shape):
    image = np.full((*shape, 3), 90, np.uint8)
    stamp = select(image, Marks(on=([(0.5, 0.5)],)))
    assert stamp is None or Box.of(image).holds(stamp.box)


def test_an_outline_moves_to_the_edge_beside_it():
    mask = star()
    guide = photo(mask)
    rough = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    better = snapped(guide, rough, 6) > 0.5
    assert (better != mask).sum() < 0.4 * ((rough > 0) != mask).sum()


def test_nothing_stays_nothing():
    assert refined(photo(star()), Box(0, 0, 100, 100), np.zeros((10, 10), bool)) is None


def shadowed():
    image, thing = sky(400, 600, noise=1), np.zeros((400, 600), np.uint8)
    cv2.ellipse(thing, (380, 260), (90, 24), 0, 0, 360, 1, -1)
    image[thing > 0] = image[thing > 0] // 2
    image[150:270, 240:330] = [180, 60, 50]
    return image, Stamp(Box(240, 150, 330, 270), np.ones((120, 90), bool))


def test_a_shadow_is_taken_along():
    image, thing = shadowed()
    found = with_shadow(image, thing)
    out = np.zeros(image.shape[:2], bool)
    out[found.box.slices] = found.cover
    assert out[thing.box.slices].all()
    assert out[260, 440]
    assert not out[200, 440]
    assert not out[330, 300]


def test_where_no_shadow_is_the_thing_stays_as_it_is():
    _, thing = shadowed()
    clean = sky(400, 600, noise=1)
    clean[thing.box.slices] = [180, 60, 50]
    assert with_shadow(clean, thing) is thing
