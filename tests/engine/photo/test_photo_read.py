"""Reading: every format, depth and orientation gives the true pixels, or a sentence."""

import io
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoReadError
from engine.photo import read_photo
from tests.engine.photo.orientations import STORED


def saved(array, kind, **options):
    out = io.BytesIO()
    Image.fromarray(array).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_every_orientation_is_turned_upright(files, put, kind, orientation):
    upright = files.scene(40, 24)
    stored = np.ascontiguousarray(STORED[orientation](upright))
    if kind == "TIFF":
        data = files.tiff(stored, more=[files.short(274, orientation)])
    elif kind == "PNG":
        data = files.with_chunks(
            files.png(stored), files.png_chunk(b"eXIf", files.exif(orientation))
        )
    else:
        data = saved(stored, kind, lossless=True, exif=files.exif(orientation))
    photo = read_photo(put("a.bin", data))
    assert photo.orientation == orientation
    assert photo.size == (40, 24)
    assert np.array_equal(photo.pixels, upright)


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_every_orientation_of_a_lossy_format_is_turned_upright(files, put, kind, orientation):
    upright = files.scene(48, 32)
    stored = np.ascontiguousarray(STORED[orientation](upright))
    options = {"subsampling": 0} if kind == "JPEG" else {"subsampling": "4:4:4"}
    data = saved(stored, kind, quality=98, exif=b"Exif\0\0" + files.exif(orientation), **options)
    photo = read_photo(put("a.bin", data))
    assert photo.size == (48, 32)
    assert np.abs(photo.pixels.astype(int) - upright).mean() < 4


def test_alpha_turns_with_the_pixels(files, put):
    rgba = np.dstack([files.scene(40, 24), np.arange(24 * 40).reshape(24, 40) % 256]).astype(
        np.uint8
    )
    stored = np.ascontiguousarray(STORED[6](rgba))
    data = files.with_chunks(files.png(stored), files.png_chunk(b"eXIf", files.exif(6)))
    photo = read_photo(put("a.png", data))
    assert np.array_equal(np.dstack([photo.pixels, photo.alpha]), rgba)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_gives_its_samples_exactly(files, put, dtype, channels):
    full = np.dstack([files.scene(31, 17, dtype), files.scene(31, 17, dtype, seed=1)[..., 0]])
    samples = {1: full[..., :1], 2: full[..., [0, 3]], 3: full[..., :3], 4: full}[channels]
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    raw = samples.astype(samples.dtype.newbyteorder(">")).reshape(17, -1).view(np.uint8)
    lines = np.hstack([np.zeros((17, 1), np.uint8), raw]).tobytes()
    header = np.array([31, 17], ">u4").tobytes() + bytes([8 * dtype().itemsize, kind, 0, 0, 0])
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        files.png_chunk(k, d)
        for k, d in [(b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    )
    photo = read_photo(put("a.png", data))
    assert photo.grey == (channels < 3)
    assert photo.pixels.dtype == dtype
    colours = samples[..., :1].repeat(3, axis=2) if channels < 3 else samples[..., :3]
    assert np.array_equal(photo.pixels, colours)
    if channels in (2, 4):
        assert np.array_equal(photo.alpha, samples[..., -1])
    else:
        assert photo.alpha is None


def test_png_palette_and_transparent_palette_are_expanded(files, put):
    image = Image.fromarray(files.scene(30, 20)).quantize(16)
    plain = read_photo(put("a.png", _png_of(image)))
    assert np.array_equal(plain.pixels, np.array(image.convert("RGB")))
    assert plain.alpha is None
    assert any("palette" in notice for notice in plain.notices)
    clear = read_photo(put("b.png", _png_of(image, transparency=3)))
    assert np.array_equal(clear.alpha == 0, np.array(image) == 3)


def _png_of(image, **options):
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def test_bilevel_png_is_read_as_grey(files, put):
    bits = files.scene(30, 20)[..., 0] > 128
    photo = read_photo(put("a.png", _png_of(Image.fromarray(bits))))
    assert photo.grey
    assert np.array_equal(photo.pixels[..., 0], bits * np.uint8(255))


TIFF_LAYOUTS = {
    "strips": {"rows": 7},
    "one strip": {},
    "tiles": {"tile": (16, 16)},
    "planes": {"planar": True, "rows": 5},
    "tiled planes": {"planar": True, "tile": (16, 32)},
}


def _lzw(data):
    """Pack with libtiff's LZW, as OpenCV writes it."""
    row = np.frombuffer(data, np.uint8)[None]
    options = [cv2.IMWRITE_TIFF_COMPRESSION, 5, cv2.IMWRITE_TIFF_PREDICTOR, 1]
    packed = cv2.imencode(".tif", row, options)[1].tobytes()
    with Image.open(io.BytesIO(packed)) as image:
        at, size = image.tag_v2[273][0], image.tag_v2[279][0]
    return packed[at : at + size]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("layout", TIFF_LAYOUTS)
def test_tiff_gives_its_samples_exactly_in_every_layout(files, put, layout, dtype, order):
    pixels = files.scene(45, 37, dtype)
    photo = read_photo(put("a.tif", files.tiff(pixels, order, **TIFF_LAYOUTS[layout])))
    assert photo.pixels.dtype == dtype
    assert np.array_equal(photo.pixels, pixels)


@pytest.mark.parametrize("predictor", [1, 2])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    ("compression", "pack"), [(5, _lzw), (8, zlib.compress), (32946, zlib.compress)]
)
def test_tiff_unpacks_lzw_and_deflate(files, put, compression, pack, dtype, predictor):
    pixels = files.scene(45, 37, dtype)
    data = files.tiff(
        pixels, ">", rows=9, compress=pack, compression=compression, predictor=predictor
    )
    assert np.array_equal(read_photo(put("a.tif", data)).pixels, pixels)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiff_grey_inverted_grey_and_alpha(files, put, dtype, order):
    grey = files.scene(33, 21, dtype)[..., :1]
    alpha = files.scene(33, 21, dtype, seed=2)[..., :1]
    plain = read_photo(put("a.tif", files.tiff(grey, order)))
    assert plain.grey
    assert np.array_equal(plain.pixels[..., 0], grey[..., 0])
    white = read_photo(put("b.tif", files.tiff(grey, order, photometric=0)))
    assert np.array_equal(white.pixels[..., 1], ~grey[..., 0])
    both = read_photo(put("c.tif", files.tiff(np.dstack([grey, alpha]), order, extra=[2])))
    assert np.array_equal(both.alpha, alpha[..., 0])
    rgba = np.dstack([files.scene(33, 21, dtype), alpha])
    colour = read_photo(put("d.tif", files.tiff(rgba, order, extra=[2], planar=True)))
    assert np.array_equal(colour.pixels, rgba[..., :3])
    assert np.array_equal(colour.alpha, alpha[..., 0])


