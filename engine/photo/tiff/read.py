"""TIFF with 8 or 16 bits per channel: strips, tiles, planes, either byte order, BigTIFF.

What is rarer (palette, bilevel, CMYK, YCbCr, JPEG inside) has 8 bits and goes through Pillow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Pixels
from engine.photo.decode import open_pillow, pillow_pixels
from engine.photo.limits import Refusal, check_size
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata.ifd import (
    CorruptTags,
    Entry,
    ReadAt,
    TagReader,
    Tree,
    pack_header,
    pack_tree,
)
from engine.photo.model import Picture
from engine.photo.tiff import codec as codec

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIPS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES, PLANAR, PREDICTOR = 273, 277, 278, 279, 284, 317
TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES, EXTRA_SAMPLES, SAMPLE_FORMAT = (
    322,
    323,
    324,
    325,
    338,
    339,
)
XMP, IPTC, RESOURCES, ICC = 700, 33723, 34377, 34675
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, SEPARATED, LAB = 0, 1, 2, 5, 8
UNSPECIFIED = 0
_HIGHEST_RATIO = 4000
LAYOUT = frozenset({
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288,
    289, 292, 293, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 333, 334, 336, 337, 338, 339,
    340, 341, 342, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532,
})  # fmt: skip
"""Tags that describe the pixels' layout; they are written anew."""


@dataclass(frozen=True, eq=False)
class TiffCarry:
    """Hold what saving the same TIFF again needs.

    ``order``: the byte order, "<" or ">". ``tags``: the main directory. ``inner``: the directories
    it points to (EXIF, GPS, interoperability) by pointer tag. ``extra``: channels beyond colour
    and alpha, each (H, W), as stored. ``more``: other pictures followed.
    """

    order: str
    tags: dict[int, Entry]
    inner: Tree
    extra: tuple[Pixels, ...] = ()
    more: bool = False


@dataclass(frozen=True)
class Layout:
    """Describe how the samples lie in the file.

    ``tile`` is (columns, rows) of one, None for strips of ``rows`` rows.
    """

    width: int
    height: int
    samples: int
    dtype: np.dtype[Any]
    compression: int
    predictor: int
    planar: bool
    tile: tuple[int, int] | None
    rows: int

    @property
    def grid(self) -> tuple[int, int]:
        """Return (columns, rows) of one segment."""
        return self.tile or (self.width, self.rows)


def read(read_at: ReadAt, size: int) -> Picture:
    """Decode the first picture of a TIFF.

    Args:
        read_at: returns (offset, size) of the file's bytes.
        size: the file's bytes.

    Raises:
        Refusal: it is damaged, cut off, too large or of a kind that is not opened.
    """
    try:
        reader = TagReader(read_at)
        tags, following = reader.directory(reader.first)
    except CorruptTags as error:
        raise Refusal("the file is cut off or damaged (its directory cannot be read)") from error
    check_size(_number(tags, WIDTH, 0), _number(tags, HEIGHT, 0))
    inner = exif_block.inner_directories(reader, tags)
    notices: tuple[str, ...] = ()
    icc = _bytes(tags, ICC)
    extra: tuple[Pixels, ...] = ()
    if _is_plain(tags):
        pixels, alpha, extra = _decode(read_at, tags, reader.order)
    else:
        pixels, alpha, notices, same = pillow_pixels(open_pillow(read_at(0, size), "TIFF"))
        icc = icc if same else None
    if following:
        notices += ("Only the first of its pictures was opened and will be saved.",)
    orientation = tags.get(exif_block.ORIENTATION)
    return Picture(
        pixels,
        alpha,
        icc=icc,
        exif=_exif(tags, inner, reader.order),
        xmp=_bytes(tags, XMP),
        iptc=_bytes(tags, IPTC),
        resolution=exif_block.resolution_from(tags),
        orientation=orientation.first if orientation else 1,
        notices=notices,
        carry=TiffCarry(reader.order, tags, inner, extra, bool(following)),
    )


def _exif(tags: dict[int, Entry], inner: Tree, order: str) -> bytes | None:
    """Return an EXIF block of the tags that describe the photo, not its layout."""
    hidden = LAYOUT | {XMP, IPTC, RESOURCES, ICC, 330, 37724}
    main = {tag: entry for tag, entry in tags.items() if tag not in hidden}
    if not main and not inner:
        return None
    return pack_header(order) + pack_tree(main, inner, 8, order)


def _number(tags: dict[int, Entry], tag: int, default: int) -> int:
    return tags[tag].first if tag in tags else default


def _bytes(tags: dict[int, Entry], tag: int) -> bytes | None:
    return tags[tag].raw if tag in tags else None


def _is_plain(tags: dict[int, Entry]) -> bool:
    """Tell whether the samples are greys or RGB of 8 or 16 bits that we unpack ourselves."""
    bits = set(tags[BITS].numbers) if BITS in tags else {1}
    if bits & {24, 32, 64} or set(
        tags[SAMPLE_FORMAT].numbers if SAMPLE_FORMAT in tags else (1,)
    ) - {1, 4}:
        raise Refusal("its pixels are floating-point numbers; save it with 16 bits first")
    samples, colour = _number(tags, SAMPLES, 1), _number(tags, PHOTOMETRIC, BLACK_IS_ZERO)
    if colour == LAB:
        raise Refusal("its colours are Lab; save it as RGB first")
    if bits == {16} and colour == SEPARATED:
        raise Refusal("its colours are 16-bit CMYK; save it as RGB first")
    enough = samples >= (3 if colour == RGB else 1)
    plain = bits in ({8}, {16}) and colour in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB) and enough
    known = _number(tags, COMPRESSION, 1) in codec.READABLE and _number(tags, PREDICTOR, 1) in (
        1,
        2,
    )
    if not (plain and known) and bits & {16}:
        raise Refusal("its 16-bit pixels are packed in a way that cannot be read; save it anew")
    return plain and known


