"""PNG: chunks are checked before decoding and given back on saving, only the picture changes."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2

from engine.arrays import Pixels
from engine.photo import png_encode
from engine.photo.decode import cv_decode, split_channels
from engine.photo.limits import Refusal, check_size
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata import irb
from engine.photo.model import Picture
from engine.photo.png_encode import SIGNATURE, pack
from engine.sentence import Sentence

XMP_KEYWORD = b"XML:com.adobe.xmp"
IPTC_KEYWORDS = (b"Raw profile type iptc", b"Raw profile type 8bim")
_RAW_PROFILE = b"Raw profile type "
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_KEPT = (b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"pHYs", b"eXIf", b"oFFs")
_STRUCTURE = (
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"tIME",
    b"hIST",
    b"sPLT",
    b"bKGD",
    b"sBIT",
)
_EXIF_KEYWORDS = (b"Raw profile type exif", b"Raw profile type APP1")
_MAX_TEXT = 64 << 20
_INCH = 0.0254


class Chunk(NamedTuple):
    """Hold one chunk: its four-letter kind and its data."""

    kind: bytes
    data: bytes


class PngCarry(NamedTuple):
    """Hold the chunks to give back on saving, and sentences about those that are not."""

    chunks: tuple[Chunk, ...]
    left_out: tuple[str, ...]


def read(data: bytes) -> Picture:
    """Decode a PNG of 8 or 16 bits.

    Raises:
        Refusal: it is damaged, cut off, too large or an animation.
    """
    chunks = tuple(_walk(data))
    kinds = [chunk.kind for chunk in chunks]
    if b"IDAT" not in kinds:
        raise Refusal("the file is damaged (it holds no picture)")
    data = _up_to_its_end(data)
    width, height, bits, colour = struct.unpack(">IIBB", chunks[0].data[:10])
    check_size(width, height)
    if b"acTL" in kinds:
        raise Refusal("it is an animation; only single pictures can be opened")
    image = cv_decode(data, _flags(kinds, colour), (width, height))
    grey = colour in (0, 4)
    pixels, alpha = split_channels(image, grey)
    notices: tuple[str, ...] = ()
    if colour == 3 or bits < 8:
        notices = (
            "Its reduced palette will be saved as full colour."
            if colour == 3
            else Sentence("Its {0}-bit greys will be saved as 8-bit greys.", bits),
        )
    kept = tuple(chunk for chunk in chunks if _carried(chunk, colour))
    left_out = (_left_out(chunk) for chunk in chunks if chunk not in kept)
    exif = _exif(chunks)
    return Picture(
        pixels,
        alpha,
        icc=_icc(chunks),
        exif=exif,
        xmp=_text(chunks, (XMP_KEYWORD,)),
        iptc=_iptc(chunks),
        resolution=_resolution(chunks),
        orientation=exif_block.orientation_of(exif),
        notices=notices,
        carry=PngCarry(kept, tuple(text for text in left_out if text)),
    )


def write(
    pixels: Pixels, alpha: Pixels | None, grey: bool, chunks: Sequence[Chunk]
) -> Iterator[bytes]:
    """Yield the pieces of a PNG with ``chunks`` between its header and its picture.

    Args:
        pixels: (H, W, 3) uint8 or uint16 RGB.
        alpha: (H, W) of the same depth or None.
        grey: the three channels are equal and one shall be written.
        chunks: what else the file shall hold, in order.
    """
    yield png_encode.head(pixels, alpha, grey)
    yield from (pack(*chunk) for chunk in chunks)
    yield from png_encode.body(pixels, alpha, grey)


def metadata_chunks(
    icc: bytes | None,
    exif: bytes | None,
    xmp: bytes | None,
    iptc: bytes | None,
    resolution: tuple[float, float] | None,
) -> tuple[Chunk, ...]:
    """Return the chunks that hold the given metadata; IPTC the way ImageMagick does."""
    chunks = []
    if icc:
        chunks.append(Chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc, 9)))
    if resolution:
        x, y = (round(value / _INCH) for value in resolution)
        chunks.append(Chunk(b"pHYs", struct.pack(">IIB", x, y, 1)))
    if exif:
        chunks.append(Chunk(b"eXIf", exif))
    if xmp:
        chunks.append(Chunk(b"iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + xmp))
    if iptc:
        block = irb.with_iptc(iptc)
        text = b"\niptc\n%8d\n%b\n" % (len(block), block.hex().encode())
        chunks.append(Chunk(b"zTXt", IPTC_KEYWORDS[0] + b"\0\0" + zlib.compress(text, 9)))
    return tuple(chunks)


def is_metadata(chunk: Chunk) -> bool:
    """Tell whether ``metadata_chunks`` writes chunks of this sort anew."""
    if chunk.kind in TEXTS:
        keyword = chunk.data.split(b"\0", 1)[0]
        return keyword in (XMP_KEYWORD, *_EXIF_KEYWORDS)
    return chunk.kind in (b"iCCP", b"eXIf", b"pHYs")


def holds_iptc(chunk: Chunk) -> bool:
    """Tell whether a chunk is a text in which IPTC is kept."""
    return chunk.kind in TEXTS and chunk.data.split(b"\0", 1)[0] in IPTC_KEYWORDS


def _walk(data: bytes) -> Iterator[Chunk]:
    """Yield every chunk, the picture's without data; refuse what is damaged or cut off."""
    if not data.startswith(SIGNATURE):
        raise Refusal("it is not a PNG file")
    at = len(SIGNATURE)
    for number in itertools.count():
        if at + 12 > len(data):
            raise Refusal("the file is cut off; copy it again from where it came")
        size = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if at + 12 + size > len(data):
            raise Refusal("the file is cut off; copy it again from where it came")
        body = memoryview(data)[at + 4 : at + 8 + size]
        if zlib.crc32(body) != int.from_bytes(data[at + 8 + size : at + 12 + size], "big"):
            raise Refusal("the file is damaged (a checksum is wrong)")
        if number == 0 and (kind != b"IHDR" or size != 13):
            raise Refusal("the file is damaged (it has no header)")
        yield Chunk(kind, b"" if kind == b"IDAT" else bytes(body[4:]))
        if kind == b"IEND":
            return
        at += 12 + size


