"""The tags of a TIFF directory that describe its picture, and how to ask for them."""

from __future__ import annotations

from engine.photo.metadata.ifd import Entry

SUBFILE, OLD_SUBFILE = 254, 255
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 256, 257, 258, 259, 262, 266
DESCRIPTION, STRIPS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES = 270, 273, 277, 278, 279
PLANAR, PAGE_NUMBER, PREDICTOR, COLOUR_MAP = 284, 297, 317, 320
TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES, SUB_IFDS = 322, 323, 324, 325, 330
INK_SET, EXTRA_SAMPLES, SAMPLE_FORMAT, DEPTH = 332, 338, 339, 32997
XMP, IPTC, RESOURCES, ICC = 700, 33723, 34377, 34675
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, SEPARATED, YCBCR, LAB = 0, 1, 2, 3, 5, 6, 8
UNSPECIFIED = 0
COLOURS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, SEPARATED: 4, YCBCR: 3}
"""How many samples hold a pixel's colour, by photometric interpretation."""
LAYOUT = frozenset({
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288,
    289, 292, 293, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 333, 334, 336, 337, 338, 339,
    340, 341, 342, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532, 32997,
    32998,
})  # fmt: skip
"""Tags that describe the pixels' layout; they are written anew."""


def number(tags: dict[int, Entry], tag: int, default: int) -> int:
    """Return the first number of a tag, ``default`` where it is missing."""
    return tags[tag].first if tag in tags else default


def numbers(tags: dict[int, Entry], tag: int, *default: int) -> tuple[int, ...]:
    """Return the numbers of a tag, ``default`` where it is missing."""
    return tuple(int(value) for value in tags[tag].numbers) if tag in tags else default


def raw(tags: dict[int, Entry], tag: int) -> bytes | None:
    """Return the bytes of a tag, None where it is missing."""
    return tags[tag].raw if tag in tags else None


def bits_of(tags: dict[int, Entry]) -> int:
    """Return the bits of a sample; 0 where the samples' bits differ."""
    found = set(numbers(tags, BITS, 1))
    return found.pop() if len(found) == 1 else 0


def colour_of(tags: dict[int, Entry]) -> int:
    """Return the photometric interpretation; where it is missing, what libtiff takes it for."""
    likely = BLACK_IS_ZERO if number(tags, SAMPLES, 1) < 3 else RGB
    return number(tags, PHOTOMETRIC, likely)
