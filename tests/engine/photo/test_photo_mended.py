"""What libjpeg and libpng open with a warning opens here with a notice; the picture is exact."""

import struct
import zlib

import numpy as np
import pytest

from engine.errors import PhotoReadError
from engine.photo import read_photo, save_photo


def same_but_said(path, whole, words):
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, whole.pixels)
    assert any(words in notice for notice in photo.notices)
    return photo


@pytest.mark.parametrize("stray", [b"\0", b"junk", b"\xff\0\xff\0"])
@pytest.mark.parametrize("marker", [0xDB, 0xC0, 0xC4, 0xDA])
@pytest.mark.parametrize("progressive", [False, True])
def test_stray_bytes_before_a_marker(files, put, tmp_path, marker, stray, progressive):
    data = files.jpeg(files.scene(), progressive=progressive)
    whole = read_photo(put("a.jpg", data))
    at = data.index(bytes((0xFF, 0xC2 if progressive and marker == 0xC0 else marker)))
    photo = same_but_said(put("b.jpg", data[:at] + stray + data[at:]), whole, "belong to nothing")
    pixels = photo.pixels.copy()
    pixels[8:16, 8:16] = 0
    report = save_photo(photo, pixels, tmp_path / "c.jpg")
    assert any("every coded block" in sentence for sentence in report.kept)
    assert not read_photo(report.path).notices


@pytest.mark.parametrize("options", [{}, {"subsampling": 2}, {"restart_marker_blocks": 3}])
def test_a_jpeg_without_its_end_mark_opens_if_every_block_is_there(files, put, options):
    data = files.jpeg(files.scene(), **options)
    whole = read_photo(put("a.jpg", data))
    same_but_said(put("b.jpg", data[:-2]), whole, "end mark")
    same_but_said(put("c.jpg", data[:-1]), whole, "end mark")
    for cut in range(3, 60):
        path = put("d.jpg", data[:-cut])
        try:
            found = read_photo(path)
        except PhotoReadError:
            continue
        assert np.array_equal(found.pixels, whole.pixels), cut
    with pytest.raises(PhotoReadError, match="cut off"):
        read_photo(put("e.jpg", data[:-40]))