def layout_of(tags: dict[int, Entry], order: str) -> Layout:
    """Return how the samples lie in the file; ``order`` is its byte order.

    Raises:
        Refusal: a tile is empty or too large.
    """
    width, height = _number(tags, WIDTH, 0), _number(tags, HEIGHT, 0)
    tile = None
    if TILES in tags or TILE_WIDTH in tags:
        tile = _number(tags, TILE_WIDTH, 0), _number(tags, TILE_HEIGHT, 0)
        check_size(*tile)
    rows = min(_number(tags, ROWS_PER_STRIP, height) or height, height)
    return Layout(
        width,
        height,
        _number(tags, SAMPLES, 1),
        np.dtype(np.uint8) if tags[BITS].first == 8 else np.dtype(order + "u2"),
        _number(tags, COMPRESSION, 1),
        _number(tags, PREDICTOR, 1),
        _number(tags, PLANAR, 1) == 2,
        tile,
        rows,
    )


def _decode(
    read_at: ReadAt, tags: dict[int, Entry], order: str
) -> tuple[Pixels, Pixels | None, tuple[Pixels, ...]]:
    """Return (pixels (H, W) or (H, W, 3), alpha, further channels)."""
    layout = layout_of(tags, order)
    colour = _number(tags, PHOTOMETRIC, BLACK_IS_ZERO)
    colours = 3 if colour == RGB else 1
    if layout.samples > colours + 16:
        raise Refusal("it claims {0} channels", layout.samples)
    starts, sizes = table_of(tags, layout)
    claimed = layout.height * layout.width * layout.samples * layout.dtype.itemsize
    if claimed > _HIGHEST_RATIO * sum(sizes):
        raise Refusal("the file is damaged (it claims more pixels than it holds)")
    native = layout.dtype.newbyteorder("=")
    shape = (layout.height, layout.width)
    pixels = np.zeros((*shape, 3) if colours == 3 else (*shape, 1), native)
    others = [np.zeros(shape, native) for _ in range(layout.samples - colours)]
    for where, channels, block in segments(read_at, starts, sizes, layout):
        for i, channel in enumerate(channels):
            plane = pixels[..., channel] if channel < colours else others[channel - colours]
            plane[where] = block[..., i]
    if colour == WHITE_IS_ZERO:
        np.invert(pixels, out=pixels)
    kinds = [int(kind) for kind in tags[EXTRA_SAMPLES].numbers] if EXTRA_SAMPLES in tags else []
    has_alpha = bool(others) and (not kinds or kinds[0] != UNSPECIFIED)
    alpha = others.pop(0) if has_alpha else None
    return pixels if colours == 3 else pixels[..., 0], alpha, tuple(others)


def segments(
    read_at: ReadAt, starts: list[int], sizes: list[int], layout: Layout
) -> Iterator[tuple[tuple[slice, slice], range, NDArray[Any]]]:
    """Yield (where in the picture, which channels, samples (rows, columns, channels)).

    ``starts`` and ``sizes`` are those of ``table_of``.

    Raises:
        Refusal: a segment is damaged or cut off.
    """
    wide, tall = layout.grid
    depth = 1 if layout.planar else layout.samples
    number = 0
    for plane in range(layout.samples if layout.planar else 1):
        channels = range(plane, plane + 1) if layout.planar else range(layout.samples)
        for top in range(0, layout.height, tall):
            for left in range(0, layout.width, wide):
                rows = tall if layout.tile else min(tall, layout.height - top)
                block = _samples(
                    read_at, starts[number], sizes[number], layout, (rows, wide, depth)
                )
                bottom, right = min(top + rows, layout.height), min(left + wide, layout.width)
                where = slice(top, bottom), slice(left, right)
                yield where, channels, block[: bottom - top, : right - left]
                number += 1


def table_of(tags: dict[int, Entry], layout: Layout) -> tuple[list[int], list[int]]:
    """Return where each strip or tile begins in the file, and its bytes.

    Raises:
        Refusal: the file does not tell.
    """
    start_tag, size_tag = (TILES, TILE_BYTES) if layout.tile else (STRIPS, STRIP_BYTES)
    if start_tag not in tags or size_tag not in tags:
        raise Refusal("the file is damaged (it does not tell where its pixels are)")
    wide, tall = layout.grid
    needed = -(-layout.height // tall) * -(-layout.width // wide)
    needed *= layout.samples if layout.planar else 1
    starts, sizes = ([int(v) for v in tags[tag].numbers] for tag in (start_tag, size_tag))
    if len(starts) < needed or len(sizes) < needed:
        raise Refusal("the file is damaged (it does not tell where all its pixels are)")
    return starts[:needed], sizes[:needed]


def _samples(
    read_at: ReadAt, start: int, size: int, layout: Layout, shape: tuple[int, int, int]
) -> NDArray[Any]:
    try:
        data = read_at(start, size)
    except CorruptTags as error:
        raise Refusal("the file is cut off; copy it again from where it came") from error
    count = shape[0] * shape[1] * shape[2]
    plain = codec.unpack(data, layout.compression, count * layout.dtype.itemsize)
    block = np.frombuffer(plain, layout.dtype).reshape(shape)
    native = block.astype(layout.dtype.newbyteorder("="), copy=layout.predictor == 2)
    return codec.add_up(native) if layout.predictor == 2 else native
