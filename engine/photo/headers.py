"""What a file's own header says of its picture, to check what a decoder hands over.

Layout: RFC 9649 (WebP), ISO/IEC 23008-12 (ispe, pixi, irot, imir, clap), AV1-ISOBMFF (av1C),
ISO/IEC 14496-15 (hvcC), BITMAPINFOHEADER and its like of the Windows GDI.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.arrays import Pixels
from engine.formats import Container
from engine.geometry import Box as Rectangle
from engine.photo.isobmff.boxes import Box, MainItem, main_item
from engine.photo.limits import Refusal
from engine.sentence import Sentence

_BITFIELDS = (3, 6)
_EXIF_OF = {
    None: (1, 8, 3, 6),
    0: (4, 5, 2, 7),
    1: (2, 7, 4, 5),
}
"""EXIF's orientation by the axis of imir and the quarter turns of irot."""


class Header(NamedTuple):
    """Hold what a header says; None is what it does not tell.

    ``size`` (width, height) as the decoder should return it, ``slack`` how far it may be off.
    ``colours`` counts channels without transparency, ``bits`` those of one channel.
    ``orientation`` as EXIF counts, where the decoder leaves turning to us; ``crop`` the part that
    is to be shown, where the decoder leaves that to us.
    """

    size: tuple[int, int] | None = None
    alpha: bool | None = None
    colours: int | None = None
    bits: int | None = None
    orientation: int | None = None
    slack: int = 0
    crop: Rectangle | None = None


def header_of(data: bytes, container: Container) -> Header:
    """Return what the header of a WebP, AVIF, HEIC or BMP file says.

    Raises:
        Refusal: it contradicts itself.
    """
    if container == "WEBP":
        return _webp(data)
    if container == "BMP":
        return _bmp(data)
    item = main_item(data)
    return Header() if item is None else _iso(item, turned=container == "HEIC")


def check(
    header: Header, pixels: Pixels, alpha: Pixels | None, orientation: int | None = None
) -> None:
    """Refuse a decoded picture that is not what its header says.

    Args:
        header: of its file.
        pixels: (H, W) or (H, W, 3).
        alpha: (H, W) or None.
        orientation: the one the decoder tells, as EXIF counts; None is not compared.

    Raises:
        Refusal: they differ.
    """
    height, width = pixels.shape[:2]
    if header.size is not None:
        off = max(abs(header.size[0] - width), abs(header.size[1] - height))
        if off > header.slack:
            raise _differs(*header.size, width, height)
    if header.alpha is not None and header.alpha != (alpha is not None):
        raise _other(Sentence("transparency"))
    if header.colours == 3 and pixels.ndim == 2:
        raise _other(Sentence("colours"))
    if None not in (header.orientation, orientation) and header.orientation != orientation:
        raise _other(Sentence("orientation"))


def check_depth(header: Header, pixels: Pixels) -> None:
    """Refuse a picture with 8 bits that should have more, or the other way round.

    Raises:
        Refusal: it has another depth than its header says.
    """
    if header.bits is not None and (header.bits > 8) != (pixels.dtype.itemsize > 1):
        raise _other(Sentence("bits per channel"))


def _differs(width: int, height: int, found_width: int, found_height: int) -> Refusal:
    return Refusal(
        "its header tells of {0} × {1} pixels, but its picture has {2} × {3}; save it anew",
        width,
        height,
        found_width,
        found_height,
    )


def _other(what: Sentence) -> Refusal:
    return Refusal("its header and its picture differ ({0}); save it anew", what)


def _webp(data: bytes) -> Header:
    """Return what VP8X says, else VP8 or VP8L; all of them must tell of one size."""
    found = [_webp_chunk(kind, body) for kind, body in _chunks(data)]
    told = [header for header in found if header is not None and header.size is not None]
    for header in told[1:]:
        if header.size != told[0].size and header.size and told[0].size:
            raise _differs(*told[0].size, *header.size)
    return told[0] if told else Header()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + min(size, 16)]
        at += 8 + size + size % 2


def _webp_chunk(kind: bytes, body: bytes) -> Header | None:
    if kind == b"VP8X" and len(body) >= 10:
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
        return Header((width, height), bool(body[0] & 0x10), 3, 8)
    if kind == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return Header(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1), 3, 8)
    if kind == b"VP8 " and len(body) >= 10:
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return Header((width, height), False, 3, 8)
    return None


