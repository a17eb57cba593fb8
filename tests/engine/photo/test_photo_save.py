"""Saving: the same container, depth, profile and metadata; nothing outside the fill changes."""

import io
import struct
import zlib
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoWriteError
from engine.photo import propose_name, read_photo, save_photo


def edited(photo):
    """Return the pixels with a square changed, and the square as a mask."""
    pixels, mask = photo.pixels.copy(), np.zeros(photo.pixels.shape[:2], bool)
    mask[8:24, 12:30] = True
    pixels[mask] = np.iinfo(pixels.dtype).max - pixels[mask] // 2
    if photo.grey:
        pixels[..., 1:] = pixels[..., :1]
    return pixels, mask


def saved(array, kind, **options):
    out = io.BytesIO()
    Image.fromarray(array).save(out, kind, **options)
    return out.getvalue()


def lossless_files(files):
    """Return a file of every container and depth that keeps every sample."""
    deep, flat = files.scene(70, 50, np.uint16), files.scene(70, 50)
    alpha8, alpha16 = (
        files.scene(70, 50, seed=4)[..., :1],
        files.scene(70, 50, np.uint16, 4)[..., :1],
    )
    out = {
        "png8.png": files.png(flat),
        "png16.png": files.png(deep),
        "png8 grey.png": files.png(flat[..., 0]),
        "png16 grey.png": files.png(deep[..., 0]),
        "png8 alpha.png": files.png(np.dstack([flat, alpha8])),
        "png16 alpha.png": files.png(np.dstack([deep, alpha16])),
        "webp.webp": saved(flat, "WEBP", lossless=True),
        "webp alpha.webp": saved(np.dstack([flat, alpha8]), "WEBP", lossless=True, exact=True),
        "bmp.bmp": saved(flat, "BMP"),
        "bmp grey.bmp": saved(flat[..., 0], "BMP"),
    }
    for order, letter in (("<", "i"), (">", "m")):
        for name, samples, alpha in (("8", flat, alpha8), ("16", deep, alpha16)):
            tif, packed = files.tiff, {"compress": zlib.compress, "compression": 8}
            out |= {
                f"tiff{name}{letter}.tif": tif(samples, order, rows=9),
                f"tiff{name}{letter} tiles.tif": tif(samples, order, tile=(16, 16), **packed),
                f"tiff{name}{letter} planes.tif": tif(
                    samples, order, planar=True, predictor=2, **packed
                ),
                f"tiff{name}{letter} grey.tif": tif(samples[..., :1], order),
                f"tiff{name}{letter} white.tif": tif(samples[..., :1], order, photometric=0),
                f"tiff{name}{letter} alpha.tif": tif(np.dstack([samples, alpha]), order, extra=[2]),
                f"tiff{name}{letter} grey alpha.tif": tif(
                    np.dstack([samples[..., :1], alpha]), order, extra=[1]
                ),
                f"tiff{name}{letter} selection.tif": tif(
                    np.dstack([samples, alpha, alpha]), order, extra=[2, 0]
                ),
            }
    return out


def test_every_lossless_file_keeps_every_pixel_outside_the_fill(files, put, tmp_path):
    for name, data in lossless_files(files).items():
        photo = read_photo(put(name, data))
        pixels, mask = edited(photo)
        report = save_photo(photo, pixels, tmp_path / f"out {name}")
        back = read_photo(report.path)
        assert back.container == photo.container, name
        assert back.pixels.dtype == photo.pixels.dtype, name
        assert back.grey == photo.grey, name
        assert np.array_equal(back.pixels[~mask], photo.pixels[~mask]), name
        assert np.array_equal(back.pixels[mask], pixels[mask]), name
        assert (back.alpha is None) == (photo.alpha is None), name
        if photo.alpha is not None:
            assert np.array_equal(back.alpha, photo.alpha), name
        assert report.bytes == report.path.stat().st_size


def test_another_reader_sees_the_same_pixels(files, put, tmp_path):
    for name, data in lossless_files(files).items():
        if "selection" in name or "alpha" in name:
            continue
        photo = read_photo(put(name, data))
        pixels, _ = edited(photo)
        out = save_photo(photo, pixels, tmp_path / f"out {name}").path
        if photo.depth == 16:
            found = cv2.imread(str(out), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)[..., ::-1]
        else:
            with Image.open(out) as image:
                found = np.array(image.convert("RGB"))
        assert np.array_equal(found, pixels), name


