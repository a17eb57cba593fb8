"""Open, fill, save, for every format, depth, profile and orientation, on a real photograph.

What each row of docs/formats.md promises is checked here or in the tests it names.
"""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from engine.photo import read_photo, save_photo
from tests.engine.photo.orientations import STORED

SAMPLE = Path(__file__).parents[3] / "assets" / "samples" / "sample.jpg"
HOLE = slice(40, 66), slice(30, 71)
P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
PROPHOTO = ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491))


@pytest.fixture(scope="session")
def photograph():
    """A part (96, 144, 3) of a real photograph."""
    with Image.open(SAMPLE) as image:
        return np.array(image.convert("RGB"))[200:296, 300:444]


def deep(pixels):
    """Return 16 bits that use all their values, not only those of 8 bits."""
    rng = np.random.default_rng(1)
    return pixels.astype(np.uint16) * 257 + rng.integers(0, 200, pixels.shape, np.uint16)


def alpha_of(pixels):
    height, width = pixels.shape[:2]
    full = np.iinfo(pixels.dtype).max
    return np.linspace(0, full, height * width).reshape(height, width).astype(pixels.dtype)


def png(files, samples, orientation, profile):
    """Return a PNG of (H, W, 1 to 4) samples, written by zlib alone."""
    height, width, channels = samples.shape
    raw = samples.astype(samples.dtype.newbyteorder(">")).reshape(height, -1).view(np.uint8)
    lines = np.hstack([np.zeros((height, 1), np.uint8), raw]).tobytes()
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8 * samples.itemsize, kind, 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        *([(b"iCCP", b"A name\0\0" + zlib.compress(profile))] if profile else []),
        (b"eXIf", files.exif(orientation, size=(width, height))),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(files.png_chunk(*chunk) for chunk in chunks)


def tiff(files, samples, orientation, profile, order):
    extra = {2: [2], 4: [2]}.get(samples.shape[2])
    more = [files.short(274, orientation, order=order)]
    more += [files.blob(34675, profile)] if profile else []
    packed = {"compress": zlib.compress, "compression": 8, "predictor": 2}
    return files.tiff(samples, order, extra=extra, more=more, rows=17, **packed)


def through_pillow(files, samples, orientation, profile, kind):
    image = Image.fromarray(samples if samples.shape[2] > 1 else samples[..., 0])
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    if kind == "WEBP":
        options |= {"exif": files.exif(orientation), "icc_profile": profile}
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


KINDS = {
    "png": png,
    "tif": lambda *args: tiff(*args, "<"),
    "tiff": lambda *args: tiff(*args, ">"),
    "webp": lambda *args: through_pillow(*args, "WEBP"),
    "bmp": lambda *args: through_pillow(*args, "BMP"),
}
SHAPES = {
    "png": [(8, c) for c in (1, 2, 3, 4)] + [(16, c) for c in (1, 2, 3, 4)],
    "tif": [(8, c) for c in (1, 2, 3, 4)] + [(16, c) for c in (1, 2, 3, 4)],
    "tiff": [(8, 3), (16, 3), (16, 4)],
    "webp": [(8, 3), (8, 4)],
    "bmp": [(8, 1), (8, 3)],
}
CASES = [(ending, *shape) for ending, shapes in SHAPES.items() for shape in shapes]


def samples_for(photograph, bits, channels):
    pixels = photograph if bits == 8 else deep(photograph)
    colour = pixels[..., :1] if channels < 3 else pixels
    return np.dstack([colour, alpha_of(pixels)]) if channels in (2, 4) else colour


def filled(photo):
    pixels, mask = photo.pixels.copy(), np.zeros(photo.pixels.shape[:2], bool)
    mask[HOLE] = True
    fill = np.random.default_rng(2).integers(0, np.iinfo(pixels.dtype).max, (*mask.shape, 3))
    pixels[mask] = fill[mask][:, :1] if photo.grey else fill[mask]
    return pixels, mask


