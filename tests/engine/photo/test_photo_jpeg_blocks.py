"""JPEG: the coded blocks outside the change stay, whatever tables, sampling or restarts."""

import io
import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.errors import PhotoReadError
from engine.photo import read_photo, save_photo
from engine.photo.jpeg import read as jpeg_read
from engine.photo.jpeg.blocks import read_blocks, write_blocks
from engine.photo.jpeg.huffman import best_table
from engine.photo.jpeg.layout import dc_levels, scan_of
from engine.photo.jpeg.scan import PADDING, Stream, unstuff
from engine.photo.limits import Refusal

KEPT = "every coded block outside the change"


def decoded(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGB"))


def reach_of(changed, sampling):
    """Return where pixels may differ: the touched MCUs and a pixel around for the chroma."""
    wide, tall = 8 * max(h for h, _ in sampling), 8 * max(v for _, v in sampling)
    height, width = changed.shape
    mcus = np.pad(changed, ((0, -height % tall), (0, -width % wide)))
    mcus = mcus.reshape(mcus.shape[0] // tall, tall, -1, wide).any(axis=(1, 3))
    full = mcus.repeat(tall, 0).repeat(wide, 1)[:height, :width]
    return cv2.dilate(full.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


VARIANTS = {
    "full colour": {"subsampling": 0},
    "halved across": {"subsampling": 1},
    "halved both ways": {"subsampling": 2},
    "optimised tables": {"subsampling": 2, "optimize": True},
    "restarts each row": {"subsampling": 2, "restart_marker_rows": 1},
    "restarts each block": {"subsampling": 0, "restart_marker_blocks": 1},
    "restarts each seven": {"subsampling": 1, "restart_marker_blocks": 7},
    "fine": {"subsampling": 0, "quality": 99},
    "coarse": {"subsampling": 2, "quality": 12},
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("size", [(101, 67), (7, 5), (640, 32)])
def test_pixels_outside_the_touched_blocks_are_identical(files, put, tmp_path, variant, size):
    options = {"quality": 90, **VARIANTS[variant]}
    photo = read_photo(put("a.jpg", files.jpeg(files.scene(*size), **options)))
    pixels = photo.pixels.copy()
    changed = np.zeros(pixels.shape[:2], bool)
    changed[size[1] // 3 : size[1] // 2 + 1, size[0] // 4 : size[0] // 2 + 1] = True
    pixels[changed] = 255 - pixels[changed]
    report = save_photo(photo, pixels, tmp_path / "b.jpg", touched=changed)
    assert KEPT in report.line
    back = decoded(report.path.read_bytes())
    outside = ~reach_of(changed, photo.carry.frame.sampling)
    assert np.array_equal(back[outside], photo.pixels[outside])
    off = np.abs(back.astype(int) - pixels)[changed].mean()
    again = np.abs(decoded(files.jpeg(pixels, **options)).astype(int) - pixels)[changed].mean()
    assert off <= 1.3 * again + 2


def test_a_grey_jpeg_keeps_its_blocks(files, put, tmp_path):
    photo = read_photo(put("a.jpg", files.jpeg(files.scene(101, 67)[..., 0])))
    pixels = photo.pixels.copy()
    pixels[20:40, 30:50] = 0
    report = save_photo(photo, pixels, tmp_path / "b.jpg")
    back = read_photo(report.path)
    assert KEPT in report.line
    assert back.grey
    differs = (back.pixels != photo.pixels).any(axis=2)
    assert not differs[:16].any()
    assert not differs[40:].any()
    assert not differs[:, :24].any()
    assert not differs[:, 56:].any()


def test_saving_without_a_change_changes_no_pixel_and_no_block(files, put, tmp_path):
    data = files.jpeg(files.scene(101, 67), subsampling=2)
    photo = read_photo(put("a.jpg", data))
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.jpg").path)
    assert np.array_equal(back.pixels, decoded(data))
    assert _coefficients(back) == _coefficients(photo)


def test_many_generations_lose_nothing(files, put, tmp_path):
    photo = read_photo(put("a.jpg", files.jpeg(files.scene(96, 64), subsampling=2)))
    first = photo.pixels
    for turn in range(5):
        pixels = photo.pixels.copy()
        pixels[2:10, 2 + turn : 12 + turn] = 10 * turn
        photo = read_photo(save_photo(photo, pixels, tmp_path / f"{turn}.jpg").path)
    assert np.array_equal(photo.pixels[20:], first[20:])
    assert np.array_equal(photo.pixels[:, 40:], first[:, 40:])


def test_everything_may_change(files, put, tmp_path):
    photo = read_photo(put("a.jpg", files.jpeg(files.scene(101, 67), quality=95, subsampling=0)))
    other = files.scene(101, 67, seed=9)
    back = read_photo(save_photo(photo, other, tmp_path / "b.jpg").path)
    assert np.abs(back.pixels.astype(int) - other).mean() < 2


def test_a_change_may_need_codes_that_the_files_tables_lack(files, put, tmp_path):
    flat = np.full((64, 96, 3), 90, np.uint8)
    photo = read_photo(put("a.jpg", files.jpeg(flat, subsampling=0, optimize=True, quality=95)))
    pixels = photo.pixels.copy()
    pixels[16:32, 16:48] = files.scene(32, 16, seed=5)
    report = save_photo(photo, pixels, tmp_path / "b.jpg")
    back = decoded(report.path.read_bytes())
    assert KEPT in report.line
    assert np.array_equal(back[40:], photo.pixels[40:])
    assert np.abs(back[16:32, 16:48].astype(int) - pixels[16:32, 16:48]).mean() < 3


@pytest.mark.parametrize("kind", ["one", "even", "steep", "noise"])
def test_best_tables_are_codes_of_at_most_sixteen_bits(kind):
    counts = np.zeros(256, np.int64)
    if kind == "one":
        counts[7] = 5
    elif kind == "even":
        counts[:162] = 10
    elif kind == "steep":
        counts[:40] = 2 ** np.arange(40)
    else:
        counts[:] = np.random.default_rng(0).integers(0, 1000, 256)
    table = best_table(counts)
    assert sorted(table.symbols) == np.flatnonzero(counts).tolist()
    assert sum(table.counts) == len(table.symbols)
    assert len(table.counts) == 16
    codes, lengths = table.writer
    shares = sum(2.0 ** -int(lengths[s]) for s in table.symbols)
    assert shares < 1
    used = sorted(table.symbols, key=lambda s: counts[s])
    pairs = itertools.pairwise(used)
    assert all(lengths[a] >= lengths[b] for a, b in pairs if counts[a] < counts[b])
    ones = [(1 << int(lengths[s])) - 1 for s in table.symbols]
    assert all(int(codes[s]) != one for s, one in zip(table.symbols, ones, strict=True))


def test_other_kinds_are_coded_anew_with_their_tables(files, put, tmp_path):
    odd = {"subsampling": 2, "exif": b"Exif\0\0" + files.exif(6)}
    rgb = {"subsampling": 0, "keep_rgb": True}
    for size, options in (((90, 59), odd), ((96, 64), rgb)):
        photo = read_photo(put("a.jpg", files.jpeg(files.scene(*size), **options)))
        pixels = photo.pixels.copy()
        pixels[8:24, 8:24] = 0
        report = save_photo(photo, pixels, tmp_path / "b.jpg", overwrite=True)
        assert "quantisation tables" in report.line
        back = read_photo(report.path)
        far = np.ones(pixels.shape[:2], bool)
        far[:48, :48] = False
        assert np.abs(back.pixels.astype(int) - pixels)[far].mean() < 4


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize(
    "variant",
    ["halved across", "restarts each seven", "optimised tables"],
)
def test_a_turned_picture_keeps_its_coefficients(files, put, tmp_path, variant, orientation):
    data = files.jpeg(
        files.scene(96, 64), exif=b"Exif\0\0" + files.exif(orientation), **VARIANTS[variant]
    )
    photo = read_photo(put("a.jpg", data))
    report = save_photo(photo, photo.pixels, tmp_path / "b.jpg")
    assert KEPT in report.line
    back = read_photo(report.path)
    assert back.orientation == 1
    assert np.abs(back.pixels.astype(int) - photo.pixels).max() <= 4
    assert sorted(_coefficients(photo)) == sorted(_coefficients(back))
    with Image.open(io.BytesIO(data)) as a, Image.open(report.path) as b:
        turned = [np.reshape(table, (8, 8)) for table in a.quantization.values()]
        turned = [table.T if orientation > 4 else table for table in turned]
        assert np.array_equal(turned, [np.reshape(t, (8, 8)) for t in b.quantization.values()])


PROGRESSIVE = {
    "full colour": {"subsampling": 0},
    "halved across": {"subsampling": 1},
    "halved both ways": {"subsampling": 2},
    "fine": {"subsampling": 0, "quality": 99},
    "coarse": {"subsampling": 2, "quality": 10},
    "restarts": {"subsampling": 2, "restart_marker_blocks": 5},
}


@pytest.mark.parametrize("variant", PROGRESSIVE)
@pytest.mark.parametrize("shape", ["colour", "grey"])
def test_a_progressive_picture_keeps_its_pixels_outside_the_touched_blocks(
    files, put, tmp_path, variant, shape
):
    source = files.scene(101, 67) if shape == "colour" else files.scene(101, 67)[..., 0]
    data = files.jpeg(source, progressive=True, **{"quality": 88, **PROGRESSIVE[variant]})
    photo = read_photo(put("a.jpg", data))
    pixels, changed = photo.pixels.copy(), np.zeros((67, 101), bool)
    changed[20:30, 40:60] = True
    pixels[changed] = 255 - pixels[changed]
    report = save_photo(photo, pixels, tmp_path / "b.jpg")
    assert KEPT in report.line
    back = decoded(report.path.read_bytes())
    outside = ~reach_of(changed, photo.carry.frame.sampling if shape == "colour" else ((1, 1),))
    assert np.array_equal(back[outside], photo.pixels[outside])


def test_a_turned_progressive_picture_keeps_its_blocks(files, put, tmp_path):
    data = files.jpeg(files.scene(96, 64), progressive=True, exif=b"Exif\0\0" + files.exif(6))
    photo = read_photo(put("a.jpg", data))
    report = save_photo(photo, photo.pixels, tmp_path / "b.jpg")
    assert KEPT in report.line
    assert np.abs(read_photo(report.path).pixels.astype(int) - photo.pixels).max() <= 4


def _coefficients(photo):
    """Return the magnitudes of all coefficients, which turning must not change."""
    layout, stream = scan_of(photo.carry)
    blocks, _ = read_blocks(stream, layout.intervals, *layout.coding())
    blocks[:, :, 0] = dc_levels(layout, blocks[:, :, 0].astype(np.int64))
    return np.abs(blocks).ravel().tolist()


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_turned_picture_changes_only_around_the_fill(files, put, tmp_path, orientation):
    data = files.jpeg(files.scene(160, 128), exif=b"Exif\0\0" + files.exif(orientation))
    photo = read_photo(put("a.jpg", data))
    pixels = photo.pixels.copy()
    pixels[70:80, 40:60] = (250, 0, 0)
    back = read_photo(save_photo(photo, pixels, tmp_path / "b.jpg").path)
    off = np.abs(back.pixels.astype(int) - photo.pixels).max(axis=2)
    off[62:82, 30:66] = 0
    assert off.max() <= 4
    assert np.abs(back.pixels[72:78, 44:56].astype(int) - (250, 0, 0)).mean() < 12


@pytest.mark.parametrize("progressive", [False, True])
def test_a_damaged_scan_is_saved_without_more_damage(files, put, tmp_path, progressive):
    rng = np.random.default_rng(3)
    data = files.jpeg(files.scene(120, 120), subsampling=2, progressive=progressive)
    start = data.index(b"\xff\xda") + 14
    for _ in range(12):
        broken = bytearray(data)
        for _ in range(3):
            broken[rng.integers(start, len(data) - 2)] = rng.integers(255)
        try:
            photo = read_photo(put("a.jpg", bytes(broken)))
        except PhotoReadError:
            continue
        pixels = photo.pixels.copy()
        pixels[50:60, 50:60] = 0
        report = save_photo(photo, pixels, tmp_path / "b.jpg", overwrite=True)
        back = decoded(report.path.read_bytes())
        assert np.abs(back.astype(int) - pixels).mean() < 5


def test_all_of_a_long_scan_is_read_and_only_padding_is_left(files):
    noise = np.random.default_rng(0).integers(0, 256, (700, 900, 3), np.uint8)
    layout, stream = scan_of(jpeg_read.read(files.jpeg(noise, subsampling=2)).carry)
    _, end = read_blocks(stream, layout.intervals, *layout.coding())
    assert 0 <= stream.last - end < 8


def test_a_scan_cut_off_anywhere_is_refused(files):
    layout, stream = scan_of(jpeg_read.read(files.jpeg(files.scene(64, 48))).carry)
    for size in range(0, stream.last // 8 - 1, 7):
        data = np.concatenate([stream.bytes[:size], np.full(PADDING, 0xFF, np.uint8)])
        cut = Stream(data, stream.starts, np.array([size * 8]))
        with pytest.raises(Refusal, match="damaged"):
            read_blocks(cut, layout.intervals, *layout.coding())


def test_a_coefficient_that_no_jpeg_can_hold_is_refused():
    blocks = np.zeros((1, 1, 64), np.int16)
    blocks[0, 0, 5] = -(1 << 15)
    with pytest.raises(Refusal, match="too large"):
        write_blocks(blocks, np.zeros(1, np.int64), np.zeros(1, np.int64))


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.integers(1, 1000))
@settings(max_examples=40)
def test_written_blocks_read_back(seed, density, scale):
    rng = np.random.default_rng(seed)
    blocks = rng.integers(-scale, scale + 1, (3, 4, 64)).astype(np.int16)
    blocks[:, :, 1:] *= rng.random((3, 4, 63)) < density
    component, chosen = np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])
    coded = write_blocks(blocks, component, chosen)
    dc, ac = ([coded.tables[kind, n] for n in chosen.tolist()] for kind in (0, 1))
    stream = unstuff(coded.data)
    found, end = read_blocks(stream, np.array([3]), dc, ac)
    for number in range(3):
        own = found[:, component == number, 0]
        found[:, component == number, 0] = np.cumsum(own).reshape(own.shape)
    assert np.array_equal(found, blocks)
    assert 0 <= stream.last - end < 8