def test_tiff_keeps_selections_byte_order_compression_and_unknown_tags(files, put, tmp_path):
    import tifffile

    samples = np.dstack(
        [files.scene(70, 50, np.uint16), files.scene(70, 50, np.uint16, 4)[..., :2]]
    )
    private = files.blob(65000, b"what another program wrote")
    data = files.tiff(
        samples,
        ">",
        extra=[2, 0],
        more=[private, files.text(305, "Other")],
        compress=zlib.compress,
        compression=8,
    )
    photo = read_photo(put("a.tif", data))
    pixels, mask = edited(photo)
    out = save_photo(photo, pixels, tmp_path / "b.tif").path
    with tifffile.TiffFile(out) as file:
        page = file.pages[0]
        assert file.byteorder == ">"
        assert page.compression == 8
        assert page.tags[65000].value == b"what another program wrote"
        assert page.tags[305].value == "Other"
        assert tuple(int(kind) for kind in page.extrasamples) == (2, 0)
        back = page.asarray()
    assert np.array_equal(back[..., :4], np.dstack([pixels, samples[..., 3]]))
    assert np.array_equal(back[..., 4][~mask], samples[..., 4][~mask])


def test_a_fill_in_a_grey_photo_stays_grey(files, put, tmp_path):
    photo = read_photo(put("a.png", files.png(files.scene(70, 50, np.uint16)[..., 0])))
    pixels = photo.pixels.copy()
    pixels[8:24, 12:30] = (60000, 100, 3000)
    back = read_photo(save_photo(photo, pixels, tmp_path / "b.png").path)
    assert back.grey
    outside = np.ones(pixels.shape[:2], bool)
    outside[8:24, 12:30] = False
    assert np.array_equal(back.pixels[outside], photo.pixels[outside])
    assert back.pixels[10, 20, 0] == round(0.299 * 60000 + 0.587 * 100 + 0.114 * 3000)


def rich_files(files, orientation):
    """Return a file of each container with all the metadata it can hold."""
    pixels, profile = files.scene(), files.icc()
    block, packet = files.exif(orientation), files.xmp(orientation)
    return {
        "JPEG": files.with_segments(
            files.jpeg(pixels),
            files.segment(0xE1, b"Exif\0\0" + block),
            files.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet),
            files.segment(0xE2, b"ICC_PROFILE\0\1\1" + profile),
            files.segment(0xED, b"Photoshop 3.0\0" + files.resource(1028, files.IPTC)),
            files.segment(0xFE, b"a comment"),
        ),
        "PNG": files.with_chunks(
            files.png(pixels),
            files.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(profile)),
            files.png_chunk(b"eXIf", block),
            files.png_chunk(b"pHYs", struct.pack(">IIB", 9449, 9449, 1)),
            files.png_chunk(b"tEXt", b"Comment\0kept"),
            files.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet),
        ),
        "WEBP": saved(pixels, "WEBP", lossless=True, icc_profile=profile, exif=block, xmp=packet),
        "AVIF": saved(pixels, "AVIF", icc_profile=profile, exif=block, xmp=packet),
    }


ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "AVIF": ".avif", "TIFF": ".tif"}


def _exif_values(path):
    with Image.open(path) as image:
        found = image.getexif()
        main = {t: v for t, v in dict(found).items() if t not in (34665, 34853)}
        return main, found.get_ifd(34665), found.get_ifd(34853)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_metadata_is_kept_tag_by_tag_and_orientation_becomes_one(
    files, put, tmp_path, kind, orientation
):
    photo = read_photo(put("a.bin", rich_files(files, orientation)[kind]))
    pixels, _ = edited(photo)
    out = save_photo(photo, pixels, tmp_path / f"b{ENDINGS[kind]}").path
    back = read_photo(out)
    assert back.orientation == 1
    assert back.size == photo.size
    assert back.icc == photo.icc
    assert back.iptc == photo.iptc
    assert b'Orientation="1"' in back.xmp
    assert back.xmp == files.xmp(1)
    (main, inner, gps), (main0, inner0, gps0) = _exif_values(out), _exif_values(photo.path)
    assert main.pop(274, 1) == 1
    main0.pop(274, None)
    assert main == main0
    assert gps == gps0
    assert (inner.pop(40962), inner.pop(40963)) == photo.size
    assert {t: v for t, v in inner0.items() if t not in (40962, 40963)} == inner


