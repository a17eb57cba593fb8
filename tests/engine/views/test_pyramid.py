"""The halved copies tell the truth about the picture, wherever it changes."""

import numpy as np
import pytest

from engine.geometry import Box
from engine.record.tiling import tiles
from engine.views.pyramid import Layer, Pyramid, halve_max, halve_mean

SHAPES = [(1600, 1200, 3), (1601, 1201, 3), (513, 2047, 3)]


def picture(shape, dtype=np.uint8):
    return np.random.default_rng(3).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_level_one_is_the_mean_of_two_by_two(shape):
    image = picture(shape)
    half = Pyramid(image, halve_mean).levels[1]
    assert half.shape[:2] == ((shape[0] + 1) // 2, (shape[1] + 1) // 2)
    mean = sum(image[r:512:2, c:512:2].astype(float) for r in (0, 1) for c in (0, 1)) / 4
    assert np.abs(half[:256, :256] - mean).max() <= 0.5


def test_sixteen_bits_are_shown_in_eight():
    image = np.full((600, 600, 3), 257 * 130, np.uint16)
    assert (Pyramid(image, halve_mean).levels[1] == 130).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "box", [Box(0, 0, 1, 1), Box(301, 77, 402, 155), Box(500, 500, 10_000, 10_000)]
)
def test_refreshing_a_box_equals_building_anew(shape, box):
    image = picture(shape)
    box = box.clip(Box.of(image))
    pyramid = Pyramid(image, halve_mean)
    image[box.slices] = 255 - image[box.slices]
    pyramid.refresh([box])
    for kept, anew in zip(pyramid.levels, Pyramid(image, halve_mean).levels, strict=True):
        assert np.array_equal(kept, anew)


def test_refreshing_many_boxes_equals_building_anew():
    image = picture((1601, 1201, 3))
    pyramid = Pyramid(image, halve_mean)
    boxes = list(tiles(Box(200, 200, 1201, 1100), Box.of(image)))[::2]
    for box in boxes:
        image[box.slices] = 255 - image[box.slices]
    pyramid.refresh(boxes)
    for kept, anew in zip(pyramid.levels, Pyramid(image, halve_mean).levels, strict=True):
        assert np.array_equal(kept, anew)


def test_one_painted_pixel_shows_at_every_level():
    mask = np.zeros((1501, 1999), bool)
    pyramid = Pyramid(mask, halve_max)
    mask[1500, 1998] = True
    pyramid.refresh([Box(1998, 1500, 1999, 1501)])
    assert all(level.astype(bool).sum() == 1 for level in pyramid.levels)


@pytest.mark.parametrize(
    "box", [Box(0, 0, 40, 30), Box(333, 211, 900, 800), Box(1190, 1590, 1201, 1601)]
)
def test_a_layer_looks_like_writing_it(box):
    image = picture((1601, 1201, 3))
    pyramid = Pyramid(image, halve_mean)
    patch = 255 - image[box.slices]
    layer = Layer(pyramid, box, patch)
    written = image.copy()
    written[box.slices] = patch
    expected = Pyramid(written, halve_mean)
    for level, wanted in enumerate(expected.levels):
        assert np.array_equal(pyramid.part(level, Box.of(wanted), [layer]), wanted)
    assert np.array_equal(image, picture((1601, 1201, 3)))
