"""What a decoder hands over is checked against the file's own header, or refused."""

import io
import struct
import types

import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoReadError
from engine.photo import bmp, pillow_formats, read_photo, save_photo
from engine.photo.headers import Header, header_of
from tests.engine.photo.test_photo_colour_numbers import box, heif
from tests.engine.photo.test_photo_extras import FakeHeif

KINDS = {"WEBP": "a.webp", "AVIF": "a.avif", "BMP": "a.bmp"}


def encoded(kind, channels=3, size=(45, 30), **options):
    pixels = np.random.default_rng(3).integers(0, 256, (size[1], size[0], channels), np.uint8)
    if kind == "BMP" and channels == 4:  # Pillow's own header tells nothing of transparency
        return bmp.write(pixels[..., :3], pixels[..., 3], False, None, None)
    out = io.BytesIO()
    Image.fromarray(pixels.squeeze()).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(
    ("kind", "options"), [("WEBP", {}), ("WEBP", {"lossless": True}), ("AVIF", {}), ("BMP", {})]
)
def test_files_tell_what_they_hold_and_open(put, kind, channels, options):
    data = encoded(kind, channels, **options)
    header = header_of(data, kind)
    assert header.size == (45, 30)
    assert header.bits == 8
    photo = read_photo(put(KINDS[kind], data))
    assert photo.size == (45, 30)
    assert header.alpha == (photo.alpha is not None) == (channels == 4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_avif_tells_how_it_is_turned(put, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    data = encoded("AVIF", exif=exif)
    assert header_of(data, "AVIF").orientation == orientation
    photo = read_photo(put("a.avif", data))
    assert photo.orientation == orientation
    assert photo.size == ((45, 30) if orientation < 5 else (30, 45))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((np.zeros((29, 45, 3), np.uint8), None), "of 45 × 30 pixels, but its picture has 45 × 29"),
        ((np.zeros((30, 45, 3), np.uint8), np.zeros((30, 45), np.uint8)), r"\(transparency\)"),
        ((np.zeros((30, 45), np.uint8), None), r"differ \(colours\)"),
    ],
)
def test_another_picture_than_the_header_tells_of_is_refused(
    put, monkeypatch, kind, answer, reason
):
    monkeypatch.setattr(pillow_formats, "pillow_pixels", lambda image: (*answer, (), True))
    with pytest.raises(PhotoReadError, match=reason):
        read_photo(put(KINDS[kind], encoded(kind)))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "BMP"])
def test_lost_transparency_is_refused(put, monkeypatch, kind):
    opaque = np.zeros((30, 45, 3), np.uint8), None, (), True
    monkeypatch.setattr(pillow_formats, "pillow_pixels", lambda image: opaque)
    with pytest.raises(PhotoReadError, match="transparency"):
        read_photo(put(KINDS[kind], encoded(kind, 4)))


def test_an_avif_turned_otherwise_than_its_boxes_say_is_refused(put, monkeypatch):
    exif = Image.Exif()
    exif[274] = 6
    data = encoded("AVIF", exif=exif)
    monkeypatch.setattr(pillow_formats.exif_block, "orientation_of", lambda exif: 1)
    with pytest.raises(PhotoReadError, match="orientation"):
        read_photo(put("a.avif", data))


def cropped(data, numbers):
    """Return an AVIF whose main picture is to be shown cropped by ``numbers``."""
    clap = box(b"clap", struct.pack(">IIIIiIiI", *numbers))
    out = bytearray(data)
    ipma = out.index(b"ipma")
    count = out[ipma + 14]
    properties = out.index(b"ipco") - 4
    size = int.from_bytes(out[properties : properties + 4], "big")
    number, at = 1, properties + 8
    while at < properties + size:
        at += int.from_bytes(out[at : at + 4], "big")
        number += 1
    out[ipma + 14] = count + 1
    out.insert(ipma + 15 + count, 0x80 | number)
    out[properties + size : properties + size] = clap
    for kind, more in ((b"ipma", 1), (b"ipco", len(clap)), (b"iprp", len(clap) + 1),
                       (b"meta", len(clap) + 1)):  # fmt: skip
        at = out.index(kind) - 4
        out[at : at + 4] = (int.from_bytes(out[at : at + 4], "big") + more).to_bytes(4, "big")
    iloc = out.index(b"iloc") + 4
    assert out[iloc + 4] == 0x44
    extent = iloc + 14
    begin = int.from_bytes(out[extent : extent + 4], "big") + len(clap) + 1
    out[extent : extent + 4] = begin.to_bytes(4, "big")
    return bytes(out)


def test_an_avif_is_cropped_as_it_says(put, tmp_path):
    data = encoded("AVIF", quality=100, subsampling="4:4:4")
    whole = read_photo(put("a.avif", data)).pixels
    part = 20, 1, 11, 1, -3, 2, 5, 2
    photo = read_photo(put("b.avif", cropped(data, part)))
    assert np.array_equal(photo.pixels, whole[12:23, 11:31])
    assert any("cropped" in notice for notice in photo.notices)
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "c.avif").path)
    assert back.size == (20, 11)
    assert not back.notices


@pytest.mark.parametrize(
    "part",
    [(20, 1, 11, 1, 0, 1, 0, 1), (46, 1, 30, 1, 0, 1, 0, 1), (45, 0, 30, 1, 0, 1, 0, 1),
     (21, 1, 12, 1, 40, 1, 0, 1), (0, 1, 10, 1, 1, 2, 0, 1)],
)  # fmt: skip
def test_a_crop_that_cannot_be_applied_is_refused(put, part):
    with pytest.raises(PhotoReadError, match="the crop that its header"):
        read_photo(put("a.avif", cropped(encoded("AVIF"), part)))