def test_a_selection_channel_is_not_taken_for_transparency(files, put):
    rgba = np.dstack([files.scene(33, 21), files.scene(33, 21, seed=2)[..., 0]])
    photo = read_photo(put("a.tif", files.tiff(rgba, extra=[0])))
    assert photo.alpha is None
    assert np.array_equal(photo.carry.extra[0], rgba[..., 3])


def test_tiff_palette_and_bilevel_go_through(files, put):
    image = Image.fromarray(files.scene(30, 20)).quantize(16)
    out = io.BytesIO()
    image.save(out, "TIFF")
    photo = read_photo(put("a.tif", out.getvalue()))
    assert np.array_equal(photo.pixels, np.array(image.convert("RGB")))
    bits = Image.fromarray(files.scene(30, 20)[..., 0] > 128)
    out = io.BytesIO()
    bits.save(out, "TIFF", compression="group4")
    photo = read_photo(put("b.tif", out.getvalue()))
    assert photo.grey
    assert np.array_equal(photo.pixels[..., 0] > 0, np.array(bits))


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_converted_with_a_notice(files, put, kind):
    pixels = files.scene(40, 24)
    cmyk = Image.fromarray(pixels).convert("CMYK")
    out = io.BytesIO()
    cmyk.save(out, kind, **({"quality": 98, "subsampling": 0} if kind == "JPEG" else {}))
    photo = read_photo(put("a.bin", out.getvalue()))
    assert any("CMYK" in notice for notice in photo.notices)
    assert np.abs(photo.pixels.astype(int) - pixels).mean() < 4


def test_bigtiff_is_read(files, put):
    import tifffile

    pixels = files.scene(45, 37, np.uint16)
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, bigtiff=True, photometric="rgb")
    assert np.array_equal(read_photo(put("a.tif", out.getvalue())).pixels, pixels)


