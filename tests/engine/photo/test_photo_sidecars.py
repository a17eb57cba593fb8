"""Sidecars go along beside a new name: cleaned, never over another, never for RAW."""

import pytest

from engine.photo.read import read_photo
from engine.photo.sidecars import hand_on, sidecars_of


@pytest.fixture
def beside(files, put):
    """A photo with two sidecars, one of which says orientation 6."""
    photo = put("harbour.jpg", files.jpeg(files.scene(), exif=b"Exif\0\0" + files.exif(6)))
    put("harbour.jpg.xmp", files.xmp(6))
    put("harbour.xmp", b"<x:xmpmeta/>")
    return photo


def test_both_kinds_are_copied_and_turned_upright(files, beside):
    out = beside.with_name("new.png")
    said = hand_on(read_photo(beside), out, copy=True)
    assert said == (
        "“harbour.jpg.xmp” was copied to “new.png.xmp”.",
        "“harbour.xmp” was copied to “new.xmp”.",
    )
    assert b'tiff:Orientation="1"' in out.with_name("new.png.xmp").read_bytes()
    assert b"Harbour" in out.with_name("new.png.xmp").read_bytes()
    assert out.with_name("new.xmp").read_bytes() == b"<x:xmpmeta/>"
    assert beside.with_name("harbour.jpg.xmp").read_bytes() == files.xmp(6)


def test_without_a_wish_they_are_only_told_of(beside):
    out = beside.with_name("new.jpg")
    told = hand_on(read_photo(beside), out, copy=False)
    assert [line for line in told if "--sidecars" in line] == list(told)
    assert len(told) == 2
    assert not list(beside.parent.glob("new*"))


def test_a_sidecar_that_is_there_is_left_without_a_yes(beside):
    out = beside.with_name("new.jpg")
    out.with_name("new.xmp").write_bytes(b"precious")
    told = hand_on(read_photo(beside), out, copy=True)
    assert "a file of this name exists" in told[1]
    assert out.with_name("new.xmp").read_bytes() == b"precious"
    hand_on(read_photo(beside), out, copy=True, overwrite=True)
    assert out.with_name("new.xmp").read_bytes() == b"<x:xmpmeta/>"


def test_a_sidecar_with_a_picture_of_what_is_gone_loses_it(files, beside):
    secret = b"/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEB"
    picture = (
        b"<xmp:Thumbnails><rdf:Alt><rdf:li><xmpGImg:image>" + secret + b"</xmpGImg:image>"
        b"</rdf:li></rdf:Alt></xmp:Thumbnails></rdf:Description>"
    )
    whole = files.xmp(1).replace(b"</rdf:Description>", picture)
    beside.with_name("harbour.xmp").write_bytes(whole)
    out = beside.with_name("new.jpg")
    hand_on(read_photo(beside), out, copy=True)
    assert secret not in out.with_name("new.xmp").read_bytes()
    assert b"Harbour" in out.with_name("new.xmp").read_bytes()


def test_saving_in_place_raw_and_gone_photos_hand_nothing_on(files, beside, put):
    assert sidecars_of(beside, beside) == []
    gone = put("gone.jpg", b"pasted")
    gone.unlink()
    put("gone.xmp", files.xmp(1))
    assert sidecars_of(gone, beside) == []
    raw = put("night.nef", b"raw")
    put("night.nef.xmp", b"<darktable/>")
    assert sidecars_of(raw, raw.with_name("night-filled.tif")) == []


def test_what_is_no_file_or_far_too_large_is_no_sidecar(files, put):
    photo = put("a.jpg", files.jpeg(files.scene(), exif=b"Exif\0\0" + files.exif(6)))
    photo.with_name("a.xmp").mkdir()
    with open(photo.with_name("a.jpg.xmp"), "wb") as file:
        file.truncate(65 << 20)
    assert sidecars_of(photo, photo.with_name("b.jpg")) == []
