"""Photo files made by the tests themselves, byte by byte where no library writes such a file."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

SECRET = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"


def scene(width=96, height=64, dtype=np.uint8, seed=0):
    """Return a smooth coloured picture (H, W, 3) that uses the depth's whole range."""
    rng = np.random.default_rng(seed)
    noise = rng.random((height, width, 3), dtype=np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    full = np.iinfo(dtype).max
    return (smooth * full + rng.integers(0, 3, smooth.shape)).clip(0, full).astype(dtype)


def jpeg(pixels, quality=90, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def tiny_jpeg(value=200, size=(16, 12)):
    """Return a small JPEG whose bytes a test can look for: a thumbnail of the removed object."""
    return jpeg(np.full((size[1], size[0], 3), value, np.uint8), quality=40)


def tags(entries, order="<", at=0, following=0):
    """Return a directory laid out for offset ``at``: entries are (tag, type, count, raw)."""
    rows = sorted(entries, key=lambda e: e[0])
    tail_at = at + 2 + 12 * len(rows) + 4
    head, tail = struct.pack(order + "H", len(rows)), b""
    for tag, kind, count, raw in rows:
        value = raw.ljust(4, b"\0")
        if len(value) > 4:
            value = struct.pack(order + "I", tail_at + len(tail))
            tail += raw + b"\0" * (len(raw) % 2)
        head += struct.pack(order + "HHI", tag, kind, count) + value
    return head + struct.pack(order + "I", following) + tail


def short(tag, *values, order="<"):
    return tag, 3, len(values), struct.pack(f"{order}{len(values)}H", *values)


def long(tag, *values, order="<"):
    return tag, 4, len(values), struct.pack(f"{order}{len(values)}I", *values)


def text(tag, value):
    return tag, 2, len(value) + 1, value.encode() + b"\0"


def blob(tag, raw):
    return tag, 7, len(raw), raw


def rational(tag, a, b, order="<"):
    return tag, 5, 1, struct.pack(order + "II", a, b)


def exif(orientation=1, order="<", thumbnail=None, maker_note=b"", size=(96, 64)):
    """Return an EXIF block with a maker note, GPS data and, if wanted, a thumbnail."""
    gps = [(1, 2, 2, b"N\0"), (2, 5, 3, struct.pack(order + "6I", 48, 1, 8, 1, 15, 1))]
    inner = [
        rational(33434, 1, 250, order=order),
        short(34855, 400, order=order),
        long(40962, size[0], order=order),
        long(40963, size[1], order=order),
        *([blob(37500, maker_note)] if maker_note else []),
    ]

    def main(inner_at, gps_at):
        return [
            text(271, "Maker"),
            text(272, "Model of the test"),
            short(274, orientation, order=order),
            rational(282, 240, 1, order=order),
            rational(283, 240, 1, order=order),
            short(296, 2, order=order),
            text(315, "Ann Author"),
            long(34665, inner_at, order=order),
            long(34853, gps_at, order=order),
        ]

    inner_at = 8 + len(tags(main(0, 0), order, 8))
    gps_at = inner_at + len(tags(inner, order, inner_at))
    next_at = gps_at + len(tags(gps, order, gps_at))
    first = tags(main(inner_at, gps_at), order, 8, next_at if thumbnail else 0)
    out = first + tags(inner, order, inner_at) + tags(gps, order, gps_at)
    if thumbnail:

        def second(at):
            return [
                short(259, 6, order=order),
                long(513, at, order=order),
                long(514, len(thumbnail), order=order),
            ]

        picture_at = next_at + len(tags(second(0), order, next_at))
        out += tags(second(picture_at), order, next_at) + thumbnail
    return (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8) + out


XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    b' tiff:Orientation="%d"><dc:title>Harbour</dc:title></rdf:Description></rdf:RDF>'
    b'</x:xmpmeta><?xpacket end="w"?>'
)


def xmp(orientation=1):
    return XMP % orientation


IPTC = b"\x1c\x02\x05\x00\x07Harbour\x1c\x02\x50\x00\x0aAnn Author"


def resource(number, data):
    """Return one Photoshop image resource."""
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(data)) + data + b"\0" * (len(data) % 2)


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(data, *segments):
    """Return a JPEG with segments put in right behind its start."""
    return data[:2] + b"".join(segments) + data[2:]


