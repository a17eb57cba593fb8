"""XMP packets cleaned as text, so that everything else keeps its bytes."""

from __future__ import annotations

import re

_ORIENTATION = re.compile(
    rb"(<tiff:Orientation>\s*|tiff:Orientation\s*=\s*[\"'])[1-8](?=\s*</tiff:Orientation>|[\"'])"
)
_PICTURES = (
    rb"(?:xmp|xap):Thumbnails",
    rb"xmpGImg:image|xapGImg:image",
    rb"GImage:Data|GDepth:Data|GAudio:Data",
    rb"Container:Directory|GContainer:Directory",
)
_ELEMENTS = tuple(
    re.compile(rb"<(" + name + rb")\b[^<>]*(?:/>|>.*?</\1\s*>)", re.DOTALL) for name in _PICTURES
)
_ATTRIBUTES = re.compile(
    rb"\s(?:(?:GImage|GDepth|GAudio):(?:Data|Mime)|hdrgm:\w+|xmpNote:HasExtendedXMP"
    rb"|GCamera:(?:MicroVideo|MotionPhoto)\w*)\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)


def clean(xmp: bytes) -> tuple[bytes, bool]:
    """Return the packet with orientation 1 and no embedded picture, and whether one was removed.

    Gone are thumbnails, depth and right-eye pictures, gain maps, motion-photo marks, and the link
    to an extended packet.
    """
    out = _ORIENTATION.sub(rb"\g<1>1", xmp)
    bare = out
    for element in _ELEMENTS:
        bare = element.sub(b"", bare)
    bare = _ATTRIBUTES.sub(b"", bare)
    return bare, bare != out
