"""Sizes and places that XMP tells about a photo, turned with it: faces, subjects, dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from engine.photo.metadata.orientation import swaps_sides, turned_point
from engine.photo.metadata.xml_spans import Attribute, Edit, Node, Span, value_of

_RDF_VALUE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "value"
_TIFF, _EXIF = "http://ns.adobe.com/tiff/1.0/", "http://ns.adobe.com/exif/1.0/"
_DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
_AREAS = ("http://ns.adobe.com/xmp/sType/Area#", "http://ns.acdsee.com/sType/Area#")
_MICROSOFT = "http://ns.microsoft.com/photo/1.2/t/Region#"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_SUBJECTS = ("SubjectArea", "SubjectLocation")
_LI = "li"
_WHOLE = Decimal(1), Decimal(1)
"""The unit of places that are told as a share of the photo's sides."""


class Turn(NamedTuple):
    """Tell how a photo was turned: its EXIF orientation, whether EXIF told one, its new size.

    ``scale``: how much smaller it is made then, which ``size`` does not count.
    """

    orientation: int
    told: bool
    size: tuple[int, int]
    scale: float = 1.0

    @property
    def stored(self) -> tuple[int, int]:
        """Return (width, height) before it was turned."""
        return self.size[::-1] if swaps_sides(self.orientation) else self.size

    def shrunk(self, pixels: Decimal) -> Decimal:
        """Return a length in pixels after the photo was made smaller."""
        scale = Decimal(str(self.scale))
        return pixels if scale == 1 else (pixels * scale).to_integral_value()


class _Property(NamedTuple):
    """Hold the value of a property, in whichever form it was written, and where it stands."""

    value: str
    span: Span


def edits_for(node: Node, text: str, turn: Turn) -> Iterator[Edit]:
    """Yield the edits of what ``node`` itself tells about sizes and places."""
    width, height = turn.size
    wanted = {
        (_TIFF, "ImageWidth"): width,
        (_TIFF, "ImageLength"): height,
        (_EXIF, "PixelXDimension"): width,
        (_EXIF, "PixelYDimension"): height,
    }
    if turn.told:
        wanted[_TIFF, "Orientation"] = 1
    own = _properties(node, text)
    for key, value in wanted.items():
        if key in own:
            yield Edit(own[key].span, str(value))
    if turn.orientation != 1 or turn.scale != 1:
        yield from _turned(node, own, text, turn)


def _turned(
    node: Node, own: dict[tuple[str, str], _Property], text: str, turn: Turn
) -> Iterator[Edit]:
    if node.space == _EXIF and node.name in _SUBJECTS:
        yield from _subject(node, text, turn)
    for space in _AREAS:
        box = {name: own[space, name] for name in "xywh" if (space, name) in own}
        yield from _box(box, turn, _unit(own, (space, "unit"), turn), centred=True)
    named = {"x": "rbX", "y": "rbY", "w": "rbW", "h": "rbH"}
    box = {key: own[_IPTC, name] for key, name in named.items() if (_IPTC, name) in own}
    yield from _box(box, turn, _unit(own, (_IPTC, "rbUnit"), turn), centred=False)
    if swaps_sides(turn.orientation) and {(_DIMENSIONS, "w"), (_DIMENSIONS, "h")} <= own.keys():
        wide, tall = own[_DIMENSIONS, "w"], own[_DIMENSIONS, "h"]
        yield from (Edit(wide.span, tall.value), Edit(tall.span, wide.value))
    if (_MICROSOFT, "Rectangle") in own:
        yield from _rectangle(own[_MICROSOFT, "Rectangle"], turn)


def _properties(node: Node, text: str) -> dict[tuple[str, str], _Property]:
    """Return the simple properties of a structure by namespace and name."""
    found = {(a.space, a.name): _Property(a.value, a.value_span) for a in _real(node)}
    for child in node.children:
        place = _value(child, text)
        if place is not None:
            found[child.space, child.name] = place
    return found