@pytest.fixture
def saved(files, put, tmp_path, photograph):
    """Return a function that saves a fill; it returns samples, photo, pixels, mask, report."""

    def save(ending, bits, channels):
        samples = samples_for(photograph, bits, channels)
        photo = read_photo(put(f"a.{ending}", KINDS[ending](files, samples, 1, None)))
        pixels, mask = filled(photo)
        report = save_photo(photo, pixels, tmp_path / f"b.{ending}", touched=mask)
        return samples, photo, pixels, mask, report

    return save


@pytest.mark.parametrize(("ending", "bits", "channels"), CASES)
def test_pixels_outside_the_mask_are_bit_identical(saved, ending, bits, channels):
    samples, photo, pixels, mask, report = saved(ending, bits, channels)
    back = read_photo(report.path)
    assert (back.container, back.depth, back.grey) == (photo.container, bits, channels < 3)
    colours = samples[..., :1] if channels < 3 else samples[..., :3]
    assert np.array_equal(back.pixels[~mask], np.broadcast_to(colours, back.pixels.shape)[~mask])
    assert np.array_equal(back.pixels, pixels)
    if channels in (2, 4):
        assert np.array_equal(back.alpha, samples[..., -1])
    else:
        assert back.alpha is None
    assert not report.dropped


@pytest.mark.parametrize(("ending", "bits", "channels"), CASES)
def test_other_readers_see_the_same_samples(saved, ending, bits, channels):
    _, photo, pixels, _, report = saved(ending, bits, channels)
    wanted = np.dstack(
        [pixels[..., :1] if channels < 3 else pixels, *([photo.alpha] * (channels % 2 == 0))]
    )
    assert np.array_equal(_read_by_others(report.path, ending, bits, channels), wanted)


def _read_by_others(path, ending, bits, channels):
    if ending in ("tif", "tiff"):
        import tifffile

        found = tifffile.imread(path)
    elif bits == 8:
        with Image.open(path) as image:
            assert image.mode == {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels]
            found = np.array(image)
    else:
        found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if channels == 2:
            found = found[..., [0, 3]]
        elif channels > 2:
            found = found[..., [2, 1, 0, 3][: found.shape[2]]]
    return found if found.ndim == 3 else found[..., None]


PROFILES = {
    "Adobe RGB": lambda files: files.icc(),
    "Display P3": lambda files: files.icc(P3, gamma=2.2),
    "ProPhoto": lambda files: files.icc(PROPHOTO, gamma=1.8),
    "damaged": lambda files: files.icc()[:140],
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("ending", "bits"), [("png", 8), ("png", 16), ("tif", 8), ("tif", 16)])
def test_a_profile_is_kept_byte_for_byte_beside_untouched_values(
    files, put, tmp_path, photograph, ending, bits, profile
):
    block = PROFILES[profile](files)
    samples = samples_for(photograph, bits, 3)
    photo = read_photo(put(f"a.{ending}", KINDS[ending](files, samples, 1, block)))
    assert photo.icc == block
    pixels, mask = filled(photo)
    path = save_photo(photo, pixels, tmp_path / f"b.{ending}", touched=mask).path
    back = read_photo(path)
    assert back.icc == block
    assert np.array_equal(back.pixels[~mask], samples[~mask])
    assert block in path.read_bytes() or b"A name\0" in path.read_bytes()


