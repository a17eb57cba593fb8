"""The removed object survives nowhere in the file: no thumbnail, preview, second picture, copy."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from engine.photo import read_photo, save_photo


def start_of(thumbnail):
    """Return bytes that stand only in this thumbnail: its coded picture."""
    return thumbnail[-40:-2]


def jpeg_places(files, secret):
    """Return a JPEG per place in which cameras and programs hide a second picture."""
    base = files.jpeg(files.scene())
    app1 = b"Exif\0\0"
    gain_map = b"http://ns.adobe.com/xap/1.0/\0" + (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description hdrgm:Version="1.0">'
        b"</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    coded = secret.hex().encode()
    packet = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><xmp:Thumbnails><rdf:Alt><rdf:li>"
    packet += b"<xmpGImg:image>" + coded + b"</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>"
    packet += b"<dc:title>Harbour</dc:title></x:xmpmeta>"
    depth = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description GImage:Data="' + coded
    depth += b'" dc:title="Harbour"/></x:xmpmeta>'
    maker = b"MAKER\0\0\1" + bytes(40) + secret + bytes(9)

    def put(*segments):
        return files.with_segments(base, *segments)

    return {
        "EXIF thumbnail": put(files.segment(0xE1, app1 + files.exif(thumbnail=secret))),
        "EXIF big-endian": put(files.segment(0xE1, app1 + files.exif(order=">", thumbnail=secret))),
        "maker note": put(files.segment(0xE1, app1 + files.exif(maker_note=maker))),
        "JFXX": put(files.segment(0xE0, b"JFXX\0\x10" + secret)),
        "Photoshop 1036": put(_photoshop(files, 1036, bytes(28) + secret)),
        "Photoshop 1033": put(_photoshop(files, 1033, bytes(28) + secret)),
        "Photoshop's EXIF": put(_photoshop(files, 1058, files.exif(thumbnail=secret))),
        "XMP thumbnail": put(files.segment(0xE1, packet)),
        "XMP depth": put(files.segment(0xE1, depth)),
        "extended XMP": put(
            files.segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + coded)
        ),
        "multi-picture": put(files.segment(0xE2, b"MPF\0II*\0" + bytes(40))) + secret,
        "gain map": put(files.segment(0xE1, gain_map)) + secret,
        "trailer": base + b"\0" * 8 + secret,
        "maker's segment": put(files.segment(0xE5, b"RMETA\0" + secret)),
        "FlashPix": put(files.segment(0xE2, b"FPXR\0" + secret)),
    }


def _photoshop(files, number, data):
    body = files.resource(1028, files.IPTC) + files.resource(number, data)
    return files.segment(0xED, b"Photoshop 3.0\0" + body)


def test_no_hidden_picture_of_a_jpeg_survives_saving(files, put, tmp_path):
    secret = files.tiny_jpeg()
    mark = start_of(secret)
    for place, data in jpeg_places(files, secret).items():
        assert mark in data or mark.hex().encode() in data, place
        photo = read_photo(put("a.jpg", data))
        pixels = photo.pixels.copy()
        pixels[8:20, 8:20] = 0
        for name in ("b.jpg", "b.png", "b.tif", "b.webp"):
            out = save_photo(photo, pixels, tmp_path / name, overwrite=True)
            saved = out.path.read_bytes()
            assert mark not in saved, (place, name)
            assert mark.hex().encode() not in saved, (place, name)
            if name == "b.jpg":
                assert out.dropped, place


def test_the_rest_of_a_cleaned_block_stays(files, put, tmp_path):
    secret = files.tiny_jpeg()
    for place, data in jpeg_places(files, secret).items():
        photo = read_photo(put("a.jpg", data))
        back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.jpg", overwrite=True).path)
        if "XMP thumbnail" in place or "depth" in place:
            assert b"Harbour" in back.xmp
        if "Photoshop" in place:
            assert back.iptc == files.IPTC
        if ("EXIF" in place and "Photoshop" not in place) or "note" in place:
            with Image.open(back.path) as image:
                found = image.getexif()
                assert found[315] == "Ann Author"
                assert found.get_ifd(34665)[34855] == 400
                assert not found.get_ifd(1)


def test_no_preview_of_a_tiff_survives_saving(files, put, tmp_path):
    secret = files.tiny_jpeg()
    mark = start_of(secret)
    pixels = files.scene(64, 48)

    def with_pointer(tag):
        size = len(files.tiff(pixels, more=[files.long(tag, 0)]))
        preview = files.tags([files.long(513, size + 200), files.long(514, len(secret))], at=size)
        inner = preview.ljust(200, b"\0") + secret
        return files.tiff(pixels, more=[files.long(tag, size)], inner=inner)

    layers = files.tiff(pixels, more=[files.blob(37724, b"Adobe Photoshop Document\0" + secret)])
    irb = files.resource(1028, files.IPTC) + files.resource(1036, bytes(28) + secret)
    places = {
        "sub-directory": with_pointer(330),
        "layers": layers,
        "Photoshop": files.tiff(pixels, more=[files.blob(34377, irb)]),
        "own tag": files.tiff(pixels, more=[files.blob(65001, b"preview" + secret)]),
        "other page": _two_pages(files, pixels, secret),
    }
    for place, data in places.items():
        assert mark in data, place
        photo = read_photo(put("a.tif", data))
        changed = photo.pixels.copy()
        changed[8:20, 8:20] = 0
        report = save_photo(photo, changed, tmp_path / "b.tif", overwrite=True)
        assert mark not in report.path.read_bytes(), place
        assert report.dropped, place


def _two_pages(files, pixels, secret):
    data = bytearray(files.tiff(pixels))
    at = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, at)[0]
    second = len(data) + len(data) % 2
    struct.pack_into("<I", data, at + 2 + 12 * count, second)
    page = files.tags([files.long(513, second + 100), files.long(514, len(secret))], at=second)
    return bytes(data).ljust(second, b"\0") + page.ljust(100, b"\0") + secret


def _raw_profile(files, name, data):
    """Return a text chunk as ImageMagick writes what PNG has no chunk for."""
    text = b"\n" + name + b"\n%8d\n" % len(data) + data.hex().encode() + b"\n"
    return files.png_chunk(b"tEXt", b"Raw profile type " + name + b"\0" + text)


def test_no_thumbnail_survives_in_the_texts_and_chunks_of_a_png(files, put, tmp_path):
    secret = files.tiny_jpeg()
    iptc = files.resource(1028, files.IPTC)
    thumbnail = files.resource(1036, bytes(28) + secret)
    places = {
        "8bim": _raw_profile(files, b"8bim", iptc + thumbnail),
        "app1": _raw_profile(files, b"APP1", b"Exif\0\0" + files.exif(thumbnail=secret)),
        "other": _raw_profile(files, b"preview", secret),
        "chunk": files.png_chunk(b"prVW", secret),
        "credentials": files.png_chunk(b"caBX", secret),
    }
    mark = start_of(secret)
    for place, chunk in places.items():
        photo = read_photo(put("a.png", files.with_chunks(files.png(files.scene()), chunk)))
        for name in ("b.png", "b.jpg", "b.tif"):
            report = save_photo(photo, photo.pixels, tmp_path / name, overwrite=True)
            saved = report.path.read_bytes()
            assert mark not in saved, place
            assert mark.hex().encode() not in saved, place
            if name == "b.png":
                assert report.dropped, place
    kept = files.with_chunks(files.png(files.scene()), _raw_profile(files, b"iptc", iptc))
    photo = read_photo(put("a.png", kept))
    assert photo.iptc == files.IPTC
    assert read_photo(save_photo(photo, photo.pixels, tmp_path / "c.png").path).iptc == files.IPTC


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_no_thumbnail_survives_in_other_containers(files, put, tmp_path, kind):
    secret = files.tiny_jpeg()
    block = files.exif(thumbnail=secret)
    if kind == "PNG":
        data = files.with_chunks(
            files.png(files.scene()),
            files.png_chunk(b"eXIf", block),
            files.png_chunk(b"zTXt", b"Raw profile type exif\0\0" + b"x"),
            files.png_chunk(b"prVw", secret),
        )
    else:
        out = io.BytesIO()
        Image.fromarray(files.scene()).save(out, kind, exif=block, lossless=True)
        data = out.getvalue()
    photo = read_photo(put("a.bin", data))
    path = tmp_path / f"b.{kind.lower()}"
    report = save_photo(photo, photo.pixels, path)
    assert start_of(secret) not in path.read_bytes()
    assert any("thumbnail" in sentence for sentence in report.dropped) or kind == "AVIF"


def test_the_object_is_gone_from_the_coded_picture(files, put, tmp_path):
    """The blocks of the fill decode to the fill, without a ghost of what stood there."""
    pixels = np.full((64, 96, 3), 120, np.uint8)
    pixels[16:48, 32:64] = (250, 20, 20)
    photo = read_photo(put("a.jpg", files.jpeg(pixels, quality=95, subsampling=2)))
    clean = photo.pixels.copy()
    clean[8:56, 24:72] = 120
    back = read_photo(save_photo(photo, clean, tmp_path / "b.jpg").path)
    assert np.abs(back.pixels.astype(int) - 120).max() <= 2
