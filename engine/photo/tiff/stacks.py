"""What laboratories' programs tell in a TIFF about its pages, made true for the one that is saved.

ImageJ tells the number of pages in lines of the description, OME in XML, tifffile as JSON, and
MetaMorph in tags of its own; readers believe them more than the file and call it damaged, or show
empty pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from engine.photo.metadata.ifd import Entry, make_bytes
from engine.photo.metadata.xml_spans import Edit, Node, NotXml, edited, parse
from engine.photo.tiff import tags as tiff

_IMAGEJ = re.compile(
    rb"^(?:images|slices|channels|frames|hyperstack|mode|spacing|loop)=.*\n?", re.M
)
_IMAGES = re.compile(rb"^images=(\d+)", re.M)
_OF_PAGES = frozenset({tiff.PAGE_NUMBER, 33628, 33629, 33630, 33631, 50838, 50839})
"""Page number, MetaMorph's planes, ImageJ's labels of every page."""
_METAMORPH = 33629
_ASCII = 2


def is_stack(tags: dict[int, Entry]) -> bool:
    """Tell whether a file says that it holds more pictures than its directories show."""
    found = _IMAGES.search(_description(tags)) if _is_imagej(tags) else None
    return _METAMORPH in tags or (found is not None and int(found[1]) > 1)


def of_one_page(
    tags: dict[int, Entry], shape: tuple[int, ...], order: str, *, stack: bool
) -> dict[int, Entry]:
    """Return the tags with what they tell about pages and sizes made true.

    Args:
        tags: the main directory.
        shape: (height, width), or with the channels behind, of the picture that is saved.
        order: the file's byte order.
        stack: other pages were left out.
    """
    out = {tag: e for tag, e in tags.items() if not (stack and tag in _OF_PAGES)}
    old = _description(tags)
    new = old
    if old.startswith(b'{"shape"'):
        new = _json(old, shape)
    elif stack and _is_imagej(tags):
        new = _IMAGEJ.sub(b"", old)
    elif b"<OME" in old[:2000]:
        new = _ome(old, shape, stack)
    if new != old:
        raw = new + b"\0"
        out[tiff.DESCRIPTION] = make_bytes(tiff.DESCRIPTION, raw, order, _ASCII)
    return out


def _description(tags: dict[int, Entry]) -> bytes:
    return (tiff.raw(tags, tiff.DESCRIPTION) or b"").rstrip(b"\0")


def _is_imagej(tags: dict[int, Entry]) -> bool:
    return _description(tags).startswith(b"ImageJ=")


def _json(old: bytes, shape: tuple[int, ...]) -> bytes:
    try:
        told = json.loads(old)
    except ValueError:
        return old
    told.pop("axes", None)
    return json.dumps(told | {"shape": list(shape)}).encode()


def _ome(old: bytes, shape: tuple[int, ...], stack: bool) -> bytes:
    """Return OME-XML of the first picture; what cannot be read is left out with the pages."""
    try:
        text = old.decode()
        root = parse(text)
    except (NotXml, UnicodeDecodeError):
        return b"" if stack else old
    images = [node for node in root.children if node.name == "Image"]
    edits = [Edit(node.span) for node in images[1:]] if stack else []
    for pixels in (node for image in images[:1] for node in image.children):
        if pixels.name == "Pixels":
            edits += _of_pixels(pixels, shape, stack)
    return edited(text, edits).encode()


def _of_pixels(pixels: Node, shape: tuple[int, ...], stack: bool) -> Iterator[Edit]:
    channels = [node for node in pixels.children if node.name == "Channel"]
    wanted = {"SizeY": shape[0], "SizeX": shape[1]}
    if stack:
        samples = {a.name: a.value for a in channels[0].attributes} if channels else {}
        wanted |= {"SizeZ": 1, "SizeT": 1, "SizeC": int(samples.get("SamplesPerPixel", "1"))}
    for attribute in pixels.attributes:
        if attribute.name in wanted:
            yield Edit(attribute.value_span, str(wanted[attribute.name]))
    if not stack:
        return
    yield from (Edit(node.span) for node in channels[1:])
    data = [node for node in pixels.children if node.name == "TiffData"]
    for number, node in enumerate(data):
        yield Edit(node.span, '<TiffData IFD="0" PlaneCount="1"/>' if number == 0 else "")
    for node in pixels.children:
        places = {a.name: a.value for a in node.attributes}
        first = all(places.get(axis, "0") == "0" for axis in ("TheZ", "TheC", "TheT"))
        if node.name == "Plane" and not first:
            yield Edit(node.span)