@pytest.mark.parametrize("profile", ["Adobe RGB", "Display P3", "ProPhoto"])
def test_jpeg_and_webp_keep_the_profile(files, put, tmp_path, photograph, profile):
    block = PROFILES[profile](files)
    for ending, data in {
        "jpg": files.jpeg(photograph, icc_profile=block),
        "webp": through_pillow(files, photograph, 1, block, "WEBP"),
    }.items():
        photo = read_photo(put(f"a.{ending}", data))
        pixels, mask = filled(photo)
        path = save_photo(photo, pixels, tmp_path / f"b.{ending}", touched=mask).path
        with Image.open(path) as image:
            assert image.info["icc_profile"] == block


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize(
    ("ending", "bits", "channels"),
    [("png", 8, 4), ("png", 16, 3), ("tif", 8, 4), ("tif", 16, 4), ("webp", 8, 4)],
)
def test_every_orientation_is_saved_upright_with_nothing_else_changed(
    files, put, tmp_path, photograph, ending, bits, channels, orientation
):
    samples = samples_for(photograph, bits, channels)
    stored = np.ascontiguousarray(STORED[orientation](samples))
    photo = read_photo(put(f"a.{ending}", KINDS[ending](files, stored, orientation, None)))
    pixels, mask = filled(photo)
    back = read_photo(save_photo(photo, pixels, tmp_path / f"b.{ending}", touched=mask).path)
    assert back.orientation == 1
    assert np.array_equal(back.pixels[~mask], samples[..., :3][~mask])
    if channels == 4:
        assert np.array_equal(back.alpha, samples[..., 3])


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("size", [(144, 96), (141, 93)])
def test_every_orientation_of_a_jpeg_is_saved_upright(
    files, put, tmp_path, photograph, orientation, size
):
    part = photograph[: size[1], : size[0]]
    stored = np.ascontiguousarray(STORED[orientation](part))
    exif = b"Exif\0\0" + files.exif(orientation)
    photo = read_photo(put("a.jpg", files.jpeg(stored, exif=exif, quality=92)))
    pixels, mask = filled(photo)
    report = save_photo(photo, pixels, tmp_path / "b.jpg", touched=mask)
    back = read_photo(report.path)
    assert (back.orientation, back.size) == (1, size)
    far = cv2.dilate(mask.astype(np.uint8), np.ones((41, 41), np.uint8)) == 0
    off = np.abs(back.pixels.astype(int) - photo.pixels)[far]
    if orientation == 1:
        assert off.max() == 0
    elif "every coded block" in report.line:
        assert off.max() <= 4
    else:
        assert size == (141, 93), "whole blocks can always be turned"
        assert off.mean() < 2


def test_a_png_keeps_its_profiles_name_and_a_density_without_a_unit(files, put, tmp_path):
    chunks = [
        files.png_chunk(b"iCCP", b"A name\0\0" + zlib.compress(files.icc(), 1)),
        files.png_chunk(b"pHYs", struct.pack(">IIB", 3, 2, 0)),
    ]
    photo = read_photo(put("a.png", files.with_chunks(files.png(files.scene()), *chunks)))
    saved = save_photo(photo, photo.pixels, tmp_path / "b.png").path.read_bytes()
    assert all(chunk in saved for chunk in chunks)


@pytest.mark.parametrize("ending", ["png", "tif", "jpg"])
def test_iptc_goes_along_into_another_container(files, put, tmp_path, ending):
    data = files.with_segments(
        files.jpeg(files.scene()),
        files.segment(0xED, b"Photoshop 3.0\0" + files.resource(1028, files.IPTC)),
    )
    photo = read_photo(put("a.jpg", data))
    report = save_photo(photo, photo.pixels, tmp_path / f"b.{ending}")
    back = read_photo(report.path)
    assert back.iptc == files.IPTC
    again = read_photo(save_photo(back, back.pixels, tmp_path / f"c.{ending}").path)
    assert again.iptc == files.IPTC
    assert "IPTC" in report.line
    assert not any("IPTC" in sentence for sentence in report.dropped)


def test_iptc_stays_where_a_thumbnail_beside_it_had_to_go(files, put, tmp_path):
    both = files.resource(1028, files.IPTC) + files.resource(1036, bytes(28) + files.tiny_jpeg())
    text = b"Raw profile type 8bim\0\n8bim\n%8d\n%b\n" % (len(both), both.hex().encode())
    data = files.with_chunks(files.png(files.scene()), files.png_chunk(b"tEXt", text))
    photo = read_photo(put("a.png", data))
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.png").path)
    assert back.iptc == files.IPTC


def test_a_bmp_keeps_its_alpha(files, put, tmp_path, photograph):
    rgba = np.dstack([photograph, alpha_of(photograph)])
    source = read_photo(put("a.png", png(files, rgba, 1, None)))
    first = read_photo(save_photo(source, source.pixels, tmp_path / "a.bmp").path)
    pixels, mask = filled(first)
    back = read_photo(save_photo(first, pixels, tmp_path / "b.bmp", touched=mask).path)
    assert np.array_equal(back.pixels, pixels)
    assert np.array_equal(back.alpha, rgba[..., 3])
