"""Strips deflated side by side are one valid stream."""

import zlib

import numpy as np
import pytest

from engine.photo.png import encode as png_encode


def stream_of(pixels, alpha=None, grey=False):
    """Return the joined data of the IDAT chunks."""
    chunks = list(png_encode.body(pixels, alpha, grey))
    assert chunks[-1][4:8] == b"IEND"
    assert all(chunk[4:8] == b"IDAT" for chunk in chunks[:-1])
    return b"".join(chunk[8:-4] for chunk in chunks[:-1])


@pytest.mark.parametrize("strip", [1, 1000, 20_000, 1 << 20])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_strips_of_any_size_join_to_the_same_rows(files, monkeypatch, dtype, strip):
    monkeypatch.setattr(png_encode, "_STRIP_BYTES", strip)
    pixels = files.scene(70, 50, dtype)
    lines = np.frombuffer(zlib.decompress(stream_of(pixels)), np.uint8).reshape(50, -1)
    step = 3 * pixels.itemsize
    assert (lines[:, 0] == 1).all()
    sums = lines[:, 1:].reshape(50, 70, step).cumsum(axis=1, dtype=np.uint8)
    found = sums.copy().view(f">u{pixels.itemsize}").reshape(pixels.shape)
    assert np.array_equal(found, pixels)


def test_the_checksum_is_that_of_the_whole(files):
    first, second = b"some bytes" * 5000, bytes(range(256)) * 600
    strip = png_encode._Strip(b"", zlib.adler32(second), len(second))
    assert png_encode._joined(zlib.adler32(first), strip) == zlib.adler32(first + second)
    assert png_encode._joined(1, strip) == zlib.adler32(second)


def test_a_picture_of_one_pixel_is_coded(files):
    assert zlib.decompress(stream_of(np.full((1, 1, 3), 9, np.uint8))) == b"\1\t\t\t"
