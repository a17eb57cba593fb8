"""A small picture shows what the photo shows, whatever the file is."""

import cv2
import numpy as np
import pytest

from engine.errors import PhotoReadError
from engine.photo import colour_of, read_photo
from engine.photo.small import read_small
from engine.pixels import to_eight_bits
from tests.faults.corpus import good_files


@pytest.mark.parametrize("name", sorted(good_files()))
def test_it_looks_like_the_photo(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(good_files()[name])
    photo, small = read_photo(path), read_small(path, 24)
    height, width = small.pixels.shape[:2]
    assert max(height, width) == min(24, max(photo.size))
    shown = colour_of(photo.icc).on_screen(photo.pixels)
    whole = to_eight_bits(cv2.resize(shown, (width, height), interpolation=cv2.INTER_AREA))
    assert np.abs(small.pixels.astype(int) - whole).mean() < 8
    assert not small.pixels.flags.writeable


@pytest.mark.parametrize("side", [30, 60, 100, 500])
@pytest.mark.parametrize("grey", [False, True])
def test_a_jpeg_is_decoded_smaller_to_the_same_picture(tmp_path, side, grey):
    pixels = np.zeros((300, 483, 3), np.uint8)
    pixels[:, 240:] = 200
    if not grey:
        pixels[150:, :, 2] = 255
    path = tmp_path / "a.jpg"
    cv2.imwrite(str(path), pixels[..., 0] if grey else pixels)
    small = read_small(path, side).pixels
    height, width = small.shape[:2]
    assert (height, width) == (round(300 * min(1, side / 483)), min(side, 483))
    whole = cv2.resize(pixels[..., ::-1], (width, height), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - whole).mean() < 6


def test_what_is_no_photo_is_refused_by_name(tmp_path):
    path = tmp_path / "notes.jpg"
    path.write_bytes(b"\xff\xd8\xff no photo")
    with pytest.raises(PhotoReadError, match=r"notes\.jpg"):
        read_small(path, 24)
