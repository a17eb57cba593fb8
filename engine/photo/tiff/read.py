"""TIFF with up to 16 bits per channel: strips, tiles, planes, either byte order, BigTIFF.

Every picture of plain samples is taken apart here; fax, JPEG and YCbCr inside go through libtiff.
Each is checked against what its directory says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Levels, Pixels
from engine.photo.decode import (
    CMYK_NOTICE,
    CUT_OFF,
    from_cmyk,
    open_pillow,
    pillow_pixels,
)
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
from engine.photo.tiff import kinds, pages, stacks
from engine.photo.tiff import tags as tiff
from engine.photo.tiff.layout import layout_of, segments, table_of

_HIGHEST_RATIO = 4000
_BLOCK = 256
_NEEDED = tiff.LAYOUT | {tiff.ICC, exif_block.ORIENTATION}
_MENDED = "Its list of strips is damaged; where they lie was worked out."
_UNSEEN = (
    "It has {0} further channels that are not shown; where the photo is filled, they are filled"
    " with a smooth blend."
)


@dataclass(frozen=True, eq=False)
class TiffCarry:
    """Hold what saving the same TIFF again needs.

    ``order``: the byte order, "<" or ">". ``tags``: the main directory. ``inner``: the directories
    it points to (EXIF, GPS, interoperability) by pointer tag. ``extra``: channels beyond colour
    and alpha, each (H, W), as stored. ``more``: there were other pictures.
    """

    order: str
    tags: dict[int, Entry]
    inner: Tree
    extra: tuple[Pixels, ...] = ()
    more: bool = False


class _Decoded(NamedTuple):
    """Hold what the samples are: pixels (H, W) or (H, W, 3), alpha, further channels, remarks."""

    pixels: Pixels
    alpha: Pixels | None = None
    extra: tuple[Pixels, ...] = ()
    notices: tuple[str, ...] = ()
    same_colours: bool = True


def read(read_at: ReadAt, size: int) -> Picture:
    """Decode the photo in a TIFF.

    Args:
        read_at: returns (offset, size) of the file's bytes.
        size: the file's bytes.

    Raises:
        Refusal: it is damaged, cut off, too large or of a kind that is not opened.
    """
    try:
        reader = TagReader(read_at)
        page = pages.photo_of(reader)
    except CorruptTags as error:
        raise Refusal("the file is cut off or damaged (its directory cannot be read)") from error
    if reader.lost & _NEEDED:
        raise Refusal(CUT_OFF)
    tags = page.tags
    check_size(tiff.number(tags, tiff.WIDTH, 0), tiff.number(tags, tiff.HEIGHT, 0))
    kinds.check(tags)
    inner = exif_block.inner_directories(reader, tags)
    if kinds.goes_through_pillow(tags):
        found = _through_pillow(read_at(0, size), reader, page)
    else:
        found = _decode(read_at, tags, reader.order, size)
    notices = found.notices
    if found.extra:
        notices += (_UNSEEN.format(len(found.extra)),)
    if page.others or stacks.is_stack(tags):
        notices += ("Only one of its pictures was opened and will be saved.",)
    orientation = tiff.number(tags, exif_block.ORIENTATION, 1)
    return Picture(
        found.pixels,
        found.alpha,
        icc=tiff.raw(tags, tiff.ICC) if found.same_colours else None,
        exif=_exif(tags, inner, reader.order),
        xmp=tiff.raw(tags, tiff.XMP),
        iptc=tiff.raw(tags, tiff.IPTC),
        resolution=exif_block.resolution_from(tags),
        orientation=orientation if 1 <= orientation <= 8 else 1,
        notices=notices,
        carry=TiffCarry(reader.order, tags, inner, found.extra, page.others),
    )


def _exif(tags: dict[int, Entry], inner: Tree, order: str) -> bytes | None:
    """Return an EXIF block of the tags that describe the photo, not its layout."""
    hidden = tiff.LAYOUT | {tiff.XMP, tiff.IPTC, tiff.RESOURCES, tiff.ICC, tiff.SUB_IFDS, 37724}
    main = {tag: entry for tag, entry in tags.items() if tag not in hidden}
    if not main and not inner:
        return None
    return pack_header(order) + pack_tree(main, inner, 8, order)


def _through_pillow(data: bytes, reader: TagReader, page: pages.Page) -> _Decoded:
    """Return the picture as libtiff decodes it, which is told that it lies upright already."""
    patched = bytearray(data)
    at, wide = (8, 8) if reader.big else (4, 4)
    order = "little" if reader.order == "<" else "big"
    patched[at : at + wide] = page.offset.to_bytes(wide, order)  # type: ignore[arg-type]
    turned = page.tags.get(exif_block.ORIENTATION)
    if turned is not None and turned.at:
        one = turned.with_numbers(1).raw
        patched[turned.value_at : turned.value_at + len(one)] = one
    image = open_pillow(bytes(patched), "TIFF")
    pixels, alpha, notices, same = pillow_pixels(image)
    told = tiff.number(page.tags, tiff.HEIGHT, 0), tiff.number(page.tags, tiff.WIDTH, 0)
    grey = tiff.colour_of(page.tags) in (tiff.WHITE_IS_ZERO, tiff.BLACK_IS_ZERO)
    if pixels.shape[:2] != told or (pixels.ndim == 2) != grey or alpha is not None:
        raise Refusal(CUT_OFF)
    return _Decoded(pixels, None, (), notices, same)


def _decode(read_at: ReadAt, tags: dict[int, Entry], order: str, size: int) -> _Decoded:
    """Return the picture from its plain samples."""
    colour = tiff.colour_of(tags)
    planes, others, mended = _planes(read_at, tags, order, size)
    bits = tiff.bits_of(tags)
    for plane in others:
        _look_up(plane, _scale(bits))
    alpha = others.pop(0) if others and _first_is_alpha(tags, len(others)) else None
    notices: tuple[str, ...] = (_MENDED,) if mended else ()
    if colour == tiff.PALETTE:
        notices += ("Its reduced palette will be saved as full colour.",)
        return _Decoded(_palette(tags, bits)[planes[..., 0]], alpha, tuple(others), notices)
    if colour == tiff.SEPARATED:
        pixels = from_cmyk(planes, tiff.raw(tags, tiff.ICC))
        notices += (CMYK_NOTICE,)
        return _Decoded(pixels, alpha, tuple(others), notices, same_colours=False)
    scale = _scale(bits)
    _look_up(planes, scale[::-1] if colour == tiff.WHITE_IS_ZERO else scale)
    if bits not in (8, 16):
        notices += (f"Its {bits}-bit channels will be saved with {8 * planes.itemsize} bits.",)
    pixels = planes if colour == tiff.RGB else planes[..., 0]
    return _Decoded(pixels, alpha, tuple(others), notices)


def _planes(
    read_at: ReadAt, tags: dict[int, Entry], order: str, size: int
) -> tuple[Pixels, list[Pixels], bool]:
    """Return the colours (H, W, n) and the channels beyond, as stored; and whether mended."""
    layout = layout_of(tags, order)
    table = table_of(tags, layout, size)
    claimed = layout.height * layout.width * layout.samples * layout.bits // 8
    if claimed > _HIGHEST_RATIO * min(sum(table.sizes), size):
        raise Refusal("the file is damaged (it claims more pixels than it holds)")
    colours = tiff.COLOURS[tiff.colour_of(tags)]
    native = layout.dtype.newbyteorder("=")
    shape = (layout.height, layout.width)
    planes = np.zeros((*shape, colours), native)
    others = [np.zeros(shape, native) for _ in range(layout.samples - colours)]
    for where, channels, block in segments(read_at, table, layout):
        for i, channel in enumerate(channels):
            plane = planes[..., channel] if channel < colours else others[channel - colours]
            plane[where] = block[..., i]
    return planes, others, table.mended


def _first_is_alpha(tags: dict[int, Entry], others: int) -> bool:
    """Tell whether the first channel beyond colour is transparency; RGBA need not say so."""
    told = tiff.numbers(tags, tiff.EXTRA_SAMPLES)
    if told:
        return told[0] in (1, 2)
    return others == 1 and tiff.colour_of(tags) == tiff.RGB


def _scale(bits: int) -> Levels | NDArray[np.uint16]:
    """Return what each value of ``bits`` bits becomes in 8 or 16, the whole range kept."""
    full = 255 if bits <= 8 else 65535
    top = (1 << bits) - 1
    values = (np.arange(top + 1, dtype=np.int64) * full + top // 2) // top
    return values.astype(np.uint8) if bits <= 8 else values.astype(np.uint16)


def _look_up(plane: Pixels, table: Pixels) -> None:
    """Replace each value by the table's, in place."""
    if table[1] == 1 and table[0] == 0:
        return
    for top in range(0, plane.shape[0], _BLOCK):
        rows = slice(top, top + _BLOCK)
        plane[rows] = table[plane[rows]]


def _palette(tags: dict[int, Entry], bits: int) -> Levels:
    """Return the colours (2^bits, 3) of the palette; some programs write 8 bits for its 16."""
    values = np.array(tiff.numbers(tags, tiff.COLOUR_MAP), np.int64)
    if values.size < 3 << bits:
        raise Refusal("the file is damaged (it has no palette)")
    table = values[: 3 << bits].reshape(3, -1).T
    return (table >> 8 if table.max() > 255 else table).astype(np.uint8)
