"""Bad files: each is refused with a sentence that names it, whatever is wrong with it."""

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.errors import PhotoReadError
from engine.photo import colour_of, read_photo, save_photo
from engine.photo.limits import MAX_PIXELS


def saved(array, kind, **options):
    out = io.BytesIO()
    Image.fromarray(array).save(out, kind, **options)
    return out.getvalue()


def good_files(files):
    pixels = files.scene(24, 16)
    return {
        "JPEG": files.jpeg(pixels, 80, exif=b"Exif\0\0" + files.exif(6)),
        "progressive JPEG": files.jpeg(pixels, 80, progressive=True),
        "PNG": files.with_chunks(files.png(pixels), files.png_chunk(b"eXIf", files.exif(6))),
        "PNG 16": files.png(files.scene(24, 16, np.uint16)),
        "TIFF": files.tiff(pixels, rows=5),
        "TIFF deflate": files.tiff(pixels, rows=5, compress=zlib.compress, compression=8),
        "WEBP": saved(pixels, "WEBP", lossless=True),
        "WEBP lossy": saved(pixels, "WEBP", exif=files.exif(6)),
        "AVIF": saved(pixels, "AVIF"),
        "BMP": saved(pixels, "BMP"),
    }


def refusal(path):
    """Return the sentence with which a file is refused, None if it is opened as a sound photo."""
    try:
        photo = read_photo(path)
    except PhotoReadError as error:
        sentence = str(error)
        assert sentence.startswith(f"“{path.name}” cannot be opened: ")
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence
    assert photo.pixels.ndim == 3
    assert photo.pixels.dtype in (np.uint8, np.uint16)
    return None


def test_every_truncation_is_refused_but_that_of_an_end_mark(files, put):
    for name, data in good_files(files).items():
        assert refusal(put("a.bin", data)) is None, name
        whole = read_photo(put("a.bin", data)).pixels
        lengths = [*range(min(len(data), 300)), *range(300, len(data), 11), len(data) - 1]
        for length in lengths:
            path = put("a.bin", data[:length])
            if refusal(path) is None:
                found = read_photo(path)
                assert any("end mark" in notice for notice in found.notices), (name, length)
                assert np.array_equal(found.pixels, whole), (name, length)


def test_no_flipped_bit_raises_anything_else(files, put):
    rng = np.random.default_rng(1)
    for data in good_files(files).values():
        for _ in range(150):
            broken = bytearray(data)
            for _ in range(rng.integers(1, 4)):
                broken[rng.integers(len(data))] ^= 1 << rng.integers(8)
            refusal(put("a.bin", broken))


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_splice_of_two_files_raises_anything_else(files, put, data):
    pool = list(good_files(files).values())
    a, b = data.draw(st.sampled_from(pool)), data.draw(st.sampled_from(pool))
    cut = data.draw(st.integers(0, len(a)))
    refusal(put("a.bin", a[:cut] + b[data.draw(st.integers(0, len(b))) :]))


