"""XMP packets cleaned and marked as text, so that everything else keeps its bytes."""

from __future__ import annotations

import re

COMPOSITE = b"http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's digital source type of a photo into which a trained model has put pixels."""

_ORIENTATION = re.compile(
    rb"(<tiff:Orientation>\s*|tiff:Orientation\s*=\s*[\"'])[1-8](?=\s*</tiff:Orientation>|[\"'])"
)
_PICTURES = (
    rb"(?:xmp|xap):Thumbnails",
    rb"xmpGImg:image|xapGImg:image",
    rb"GImage:Data|GDepth:Data|GAudio:Data",
    rb"Container:Directory|GContainer:Directory",
)


def _element(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<(" + name + rb")\b[^<>]*(?:/>|>.*?</\1\s*>)", re.DOTALL)


def _attribute(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\s(?:" + name + rb")\s*=\s*(?:\"[^\"]*\"|'[^']*')")


_ELEMENTS = tuple(_element(name) for name in _PICTURES)
_ATTRIBUTES = _attribute(
    rb"(?:GImage|GDepth|GAudio):(?:Data|Mime)|hdrgm:\w+"
    rb"|GCamera:(?:MicroVideo|MotionPhoto)\w*"
)
_EXTENSION = rb"xmpNote:HasExtendedXMP"
_LINKS = (_element(_EXTENSION), _attribute(_EXTENSION))
_CODED = re.compile(rb"(?:/9j/|iVBORw0KGgo)(?:[A-Za-z0-9+/=\s]|&#x?[0-9A-Fa-f]+;){64,}")
"""A JPEG or PNG as Base64, wherever a program has put it."""
_PADDING = re.compile(rb"\s+(?=<\?xpacket end=)")
_SOURCE = rb"Iptc4xmpExt:DigitalSourceType"
_OLD_SOURCE = (_element(_SOURCE), _attribute(_SOURCE))
_MARK = (
    b'<rdf:Description rdf:about=""'
    b' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    b"<" + _SOURCE + b">" + COMPOSITE + b"</" + _SOURCE + b"></rdf:Description>"
)
_EMPTY = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>'
    b'</x:xmpmeta><?xpacket end="w"?>'
)


def clean(xmp: bytes) -> tuple[bytes, bool]:
    """Return the packet with orientation 1 and no embedded picture, and whether one was removed.

    Gone are thumbnails, depth and right-eye pictures, gain maps, motion-photo marks, whatever else
    is a JPEG or PNG in Base64, and the link to an extended packet.
    """
    out = _ORIENTATION.sub(rb"\g<1>1", xmp)
    for link in _LINKS:
        out = link.sub(b"", out)
    bare = out
    for element in _ELEMENTS:
        bare = element.sub(b"", bare)
    bare = _CODED.sub(b"", _ATTRIBUTES.sub(b"", bare))
    return bare, bare != out


def without_padding(xmp: bytes) -> bytes:
    """Return the packet without the room that programs leave at its end."""
    return _PADDING.sub(b"", xmp)


def marked(xmp: bytes | None) -> bytes:
    """Return the packet, or a fresh one, saying that a model has put pixels into the photo."""
    out = xmp if xmp and b"</rdf:RDF>" in xmp else _EMPTY
    for old in _OLD_SOURCE:
        out = old.sub(b"", out)
    return with_description(out, _MARK)


def with_description(xmp: bytes, description: bytes) -> bytes:
    """Return the packet with one more ``rdf:Description`` at its end."""
    head, _, tail = xmp.rpartition(b"</rdf:RDF>")
    return head + description + b"</rdf:RDF>" + tail
