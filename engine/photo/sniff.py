"""Tell what a file is from its first bytes; its ending is believed only for RAW."""

from __future__ import annotations

import re

from engine.formats import FORMATS, Container, is_raw
from engine.photo.limits import Refusal
from engine.photo.metadata.ifd import SUB_IFDS, CorruptTags, ReadAt, TagReader

_MAKE, _DNG_VERSION, _SUBFILE_TYPE, _PHOTOMETRIC, _CFA = 271, 50706, 254, 262, 32803

_REFUSED = (
    (b"%PDF", "PDF documents are not opened; export the page as a photo first"),
    (b"%!PS", "PostScript files are not opened"),
    (b"\xc5\xd0\xd3\xc6", "PostScript files are not opened"),
    (b"GIF8", "GIF pictures are not opened; save it as PNG first"),
    (b"8BPS", "Photoshop documents are not opened; save it as TIFF first"),
    (b"\xff\x0a", "JPEG XL is not opened; save it as TIFF or JPEG first"),
    (b"\0\0\0\x0cJXL ", "JPEG XL is not opened; save it as TIFF or JPEG first"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000 is not opened; save it as TIFF or JPEG first"),
    (b"gimp xcf", "GIMP documents are not opened; export it as TIFF first"),
)


def container_of(read_at: ReadAt, size: int, ending: str) -> Container:
    """Return the container of a file.

    Args:
        read_at: returns (offset, size) of the file's bytes.
        size: the file's bytes.
        ending: the file's ending in lower case, with its dot.

    Raises:
        Refusal: it is empty or of a kind that is not opened.
    """
    head = read_at(0, min(size, 256))
    if not head:
        raise Refusal("the file is empty")
    for magic, reason in _REFUSED:
        if head.startswith(magic):
            raise Refusal(reason)
    kind = _by_first_bytes(head)
    if kind is None and head[4:8] == b"ftyp":
        return _iso_container(head)
    if kind in (None, "TIFF") and is_raw(ending):
        return "RAW"
    if kind is not None:
        return _tiff_or_raw(read_at) if kind == "TIFF" else kind
    if head.lstrip()[:5].lower() in (b"<?xml", b"<svg "):
        raise Refusal("drawings (SVG) are not opened; export it as PNG first")
    raise Refusal("it is not a photo of a known format")


def _by_first_bytes(head: bytes) -> Container | None:
    rows = FORMATS.items()
    told = (kind for kind, row in rows if row.begins and re.match(row.begins, head, re.DOTALL))
    return next(told, None)


def _iso_container(head: bytes) -> Container:
    size = int.from_bytes(head[:4], "big")
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(size, 256), 4))}
    for kind, row in FORMATS.items():
        if brands.intersection(row.brands):
            return kind
    raise Refusal("it is not a photo (perhaps a film)")


def _tiff_or_raw(read_at: ReadAt) -> Container:
    """Tell a TIFF from a camera's RAW file, whose first TIFF picture is only its thumbnail."""
    try:
        reader = TagReader(read_at)
        tags, _ = reader.directory(reader.first)
    except (CorruptTags, ValueError):
        return "TIFF"
    reduced = _SUBFILE_TYPE in tags and bool(tags[_SUBFILE_TYPE].first & 1)
    sensor = _PHOTOMETRIC in tags and tags[_PHOTOMETRIC].first in (_CFA, 34892)
    raw = _DNG_VERSION in tags or sensor or (reduced and _MAKE in tags and SUB_IFDS in tags)
    return "RAW" if raw else "TIFF"
