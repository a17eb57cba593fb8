"""A wire is followed to both ends, at its own width, past what hides it."""

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.wires import covered, follow, line_at
from tests.engine.selecting.dusty import sky


def curve(x):
    return 200 + 60 * np.sin(x / 160)


def wired(width=4, colour=(40, 40, 45), first=0, last=900, depth=8):
    """Return a sky with a wavy wire, and its mask."""
    image = sky(400, 900, noise=1.0)
    xs = np.arange(first, last + 1, 3)
    way = np.stack([xs, curve(xs)], 1)
    mask = np.zeros((400, 900), np.uint8)
    fixed = np.rint((way - 0.5) * 16).astype(np.int32)
    cv2.polylines(mask, [fixed], False, 255, width, cv2.LINE_AA, 4)
    share = (mask / 255)[..., None]
    image = np.rint(image * (1 - share) + np.array(colour) * share).astype(np.uint8)
    return (image.astype(np.uint16) * 257 if depth == 16 else image), mask > 127


def found(image, x, y, reach=6.0):
    out = np.zeros(image.shape[:2], bool)
    stamp = covered(follow(image, x, y, reach), Box.of(image))
    if stamp is not None:
        out[stamp.box.slices] = stamp.cover
    return out


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("width", [2, 4, 10, 24])
def test_a_wire_is_covered_from_edge_to_edge_and_hardly_more(width, depth):
    image, mask = wired(width, depth=depth)
    out = found(image, 300, curve(300))
    assert out[mask].mean() > 0.97
    side = 9 + width
    near = cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    assert not (out & ~near).any()


def test_a_light_scratch_is_followed_too():
    image, mask = wired(3, (250, 250, 250))
    assert found(image, 500, curve(500))[mask].mean() > 0.97


def test_a_click_may_miss_it_a_little():
    image, mask = wired()
    assert found(image, 300, curve(300) + 5)[mask].mean() > 0.97
    assert not found(image, 300, curve(300) + 60).any()


def test_it_ends_where_the_wire_does():
    image, mask = wired(first=200, last=600)
    out = found(image, 400, curve(400))
    assert out[mask].mean() > 0.95
    columns = np.flatnonzero(out.any(axis=0))
    assert columns[0] > 190
    assert columns[-1] < 612


def test_it_goes_on_behind_a_post_and_leaves_the_post_alone():
    image, mask = wired()
    image[:, 430:460] = [120, 90, 60]
    mask[:, 430:460] = False
    out = found(image, 200, curve(200))
    assert out[mask].mean() > 0.93
    assert not out[:, 438:452].any()


@pytest.mark.parametrize("post", [30, 44, 60])
def test_right_behind_a_post_no_piece_is_left_out(post):
    image, mask = wired()
    image[:, 400 : 400 + post] = (90, 80, 70)
    out = found(image, 300, curve(300))
    behind = np.s_[:, 400 + post + 4 : 600]
    assert out[behind][mask[behind]].mean() > 0.97
    assert out[:, 404 : 396 + post].mean() < 0.005  # nor is the post covered


def test_where_wires_cross_it_goes_straight_on():
    image, _ = wired()
    cv2.line(image, (450, 0), (450, 399), (40, 40, 45), 4, cv2.LINE_AA)
    out = found(image, 100, curve(100))
    assert not out[:120].any()
    assert out[round(curve(800)), 800]


def test_an_edge_is_no_wire():
    image = sky(400, 900)
    image[200:] = image[200:] // 2
    assert line_at(image, 400, 200, 6) is None


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 60, 3), (400, 900, 3)])
def test_where_nothing_is_nothing_is_found(shape):
    image = np.full(shape, 120, np.uint8)
    assert follow(image, shape[1] / 2, shape[0] / 2, 8) == []
    assert covered([], Box.of(image)) is None