def png_chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def with_chunks(data, *chunks):
    """Return a PNG with chunks put in right behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def png(array):
    """Return a PNG of (H, W), (H, W, 3) RGB or (H, W, 4) RGBA, 8 or 16 bits."""
    order = {2: None, 3: cv2.COLOR_RGB2BGR}.get(array.ndim if array.ndim == 2 else array.shape[2])
    if array.ndim == 3 and array.shape[2] == 4:
        order = cv2.COLOR_RGBA2BGRA
    return cv2.imencode(".png", array if order is None else cv2.cvtColor(array, order))[1].tobytes()


def _s15(value):
    return struct.pack(">i", round(value * 65536))


def icc(primaries=None, gamma=2.19921875, curve=None, name=b"test"):
    """Return a matrix profile; ``primaries`` rows are red, green, blue in XYZ (D50)."""
    adobe = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
    curve = curve or struct.pack(">4sII H", b"curv", 0, 1, round(gamma * 256)) + b"\0\0"
    parts = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" * 80}
    white = (0.9642, 1.0, 0.8249)
    for tag, xyz in zip(
        (b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ"), (white, *(primaries or adobe)), strict=True
    ):
        parts[tag] = b"XYZ \0\0\0\0" + b"".join(map(_s15, xyz))
    parts |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    at = 128 + 4 + 12 * len(parts)
    table, body = struct.pack(">I", len(parts)), b""
    for tag, data in parts.items():
        data += b"\0" * (-len(data) % 4)
        table += struct.pack(">4sII", tag, at + len(body), len(data))
        body += data
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + b"".join(map(_s15, white))
    return head.ljust(128, b"\0") + table + body


def tiff(
    samples,
    order="<",
    bits=None,
    photometric=None,
    tile=None,
    planar=False,
    extra=None,
    compress=lambda data: data,
    compression=1,
    predictor=1,
    rows=None,
    more=(),
    inner=b"",
):
    """Return a TIFF of samples (H, W, channels), laid out in any of the ways the format knows."""
    height, width, channels = samples.shape
    dtype = np.dtype(f"{order}u{samples.itemsize}")
    tall, wide = tile or (rows or height, width)
    planes = [samples[..., i : i + 1] for i in range(channels)] if planar else [samples]
    blocks = []
    for plane in planes:
        for top in range(0, height, tall):
            for left in range(0, width, wide):
                block = plane[top : top + tall, left : left + wide]
                if tile:
                    missing = (tall - block.shape[0], wide - block.shape[1])
                    block = np.pad(block, ((0, missing[0]), (0, missing[1]), (0, 0)))
                if predictor == 2:
                    block = np.diff(block, axis=1, prepend=np.zeros_like(block[:, :1]))
                blocks.append(compress(block.astype(dtype).tobytes()))
    start, starts = 8, []
    for block in blocks:
        starts.append(start)
        start += len(block) + len(block) % 2
    photometric = photometric if photometric is not None else (2 if channels >= 3 else 1)
    bits = bits or samples.itemsize * 8
    entries = [
        long(256, width, order=order), long(257, height, order=order),
        short(258, *[bits] * channels, order=order), short(259, compression, order=order),
        short(262, photometric, order=order), short(277, channels, order=order),
        short(284, 2 if planar else 1, order=order), short(317, predictor, order=order),
        *([short(338, *extra, order=order)] if extra else []),
        *more,
    ]  # fmt: skip
    sizes = [len(block) for block in blocks]
    if tile:
        entries += [long(322, wide, order=order), long(323, tall, order=order)]
        entries += [long(324, *starts, order=order), long(325, *sizes, order=order)]
    else:
        entries += [long(273, *starts, order=order), long(279, *sizes, order=order)]
        entries.append(long(278, tall, order=order))
    data = b"".join(block + b"\0" * (len(block) % 2) for block in blocks)
    at = 8 + len(data)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, at)
    return head + data + tags(entries, order, at) + inner


@pytest.fixture
def files():
    """Return this module's builders as one object."""
    return type(
        "Files", (), {k: staticmethod(v) if callable(v) else v for k, v in globals().items()}
    )


@pytest.fixture
def put(tmp_path):
    """Return a function that writes bytes under a name in a fresh folder and returns the path."""

    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
