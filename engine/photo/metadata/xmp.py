"""XMP packets cleaned and marked where the parser finds it, so that all else keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from engine.photo.metadata import xmp_places
from engine.photo.metadata.xml_spans import Edit, Node, NotXml, Span, edited, parse
from engine.photo.metadata.xmp_places import Turn

COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's digital source type of a photo into which a trained model has put pixels."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_NOTE = "http://ns.adobe.com/xmp/note/"
_GOOGLE = "http://ns.google.com/photos/"
_GONE_SPACES = (
    "http://ns.adobe.com/hdr-gain-map/",
    "http://ns.apple.com/HDRGainMap/",
    "http://ns.apple.com/pixeldatainfo/",
    *(_GOOGLE + name for name in ("1.0/container/", "1.0/depthmap/", "1.0/image/", "1.0/audio/",
                                  "dd/")),
)  # fmt: skip
"""Namespaces of gain maps, depth maps, second pictures and sounds, all of which are left out."""
_USUAL = {
    "rdf": _RDF,
    "Iptc4xmpExt": _IPTC,
    "xmpNote": _NOTE,
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xap": "http://ns.adobe.com/xap/1.0/",
    "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
    "xapGImg": "http://ns.adobe.com/xap/1.0/g/img/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
    "GCamera": _GOOGLE + "1.0/camera/",
    "Container": _GOOGLE + "1.0/container/",
    "GContainer": _GOOGLE + "1.0/container/",
    "Item": _GOOGLE + "1.0/container/item/",
    "GImage": _GOOGLE + "1.0/image/",
    "GDepth": _GOOGLE + "1.0/depthmap/",
    "GAudio": _GOOGLE + "1.0/audio/",
}
"""Prefixes that are used without being declared, and what they then mean."""
_GONE = {
    "http://ns.adobe.com/xap/1.0/": re.compile("Thumbnails"),
    "http://ns.adobe.com/xap/1.0/g/img/": re.compile("image"),
    _GOOGLE + "1.0/camera/": re.compile("MicroVideo.*|MotionPhoto.*"),
    "http://ns.oplus.com/photos/1.0/camera/": re.compile("MotionPhoto.*|OLivePhoto.*|VideoLength"),
}
"""Names, by namespace, of thumbnails and of what tells that a film follows."""
_CODED = re.compile(r"(?:/9j/|iVBORw0KGgo)(?:[A-Za-z0-9+/=\s]|&#x?[0-9A-Fa-f]+;){64,}")
"""A JPEG or PNG as Base64, wherever a program has put it."""
_PADDING = re.compile(rb"\s+(?=<\?xpacket end=)")
_DECLARED = re.compile(r"(<\?xml[^>]*?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_BY_ZEROS: dict[tuple[bool, ...], str] = {
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}
"""The encoding by which of a packet's first four bytes are zero."""
_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    f'<rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF>'
    '</x:xmpmeta><?xpacket end="w"?>'
)


def clean(xmp: bytes, turn: Turn) -> tuple[bytes | None, bool]:
    """Return the packet as UTF-8, fit for the upright, edited photo; and what it had to lose.

    Orientation, sizes, faces and subjects follow the photo. Gone are thumbnails, depth and
    right-eye pictures, gain maps, motion-photo marks, whatever else is a JPEG or PNG in Base64, and
    the link to an extended packet.

    Args:
        xmp: a packet in UTF-8, UTF-16 or UTF-32.
        turn: how the photo was turned.

    Returns:
        (packet, whether a picture or a word about one was removed); the packet is None where it
        cannot be read as XML and so cannot be cleaned.
    """
    try:
        text, as_it_was = _decoded(xmp)
        root = _parsed(text)
    except NotXml:
        return None, False
    links = [Edit(span) for span in _named(root, _is_link)]
    pictures = [Edit(span) for span in _named(root, _is_gone)]
    places = [edit for node in root.walk() for edit in xmp_places.edits_for(node, text, turn)]
    bare = _CODED.sub("", edited(text, [*links, *pictures, *places]))
    removed = bool(pictures) or bool(_CODED.search(text))
    return (xmp if as_it_was and bare == text else bare.encode()), removed