def test_a_webp_whose_chunks_tell_of_two_sizes_is_refused():
    data = bytearray(encoded("WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"))
    assert data[12:16] == b"VP8X"
    data[24] += 1
    with pytest.raises(Exception, match="46 × 30 pixels, but its picture has 45 × 30"):
        header_of(bytes(data), "WEBP")


def test_old_and_upside_down_bitmaps_open(put):
    rows = bytes(range(24))
    old = struct.pack("<2sIHHIIHHHH", b"BM", 50, 0, 0, 26, 12, 2, 3, 1, 24) + rows
    down = struct.pack(
        "<2sIHHIIiiHHIIiiII", b"BM", 78, 0, 0, 54, 40, 2, -3, 1, 24, 0, 24, 0, 0, 0, 0
    )
    assert header_of(old, "BMP").size == header_of(down + rows, "BMP").size == (2, 3)
    upright = read_photo(put("a.bmp", old)).pixels
    assert np.array_equal(read_photo(put("b.bmp", down + rows)).pixels, upright[::-1])


def heic(*properties, alpha=False):
    """Return a HEIC whose main picture has the properties, and perhaps another as transparency."""
    own = [box(kind, body) for kind, body in properties]
    mask = box(b"auxC", bytes(4) + b"urn:mpeg:hevc:2015:auxid:1\0")
    ipma = struct.pack(">BBHI", 0, 0, 0, 2) + struct.pack(">HB", 7, len(own))
    ipma += bytes(range(1, len(own) + 1)) + struct.pack(">HBB", 9, 1, len(own) + 1)
    iprp = box(b"iprp", box(b"ipco", b"".join([*own, mask])) + box(b"ipma", ipma))
    pitm = box(b"pitm", bytes(4) + struct.pack(">H", 7))
    iref = box(b"iref", bytes(4) + box(b"auxl" if alpha else b"thmb", struct.pack(">HHH", 9, 1, 7)))
    return box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"meta", bytes(4) + pitm + iprp + iref)


def ispe(width, height):
    return b"ispe", bytes(4) + struct.pack(">II", width, height)


PIXI = b"pixi", bytes(4) + b"\3\x08\x08\x08"
DEEP = b"pixi", bytes(4) + b"\3\x0a\x0a\x0a"
GREY = b"pixi", bytes(4) + b"\1\x08"
QUARTER = b"irot", b"\1"
CROP = b"clap", struct.pack(">8I", 81, 2, 30, 1, 0, 1, 0, 1)
HVCC = b"hvcC", bytes(17) + b"\xfa" + bytes(5)


@pytest.mark.parametrize(
    ("data", "shape", "deep"),
    [
        (heic(ispe(45, 30), PIXI), (30, 45, 3), False),
        (heic(ispe(45, 30), QUARTER, PIXI), (45, 30, 3), False),
        (heic(ispe(45, 30), CROP, QUARTER), (41, 30, 3), False),
        (heic(ispe(45, 30), DEEP), (30, 45, 3), True),
        (heic(ispe(45, 30), HVCC), (30, 45, 3), True),
        (heic(ispe(45, 30), PIXI, alpha=True), (30, 45, 4), False),
        (heic(ispe(45, 30), GREY), (30, 45), False),
        (heif((1, 13), (1, 13)), (30, 45, 3), False),
    ],
)
def test_a_heic_as_its_boxes_tell_opens(put, monkeypatch, data, shape, deep):
    open_as(monkeypatch, shape, deep)
    photo = read_photo(put("a.heic", data))
    assert photo.pixels.shape[:2] == shape[:2]
    assert photo.depth == (16 if deep else 8)


@pytest.mark.parametrize(
    ("data", "shape", "deep", "reason"),
    [
        (heic(ispe(45, 30)), (45, 30, 3), False, "of 45 × 30 pixels, but its picture has 30 × 45"),
        (heic(ispe(45, 30), QUARTER), (30, 45, 3), False, "of 30 × 45 pixels"),
        (heic(ispe(45, 30), CROP), (30, 45, 3), False, "of 40 × 30 pixels"),
        (heic(ispe(45, 30), DEEP), (30, 45, 3), False, "bits per channel"),
        (heic(ispe(45, 30), PIXI), (30, 45, 3), True, "bits per channel"),
        (heic(ispe(45, 30), PIXI), (30, 45), False, "colours"),
        (heic(ispe(45, 30), alpha=True), (30, 45, 3), False, "transparency"),
        (heic(ispe(45, 30)), (30, 45, 4), False, "transparency"),
    ],
)
def test_a_heic_other_than_its_boxes_tell_is_refused(put, monkeypatch, data, shape, deep, reason):
    open_as(monkeypatch, shape, deep)
    with pytest.raises(PhotoReadError, match=reason):
        read_photo(put("a.heic", data))


def open_as(monkeypatch, shape, deep):
    """Let a decoder stand in that hands over a picture of this shape, whatever the file is."""
    array = np.zeros(shape, np.uint16 if deep else np.uint8)
    decoder = types.SimpleNamespace(open_heif=lambda file, convert_hdr_to_8bit: FakeHeif(array))
    monkeypatch.setitem(__import__("sys").modules, "pi_heif", decoder)


def test_no_cut_or_flipped_header_raises_anything_but_a_refusal():
    for kind, data in (
        ("HEIC", heic(ispe(45, 30), CROP, QUARTER, HVCC, DEEP, alpha=True)),
        ("BMP", encoded("BMP")[:150]),
        ("WEBP", encoded("WEBP")[:60]),
    ):
        for at in range(len(data)):
            assert isinstance(header_of(data[:at], kind), Header)
            for bit in range(8):
                spoilt = bytearray(data)
                spoilt[at] ^= 1 << bit
                header_of(bytes(spoilt), kind)
