"""Colours told by numbers (nclx, cICP) or in a BMP's header are kept and used, or refused."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.errors import PhotoReadError
from engine.photo import colour_of, read_photo, save_photo
from engine.photo.isobmff.boxes import colour_numbers
from tests.engine.photo.test_photo_icc import P3


def avif(pixels, primaries, transfer):
    """Return an AVIF whose nclx box tells the given numbers."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "AVIF", quality=95)
    data = bytearray(out.getvalue())
    at = data.index(b"colrnclx") + 8
    struct.pack_into(">HH", data, at, primaries, transfer)
    return bytes(data)


def as_others_see_it(pixels, icc):
    """Return the sRGB that LittleCMS makes of pixels with a profile."""
    own = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    image = ImageCms.profileToProfile(Image.fromarray(pixels), own, ImageCms.createProfile("sRGB"))
    return np.array(image).astype(int)


@pytest.mark.parametrize("ending", ["avif", "png", "jpg", "tif", "bmp", "webp"])
def test_display_p3_told_by_numbers_becomes_a_profile(files, put, tmp_path, ending):
    photo = read_photo(put("a.avif", avif(files.scene(64, 48), 12, 13)))
    assert np.abs(colour_of(photo.icc).matrix - np.array(P3).T).max() < 5e-4
    seen = as_others_see_it(photo.pixels, photo.icc)
    assert np.abs(seen - colour_of(photo.icc).to_srgb(photo.pixels)).max() <= 1
    assert np.abs(seen - photo.pixels).mean() > 1
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / f"b.{ending}").path)
    assert back.icc == photo.icc


@pytest.mark.parametrize("transfer", [1, 6, 13])
def test_srgb_told_by_numbers_needs_no_profile(files, put, transfer):
    assert read_photo(put("a.avif", avif(files.scene(64, 48), 1, transfer))).icc is None


@pytest.mark.parametrize(("transfer", "gamma"), [(4, 2.2), (5, 2.8), (8, 1.0)])
def test_powers_told_by_numbers_are_used(files, put, transfer, gamma):
    photo = read_photo(put("a.avif", avif(files.scene(64, 48), 1, transfer)))
    curve = colour_of(photo.icc).curves[0]
    assert abs(float(curve[32768]) - 0.5**gamma) < 1e-3


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [((9, 16), "PQ"), ((9, 18), "HLG"), ((1, 11), "CICP 1/11"), ((77, 13), "CICP 77/13")],
)
def test_hdr_and_unknown_numbers_are_refused(files, put, numbers, reason):
    with pytest.raises(PhotoReadError, match=reason):
        read_photo(put("a.avif", avif(files.scene(64, 48), *numbers)))
    cicp = files.png_chunk(b"cICP", bytes((*numbers, 0, 1)))
    with pytest.raises(PhotoReadError, match=reason):
        read_photo(put("a.png", files.with_chunks(files.png(files.scene(20, 10)), cicp)))


def test_a_profile_comes_before_the_numbers_beside_it(files, put):
    out = io.BytesIO()
    Image.fromarray(files.scene(64, 48)).save(out, "AVIF", icc_profile=files.icc())
    assert read_photo(put("a.avif", out.getvalue())).icc == files.icc()


def test_a_png_told_by_numbers_keeps_them_and_others_get_a_profile(files, put, tmp_path):
    chunk = files.png_chunk(b"cICP", bytes((12, 13, 0, 1)))
    photo = read_photo(put("a.png", files.with_chunks(files.png(files.scene(40, 30)), chunk)))
    assert np.abs(colour_of(photo.icc).matrix - np.array(P3).T).max() < 5e-4
    same = save_photo(photo, photo.pixels, tmp_path / "b.png").path
    assert chunk in same.read_bytes()
    assert b"iCCP" not in same.read_bytes()
    assert read_photo(save_photo(photo, photo.pixels, tmp_path / "b.jpg").path).icc == photo.icc


def told(files, *chunks, grey=False):
    """Return a PNG with chunks of (kind, data) that tell its colours."""
    pixels = files.scene(40, 30)
    data = files.png(pixels[..., 0] if grey else pixels)
    return files.with_chunks(data, *(files.png_chunk(*chunk) for chunk in chunks))


def power(gamma):
    return b"gAMA", struct.pack(">I", round(1e5 / gamma))


def points(*values):
    """Return cHRM of white, red, green and blue."""
    return b"cHRM", struct.pack(">8I", *(round(value * 1e5) for value in values))


