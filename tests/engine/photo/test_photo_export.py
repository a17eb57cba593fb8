"""Copies to hand on: the size, the quality and the format that were asked for, and all metadata."""

import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoWriteError
from engine.photo import read_photo
from engine.photo.export import Wishes, export_photo, size_of_copy
from engine.photo.metadata.ifd import TagReader, read_all


def exported(photo, out, pixels=None, **wishes):
    export_photo(photo, photo.pixels if pixels is None else pixels, out, Wishes(**wishes))
    return read_photo(out)


@pytest.mark.parametrize(
    ("size", "longest", "wanted"),
    [
        ((600, 400), 0, (600, 400)),
        ((600, 400), 600, (600, 400)),
        ((600, 400), 9000, (600, 400)),
        ((600, 400), 300, (300, 200)),
        ((400, 600), 301, (201, 301)),
        ((4000, 3), 100, (100, 1)),
    ],
)
def test_a_copy_is_made_smaller_never_larger(size, longest, wanted):
    assert size_of_copy(size, longest) == wanted


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp", "avif", "bmp"])
def test_a_turned_jpeg_becomes_any_format_upright_at_its_new_size(files, put, tmp_path, ending):
    data = files.jpeg(files.scene(96, 64), exif=b"Exif\0\0" + files.exif(6), quality=95)
    photo = read_photo(put("a.jpg", data))
    copy = exported(photo, tmp_path / f"b.{ending}", longest=48, quality=95)
    assert copy.size == (32, 48)
    assert copy.orientation == 1
    small = np.asarray(Image.fromarray(photo.pixels).reduce(2), np.int32)
    assert np.abs(copy.pixels.astype(np.int32) - small).mean() < 6
    if ending != "bmp":
        assert b"Ann Author" in copy.exif
        reader = TagReader(read_all(copy.exif))
        inner, _ = reader.directory(reader.directory(reader.first)[0][34665].first)
        assert [inner[tag].first for tag in (40962, 40963)] == [32, 48]


def test_lossless_copies_of_the_photos_size_are_exact_and_keep_16_bits(files, put, tmp_path):
    photo = read_photo(put("a.tif", files.tiff(files.scene(dtype=np.uint16))))
    for ending in ("png", "tif"):
        copy = exported(photo, tmp_path / f"b.{ending}")
        assert copy.depth == 16
        assert np.array_equal(copy.pixels, photo.pixels)


@pytest.mark.parametrize("ending", ["jpg", "webp", "avif"])
def test_quality_decides_on_the_size_of_the_file(files, put, tmp_path, ending):
    photo = read_photo(put("a.jpg", files.jpeg(files.scene(256, 192), quality=98)))
    sizes = []
    for quality in (30, 60, 95):
        out = tmp_path / f"{quality}.{ending}"
        exported(photo, out, quality=quality)
        sizes.append(out.stat().st_size)
    assert sizes[0] < sizes[1] < sizes[2]


def test_clear_pixels_lend_no_colour_to_a_smaller_copy(files, put, tmp_path):
    pixels = np.full((64, 96, 4), (200, 100, 50, 255), np.uint8)
    pixels[::2, ::2] = (0, 255, 0, 0)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    copy = exported(read_photo(tmp_path / "a.png"), tmp_path / "b.png", longest=48)
    assert (copy.pixels == (200, 100, 50)).all()
    assert (copy.alpha == 191).all()


def test_the_edited_pixels_are_what_is_exported(files, put, tmp_path):
    photo = read_photo(put("a.png", files.png(files.scene())))
    edited = photo.pixels.copy()
    edited[10:20, 10:20] = 7
    copy = exported(photo, tmp_path / "b.png", edited)
    assert np.array_equal(copy.pixels, edited)


def test_places_in_pixels_shrink_with_the_copy(files, put, tmp_path):
    subject = files.short(37396, 60, 40, 20)
    entries = [subject, files.long(40962, 96), files.long(40963, 64)]
    head = [files.long(34665, 0)]
    at = 8 + len(files.tags(head, "<", 8))
    block = b"II*\0\x08\0\0\0" + files.tags([files.long(34665, at)], "<", 8)
    block += files.tags(entries, "<", at)
    photo = read_photo(put("a.jpg", files.jpeg(files.scene(96, 64), exif=b"Exif\0\0" + block)))
    copy = exported(photo, tmp_path / "b.jpg", longest=48)
    reader = TagReader(read_all(copy.exif))
    inner, _ = reader.directory(reader.directory(reader.first)[0][34665].first)
    assert [int(value) for value in inner[37396].numbers] == [30, 20, 10]


def test_nothing_is_replaced_without_being_asked_to(files, put, tmp_path):
    photo = read_photo(put("a.png", files.png(files.scene())))
    (tmp_path / "b.jpg").write_bytes(b"mine")
    with pytest.raises(PhotoWriteError):
        exported(photo, tmp_path / "b.jpg")
    assert (tmp_path / "b.jpg").read_bytes() == b"mine"
