"""Good files that the tests make themselves, and every way to spoil them.

The mutator knows a little of the formats: it flips bits, cuts, splices, repeats, and writes the
numbers programs stumble over; a PNG's checksums are mended afterwards, or most of what was changed
would never be read.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.engine.photo import conftest as make

NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 65500)
ENDINGS = ("jpg", "png", "tif", "webp", "avif", "bmp", "bin", "pdf")


def saved(array, kind, **options):
    """Return a file of ``kind`` made by Pillow."""
    out = io.BytesIO()
    Image.fromarray(array).save(out, kind, **options)
    return out.getvalue()


def _cmyk(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).convert("CMYK").save(out, "JPEG")
    return out.getvalue()


def good_files(width=40, height=28):
    """Return small sound files by name, one of every kind that is opened."""
    pixels = make.scene(width, height)
    deep = make.scene(width, height, np.uint16)
    exif = make.exif(6, thumbnail=make.tiny_jpeg(), maker_note=b"maker's own" * 9)
    described = [
        make.segment(0xE1, b"Exif\0\0" + exif),
        make.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + make.xmp(6)),
        make.segment(0xE2, b"ICC_PROFILE\0\1\1" + make.icc()),
        make.segment(0xED, b"Photoshop 3.0\0" + make.resource(1028, make.IPTC)),
    ]
    chunks = [
        make.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(make.icc())),
        make.png_chunk(b"eXIf", exif),
        make.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + make.xmp(3)),
    ]
    shrunk = {"compress": zlib.compress, "compression": 8}
    return {
        "a.jpg": make.with_segments(make.jpeg(pixels), *described),
        "progressive.jpg": make.jpeg(pixels, 80, progressive=True),
        "grey.jpg": make.jpeg(pixels[..., 0]),
        "cmyk.jpg": _cmyk(pixels),
        "a.png": make.with_chunks(make.png(pixels), *chunks),
        "deep.png": make.png(deep),
        "clear.png": make.png(np.dstack([pixels, pixels[..., :1]])),
        "a.tif": make.tiff(pixels, rows=5),
        "deep.tif": make.tiff(deep, order=">", rows=7, predictor=2, **shrunk),
        "tiles.tif": make.tiff(pixels, tile=(16, 16), planar=True, **shrunk),
        "a.webp": saved(pixels, "WEBP", lossless=True, exif=exif),
        "lossy.webp": saved(pixels, "WEBP"),
        "a.avif": saved(pixels, "AVIF"),
        "a.bmp": saved(pixels, "BMP"),
    }


def mutated(rng, pool):
    """Return the bytes of one spoilt file; ``pool`` holds the bytes of the sound ones."""
    data = bytearray(pool[rng.integers(len(pool))])
    for _ in range(rng.integers(1, 5)):
        if data:
            SPOILERS[rng.integers(len(SPOILERS))](rng, data, pool)
    return mended(bytes(data)) if rng.random() < 0.8 else bytes(data)


def _flip(rng, data, pool):
    data[rng.integers(len(data))] ^= 1 << rng.integers(8)


def _cut(rng, data, pool):
    del data[rng.integers(len(data)) :]


def _take_out(rng, data, pool):
    at = rng.integers(len(data))
    del data[at : at + rng.integers(1, 64)]


def _repeat(rng, data, pool):
    at = rng.integers(len(data))
    data[at:at] = data[at : at + rng.integers(1, 400)]


def _number(rng, data, pool):
    value = NUMBERS[rng.integers(len(NUMBERS))]
    wide = (1, 2, 4)[rng.integers(3)]
    at = rng.integers(min(len(data), 400) if rng.random() < 0.7 else len(data))
    order = "big" if rng.random() < 0.5 else "little"
    data[at : at + wide] = (value & (256**wide - 1)).to_bytes(wide, order)


def _splice(rng, data, pool):
    other = pool[rng.integers(len(pool))]
    del data[rng.integers(len(data)) :]
    data += other[rng.integers(len(other)) :]


def _noise(rng, data, pool):
    at = rng.integers(len(data))
    data[at : at + 16] = rng.bytes(16)


SPOILERS = (_flip, _flip, _cut, _take_out, _repeat, _number, _number, _number, _splice, _noise)


def mended(data):
    """Return ``data`` with the checksums of a PNG's chunks made right; other files as they are."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    out, at = bytearray(data), 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + size
        if end + 4 > len(data):
            break
        out[end : end + 4] = struct.pack(">I", zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(out)


def malicious():
    """Yield (name, bytes) of files made to do harm: bombs, loops, lies about sizes."""
    yield from _bombs()
    yield from _loops()
    pixels = make.scene()
    for profile in (b"\xff" * 4000, make.icc()[:90] + bytes(300), b""):
        icc = make.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))
        yield "profile.png", make.with_chunks(make.png(pixels), icc)
    for name, data in good_files().items():
        for ending in ENDINGS:
            yield f"{name}.{ending}", data


