"""XMP in every encoding and every way of writing follows the photo, and loses what is gone."""

import itertools
import struct
from xml.etree import ElementTree

import numpy as np
import pytest

from engine.photo import read_photo, save_photo
from engine.photo.metadata.xml_spans import NotXml, parse
from tests.engine.photo.orientations import STORED

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TIFF, EXIF = "http://ns.adobe.com/tiff/1.0/", "http://ns.adobe.com/exif/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"
AREA, DIM = "http://ns.adobe.com/xmp/sType/Area#", "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-32-be"]


def packet(inside, spaces=(), rdf="rdf", end=""):
    declared = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in spaces)
    return (
        f'<?xpacket begin="" id="x"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<{rdf}:RDF xmlns:{rdf}="{RDF}"><{rdf}:Description {rdf}:about=""{declared}{inside}'
        f'</{rdf}:Description></{rdf}:RDF{end}></x:xmpmeta><?xpacket end="w"?>'
    )


def photo_with(files, put, xmp, orientation=None, size=(60, 40), more=()):
    """Return a TIFF photo with an XMP packet and, if wanted, an orientation."""
    told = [files.short(274, orientation)] if orientation else []
    entries = [*told, (700, 1, len(xmp), xmp), *more]
    stored = size[::-1] if orientation and orientation > 4 else size
    return read_photo(put("a.tif", files.tiff(files.scene(*stored), more=entries)))


def saved(photo, tmp_path, **options):
    out = tmp_path / "b.tif"
    report = save_photo(photo, photo.pixels, out, overwrite=True, **options)
    return read_photo(out), report


def values(xmp):
    """Return every simple property of a packet by (namespace, name), as another parser sees it."""
    found = {}
    for node in ElementTree.fromstring(xmp.decode().lstrip("\ufeff")).iter():
        for name, value in (*node.attrib.items(), (node.tag, node.text)):
            if value and value.strip():
                space, _, local = name[1:].rpartition("}")
                found[space, local] = value.strip()
    return found


FORMS = {
    "attributes": ' {t}:Orientation="6" xmp:Rating="4">',
    "elements": "><{t}:Orientation> 6 </{t}:Orientation><xmp:Rating>4</xmp:Rating>",
    "single quotes": " {t}:Orientation = '6' xmp:Rating='4'>",
    "entities": ' {t}:Orientation="&#54;" xmp:Rating="&#x34;">',
}


@pytest.mark.parametrize("provenance", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_orientation_is_reset_and_nothing_is_lost(files, put, tmp_path, encoding, form, provenance):
    for tiff, rdf, end in itertools.product(("tiff", "ns1"), ("rdf", "r"), ("", " ")):
        text = packet(FORMS[form].format(t=tiff), [(tiff, TIFF), ("xmp", XMP)], rdf, end)
        photo = photo_with(files, put, text.encode(encoding), 6)
        back, report = saved(photo, tmp_path, provenance=provenance)
        found = values(back.xmp)
        assert found[TIFF, "Orientation"] == "1"
        assert found[XMP, "Rating"] == "4"
        assert b"compositeWithTrained" in back.xmp or not provenance
        assert any("XMP" in sentence for sentence in report.kept)


@pytest.mark.parametrize(
    "form",
    [
        '><{t}:Orientation {r}:value="6"/>',
        '><{t}:Orientation {r}:value="6" xml:lang="x-default"></{t}:Orientation>',
        "><{t}:Orientation><{r}:Description><{r}:value>6</{r}:value><dc:x>6</dc:x>"
        "</{r}:Description></{t}:Orientation>",
        '><{t}:Orientation {r}:parseType="Resource"><{r}:value> 6</{r}:value></{t}:Orientation>',
    ],
)
def test_orientation_with_qualifiers_is_reset(files, put, tmp_path, form):
    dc = "http://purl.org/dc/elements/1.1/"
    form += "<xmp:Rating>6</xmp:Rating>"
    named = [("tiff", TIFF), ("xmp", XMP), ("dc", dc)]
    for rdf in ("rdf", "r"):
        text = packet(form.format(t="tiff", r=rdf), named, rdf, "")
        back, _ = saved(photo_with(files, put, text.encode(), 6), tmp_path)
        old, new = (packet.split("<xmp:Rating>")[0] for packet in (text, back.xmp.decode()))
        assert new.count("6") == old.count("6") - 1
        assert values(back.xmp)[XMP, "Rating"] == "6"


def test_an_untouched_packet_keeps_every_byte(files, put, tmp_path):
    text = packet(" xmp:Rating = '4' >\n <!-- <a> -->\n", [("xmp", XMP)]).encode() + b" \n " * 50
    back, _ = saved(photo_with(files, put, text), tmp_path)
    assert back.xmp == text


def test_orientation_that_only_xmp_tells_is_left_alone(files, put, tmp_path):
    text = packet(' tiff:Orientation="6">', [("tiff", TIFF)]).encode()
    photo = photo_with(files, put, text)
    back, _ = saved(photo, tmp_path)
    assert back.xmp == text
    assert back.size == photo.size == (60, 40)


def test_provenance_goes_into_an_empty_rdf_element(files, put, tmp_path):
    text = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><q:RDF xmlns:q="{RDF}"/></x:xmpmeta>'
    back, _ = saved(photo_with(files, put, text.encode()), tmp_path, provenance=True)
    assert "compositeWithTrained" in str(values(back.xmp))


@pytest.mark.parametrize("kind", ["tif", "png", "jpg", "webp"])
def test_a_packet_that_is_no_xml_is_left_out_and_said(files, put, tmp_path, kind):
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]>' + packet(">&b;")
    for text in (packet(' xmp:Rating="4">').replace("</x:xmpmeta>", ""), bomb):
        photo = photo_with(files, put, text.encode(), 6)
        report = save_photo(photo, photo.pixels, tmp_path / f"b.{kind}", overwrite=True)
        assert "XMP was damaged and could not be kept." in report.dropped
        assert b"Rating" not in report.path.read_bytes()