def without_padding(xmp: bytes) -> bytes:
    """Return the packet without the room that programs leave at its end."""
    return _PADDING.sub(b"", xmp)


def marked(xmp: bytes | None) -> bytes:
    """Return the packet, or a fresh one, saying that a model has put pixels into the photo."""
    text = _EMPTY
    if xmp and _rdf(_parsed(_decoded(xmp)[0])) is not None:
        text = _decoded(xmp)[0]
    root = _parsed(text)
    old = [Edit(span) for span in _named(root, _is_source)]
    name = "Iptc4xmpExt:DigitalSourceType"
    mark = f' xmlns:Iptc4xmpExt="{_IPTC}"><{name}>{COMPOSITE}</{name}>'
    return with_description(edited(text, old).encode(), mark)


def extended_by(xmp: bytes, name: str) -> bytes | None:
    """Return the packet with the link to an extended one; None where it has no place for it."""
    if _rdf(_parsed(_decoded(xmp)[0])) is None:
        return None
    mark = f' xmlns:xmpNote="{_NOTE}" xmpNote:HasExtendedXMP="{name}">'
    return with_description(xmp, mark)


def with_description(xmp: bytes, rest: str) -> bytes:
    """Return the packet with one more ``rdf:Description`` at its end.

    Args:
        xmp: a packet that holds RDF.
        rest: the description's attributes, ``>`` and its elements.
    """
    text = _decoded(xmp)[0]
    node = _rdf(_parsed(text))
    if node is None:
        raise NotXml("it holds no RDF")
    description = f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about=""{rest}</rdf:Description>'
    if not node.is_empty:
        place = Edit(Span(node.content.end, node.content.end), description)
        return edited(text, [place]).encode()
    tag = text[node.start : node.end]
    name = tag[1:].split(None, 1)[0].rstrip("/>")
    whole = f"{tag[:-2]}>{description}</{name}>"
    return edited(text, [Edit(node.span, whole)]).encode()


def _decoded(xmp: bytes) -> tuple[str, bool]:
    """Return the packet's text, and whether its bytes are plain UTF-8."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"),
                       (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"),
                       (b"\xfe\xff", "utf-16-be")):  # fmt: skip
        if xmp.startswith(mark):
            return _text(xmp[len(mark) :], name), False
    zeros = tuple(byte == 0 for byte in xmp[:4])
    name = _BY_ZEROS.get(zeros, "utf-8")
    text = _text(xmp, name)
    return text, name == "utf-8" and len(text.encode()) == len(xmp)


def _text(xmp: bytes, name: str) -> str:
    try:
        text = xmp.decode(name)
    except UnicodeDecodeError as error:
        raise NotXml(str(error)) from error
    return _DECLARED.sub(r"\1", text.rstrip("\0").lstrip("\ufeff \t\r\n"))


def _parsed(text: str) -> Node:
    return parse(text, _USUAL)


def _rdf(root: Node) -> Node | None:
    return next((n for n in root.walk() if (n.space, n.name) == (_RDF, "RDF")), None)


def _named(root: Node, wanted: Callable[[str, str], bool]) -> Iterator[Span]:
    """Yield where elements and attributes stand whose (namespace, name) is ``wanted``."""
    for node in root.walk():
        if wanted(node.space, node.name):
            yield node.span
        for attribute in node.attributes:
            space = attribute.value if attribute.space == "xmlns" else attribute.space
            if wanted(space, "" if attribute.space == "xmlns" else attribute.name):
                yield attribute.span


def _is_link(space: str, name: str) -> bool:
    return (space, name) == (_NOTE, "HasExtendedXMP")


def _is_source(space: str, name: str) -> bool:
    return (space, name) == (_IPTC, "DigitalSourceType")


def _is_gone(space: str, name: str) -> bool:
    """Tell whether a property, or with an empty name a whole namespace, must not stay."""
    if space.startswith(_GONE_SPACES):
        return True
    return bool(name) and space in _GONE and bool(_GONE[space].fullmatch(name))