def _bombs() -> Iterator[tuple[str, bytes]]:
    def png(width, height, bits, colour, body):
        header = struct.pack(">II5B", width, height, bits, colour, 0, 0, 0)
        parts = [(b"IHDR", header), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b"")]
        chunks = b"".join(make.png_chunk(kind, data) for kind, data in parts)
        return b"\x89PNG\r\n\x1a\n" + chunks

    for side in (17_000, 20_000, 30_000, 65_000, 2**31 - 1, 2**32 - 1):
        yield f"claims-{side}.png", png(side, side, 8, 2, bytes(1000))
        yield f"claims-{side}-deep.png", png(side, side, 16, 6, bytes(1000))
    yield "long.png", png(2**31 - 1, 1, 1, 0, bytes(10))
    bomb = zlib.compress(bytes(200 << 20), 9)
    plain = make.png(make.scene())
    for kind, head in ((b"zTXt", b"x\0\0"), (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0"),
                       (b"iCCP", b"x\0\0"), (b"zTXt", b"Raw profile type exif\0\0")):  # fmt: skip
        yield "text.png", make.with_chunks(plain, make.png_chunk(kind, head + bomb))
    for side in (17_000, 65_500):
        data = bytearray(make.jpeg(make.scene(16, 16)))
        struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, side, side)
        yield f"claims-{side}.jpg", bytes(data)
    for side in (16_000, 100_000, 2**32 - 1):
        sample = make.tiff(make.scene(16, 16), compress=zlib.compress, compression=8)
        data = bytearray(sample)
        at = sample.index(struct.pack("<HHII", 256, 4, 1, 16))
        for place in (at + 8, at + 20):
            struct.pack_into("<I", data, place, side)
        yield f"claims-{side}.tif", bytes(data)
    data = bytearray(saved(make.scene(16, 16), "BMP"))
    for width, height in ((60_000, 60_000), (-1, -1), (2**31 - 1, 2**31 - 1), (0, 0)):
        struct.pack_into("<ii", data, 18, width, height)
        yield f"claims-{width}.bmp", bytes(data)


def _loops() -> Iterator[tuple[str, bytes]]:
    block = bytearray(make.exif(thumbnail=make.tiny_jpeg()))
    count = struct.unpack_from("<H", block, 8)[0]
    loops = []
    struct.pack_into("<I", block, 10 + 12 * count, 8)
    loops.append(bytes(block))
    for tag in (34665, 34853):
        struct.pack_into("<I", block, block.index(struct.pack("<HHI", tag, 4, 1)) + 8, 8)
        loops.append(bytes(block))
    loops += [b"II*\0\x08\0\0\0\xff\xff" + bytes(50), b"MM\0*\xff\xff\xff\xff", b"II*\0"]
    for exif in loops:
        segment = make.segment(0xE1, b"Exif\0\0" + exif)
        yield "loop.jpg", make.with_segments(make.jpeg(make.scene()), segment)
        yield "loop.png", make.with_chunks(make.png(make.scene()), make.png_chunk(b"eXIf", exif))
    tiff = bytearray(make.tiff(make.scene(16, 16)))
    first = struct.unpack_from("<I", tiff, 4)[0]
    entries = struct.unpack_from("<H", tiff, first)[0]
    struct.pack_into("<I", tiff, first + 2 + 12 * entries, first)
    yield "loop.tif", bytes(tiff)