P3_POINTS = points(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
SRGB_POINTS = points(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)


@pytest.mark.parametrize("gamma", [1.0, 1.8])
@pytest.mark.parametrize("grey", [False, True])
def test_a_power_that_a_png_tells_is_used_and_kept(files, put, tmp_path, gamma, grey):
    photo = read_photo(put("a.png", told(files, power(gamma), SRGB_POINTS, grey=grey)))
    assert np.abs(colour_of(photo.icc).matrix - colour_of(None).matrix).max() < 1e-3
    assert abs(float(colour_of(photo.icc).curves[1][32768]) - 0.5**gamma) < 1e-3
    same = save_photo(photo, photo.pixels, tmp_path / "b.png").path.read_bytes()
    assert files.png_chunk(*power(gamma)) in same
    assert b"iCCP" not in same
    other = save_photo(photo, photo.pixels, tmp_path / "b.jpg").path
    assert read_photo(other).icc == photo.icc
    assert photo.icc[16:20] == (b"GRAY" if grey else b"RGB ")


def test_end_points_that_a_png_tells_are_used(files, put):
    photo = read_photo(put("a.png", told(files, P3_POINTS)))
    assert np.abs(colour_of(photo.icc).matrix - np.array(P3).T).max() < 5e-4
    assert np.abs(colour_of(photo.icc).curves[0] - colour_of(None).curves[0]).max() < 1e-3
    seen = as_others_see_it(photo.pixels, photo.icc)
    assert np.abs(seen - colour_of(photo.icc).to_srgb(photo.pixels)).max() <= 1


@pytest.mark.parametrize(
    "chunks",
    [
        [power(2.2), SRGB_POINTS],
        [(b"sRGB", b"\0"), power(1.0), P3_POINTS],
        [(b"gAMA", bytes(4))],
        [(b"gAMA", b"\1")],
        [(b"cHRM", bytes(32))],
        [points(0.3, 0.3, 0.4, 0.4, 0.5, 0.5, 0.6, 0.6)],
        [(b"cICP", bytes((1, 13, 0, 1))), power(1.0)],
    ],
)
def test_what_is_srgb_or_damaged_counts_as_srgb(files, put, chunks):
    assert read_photo(put("a.png", told(files, *chunks))).icc is None


def test_a_profile_comes_before_power_and_end_points(files, put):
    profile = b"iCCP", b"x\0\0" + zlib.compress(files.icc())
    photo = read_photo(put("a.png", told(files, power(1.0), P3_POINTS, profile)))
    assert photo.icc == files.icc()


@pytest.mark.parametrize("numbers", [(1, 13, 0, 0), (1, 13, 6, 1)])
def test_a_png_with_the_colours_of_a_video_is_refused(files, put, numbers):
    with pytest.raises(PhotoReadError, match="video"):
        read_photo(put("a.png", told(files, (b"cICP", bytes(numbers)))))


def test_a_grey_avif_gets_a_profile_of_greys(files, put, tmp_path):
    grey = files.scene(64, 48)[..., 0]
    photo = read_photo(put("a.avif", avif(grey, 12, 8)))
    assert photo.grey
    assert photo.icc[16:20] == b"GRAY"
    assert abs(float(colour_of(photo.icc).curves[0][32768]) - 0.5) < 1e-3
    assert read_photo(put("b.avif", avif(grey, 12, 13))).icc is None
    with Image.open(save_photo(photo, photo.pixels, tmp_path / "c.png").path) as image:
        assert ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))


def box(kind, body):
    return struct.pack(">I4s", len(body) + 8, kind) + body


def heif(own, other, wide=False):
    """Return the boxes of a file whose main picture (7) has ``own`` and another one ``other``."""
    links = {7: [1] if own else [], 9: [2]}
    ipma = struct.pack(">BBHI", wide, 0, wide, 2)
    for item, numbers in links.items():
        ipma += struct.pack(">IB" if wide else ">HB", item, len(numbers))
        ipma += b"".join(struct.pack(">H" if wide else ">B", n) for n in numbers)
    colours = [
        box(b"colr", b"nclx" + struct.pack(">HHHB", *(own or (0, 0)), 6, 128))
        if own
        else box(b"ispe", bytes(12)),
        box(b"colr", b"nclx" + struct.pack(">HHHB", *other, 6, 0)),
    ]
    iprp = box(b"iprp", box(b"ipco", b"".join(colours)) + box(b"ipma", ipma))
    pitm = box(b"pitm", bytes(4) + struct.pack(">H", 7))
    return box(b"ftyp", b"heic") + box(b"meta", bytes(4) + pitm + iprp)