def _bmp(data: bytes) -> Header:
    header = data[14:138]
    long = int.from_bytes(header[:4], "little")
    if long == 12:
        sides, bits = (header[4:6], header[6:8]), int.from_bytes(header[10:12], "little")
        width, height = (int.from_bytes(side, "little") for side in sides)
    else:
        width, height = (
            abs(int.from_bytes(header[at : at + 4], "little", signed=True)) for at in (4, 8)
        )
        bits = int.from_bytes(header[14:16], "little")
    method = int.from_bytes(header[16:20], "little")
    masked = method in _BITFIELDS and (long >= 56 or method == _BITFIELDS[1])
    alpha = masked and bits in (16, 32) and any(header[52:56])
    return Header((width, height), alpha, 3 if bits > 8 else None, 8)


def _iso(item: MainItem, turned: bool) -> Header:
    """Return what the boxes say; ``turned``: the decoder trims and turns it, as they ask."""
    own = {box.kind: box.body for box in reversed(item.own)}
    size, slack, turns, axis = _size_of(own.get(b"ispe", b"")), 0, 0, None
    for kind, body in item.own:
        if kind == b"irot" and body:
            turns = body[0] & 3
        elif kind == b"imir" and body:
            axis = body[0] & 1
    orientation = None if turned else _EXIF_OF[axis][turns]
    if turned and size is not None:
        size, slack = _cropped(size, own.get(b"clap", b""))
        size = size[::-1] if turns % 2 else size
    crop = None
    if not turned and size is not None and b"clap" in own:
        crop = _crop_of(size, own[b"clap"])
    pixi = own.get(b"pixi", b"")[4:]
    colours = 3 if pixi[:1] == b"\3" else None
    return Header(size, item.alpha, colours, _bits(pixi, item), orientation, slack, crop)


def _size_of(ispe: bytes) -> tuple[int, int] | None:
    if len(ispe) < 12:
        return None
    return int.from_bytes(ispe[4:8], "big"), int.from_bytes(ispe[8:12], "big")


def _cropped(size: tuple[int, int], clap: bytes) -> tuple[tuple[int, int], int]:
    """Return the size that clap leaves, and the pixel by which decoders round it differently."""
    numbers = [int.from_bytes(clap[at : at + 4], "big") for at in range(0, 16, 4)]
    if len(clap) < 32 or not numbers[1] or not numbers[3]:
        return size, 0
    return (round(numbers[0] / numbers[1]), round(numbers[2] / numbers[3])), 1


def _crop_of(size: tuple[int, int], clap: bytes) -> Rectangle:
    """Return the part that clap (ISO/IEC 14496-12, 12.1.4) says is to be shown.

    Raises:
        Refusal: it is no whole number of pixels within the picture.
    """
    numbers = struct.unpack(">IIIIiIiI", clap[:32]) if len(clap) >= 32 else (0,) * 8
    if all(numbers[1::2]):
        wide, tall, x, y = (Fraction(*numbers[i : i + 2]) for i in range(0, 8, 2))
        left, top = (size[0] - wide) / 2 + x, (size[1] - tall) / 2 + y
        sides = left, top, left + wide, top + tall
        inside = 0 <= left < left + wide <= size[0] and 0 <= top < top + tall <= size[1]
        if inside and all(side.denominator == 1 for side in sides):
            return Rectangle(*(int(side) for side in sides))
    raise Refusal("the crop that its header tells of cannot be applied; save it anew")


def _bits(pixi: bytes, item: MainItem) -> int | None:
    """Return the bits of a channel by pixi, else by what the coded pictures are told with."""
    if len(pixi) > 1:
        return max(pixi[1 : 1 + pixi[0]])
    for group in (item.own, item.shared):
        told = [bits for bits in map(_coded_bits, group) if bits is not None]
        if told:
            return max(told)
    return None


def _coded_bits(box: Box) -> int | None:
    if box.kind == b"av1C" and len(box.body) > 2:
        deep, twelve = box.body[2] & 0x40, box.body[2] & 0x20
        return (12 if twelve else 10) if deep else 8
    if box.kind == b"hvcC" and len(box.body) > 17:
        return (box.body[17] & 7) + 8
    return None