def test_only_the_first_page_is_read_and_said(files, put):
    first, second = (Image.fromarray(files.scene(30, 20, seed=s)) for s in (0, 1))
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second])
    photo = read_photo(put("a.tif", out.getvalue()))
    assert np.array_equal(photo.pixels, np.array(first))
    assert any("one of its pictures" in notice for notice in photo.notices)


@pytest.mark.parametrize("kind", ["WEBP", "BMP"])
def test_webp_and_bmp_are_exact_with_and_without_alpha(files, put, kind):
    pixels = files.scene(31, 22)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    assert np.array_equal(read_photo(put("a.bin", saved(pixels, kind, **options))).pixels, pixels)
    if kind == "WEBP":
        rgba = np.dstack([pixels, files.scene(31, 22, seed=3)[..., 0]])
        photo = read_photo(put("b.bin", saved(rgba, kind, **options)))
        assert np.array_equal(np.dstack([photo.pixels, photo.alpha]), rgba)


def test_metadata_is_found_in_every_container(files, put):
    pixels, profile, block = files.scene(), files.icc(), files.exif()
    packet, iptc = files.xmp(), files.IPTC
    jpg = files.with_segments(
        files.jpeg(pixels),
        files.segment(0xE1, b"Exif\0\0" + block),
        files.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet),
        files.segment(0xE2, b"ICC_PROFILE\0\1\2" + profile[:100]),
        files.segment(0xE2, b"ICC_PROFILE\0\2\2" + profile[100:]),
        files.segment(0xED, b"Photoshop 3.0\0" + files.resource(1028, iptc)),
    )
    png = files.with_chunks(
        files.png(pixels),
        files.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(profile)),
        files.png_chunk(b"eXIf", block),
        files.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet),
    )
    tif = files.tiff(
        pixels,
        more=[files.blob(34675, profile), files.blob(700, packet), files.blob(33723, iptc)],
    )
    web = saved(pixels, "WEBP", icc_profile=profile, exif=block, xmp=packet)
    avif = saved(pixels, "AVIF", icc_profile=profile, exif=files.exif(), xmp=packet)
    for name, data in {"j": jpg, "p": png, "t": tif, "w": web, "a": avif}.items():
        photo = read_photo(put(name, data))
        assert photo.icc == profile, name
        assert photo.xmp == packet, name
        if name in "jpw":
            assert photo.exif == block, name
        if name in "jt":
            assert photo.iptc == iptc, name


def test_resolution_is_pixels_per_inch_everywhere(files, put):
    pixels = files.scene()
    jpg = saved(pixels, "JPEG", dpi=(300, 240))
    png = files.with_chunks(
        files.png(pixels),
        files.png_chunk(b"pHYs", np.array([11811, 9449], ">u4").tobytes() + b"\1"),
    )
    tif = files.tiff(
        pixels, more=[files.rational(282, 300, 1), files.rational(283, 240, 1), files.short(296, 2)]
    )
    metric = files.tiff(
        pixels,
        more=[
            files.rational(282, 30000, 254),
            files.rational(283, 24000, 254),
            files.short(296, 3),
        ],
    )
    for data in (jpg, png, tif, metric, saved(pixels, "BMP", dpi=(300, 240))):
        found = read_photo(put("a.bin", data)).resolution
        assert found == pytest.approx((300, 240), rel=1e-3)


def test_the_source_is_identified_and_the_pixels_are_locked(files, put):
    import hashlib

    data = files.png(files.scene())
    photo = read_photo(put("a.png", data))
    assert photo.source.sha256 == hashlib.sha256(data).hexdigest()
    assert photo.source.size == len(data)
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0] = 0


def test_the_ending_does_not_decide_what_a_file_is(files, put):
    pixels = files.scene()
    assert read_photo(put("a.jpg", files.png(pixels))).container == "PNG"
    assert read_photo(put("b.png", files.jpeg(pixels))).container == "JPEG"
    assert read_photo(put("c", files.tiff(pixels))).container == "TIFF"


def test_a_missing_or_unreadable_file_is_told(tmp_path):
    with pytest.raises(PhotoReadError, match="no such file"):
        read_photo(tmp_path / "none.jpg")
    with pytest.raises(PhotoReadError, match="cannot be opened"):
        read_photo(tmp_path)
