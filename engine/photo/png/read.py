"""Read a PNG: what lies beside the picture is carried along, to be given back on saving."""

from __future__ import annotations

import struct
from typing import NamedTuple

import cv2
import numpy as np

from engine.arrays import AnyArray, Pixels
from engine.photo.decode import CUT_OFF, cv_decode, split_channels
from engine.photo.limits import Refusal, check_size
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata import irb
from engine.photo.model import Picture
from engine.photo.png import chunks as png_chunks
from engine.photo.png.chunks import Chunk
from engine.photo.png.colour import inflated, profile_of
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
INCH = 0.0254


class PngCarry(NamedTuple):
    """Hold the chunks to give back on saving, and sentences about those that are not."""

    chunks: tuple[Chunk, ...]
    left_out: tuple[str, ...]


def read(data: bytes) -> Picture:
    """Decode a PNG of 8 or 16 bits.

    Raises:
        Refusal: it is damaged, cut off, too large or an animation.
    """
    chunks, file, notices = png_chunks.read(data)
    width, height, bits, colour = struct.unpack(">IIBB", chunks[0].data[:10])
    check_size(width, height)
    clear = next((chunk.data for chunk in chunks if chunk.kind == b"tRNS"), None)
    flags = cv2.IMREAD_UNCHANGED
    if colour == 2 or (colour == 3 and clear is None):
        flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH
    image = cv_decode(file, flags, (width, height))
    _check(image, bits, colour, clear is not None)
    pixels, alpha = split_channels(image, colour in (0, 4))
    if clear is not None and colour in (0, 2):
        alpha = _without_colour(pixels, clear, bits)
    if colour == 3:
        notices += ("Its reduced palette will be saved as full colour.",)
    elif bits < 8:
        notices += (Sentence("Its {0}-bit greys will be saved as 8-bit greys.", bits),)
    kept = tuple(chunk for chunk in chunks if _carried(chunk, colour))
    left_out = (_left_out(chunk) for chunk in chunks if chunk not in kept)
    exif = _exif(chunks)
    return Picture(
        pixels,
        alpha,
        icc=profile_of(chunks, grey=pixels.ndim == 2),
        exif=exif,
        xmp=_text(chunks, (XMP_KEYWORD,)),
        iptc=_iptc(chunks),
        resolution=_resolution(chunks),
        orientation=exif_block.orientation_of(exif),
        notices=notices,
        carry=PngCarry(kept, tuple(text for text in left_out if text)),
    )


def _check(image: AnyArray, bits: int, colour: int, clear: bool) -> None:
    """Refuse what the decoder gives if it has not the depth and the channels of the header."""
    channels = {0: 1, 2: 3, 3: 4 if clear else 3, 4: 4, 6: 4}.get(colour)
    found = 1 if image.ndim == 2 else image.shape[2]
    if found != channels or image.itemsize != (2 if bits == 16 else 1):
        raise Refusal(CUT_OFF)


def _without_colour(pixels: Pixels, clear: bytes, bits: int) -> Pixels | None:
    """Return the transparency (H, W) of a picture in which the colour ``clear`` is not there."""
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if len(clear) != 2 * channels:
        return None
    key = np.array(struct.unpack(f">{channels}H", clear), np.int64) & ((1 << bits) - 1)
    if bits < 8:
        key = key * 255 // ((1 << bits) - 1)
    full = pixels.dtype.type(np.iinfo(pixels.dtype).max)
    same = (pixels.reshape(*pixels.shape[:2], channels) == key).all(axis=2)
    alpha: Pixels = np.where(same, pixels.dtype.type(0), full)
    return alpha


def is_metadata(chunk: Chunk) -> bool:
    """Tell whether ``metadata_chunks`` writes chunks of this sort anew."""
    if chunk.kind in TEXTS:
        keyword = chunk.data.split(b"\0", 1)[0]
        return keyword in (XMP_KEYWORD, *_EXIF_KEYWORDS)
    return chunk.kind in (b"iCCP", b"eXIf", b"pHYs")


def holds_iptc(chunk: Chunk) -> bool:
    """Tell whether a chunk is a text in which IPTC is kept."""
    return chunk.kind in TEXTS and chunk.data.split(b"\0", 1)[0] in IPTC_KEYWORDS


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


def _text(chunks: tuple[Chunk, ...], keywords: tuple[bytes, ...]) -> bytes | None:
    """Return the text stored under one of ``keywords``."""
    for chunk in chunks:
        keyword, _, rest = chunk.data.partition(b"\0")
        if keyword not in keywords:
            continue
        if chunk.kind == b"tEXt":
            return rest
        if chunk.kind == b"zTXt":
            return inflated(rest[1:])
        if chunk.kind == b"iTXt" and len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            return inflated(text) if rest[0] else text
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
                return x * INCH, y * INCH
    return None
