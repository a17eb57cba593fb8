"""The segments of a JPEG: several of one sort, too much of one sort, and what stays as it was."""

import hashlib
import struct

import numpy as np
import pytest
from PIL import Image

from engine.photo import read_photo, save_photo
from engine.photo.jpeg import segments as jpeg
from engine.photo.metadata import xmp_extended

XMP_ID = b"http://ns.adobe.com/xap/1.0/\0"


def saved(photo, tmp_path, name="b.jpg"):
    report = save_photo(photo, photo.pixels, tmp_path / name, overwrite=True)
    return report, read_photo(report.path)


def bodies(path, marker, start):
    return jpeg.bodies_of(list(jpeg.walk(path.read_bytes())), marker, start)


@pytest.mark.parametrize("density", [(0, 1, 1), (1, 300, 240), (2, 118, 94)])
def test_the_jfif_segment_keeps_its_density(files, put, tmp_path, density):
    made = struct.pack(">5sHBHHBB", b"JFIF\0", 0x102, *density, 1, 1) + b"abc"
    plain = files.jpeg(files.scene())
    start = plain.index(b"\xff\xdb")
    data = files.with_segments(
        plain[:2] + plain[start:],
        files.segment(0xE0, made),
        files.segment(0xE1, b"Exif\0\0" + files.exif()),
    )
    report, _ = saved(read_photo(put("a.jpg", data)), tmp_path)
    assert bodies(report.path, 0xE0, b"JFIF\0") == [made[:12] + b"\0\0"]
    assert "The JFIF thumbnail was removed." in report.dropped


def test_photoshops_resources_may_take_several_segments(files, put, tmp_path):
    first = files.resource(2000, bytes(range(256)) * 200)
    second = files.resource(1028, files.IPTC) + files.resource(1036, files.tiny_jpeg())
    whole = first + second
    cut = len(first) - 5
    data = files.with_segments(
        files.jpeg(files.scene()),
        files.segment(0xED, b"Photoshop 3.0\0" + whole[:cut]),
        files.segment(0xED, b"Photoshop 3.0\0" + whole[cut:]),
    )
    photo = read_photo(put("a.jpg", data))
    assert photo.iptc == files.IPTC
    report, back = saved(photo, tmp_path)
    assert back.iptc == files.IPTC
    assert jpeg.resources_of(list(jpeg.walk(report.path.read_bytes()))) == first + files.resource(
        1028, files.IPTC
    )


def test_many_resources_are_cut_into_segments(files, put, tmp_path):
    resources = b"".join(files.resource(2000 + i, bytes([i]) * 40_000) for i in range(4))
    halves = [resources[:65_000], resources[65_000:130_000], resources[130_000:]]
    data = files.with_segments(
        files.jpeg(files.scene()),
        *(files.segment(0xED, b"Photoshop 3.0\0" + part) for part in halves),
    )
    report, _ = saved(read_photo(put("a.jpg", data)), tmp_path)
    assert jpeg.resources_of(list(jpeg.walk(report.path.read_bytes()))) == resources


def test_photoshops_words_about_quality_stay_and_unknown_segments_go(files, put, tmp_path):
    data = files.with_segments(
        files.jpeg(files.scene()),
        files.segment(0xEC, b"Ducky\0\1\0\4\0\0\0\x50\0\0"),
        files.segment(0xED, b"Adobe_CM\0\2\1"),
        files.segment(0xEC, b"Ducky" + files.tiny_jpeg()),
        files.segment(0xE7, b"Qualcomm" + bytes(30)),
    )
    report, _ = saved(read_photo(put("a.jpg", data)), tmp_path)
    assert bodies(report.path, 0xEC, b"Ducky") == [b"Ducky\0\1\0\4\0\0\0\x50\0\0"]
    assert bodies(report.path, 0xED, b"Adobe_CM") == [b"Adobe_CM\0\2\1"]
    assert bodies(report.path, 0xE7, b"") == []
    assert "The maker's segment APP7 (Qualcomm) was left out." in report.dropped


def with_extension(files, packet):
    """Return a JPEG whose XMP goes on in an extended packet of two parts, the last one first."""
    name = hashlib.md5(packet).hexdigest().upper().encode()
    note = b'xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
    link = b'<rdf:RDF><rdf:Description %b xmpNote:HasExtendedXMP="%b">' % (note, name)
    main = b"<x:xmpmeta>" + link + b"<dc:title>Harbour</dc:title></rdf:Description></rdf:RDF>"
    middle = len(packet) // 2
    parts = [
        files.segment(0xE1, xmp_extended.ID + name + struct.pack(">II", len(packet), at) + part)
        for at, part in ((middle, packet[middle:]), (0, packet[:middle]))
    ]
    return files.with_segments(
        files.jpeg(files.scene()), files.segment(0xE1, XMP_ID + main + b"</x:xmpmeta>"), *parts
    )


