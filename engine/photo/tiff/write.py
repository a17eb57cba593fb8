"""Write a TIFF that holds everything the source TIFF held, with new pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from engine.arrays import Pixels
from engine.photo.metadata.ifd import Entry, Tree, make, pack_header, pack_tree
from engine.photo.tiff import codec as codec
from engine.photo.tiff import tags as tags_of
from engine.running.parallel import in_order

_STRIP_BYTES = 1 << 18


def write(
    file: BinaryIO,
    pixels: Pixels,
    alpha: Pixels | None,
    grey: bool,
    entries: dict[int, Entry],
    inner: Tree,
    *,
    order: str = "<",
    compression: int = codec.DEFLATE,
    extra: tuple[Pixels, ...] = (),
    alpha_kind: int = 2,
) -> None:
    """Write one picture.

    Args:
        file: open for writing, at its start.
        pixels: (H, W, 3) uint8 or uint16 RGB.
        alpha: (H, W) of the same depth or None.
        grey: the channels are equal, one is written.
        entries: further tags of the main directory; those of the layout are ignored.
        inner: the directories for the pointer tags EXIF_IFD, GPS_IFD (and INTEROP_IFD in EXIF).
        order: "<" or ">".
        compression: one of ``tiff_codec.WRITABLE``.
        extra: further channels, each (H, W).
        alpha_kind: what the alpha channel means, 1 (colours are multiplied by it) or 2 (not).
    """
    height, width = pixels.shape[:2]
    channels = (1 if grey else 3) + (alpha is not None) + len(extra)
    predictor = 1 if compression == codec.NONE else 2
    rows = min(height, max(1, _STRIP_BYTES // (width * channels * pixels.itemsize)))
    file.write(pack_header(order, 0))
    parts = _packed(_strips(pixels, alpha, grey, extra, rows), order, compression, predictor)
    starts, sizes = _put(file, parts)
    kinds = ([alpha_kind] if alpha is not None else []) + [tags_of.UNSPECIFIED] * len(extra)
    rows_of_layout = [
        (tags_of.WIDTH, 4, [width]),
        (tags_of.HEIGHT, 4, [height]),
        (tags_of.BITS, 3, [pixels.itemsize * 8] * channels),
        (tags_of.COMPRESSION, 3, [compression]),
        (tags_of.PHOTOMETRIC, 3, [tags_of.BLACK_IS_ZERO if grey else tags_of.RGB]),
        (tags_of.STRIPS, 4, starts),
        (tags_of.SAMPLES, 3, [channels]),
        (tags_of.ROWS_PER_STRIP, 4, [rows]),
        (tags_of.STRIP_BYTES, 4, sizes),
        (tags_of.PLANAR, 3, [1]),
        (tags_of.PREDICTOR, 3, [predictor]),
        *([(tags_of.EXTRA_SAMPLES, 3, kinds)] if kinds else []),
    ]
    main = {tag: entry for tag, entry in entries.items() if tag not in tags_of.LAYOUT}
    main |= {tag: make(tag, kind, values, order) for tag, kind, values in rows_of_layout}
    first = file.tell()
    file.write(pack_tree(main, inner, first, order))
    file.seek(0)
    file.write(pack_header(order, first))


def _packed(
    strips: Iterator[Pixels], order: str, compression: int, predictor: int
) -> Iterator[bytes]:
    """Yield the compressed strips."""

    def pack(strip: Pixels) -> bytes:
        plain = codec.differences(strip) if predictor == 2 else strip
        ordered = plain.astype(np.dtype(f"{order}u{strip.itemsize}"))
        return codec.pack(ordered.tobytes(), compression)

    return in_order(pack, strips)


def _put(file: BinaryIO, strips: Iterator[bytes]) -> tuple[list[int], list[int]]:
    """Write each at an even offset; return the offsets and sizes."""
    starts, sizes = [], []
    for data in strips:
        starts.append(file.tell())
        sizes.append(len(data))
        file.write(data + b"\0" * (len(data) % 2))
    return starts, sizes


def _strips(
    pixels: Pixels, alpha: Pixels | None, grey: bool, extra: tuple[Pixels, ...], rows: int
) -> Iterator[Pixels]:
    """Yield the samples (rows, columns, channels) strip by strip."""
    colours = pixels[..., 1:2] if grey else pixels
    others = [plane[..., None] for plane in ((alpha,) if alpha is not None else ()) + extra]
    for top in range(0, pixels.shape[0], rows):
        parts = [plane[top : top + rows] for plane in (colours, *others)]
        yield np.concatenate(parts, axis=2) if others else parts[0]