def test_tiff_metadata_is_kept_and_orientation_becomes_one(files, put, tmp_path):
    import tifffile

    pixels, profile = files.scene(48, 64, np.uint16), files.icc()
    inner = [files.rational(33434, 1, 250), files.short(34855, 400), files.blob(37500, b"maker")]
    gps = [(0, 1, 4, bytes((2, 3, 0, 0))), (1, 2, 2, b"N\0")]
    more = [
        files.short(274, 6), files.blob(34675, profile), files.blob(700, files.xmp(6)),
        files.blob(33723, files.IPTC), files.rational(282, 240, 1), files.rational(283, 240, 1),
        files.short(296, 2), files.text(315, "Ann Author"),
        files.long(34665, 0), files.long(34853, 0),
    ]  # fmt: skip
    size = len(files.tiff(pixels, more=more))
    exif = files.tags(inner, at=size)
    more[-2:] = files.long(34665, size), files.long(34853, size + len(exif))
    data = files.tiff(pixels, more=more, inner=exif + files.tags(gps, at=size + len(exif)))
    photo = read_photo(put("a.tif", data))
    assert photo.size == (64, 48)
    back = read_photo(save_photo(photo, edited(photo)[0], tmp_path / "b.tif").path)
    assert back.orientation == 1
    assert (back.icc, back.iptc, back.xmp) == (profile, files.IPTC, files.xmp(1))
    assert back.resolution == (240, 240)
    with tifffile.TiffFile(back.path) as file:
        tags = file.pages[0].tags
        assert tags[315].value == "Ann Author"
        assert tags[34665].value["ExposureTime"] == (1, 250)
        assert tags[34665].value["MakerNote"] == b"maker"
        assert tags[34853].value == {"GPSVersionID": b"\2\3\0\0", "GPSLatitudeRef": "N"}


@pytest.mark.parametrize("target", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("source", ["JPEG", "PNG", "WEBP"])
def test_changing_the_container_keeps_what_the_other_can_hold(files, put, tmp_path, source, target):
    photo = read_photo(put("a.bin", rich_files(files, 6)[source]))
    report = save_photo(photo, photo.pixels, tmp_path / f"b{ENDINGS[target]}")
    back = read_photo(report.path)
    assert back.container == target
    assert back.icc == photo.icc
    assert back.xmp == files.xmp(1)
    assert _exif_values(back.path)[0][315] == "Ann Author"
    if target not in ("JPEG", "AVIF"):
        assert np.array_equal(back.pixels, photo.pixels)


def test_sixteen_bits_are_rounded_for_jpeg_and_the_report_says_so(files, put, tmp_path):
    photo = read_photo(put("a.png", files.png(files.scene(70, 50, np.uint16))))
    report = save_photo(photo, photo.pixels, tmp_path / "b.webp")
    assert any("16 bits" in sentence for sentence in report.dropped)
    wanted = np.rint(photo.pixels / 257)
    assert np.array_equal(read_photo(report.path).pixels, wanted)


def test_comments_and_text_stay(files, put, tmp_path):
    rich = rich_files(files, 1)
    for kind, words in (("JPEG", b"a comment"), ("PNG", b"Comment\0kept")):
        photo = read_photo(put("a.bin", rich[kind]))
        out = save_photo(photo, edited(photo)[0], tmp_path / f"b{ENDINGS[kind]}").path
        assert words in out.read_bytes()


def test_the_jpeg_is_coded_with_the_same_tables_and_sampling(files, put, tmp_path):
    for subsampling in (0, 1, 2):
        for progressive in (False, True):
            data = files.jpeg(
                files.scene(), quality=83, subsampling=subsampling, progressive=progressive
            )
            photo = read_photo(put("a.jpg", data))
            out = save_photo(photo, edited(photo)[0], tmp_path / "b.jpg", overwrite=True).path
            with Image.open(photo.path) as a, Image.open(out) as b:
                assert a.quantization == b.quantization
                assert [c[1:3] for c in a.layer] == [c[1:3] for c in b.layer]
                assert b.info.get("progressive", 0) == 0


def test_the_report_is_sentences(files, put, tmp_path):
    photo = read_photo(put("a.jpg", rich_files(files, 6)["JPEG"]))
    report = save_photo(photo, photo.pixels, tmp_path / "b.jpg")
    assert all(s[0].isupper() and s.endswith(".") for s in report.sentences)
    for word in ("EXIF", "XMP", "IPTC", "colour profile"):
        assert word in report.line
    report = save_photo(photo, photo.pixels, tmp_path / "b.bmp")
    for word in ("EXIF", "XMP", "IPTC"):
        assert f"BMP cannot hold {word}; it was left out." in report.dropped


def test_a_name_beside_the_photo_is_proposed(files, put):
    photo = read_photo(put("harbour.jpg", files.png(files.scene())))
    first = propose_name(photo)
    assert first.name == "harbour-edited.png"
    first.write_bytes(b"")
    assert propose_name(photo).name == "harbour-edited-2.png"


def test_what_cannot_be_written_is_said(files, put, tmp_path):
    photo = read_photo(put("a.png", files.png(files.scene())))
    with pytest.raises(PhotoWriteError, match=r"“b\.gif” was not saved"):
        save_photo(photo, photo.pixels, tmp_path / "b.gif")
    with pytest.raises(PhotoWriteError, match="not of the photo's size"):
        save_photo(photo, photo.pixels[1:], tmp_path / "b.png")
    with pytest.raises(PhotoWriteError, match="not of the photo's size"):
        save_photo(photo, photo.pixels.astype(np.uint16), tmp_path / "b.png")
    wide = read_photo(put("w.png", files.png(np.zeros((1, 17000, 3), np.uint8))))
    with pytest.raises(PhotoWriteError, match="WEBP holds at most 16383 pixels a side"):
        save_photo(wide, wide.pixels, tmp_path / "b.webp")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "w.png"]


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "webp", "avif"])
def test_provenance_is_written_only_when_wanted(files, put, tmp_path, kind):
    mark = b"compositeWithTrainedAlgorithmicMedia"
    old = files.xmp(1).replace(
        b"<dc:title>",
        b'<Iptc4xmpExt:DigitalSourceType xmlns:Iptc4xmpExt="%b">digitalCapture'
        b"</Iptc4xmpExt:DigitalSourceType><dc:title>"
        % b"http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    )
    bare = read_photo(put("a.png", files.png(files.scene())))
    chunk = files.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + old)
    said = read_photo(put("b.png", files.with_chunks(files.png(files.scene()), chunk)))
    for photo in (bare, said):
        out = tmp_path / f"out.{kind}"
        save_photo(photo, photo.pixels, out, overwrite=True)
        assert mark not in out.read_bytes()
        save_photo(photo, photo.pixels, out, overwrite=True, provenance=True)
        packet = read_photo(out).xmp
        assert packet.count(mark) == 1
        assert b"digitalCapture" not in packet
        assert (b"Harbour" in packet) == (photo is said)
        assert ElementTree.fromstring(packet).tag.endswith("xmpmeta")