def extension_of(path, photo):
    return xmp_extended.packet_of(bodies(path, 0xE1, xmp_extended.ID), photo.xmp)


def test_an_extended_xmp_packet_is_kept_and_named(files, put, tmp_path):
    packet = b"<x:xmpmeta><rdf:RDF>" + b"<pdf:Producer>me</pdf:Producer>" * 4000
    packet += b"</rdf:RDF></x:xmpmeta>"
    photo = read_photo(put("a.jpg", with_extension(files, packet)))
    report, back = saved(photo, tmp_path)
    assert extension_of(report.path, back) == packet
    assert not [sentence for sentence in report.dropped if "XMP" in sentence]
    with Image.open(report.path) as image:
        assert image.size == photo.size
    again, twice = saved(back, tmp_path, "c.jpg")
    assert extension_of(again.path, twice) == packet
    assert twice.xmp.count(b"HasExtendedXMP") == 1


def test_pictures_in_the_extended_packet_are_removed_and_a_damaged_one_is_left_out(
    files, put, tmp_path
):
    import base64

    coded = base64.b64encode(files.tiny_jpeg())
    packet = b'<rdf:Description GImage:Data="%b" my:Other="%b" dc:title="x"/>' % (coded, coded)
    photo = read_photo(put("a.jpg", with_extension(files, packet)))
    report, back = saved(photo, tmp_path)
    assert b'dc:title="x"' in extension_of(report.path, back)
    assert coded[100:140] not in report.path.read_bytes()
    assert "Pictures embedded in the extension of XMP were removed." in report.dropped
    broken = with_extension(files, packet).replace(b"dc:title=", b"dc:other=")
    report, back = saved(read_photo(put("b.jpg", broken)), tmp_path)
    assert extension_of(report.path, back) is None
    assert b"HasExtendedXMP" not in back.xmp
    assert "The extension of XMP was damaged and could not be kept." in report.dropped


def test_the_extension_is_missed_aloud_in_another_container(files, put, tmp_path):
    photo = read_photo(put("a.jpg", with_extension(files, b"<pdf:Producer>me</pdf:Producer>" * 9)))
    report, back = saved(photo, tmp_path, "b.png")
    assert "The extension of XMP was left out." in report.dropped
    assert b"HasExtendedXMP" not in back.xmp


def png_with_xmp(files, packet):
    chunk = files.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)
    return files.with_chunks(files.png(files.scene()), chunk)


def test_more_xmp_than_a_jpeg_holds_does_not_prevent_saving(files, put, tmp_path):
    padded = files.xmp(1).replace(b"<?xpacket end", b" " * 70_000 + b"<?xpacket end")
    _, back = saved(read_photo(put("a.png", png_with_xmp(files, padded))), tmp_path)
    assert b"Harbour" in back.xmp
    long = files.xmp(1).replace(b"Harbour", b"Harbour" * 10_000)
    report, back = saved(read_photo(put("b.png", png_with_xmp(files, long))), tmp_path)
    assert back.xmp is None
    assert "JPEG cannot hold so much XMP; it was left out." in report.dropped
    report, back = saved(read_photo(put("b.png", png_with_xmp(files, long))), tmp_path, "c.png")
    assert back.xmp == long


def test_more_exif_than_a_jpeg_holds_goes_without_its_maker_note(files, put, tmp_path):
    block = files.exif(maker_note=bytes(range(256)) * 300)
    data = files.with_chunks(files.png(files.scene()), files.png_chunk(b"eXIf", block))
    photo = read_photo(put("a.png", data))
    report, back = saved(photo, tmp_path)
    assert "JPEG has no room for the maker note in EXIF; it was left out." in report.dropped
    with Image.open(report.path) as image:
        found = image.getexif()
        assert found[315] == "Ann Author"
        assert found.get_ifd(34665)[34855] == 400
        assert found.get_ifd(34853)[1] == "N"
    _, back = saved(photo, tmp_path, "c.png")
    assert len(back.exif) == len(block)


@pytest.mark.parametrize("orientation", [1, 6])
def test_pictures_written_whole_are_baseline(files, put, tmp_path, orientation):
    exif = b"Exif\0\0" + files.exif(orientation)
    photo = read_photo(put("a.jpg", files.jpeg(files.scene(), progressive=True, exif=exif)))
    report, back = saved(photo, tmp_path)
    assert back.carry.frame.marker == 0xC0
    assert "every coded block" in report.line
    assert np.abs(back.pixels.astype(int) - photo.pixels).max() <= (0 if orientation == 1 else 4)