@pytest.mark.parametrize("options", [{}, {"subsampling": 2}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("grey", [False, True])
def test_a_progressive_jpeg_without_its_end_mark_opens_if_every_scan_is_whole(
    files, put, tmp_path, options, grey
):
    pixels = files.scene(75, 52)
    data = files.jpeg(pixels[..., 0] if grey else pixels, progressive=True, **options)
    whole = read_photo(put("a.jpg", data))
    photo = same_but_said(put("b.jpg", data[:-2]), whole, "end mark")
    changed = photo.pixels.copy()
    changed[8:16, 8:16] = 0
    report = save_photo(photo, changed, tmp_path / "c.jpg")
    assert any("every coded block" in sentence for sentence in report.kept)
    scans = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\xff\xda"]
    late = range(len(data) - 60, len(data) - 3)
    for cut in (*scans[1:], *(scan + 30 for scan in scans[:-1]), *late):
        try:
            found = read_photo(put("d.jpg", data[:cut]))
        except PhotoReadError:
            continue
        assert np.array_equal(found.pixels, whole.pixels), cut
    for at in scans[1:]:
        with pytest.raises(PhotoReadError, match="cut off"):
            read_photo(put("e.jpg", data[:at]))


@pytest.mark.parametrize("left", range(0, 12))
def test_a_png_without_its_end_opens_if_the_picture_is_whole(files, put, tmp_path, left):
    data = files.png(files.scene(61, 43))
    whole = read_photo(put("a.png", data))
    photo = same_but_said(put("b.png", data[: len(data) - 12 + left]), whole, "end mark")
    out = save_photo(photo, photo.pixels, tmp_path / "c.png").path
    assert not read_photo(out).notices
    with pytest.raises(PhotoReadError, match="cut off"):
        read_photo(put("d.png", data[:-13]))


def test_a_png_that_ends_between_two_parts_of_its_picture_is_refused(files, put):
    data = files.png(files.scene(61, 43))
    at = data.index(b"IDAT") - 4
    size = struct.unpack_from(">I", data, at)[0]
    half = files.png_chunk(b"IDAT", data[at + 8 : at + 8 + size // 2])
    with pytest.raises(PhotoReadError, match="cut off"):
        read_photo(put("a.png", data[:at] + half))


def test_a_part_beside_the_picture_with_a_wrong_sum_is_left_out(files, put, tmp_path):
    data = files.png(files.scene(30, 20))
    whole = read_photo(put("a.png", data))
    bad = bytearray(files.png_chunk(b"tEXt", b"Comment\0hello"))
    bad[-1] ^= 1
    photo = same_but_said(put("b.png", files.with_chunks(data, bytes(bad))), whole, "tEXt")
    assert b"hello" not in save_photo(photo, photo.pixels, tmp_path / "c.png").path.read_bytes()


@pytest.mark.parametrize("kind", [b"IDAT", b"IHDR", b"tRNS"])
def test_a_part_of_the_picture_with_a_wrong_sum_is_refused(files, put, kind):
    data = files.png(files.scene(30, 20)[..., 0])
    data = bytearray(files.with_chunks(data, files.png_chunk(b"tRNS", b"\0\x20")))
    at = data.index(kind)
    data[at + 4 + struct.unpack_from(">I", data, at - 4)[0]] ^= 1
    with pytest.raises(PhotoReadError, match="checksum"):
        read_photo(put("a.png", bytes(data)))


def animation(files, frames, before=True):
    """Return a PNG marked as an animation; ``before``: its picture is the first frame."""
    data = files.png(files.scene(30, 20))
    control = files.png_chunk(b"acTL", struct.pack(">II", frames, 0))
    frame = files.png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 30, 20, 0, 0, 1, 10, 0, 0))
    if before:
        return files.with_chunks(data, control, frame)
    body = struct.pack(">I", 1) + zlib.compress(bytes(20 * 91))
    return (
        files.with_chunks(data, control)[:-12] + frame + files.png_chunk(b"fdAT", body) + data[-12:]
    )


def test_an_animation_of_one_frame_is_a_picture(files, put, tmp_path):
    photo = read_photo(put("a.png", animation(files, 1)))
    assert np.array_equal(photo.pixels, files.scene(30, 20))
    assert b"acTL" not in save_photo(photo, photo.pixels, tmp_path / "b.png").path.read_bytes()


def test_films_and_pictures_beside_one_are_refused(files, put):
    for data in (animation(files, 2), animation(files, 1, before=False)):
        with pytest.raises(PhotoReadError, match="animation"):
            read_photo(put("a.png", data))


def raw_png(files, samples, bits, colour, *chunks):
    """Return a PNG of samples (H, W, channels) of any depth."""
    height, width = samples.shape[:2]
    digits = samples.reshape(height, -1, 1) >> np.arange(bits)[::-1] & 1
    rows = np.packbits(digits.reshape(height, -1).astype(np.uint8), axis=1)
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(files.png_chunk(*part) for part in parts)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_a_clear_grey_stays_clear(files, put, tmp_path, bits):
    values = (files.scene(50, 40, np.uint16)[..., :1] >> (16 - bits)).astype(np.int64)
    key = int(values[3, 5, 0])
    key_chunk = (b"tRNS", struct.pack(">H", key))
    photo = read_photo(put("a.png", raw_png(files, values, bits, 0, key_chunk)))
    assert photo.grey
    full = 65535 if bits == 16 else 255
    assert np.array_equal(photo.alpha, np.where(values[..., 0] == key, 0, full))
    assert np.abs(photo.pixels[..., 0] - values[..., 0] * (full / ((1 << bits) - 1))).max() < 1
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.png").path)
    assert back.grey
    assert np.array_equal(back.alpha, photo.alpha)
    assert np.array_equal(back.pixels, photo.pixels)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_clear_colour_stays_clear(files, put, bits):
    values = files.scene(50, 40, np.uint8 if bits == 8 else np.uint16).astype(np.int64)
    key = values[3, 5]
    chunk = (b"tRNS", struct.pack(">3H", *key))
    photo = read_photo(put("a.png", raw_png(files, values, bits, 2, chunk)))
    assert np.array_equal(photo.pixels, values)
    assert np.array_equal(photo.alpha == 0, (values == key).all(axis=2))