def test_noise_is_saved_as_jpeg_although_it_does_not_shrink(put, files, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    photo = read_photo(put("a.png", files.png(noise)))
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.jpg").path)
    assert np.abs(back.pixels.astype(int) - noise).mean() < 6
    exif = b"Exif\0\0" + files.exif(6)
    odd = read_photo(put("c.jpg", files.jpeg(noise[:299, :399], 97, subsampling=0, exif=exif)))
    back = read_photo(save_photo(odd, odd.pixels, tmp_path / "d.jpg").path)
    assert np.abs(back.pixels.astype(int) - odd.pixels).mean() < 2


def test_an_encoder_that_gives_up_is_not_called_a_full_disk(put, files, tmp_path, monkeypatch):
    def give_up(*_, **__):
        raise OSError("encoder error -2")

    photo = read_photo(put("a.png", files.png(files.scene())))
    monkeypatch.setattr(Image.Image, "save", give_up)
    with pytest.raises(PhotoWriteError, match=r"BMP cannot hold this picture \(encoder error -2\)"):
        save_photo(photo, photo.pixels, tmp_path / "b.bmp")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_clear_becomes_white_in_jpeg_and_that_is_said(files, put, dtype):
    """Under the clear part lies black, which nobody has seen."""
    full = np.iinfo(dtype).max
    picture = np.full((48, 64, 4), full // 2, dtype)
    picture[..., 3] = full
    picture[:, :32] = 0
    photo = read_photo(put("logo.png", files.png(picture)))
    report = save_photo(photo, photo.pixels, photo.path.with_name("logo.jpg"))
    back = read_photo(report.path).pixels
    assert back[:, :24].min() >= 250
    assert abs(int(back[:, 40:].mean()) - 127) <= 1
    assert "JPEG cannot hold transparency; what was clear is white now." in report.dropped


@pytest.mark.parametrize(("ending", "most"), [("jpg", 65_500), ("webp", 16_383), ("avif", 32_768)])
def test_a_photo_too_long_for_its_format_is_told_the_limit(files, put, ending, most):
    photo = read_photo(put("wide.png", files.png(np.zeros((1, most + 1, 3), np.uint8))))
    out = photo.path.with_name(f"wide.{ending}")
    with pytest.raises(PhotoWriteError, match=f"at most {most} pixels a side.*{most + 1} × 1"):
        save_photo(photo, photo.pixels, out)
    assert not out.exists()
    fits = read_photo(put("fits.png", files.png(np.zeros((1, most, 3), np.uint8))))
    save_photo(fits, fits.pixels, out)
    assert read_photo(out).size == (most, 1)
