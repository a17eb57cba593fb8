"""Which pictures inside a TIFF are opened, and the true reason for every other one."""

from __future__ import annotations

from engine.photo.limits import Refusal
from engine.photo.metadata.ifd import Entry
from engine.photo.tiff import codec
from engine.photo.tiff import tags as tiff

THROUGH_PILLOW = frozenset({2, 3, 4, 6, 7})
"""Fax and JPEG, whose segments are no plain samples."""
_FORMATS = {2: "signed integers", 3: "floating-point numbers", 5: "complex integers",
            6: "complex numbers"}  # fmt: skip
_COLOURS = {tiff.LAB: "Lab", 9: "ICC Lab", 10: "ITU Lab", 32844: "LogL", 32845: "LogLuv"}
_UNSPECIFIED = frozenset({1, 4})


def check(tags: dict[int, Entry]) -> None:
    """Refuse a picture whose samples are not all understood.

    Raises:
        Refusal: its numbers, colours, channels or compression are not opened; it says which.
    """
    _check_numbers(tags)
    _check_colours(tags)
    if tiff.number(tags, tiff.DEPTH, 1) > 1:
        raise Refusal("it is a volume of many layers; save the layer you mean first")
    compression = tiff.number(tags, tiff.COMPRESSION, codec.NONE)
    if compression not in codec.READABLE | THROUGH_PILLOW:
        name = codec.NAMES.get(compression, f"no. {compression}")
        raise Refusal("its compression ({0}) is not opened; save it with LZW or ZIP first", name)
    if goes_through_pillow(tags):
        _check_for_pillow(tags)
    elif tiff.number(tags, tiff.PREDICTOR, 1) == 2 and tiff.bits_of(tags) not in (8, 16):
        raise Refusal("its pixels are packed in a way that cannot be read; save it anew")


def goes_through_pillow(tags: dict[int, Entry]) -> bool:
    """Tell whether the picture is no row of plain samples, so that libtiff must decode it."""
    packed = tiff.number(tags, tiff.COMPRESSION, codec.NONE) in THROUGH_PILLOW
    return packed or tiff.colour_of(tags) == tiff.YCBCR


def _check_numbers(tags: dict[int, Entry]) -> None:
    bits = tiff.bits_of(tags)
    if not bits:
        raise Refusal("its channels have different depths; save it with 8 or 16 bits first")
    for kind in set(tiff.numbers(tags, tiff.SAMPLE_FORMAT, 1)) - _UNSPECIFIED:
        raise Refusal(
            "its pixels are {0}; save it with 16 bits first", _FORMATS.get(kind, f"of kind {kind}")
        )
    if bits > 16:
        raise Refusal("its pixels are {0}-bit integers; save it with 16 bits first", bits)
    if tiff.number(tags, tiff.PREDICTOR, 1) not in (1, 2):
        raise Refusal("its pixels are packed as floating-point numbers; save it with 16 bits first")


def _check_colours(tags: dict[int, Entry]) -> None:
    colour, bits = tiff.colour_of(tags), tiff.bits_of(tags)
    if colour not in tiff.COLOURS:
        name = _COLOURS.get(colour, f"of kind {colour}")
        raise Refusal("its colours are {0}; save it as RGB first", name)
    if colour == tiff.SEPARATED and tiff.number(tags, tiff.INK_SET, 1) != 1:
        raise Refusal("its colours are inks other than CMYK; save it as RGB first")
    if colour == tiff.SEPARATED and bits != 8:
        raise Refusal("its colours are {0}-bit CMYK; save it as RGB first", bits)
    if colour == tiff.PALETTE and bits > 8:
        raise Refusal("its palette has {0} bits; save it as RGB first", bits)
    samples, needed = tiff.number(tags, tiff.SAMPLES, 1), tiff.COLOURS[colour]
    if samples < needed:
        raise Refusal("the file is damaged (it has {0} of {1} channels)", samples, needed)
    if samples > needed + 16:
        raise Refusal("it claims {0} channels", samples)


def _check_for_pillow(tags: dict[int, Entry]) -> None:
    """Refuse what libtiff would hand over changed: other depths, further channels."""
    bits, samples = tiff.bits_of(tags), tiff.number(tags, tiff.SAMPLES, 1)
    fax = tiff.number(tags, tiff.COMPRESSION, codec.NONE) in (2, 3, 4)
    if bits != (1 if fax else 8):
        raise Refusal(
            "its {0}-bit pixels are packed in a way that cannot be read; save it anew", bits
        )
    if samples != tiff.COLOURS[tiff.colour_of(tags)]:
        raise Refusal("its further channels are packed in a way that cannot be read; save it anew")