GONE = [
    ("http://ns.google.com/photos/1.0/camera/", "MotionPhoto"),
    ("http://ns.google.com/photos/1.0/camera/", "MicroVideoOffset"),
    ("http://ns.adobe.com/hdr-gain-map/1.0/", "Version"),
    ("http://ns.google.com/photos/1.0/container/", "Directory"),
    ("http://ns.google.com/photos/dd/1.0/device/", "Container"),
    ("http://ns.google.com/photos/1.0/depthmap/", "Near"),
    ("http://ns.apple.com/HDRGainMap/1.0/", "HDRGainMapVersion"),
    ("http://ns.oplus.com/photos/1.0/camera/", "OLivePhotoVersion"),
    (XMP, "Thumbnails"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-be"])
@pytest.mark.parametrize(("space", "name"), GONE)
def test_words_about_what_is_gone_go_in_every_form(files, put, tmp_path, space, name, encoding):
    spaces = [("q", space), ("y", XMP)]
    for inside in (
        f' q:{name}="1" y:Rating="4">',
        f"><q:{name}>1</q:{name}><y:Rating>4</y:Rating>",
        f' y:Rating="4"><q:{name} r:parseType="Resource"><q:Deep y:More="1"/></q:{name}>',
        f' y:Rating="4"><q:{name}/>',
    ):
        text = packet(inside, spaces, rdf="r")
        back, report = saved(photo_with(files, put, text.encode(encoding)), tmp_path)
        assert (space, name) not in values(back.xmp)
        assert name.encode() not in back.xmp
        assert values(back.xmp)[XMP, "Rating"] == "4"
        assert "Pictures embedded in XMP were removed." in report.dropped


REGION = """
 t:ImageWidth="{w}"><e:PixelXDimension>{w}</e:PixelXDimension>
 <e:PixelYDimension>{h}</e:PixelYDimension>
 <m:Regions r:parseType="Resource"><m:AppliedToDimensions d:w="{w}" d:h="{h}" d:unit="pixel"/>
 <m:RegionList><r:Bag>
  <r:li r:parseType="Resource">
   <m:Area a:x="0.25" a:y="0.2" a:w="0.1" a:h="0.08" a:unit="normalized"/>
  </r:li>
  <r:li><r:Description>
   <m:Area r:parseType="Resource"><a:x>0.25</a:x><a:y>0.2</a:y></m:Area>
  </r:Description></r:li>
 </r:Bag></m:RegionList></m:Regions>
 <p:Rectangle>0.2, 0.16, 0.1, 0.08</p:Rectangle>
 <i:RegionBoundary i:rbX="0.2" i:rbY="0.16" i:rbW="0.1" i:rbH="0.08" i:rbUnit="relative"/>
 <e:SubjectArea><r:Seq><r:li>15</r:li><r:li>8</r:li><r:li>6</r:li><r:li>3</r:li></r:Seq></e:SubjectArea>
"""
REGION_SPACES = [
    ("t", TIFF), ("e", EXIF), ("a", AREA), ("d", DIM),
    ("m", "http://www.metadataworkinggroup.com/schemas/regions/"),
    ("p", "http://ns.microsoft.com/photo/1.2/t/Region#"),
    ("i", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"),
]  # fmt: skip


@pytest.mark.parametrize("orientation", STORED)
def test_faces_and_subjects_turn_with_the_picture(files, put, tmp_path, orientation):
    """A marked pixel is where the metadata says, before and after."""
    upright_size = (60, 40)
    wide, tall = (40, 60) if orientation > 4 else (60, 40)
    stored = np.zeros((tall, wide, 3), np.uint8)
    stored[8, 15] = 255
    subject = [(37396, 3, 4, struct.pack("<4H", 15, 8, 6, 3))]
    inner = files.tags(subject, at=8)
    text = packet(REGION.format(w=wide, h=tall), REGION_SPACES, rdf="r").encode()
    entries = [files.short(274, orientation), (700, 1, len(text), text), files.long(34665, 0)]
    size = len(files.tiff(stored, more=entries))
    entries[2] = files.long(34665, size)
    inner = files.tags(subject, at=size)
    photo = read_photo(put("a.tif", files.tiff(stored, more=entries, inner=inner)))
    assert photo.size == upright_size
    back, _ = saved(photo, tmp_path)
    [[y, x]] = np.argwhere(back.pixels[..., 0] == 255)
    found = values(back.xmp)
    assert (found[TIFF, "ImageWidth"], found[EXIF, "PixelYDimension"]) == ("60", "40")
    assert (found[DIM, "w"], found[DIM, "h"]) == ("60", "40")
    turned = orientation > 4
    shape = [float(found[AREA, name]) for name in "wh"]
    assert shape == ([0.08, 0.1] if turned else [0.1, 0.08])
    centre = [float(found[AREA, name]) for name in "xy"]
    others = [
        float(v)
        for v in found["http://ns.microsoft.com/photo/1.2/t/Region#", "Rectangle"].split(",")
    ]
    box = [float(found["http://iptc.org/std/Iptc4xmpExt/2008-02-29/", f"rb{n}"]) for n in "XYWH"]
    assert np.allclose(others, box)
    assert np.allclose([others[0] + others[2] / 2, others[1] + others[3] / 2], centre)
    relative = (0.25, 0.2)
    mirrored = STORED_TO_UPRIGHT[orientation](*relative)
    assert np.allclose(centre, mirrored)
    lis = [
        li.text
        for li in ElementTree.fromstring(back.xmp).iter(f"{{{RDF}}}li")
        if li.text and li.text.strip()
    ]
    sides = ["3", "6"] if turned else ["6", "3"]
    assert lis == [str(x), str(y), *sides]
    assert subject_of(back) == (x, y, *map(int, sides))


STORED_TO_UPRIGHT = {
    1: lambda x, y: (x, y), 2: lambda x, y: (1 - x, y), 3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y), 5: lambda x, y: (y, x), 6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x), 8: lambda x, y: (y, 1 - x),
}  # fmt: skip


def subject_of(photo):
    from engine.photo.metadata.ifd import EXIF_IFD

    return tuple(int(value) for value in photo.carry.inner[EXIF_IFD][37396].numbers)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_subject_of_a_jpeg_turns_with_it(files, put, tmp_path, order):
    from engine.photo.metadata.exif import child
    from engine.photo.metadata.ifd import EXIF_IFD, TagReader, read_all

    inner = [(37396, 3, 2, struct.pack(order + "2H", 15, 8))]
    main = [files.short(274, 6, order=order), files.long(34665, 0, order=order)]
    at = 8 + len(files.tags(main, order, 8))
    main[1] = files.long(34665, at, order=order)
    block = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    block += files.tags(main, order, 8) + files.tags(inner, order, at)
    data = files.with_segments(
        files.jpeg(files.scene(32, 48)), files.segment(0xE1, b"Exif\0\0" + block)
    )
    photo = read_photo(put("a.jpg", data))
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.jpg").path)
    reader = TagReader(read_all(back.exif))
    found = child(reader, reader.directory(reader.first)[0], EXIF_IFD)
    assert tuple(found[37396].numbers) == (48 - 1 - 8, 15)


def test_no_cut_or_flipped_packet_raises_anything_else():
    text = packet(REGION.format(w=1, h=2), REGION_SPACES, rdf="r")
    rng = np.random.default_rng(2)
    for _ in range(400):
        spoilt = list(text[: rng.integers(1, len(text))] if rng.random() < 0.5 else text)
        for _ in range(rng.integers(1, 4)):
            spoilt[rng.integers(len(spoilt))] = chr(rng.integers(9, 300))
        try:
            parse("".join(spoilt))
        except NotXml:
            continue