def _up_to_its_end(data: bytes) -> bytes:
    """Return the file without what follows its last chunk; the decoder would believe its claims."""
    at = len(SIGNATURE)
    while True:
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            return data if at == len(data) else data[:at]


def _flags(kinds: list[bytes], colour: int) -> int:
    """Return how to decode: straight to RGB where there is no transparency to lose."""
    if colour in (2, 3) and b"tRNS" not in kinds:
        return cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH
    return cv2.IMREAD_UNCHANGED


def _carried(chunk: Chunk, colour: int) -> bool:
    """Tell whether a chunk still holds for the edited picture and hides no old one."""
    if chunk.kind in (b"sBIT", b"bKGD"):
        return colour != 3
    if chunk.kind not in TEXTS:
        return chunk.kind in _KEPT
    keyword = chunk.data.split(b"\0", 1)[0]
    if keyword in IPTC_KEYWORDS:
        return not irb.clean(_raw_profile((chunk,), IPTC_KEYWORDS) or b"")[1]
    return not keyword.startswith(_RAW_PROFILE) or keyword in _EXIF_KEYWORDS


def _left_out(chunk: Chunk) -> str | None:
    """Return the sentence that tells that a chunk is not kept, None where nobody misses it."""
    if chunk.kind in TEXTS:
        keyword = chunk.data.split(b"\0", 1)[0].decode("latin-1")
        return Sentence("The text “{0}” was left out, for it may hold a preview.", keyword)
    if chunk.kind == b"caBX":
        return "Content credentials were left out, for they no longer fit."
    if chunk.kind in _STRUCTURE:
        return None
    return Sentence("The PNG chunk {0} was left out.", chunk.kind.decode("latin-1"))


def _inflate(data: bytes) -> bytes | None:
    engine = zlib.decompressobj()
    try:
        out = engine.decompress(data, _MAX_TEXT)
    except zlib.error:
        return None
    return out if engine.eof else None


def _icc(chunks: tuple[Chunk, ...]) -> bytes | None:
    for chunk in chunks:
        if chunk.kind == b"iCCP":
            _, _, rest = chunk.data.partition(b"\0")
            return _inflate(rest[1:])
    return None


def _text(chunks: tuple[Chunk, ...], keywords: tuple[bytes, ...]) -> bytes | None:
    """Return the text stored under one of ``keywords``."""
    for chunk in chunks:
        keyword, _, rest = chunk.data.partition(b"\0")
        if keyword not in keywords:
            continue
        if chunk.kind == b"tEXt":
            return rest
        if chunk.kind == b"zTXt":
            return _inflate(rest[1:])
        if chunk.kind == b"iTXt" and len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            return _inflate(text) if rest[0] else text
    return None


def _raw_profile(chunks: tuple[Chunk, ...], keywords: tuple[bytes, ...]) -> bytes | None:
    """Return a profile that ImageMagick wrote as hexadecimal text: name, length, digits."""
    text = _text(chunks, keywords)
    parts = text.split(None, 2) if text else []
    if len(parts) < 3:
        return None
    try:
        return bytes.fromhex(parts[2].decode("ascii"))
    except ValueError:
        return None


def _iptc(chunks: tuple[Chunk, ...]) -> bytes | None:
    """Return the IPTC block, which mostly comes wrapped as a Photoshop resource."""
    data = _raw_profile(chunks, IPTC_KEYWORDS)
    return irb.iptc_of(data) if data and data.startswith(b"8BIM") else data


def _exif(chunks: tuple[Chunk, ...]) -> bytes | None:
    for chunk in chunks:
        if chunk.kind == b"eXIf":
            return chunk.data.removeprefix(b"Exif\0\0")
    old = _raw_profile(chunks, _EXIF_KEYWORDS)
    return old.removeprefix(b"Exif\0\0") if old else None


def _resolution(chunks: tuple[Chunk, ...]) -> tuple[float, float] | None:
    for chunk in chunks:
        if chunk.kind == b"pHYs" and len(chunk.data) == 9:
            x, y, unit = struct.unpack(">IIB", chunk.data)
            if unit == 1 and x and y:
                return x * _INCH, y * _INCH
    return None
