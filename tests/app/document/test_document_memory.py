"""A photo that is only looked at is held once."""

import numpy as np

from engine.geometry import Box
from tests.app.hands import load


def test_pixels_are_copied_at_the_first_change_and_no_sooner(document):
    own = document.photo.pixels
    assert document.image is own
    assert document.photo_levels.levels[0] is own
    box = Box(3, 4, 13, 14)
    before = own.copy()
    document.write_image(box, np.zeros((10, 10, 3), np.uint8))
    assert np.array_equal(own, before)
    assert document.photo_levels.levels[0] is document.image
    assert not document.image[box.slices].any()
    image = document.image
    document.write_image(box, document.original(box))
    assert document.image is image
    assert np.array_equal(image, before)


def test_another_photo_begins_with_its_own_pixels(document, photo_file):
    document.write_image(Box(0, 0, 5, 5), np.zeros((5, 5, 3), np.uint8))
    load(document, photo_file)
    assert document.image is document.photo.pixels