@given(
    st.binary(max_size=400),
    st.sampled_from(
        [
            b"",
            b"II*\0\x08\0\0\0",
            b"MM\0+",
            b"\xff\xd8\xff\xe0",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\0\0\0\0WEBPVP8 ",
            b"BM",
            b"\0\0\0\x20ftypavif",
        ]
    ),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_noise_raises_anything_else(put, noise, start):
    refusal(put("a.bin", start + noise))


NOT_PHOTOS = {
    "empty": (b"", "empty"),
    "text": (b"Dear diary, today I took a photo.", "not a photo of a known format"),
    "page.pdf": (b"%PDF-1.7\n", "PDF"),
    "page.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
    "page.svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "film.mp4": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "film"),
    "moving.gif": (b"GIF89a\1\0\1\0\0\0\0;", "GIF"),
    "layers.psd": (b"8BPS\0\1", "Photoshop"),
    "new.jxl": (b"\xff\x0a\0\0", "JPEG XL"),
    "wavelets.jp2": (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_what_is_no_photo_is_named(put, name):
    data, word = NOT_PHOTOS[name]
    assert word in refusal(put(name, data))


def test_a_photo_with_a_wrong_ending_is_no_reason(files, put):
    assert refusal(put("a.pdf", files.png(files.scene()))) is None


def _png_claiming(files, width, height):
    header = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        files.png_chunk(k, d)
        for k, d in [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    )


def _jpeg_claiming(files, width, height):
    data = bytearray(files.jpeg(files.scene(16, 16)))
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, height, width)
    return bytes(data)


def _tiff_claiming(files, width, height):
    data = files.tiff(files.scene(16, 16))
    at = data.index(struct.pack("<HHII", 256, 4, 1, 16))
    out = bytearray(data)
    struct.pack_into("<I", out, at + 8, width)
    struct.pack_into("<I", out, at + 20, height)
    return bytes(out)


def _bmp_claiming(files, width, height):
    data = bytearray(saved(files.scene(16, 16), "BMP"))
    struct.pack_into("<ii", data, 18, width, height)
    return bytes(data)


@pytest.mark.parametrize("claim", [_png_claiming, _jpeg_claiming, _tiff_claiming, _bmp_claiming])
def test_more_than_the_limit_is_refused_before_decoding(files, put, claim):
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sentence = refusal(put("bomb.bin", claim(files, 60000, 50000)))
    assert f"{MAX_PIXELS // 1_000_000} megapixels" in sentence
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (after - before) * (1 if sys.platform == "darwin" else 1024) < 50e6


def test_a_tiff_that_claims_more_than_it_holds_is_refused_before_decoding(files, put):
    packed = files.tiff(files.scene(16, 16), compress=zlib.compress, compression=8)
    at = packed.index(struct.pack("<HHII", 256, 4, 1, 16))
    out = bytearray(packed)
    struct.pack_into("<I", out, at + 8, 15000)
    struct.pack_into("<I", out, at + 20, 15000)
    rows = out.index(struct.pack("<HHII", 278, 4, 1, 16))
    struct.pack_into("<I", out, rows + 8, 15000)
    assert "more pixels than it holds" in refusal(put("a.tif", out))


def test_what_follows_the_end_of_a_png_is_never_believed(files, put):
    import resource

    sound = files.png(files.scene(16, 16))
    claim = struct.pack(">I", 3 << 30) + b"tEXt" + bytes(100)
    assert refusal(put("a.png", sound + claim)) is None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    end = files.png_chunk(b"IEND", b"x" * 99)
    assert "no picture" in refusal(put("b.png", sound[:33] + end + claim))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (after - before) * (1 if sys.platform == "darwin" else 1024) < 50e6


def test_a_text_bomb_in_a_png_is_not_inflated(files, put):
    bomb = zlib.compress(bytes(100 << 20), 9)
    data = files.with_chunks(
        files.png(files.scene()),
        files.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
        files.png_chunk(b"iCCP", b"x\0\0" + bomb),
    )
    photo = read_photo(put("a.png", data))
    assert photo.xmp is None
    assert photo.icc is None


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_animations_are_refused(files, put, kind):
    frames = [Image.fromarray(files.scene(32, 24, seed=s)) for s in (0, 1)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    assert "animation" in refusal(put("a.bin", out.getvalue()))


@pytest.mark.parametrize("samples", [np.float32, np.uint32])
def test_tiff_with_other_numbers_is_refused(put, samples):
    import tifffile

    out = io.BytesIO()
    tifffile.imwrite(out, np.ones((8, 8, 3), samples), photometric="rgb")
    assert refusal(put("a.tif", out.getvalue()))


def _raw(files, magic=42):
    """Return what a camera's RAW file begins with: a thumbnail, and the sensor's data behind it."""
    thumbnail = files.tiff(
        files.scene(32, 24),
        more=[files.long(254, 1), files.text(271, "Maker"), files.long(330, 9000)],
    )
    return thumbnail.ljust(9000, b"\0") + files.tags([files.long(256, 6000)], at=9000)


def test_raw_is_never_opened_as_its_thumbnail(files, put, monkeypatch):
    monkeypatch.setitem(sys.modules, "rawpy", None)
    sentences = [
        refusal(put("photo.nef", _raw(files))),
        refusal(put("renamed.tif", _raw(files))),
        refusal(put("photo.dng", files.tiff(files.scene(32, 24)))),
        refusal(
            put("dng.tif", files.tiff(files.scene(32, 24), more=[files.blob(50706, b"\1\4\0\0")]))
        ),
        refusal(put("photo.cr2", b"II*\0\x10\0\0\0CR\2\0" + bytes(100))),
        refusal(put("photo.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom")),
        refusal(put("photo.raf", b"FUJIFILMCCD-RAW 0201" + bytes(100))),
    ]
    assert all("pip install lacuna[raw]" in sentence for sentence in sentences)


def test_heic_names_the_extra_it_needs(put, monkeypatch):
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    sentence = refusal(put("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"))
    assert "pip install lacuna[heic]" in sentence


def _looping_exif(files):
    block = bytearray(files.exif(thumbnail=files.tiny_jpeg()))
    count = struct.unpack_from("<H", block, 8)[0]
    loops = [bytes(block)]
    struct.pack_into("<I", block, 10 + 12 * count, 8)
    loops.append(bytes(block))
    for tag in (34665, 34853):
        at = block.index(struct.pack("<HHI", tag, 4, 1))
        struct.pack_into("<I", block, at + 8, 8)
        loops.append(bytes(block))
    return loops


BROKEN_EXIF = {
    "nothing": b"",
    "noise": b"\x83" * 70,
    "header alone": b"II*\0\x08\0\0\0",
    "directory outside": b"II*\0\xff\xff\xff\x7f",
    "many entries": b"II*\0\x08\0\0\0\xff\xff" + bytes(50),
    "value outside": b"II*\0\x08\0\0\0\1\0\x0f\1\2\0\x40\0\0\0\xff\xff\xff\x7f\0\0\0\0",
    "cut": b"MM\0*\0\0\0\x08\0\3\1\x12\0\3",
}


def test_broken_exif_opens_and_saves(files, put, tmp_path):
    blocks = [*BROKEN_EXIF.values(), *_looping_exif(files)]
    for block in blocks:
        jpg = files.with_segments(
            files.jpeg(files.scene()), files.segment(0xE1, b"Exif\0\0" + block)
        )
        png = files.with_chunks(files.png(files.scene()), files.png_chunk(b"eXIf", block))
        for data in (jpg, png):
            photo = read_photo(put("a.bin", data))
            for kind in ("jpg", "png", "tif", "webp", "avif"):
                out = save_photo(photo, photo.pixels, tmp_path / f"b.{kind}", overwrite=True)
                assert read_photo(out.path).orientation == 1


def test_an_absurd_resolution_is_ignored(files, put, tmp_path):
    for claim in (b"\xff" * 8 + b"\1", bytes(4) + b"\0\0\x2e\x23\1"):
        data = files.with_chunks(files.png(files.scene()), files.png_chunk(b"pHYs", claim))
        photo = read_photo(put("a.png", data))
        assert photo.resolution is None
        for kind in ("tif", "bmp", "jpg", "png"):
            save_photo(photo, photo.pixels, tmp_path / f"b.{kind}", overwrite=True)


def test_a_broken_profile_counts_as_srgb_and_is_kept_byte_for_byte(files, put, tmp_path):
    whole = files.icc()
    for profile in (
        b"\x83" * 500,
        whole[:200],
        whole[:36] + b"xxxx" + whole[40:],
        whole[:16] + b"CMYK" + whole[20:],
    ):
        data = files.with_chunks(
            files.png(files.scene()), files.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))
        )
        photo = read_photo(put("a.png", data))
        colour = colour_of(photo.icc)
        assert "damaged" in colour.notice
        assert np.array_equal(colour.to_srgb(photo.pixels), photo.pixels)
        back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.png", overwrite=True).path)
        assert back.icc == profile
