"""Put a PNG together: its header, what else it holds, its picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

from engine.arrays import Pixels
from engine.photo.metadata import irb
from engine.photo.png import encode
from engine.photo.png.chunks import Chunk
from engine.photo.png.encode import pack
from engine.photo.png.read import INCH, IPTC_KEYWORDS, XMP_KEYWORD


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
    yield encode.head(pixels, alpha, grey)
    yield from (pack(*chunk) for chunk in chunks)
    yield from encode.body(pixels, alpha, grey)


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
        x, y = (round(value / INCH) for value in resolution)
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