def _value(node: Node, text: str) -> _Property | None:
    """Return what an element holds: its text, or rdf:value inside it where it is qualified."""
    for part in node.walk():
        for attribute in part.attributes:
            if (attribute.space, attribute.name) == _RDF_VALUE:
                return _Property(attribute.value, attribute.value_span)
        itself = (part.space, part.name) == _RDF_VALUE or part is node
        if itself and not part.is_empty and not part.children:
            return _Property(value_of(text[slice(*part.content)]), part.content)
    return None


def _real(node: Node) -> Iterator[Attribute]:
    return (attribute for attribute in node.attributes if attribute.space != "xmlns")


def _unit(
    own: dict[tuple[str, str], _Property], key: tuple[str, str], turn: Turn
) -> tuple[Decimal, Decimal]:
    """Return the stored width and height in the unit of a place: 1 where it is relative."""
    if key in own and own[key].value == "pixel":
        return Decimal(turn.stored[0]), Decimal(turn.stored[1])
    return _WHOLE


def _box(
    box: dict[str, _Property], turn: Turn, unit: tuple[Decimal, Decimal], *, centred: bool
) -> Iterator[Edit]:
    """Yield the edits of a place: its centre or upper left corner, and its sides if it has some."""
    if not {"x", "y"} <= box.keys():
        return
    numbers = _numbers([place.value for place in box.values()])
    if numbers is None:
        return
    values = dict(zip(box, numbers, strict=True))
    wide, tall = values.get("w", Decimal(0)), values.get("h", Decimal(0))
    turned = _turned_box((values["x"], values["y"], wide, tall), turn, unit, centred=centred)
    for name, value in zip("xywh", turned, strict=True):
        if name in box:
            yield Edit(box[name].span, _written(value))


def _turned_box(
    box: tuple[Decimal, ...], turn: Turn, unit: tuple[Decimal, Decimal], *, centred: bool
) -> tuple[Decimal, ...]:
    x, y, wide, tall = box
    half = (Decimal(0), Decimal(0)) if centred else (wide / 2, tall / 2)
    x, y = turned_point(turn.orientation, x + half[0], y + half[1], *unit)
    if swaps_sides(turn.orientation):
        wide, tall, half = tall, wide, half[::-1]
    place = x - half[0], y - half[1], wide, tall
    return place if unit == _WHOLE else tuple(turn.shrunk(value) for value in place)


def _rectangle(place: _Property, turn: Turn) -> Iterator[Edit]:
    numbers = _numbers(place.value.split(","))
    if numbers is not None and len(numbers) == 4:
        turned = _turned_box(tuple(numbers), turn, _WHOLE, centred=False)
        yield Edit(place.span, ", ".join(_written(value) for value in turned))


def _subject(node: Node, text: str, turn: Turn) -> Iterator[Edit]:
    """Yield the edits of a list of pixels: the centre, and the diameter or the sides."""
    items = [part for part in node.walk() if part.name == _LI and not part.children]
    numbers = _numbers([value_of(text[slice(*item.content)]) for item in items])
    if numbers is None or not 2 <= len(numbers) <= 4:
        return
    last = Decimal(turn.stored[0] - 1), Decimal(turn.stored[1] - 1)
    centre = turned_point(turn.orientation, numbers[0], numbers[1], *last)
    sides = numbers[2:][::-1] if swaps_sides(turn.orientation) else numbers[2:]
    for item, value in zip(items, (*centre, *sides), strict=True):
        yield Edit(item.content, _written(turn.shrunk(max(value, Decimal(0)))))


def _numbers(texts: list[str]) -> list[Decimal] | None:
    try:
        values = [Decimal(text.strip()) for text in texts]
    except InvalidOperation:
        return None
    return values if values and all(value.is_finite() for value in values) else None


def _written(value: Decimal) -> str:
    return f"{value.normalize():f}"