@pytest.mark.parametrize("wide", [False, True])
def test_the_main_pictures_numbers_count(wide):
    assert colour_numbers(heif((12, 13), (9, 16), wide)) == (12, 13)
    assert colour_numbers(heif(None, (9, 16), wide)) == (9, 16)


def test_no_cut_or_flipped_box_raises():
    data = heif((12, 13), (9, 16))
    for length in range(len(data)):
        colour_numbers(data[:length])
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[length] ^= 1 << bit
            colour_numbers(bytes(spoilt))


def bmp(pixels, kind, profile=b"", points=bytes(48)):
    """Return a BMP with a header of version 5."""
    rows = np.pad(
        pixels[::-1, :, ::-1].reshape(pixels.shape[0], -1), ((0, 0), (0, -pixels.shape[1] * 3 % 4))
    ).tobytes()
    head = struct.pack(
        "<IiiHHIIiiII", 124, pixels.shape[1], pixels.shape[0], 1, 24, 0, len(rows), 0, 0, 0, 0
    )
    head += bytes(16) + struct.pack("<I", kind) + points
    head += struct.pack("<IIII", 4, 124 + len(rows) if profile else 0, len(profile), 0)
    size = 14 + len(head) + len(rows) + len(profile)
    return struct.pack("<2sIHHI", b"BM", size, 0, 0, 138) + head + rows + profile


@pytest.mark.parametrize("grey", [False, True])
def test_a_bmp_keeps_and_uses_its_profile(files, put, tmp_path, grey):
    pixels = files.scene(41, 30)
    photo = read_photo(put("a.bmp", bmp(pixels, 0x4D424544, files.icc())))
    assert photo.icc == files.icc()
    assert np.array_equal(photo.pixels, pixels)
    out = tmp_path / "b.bmp"
    if grey:
        single = files.png(pixels[..., 0])
        icc = files.icc()
        photo = read_photo(
            put(
                "g.png",
                files.with_chunks(single, files.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(icc))),
            )
        )
    save_photo(photo, photo.pixels, out)
    back = read_photo(out)
    assert back.icc == photo.icc
    assert back.grey == grey
    assert np.array_equal(back.pixels, photo.pixels)
    with Image.open(out) as image:
        assert np.array_equal(np.array(image.convert("RGB")), photo.pixels)


def test_a_bmp_that_tells_its_colours_otherwise_says_so(files, put):
    points = struct.pack("<12I", *range(1, 13))
    for data in (bmp(files.scene(20, 10), 0, points=points), bmp(files.scene(20, 10), 0x4C494E4B)):
        photo = read_photo(put("a.bmp", data))
        assert photo.icc is None
        assert any("sRGB" in notice for notice in photo.notices)


@pytest.mark.parametrize("numbers", [[(0, 1)], [(0, 2), (1, 2)], [(2, 2), (1, 2)], [(1, 9)]])
def test_a_jpegs_profile_is_joined_whatever_its_parts_count_from(files, put, tmp_path, numbers):
    icc = files.icc()
    room = -(-len(icc) // len(numbers))
    parts = {n: icc[i * room : (i + 1) * room] for i, n in enumerate(sorted(numbers))}
    segments = [
        files.segment(0xE2, b"ICC_PROFILE\0" + bytes(number) + parts[number]) for number in numbers
    ]
    photo = read_photo(put("a.jpg", files.with_segments(files.jpeg(files.scene()), *segments)))
    assert photo.icc == icc
    assert read_photo(save_photo(photo, photo.pixels, tmp_path / "b.jpg").path).icc == icc


@pytest.mark.parametrize("twice", [False, True])
def test_parts_of_one_number_follow_each_other_and_none_counts_twice(files, put, twice):
    icc = files.icc()
    parts = [b"ICC_PROFILE\0\1\2" + icc[:300], b"ICC_PROFILE\0\1\2" + icc[300:]]
    segments = [files.segment(0xE2, part) for part in parts * (1 + twice)]
    photo = read_photo(put("a.jpg", files.with_segments(files.jpeg(files.scene()), *segments)))
    assert photo.icc == icc


def test_a_profile_that_lacks_a_part_stays_and_counts_as_srgb(files, put, tmp_path):
    part = files.segment(0xE2, b"ICC_PROFILE\0\1\2" + files.icc()[:300])
    photo = read_photo(put("a.jpg", files.with_segments(files.jpeg(files.scene()), part)))
    assert "damaged" in colour_of(photo.icc).notice
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.jpg").path)
    assert back.icc == files.icc()[:300]
