"""TIFF as scanners, cameras and laboratories write it: the true picture, or the true reason."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoReadError
from engine.photo import read_photo, save_photo
from tests.engine.photo.orientations import STORED


def pillow_tiff(image, orientation, **options):
    out = io.BytesIO()
    image.save(out, "TIFF", tiffinfo={274: orientation}, **options)
    return out.getvalue()


RARE = {
    "palette": ("P", {}),
    "bilevel": ("1", {}),
    "fax": ("1", {"compression": "group4"}),
    "CMYK": ("CMYK", {}),
    "JPEG": ("RGB", {"compression": "jpeg", "quality": 95}),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", RARE)
def test_rare_kinds_are_turned_once_and_only_once(files, put, tmp_path, kind, orientation):
    mode, options = RARE[kind]
    upright = Image.fromarray(files.scene(48, 32)).convert(mode)
    wanted = np.array(upright.convert("RGB"))
    values = np.array(upright)
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](values)), mode=None)
    if mode == "P":
        stored.putpalette(upright.getpalette())
    if mode == "CMYK":
        stored = Image.frombytes("CMYK", stored.size, stored.tobytes())
    photo = read_photo(put("a.tif", pillow_tiff(stored, orientation, **options)))
    assert photo.size == (48, 32)
    assert np.abs(photo.pixels.astype(int) - wanted).mean() < (3 if kind == "JPEG" else 1e-9)
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.tif").path)
    assert back.orientation == 1
    assert np.array_equal(back.pixels, photo.pixels)


def packed(samples, bits):
    """Return samples (H, W, channels) in rows of bits, highest first."""
    height = samples.shape[0]
    digits = samples.reshape(height, -1, 1) >> np.arange(bits)[::-1] & 1
    return np.packbits(digits.reshape(height, -1).astype(np.uint8), axis=1).tobytes()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 14])
def test_odd_depths_keep_their_whole_range(files, put, bits, channels):
    values = files.scene(37, 21, np.uint16)[..., :channels] >> (16 - bits)
    values[0, 0], values[0, 1] = 0, (1 << bits) - 1
    shape = np.zeros(values.shape, np.uint8)
    data = files.tiff(shape, bits=bits, compress=lambda _: packed(values, bits))
    photo = read_photo(put("a.tif", data))
    full = 255 if bits <= 8 else 65535
    assert photo.depth == (8 if bits <= 8 else 16)
    wanted = np.rint(values * (full / ((1 << bits) - 1)))
    assert np.abs(photo.pixels - wanted).max() <= 1
    assert photo.pixels.min() == 0
    assert photo.pixels.max() == full
    assert any(f"{bits}-bit" in notice for notice in photo.notices)


def test_white_is_zero_at_an_odd_depth(files, put):
    values = np.arange(16, dtype=np.uint8).reshape(2, 8, 1)
    data = files.tiff(values, bits=4, photometric=0, compress=lambda _: packed(values, 4))
    photo = read_photo(put("a.tif", data))
    assert np.array_equal(photo.pixels[..., 0], 255 - 17 * values[..., 0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shrunk", [{}, {"compression": 8}])
def test_mirrored_bits_are_read_the_right_way_round(files, put, shrunk, dtype):
    mirror = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
    pixels = files.scene(45, 37, dtype)

    def mirrored(data):
        return (zlib.compress(data) if shrunk else data).translate(mirror)

    more = [files.short(266, 2)]
    data = files.tiff(pixels, rows=7, compress=mirrored, more=more, **shrunk)
    assert np.array_equal(read_photo(put("a.tif", data)).pixels, pixels)


def two_pages(files, first, second, kind):
    """Return a TIFF of two directories; ``kind`` are tags of the first."""
    one = files.tiff(first, more=kind)
    at = struct.unpack_from("<I", one, 4)[0]
    count = struct.unpack_from("<H", one, at)[0]
    start = len(one) + len(one) % 2
    other = bytearray(files.tiff(second))
    there = struct.unpack_from("<I", other, 4)[0]
    strip = other.index(struct.pack("<HHI", 273, 4, 1)) + 8
    struct.pack_into("<I", other, strip, struct.unpack_from("<I", other, strip)[0] + start)
    for entry in range(struct.unpack_from("<H", other, there)[0]):
        place = there + 2 + 12 * entry
        if struct.unpack_from("<HI", other, place + 2) == (3, 3):
            value = struct.unpack_from("<I", other, place + 8)[0]
            struct.pack_into("<I", other, place + 8, value + start)
    out = bytearray(one.ljust(start, b"\0") + other)
    struct.pack_into("<I", out, at + 2 + 12 * count, start + there)
    return bytes(out)


@pytest.mark.parametrize("flag", [(254, 1), (254, 4), (255, 2)])
def test_a_reduced_copy_or_mask_in_front_is_not_taken_for_the_photo(files, put, tmp_path, flag):
    small, photo_pixels = files.scene(12, 8), files.scene(60, 40, seed=2)
    kind = [files.short(*flag), files.text(315, "Ann Author")]
    photo = read_photo(put("a.tif", two_pages(files, small, photo_pixels, kind)))
    assert np.array_equal(photo.pixels, photo_pixels)
    out = save_photo(photo, photo.pixels, tmp_path / "b.tif")
    assert np.array_equal(read_photo(out.path).pixels, photo_pixels)
    assert b"Ann Author" in out.path.read_bytes()
    assert any("Further pictures" in sentence for sentence in out.dropped)


def test_a_reduced_copy_that_does_not_say_so_is_not_taken_for_the_photo(files, put):
    large, other = files.scene(61, 40, seed=2), files.scene(61, 61, seed=3)
    for small, second, right in (
        (files.scene(15, 10), large, 1),
        (files.scene(30, 20), large, 1),
        (files.scene(45, 30), large, 0),
        (files.scene(15, 10), other, 0),
        (large, files.scene(15, 10), 0),
    ):
        photo = read_photo(put("a.tif", two_pages(files, small, second, [])))
        assert np.array_equal(photo.pixels, (small, second)[right])
        assert any("Only one of its pictures" in notice for notice in photo.notices)


def test_a_volume_is_refused(files, put):
    data = files.tiff(files.scene(20, 10), more=[files.long(32997, 3)])
    with pytest.raises(PhotoReadError, match="volume of many layers"):
        read_photo(put("a.tif", data))


@pytest.mark.parametrize("channels", [1, 3])
def test_colours_that_are_not_named_are_told_by_their_number(files, put, channels):
    pixels = files.scene(20, 10)
    data = files.tiff(pixels[..., :channels])
    at = data.index(struct.pack("<HHI", 262, 3, 1))
    assert np.array_equal(
        read_photo(put("a.tif", data[:at] + struct.pack("<H", 263) + data[at + 2 :])).pixels,
        pixels if channels == 3 else pixels[..., :1].repeat(3, 2),
    )


def test_a_reduced_copy_alone_is_opened_for_what_it_is(files, put):
    pixels = files.scene(12, 8)
    photo = read_photo(put("a.tif", files.tiff(pixels, more=[files.short(254, 1)])))
    assert np.array_equal(photo.pixels, pixels)


EXTRA = {
    "infrared": {"photometric": 2, "extra": [0], "channels": 4},
    "bands": {"photometric": 1, "extra": [0, 0, 0, 0], "channels": 5},
    "bands nobody names": {"photometric": 1, "channels": 3},
    "two channels": {"photometric": 1, "channels": 2},
}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", EXTRA)
def test_no_further_channel_keeps_what_was_removed(files, put, tmp_path, kind, dtype):
    layout = dict(EXTRA[kind])
    channels = layout.pop("channels")
    full = np.iinfo(dtype).max
    samples = np.full((60, 80, channels), full // 4, dtype)
    samples[20:40, 30:50] = full
    photo = read_photo(put("a.tif", files.tiff(samples, **layout)))
    assert any("further channels" in notice for notice in photo.notices)
    mask = np.zeros((60, 80), bool)
    mask[18:42, 28:52] = True
    pixels = photo.pixels.copy()
    pixels[mask] = full // 4
    out = save_photo(photo, pixels, tmp_path / "b.tif", touched=mask).path
    back = read_photo(out)
    planes = [back.pixels[..., 0], *back.carry.extra]
    assert len(planes) == channels - (2 if layout["photometric"] == 2 else 0)
    for plane in planes:
        assert plane[mask].max() <= full // 3
        assert (plane[~mask] == full // 4).all()


def test_another_container_says_that_it_leaves_channels_out(files, put, tmp_path):
    samples = np.dstack([files.scene(40, 30), files.scene(40, 30, seed=5)[..., :1]])
    photo = read_photo(put("a.tif", files.tiff(samples, extra=[0])))
    report = save_photo(photo, photo.pixels, tmp_path / "b.png")
    assert any("Channels beyond" in sentence for sentence in report.dropped)


def without_tag(data, tag):
    """Return a TIFF with one entry of its directory given a number nobody knows."""
    out = bytearray(data)
    at = struct.unpack_from("<I", out, 4)[0]
    for entry in range(struct.unpack_from("<H", out, at)[0]):
        place = at + 2 + 12 * entry
        if struct.unpack_from("<H", out, place)[0] == tag:
            struct.pack_into("<H", out, place, 65001)
    return bytes(out)


def with_value(data, tag, value):
    out = bytearray(data)
    at = out.index(struct.pack("<HHI", tag, 4, 1)) + 8
    struct.pack_into("<I", out, at, value)
    return bytes(out)


@pytest.mark.parametrize("shrunk", [{}, {"compression": 8, "compress": zlib.compress}])
@pytest.mark.parametrize("value", [None, 0, 1 << 20])
def test_a_missing_or_absurd_count_of_bytes_is_worked_out(files, put, shrunk, value):
    pixels = files.scene(45, 37)
    data = files.tiff(pixels, **shrunk)
    data = without_tag(data, 279) if value is None else with_value(data, 279, value)
    photo = read_photo(put("a.tif", data))
    assert np.array_equal(photo.pixels, pixels)
    assert any("strips" in notice for notice in photo.notices)


REFUSED = {
    "JPEG 2000": {"compression": 34712},
    "WebP": {"compression": 50001},
    "LERC": {"compression": 34887},
    "JPEG XL": {"compression": 50002},
    "no. 65432": {"compression": 65432},
    "32-bit integers": {"bits": 32},
    "Lab": {"photometric": 8},
    "LogLuv": {"photometric": 32845},
    "floating-point": {"predictor": 3},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_the_true_reason_is_said(files, put, reason):
    data = files.tiff(files.scene(30, 20), **REFUSED[reason])
    with pytest.raises(PhotoReadError, match=reason):
        read_photo(put("a.tif", data))


@pytest.mark.parametrize(
    ("kind", "reason"), [(2, "signed integers"), (3, "floating-point"), (6, "complex")]
)
def test_other_numbers_are_called_what_they_are(files, put, kind, reason):
    data = files.tiff(files.scene(30, 20, np.uint16), more=[files.short(339, kind, kind, kind)])
    with pytest.raises(PhotoReadError, match=reason):
        read_photo(put("a.tif", data))


def test_inks_other_than_cmyk_are_refused(files, put):
    samples = np.dstack([files.scene(30, 20), files.scene(30, 20)[..., :1]])
    data = files.tiff(samples, photometric=5, more=[files.short(332, 2)])
    with pytest.raises(PhotoReadError, match="inks"):
        read_photo(put("a.tif", data))
