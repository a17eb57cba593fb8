"""HEIC and RAW through optional packages; without them, a sentence names what to install."""

from __future__ import annotations

import importlib
import io
import struct
from types import ModuleType

import numpy as np

from engine.formats import FORMATS, Container
from engine.photo import headers
from engine.photo.decode import split_channels
from engine.photo.isobmff.boxes import colour_numbers
from engine.photo.limits import Refusal, check_size
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata.cicp import profile_of
from engine.photo.metadata.ifd import (
    EXIF_IFD,
    MAKER_NOTE,
    CorruptTags,
    TagReader,
    pack_header,
    pack_tree,
    read_all,
)
from engine.photo.model import Picture

_DESCRIBING = frozenset({270, 271, 272, 282, 283, 296, 305, 306, 315, 33432})
"""The tags of a RAW file's first directory that still hold for the developed picture."""


def _module(container: Container) -> ModuleType:
    row = FORMATS[container]
    try:
        return importlib.import_module(row.module)
    except ImportError as error:
        raise Refusal(
            "{0} files need the extra “{1}”; install it with pip install lacuna[{1}]",
            container,
            row.extra,
        ) from error


def read_heic(data: bytes) -> Picture:
    """Decode a HEIC file with all its bits.

    Raises:
        Refusal: the extra is missing, or the file is damaged, too large or not as its header says.
    """
    pi_heif = _module("HEIC")
    try:
        heif = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
        check_size(*heif.size)
        # a copy, for the decoder takes its memory back
        image = np.array(heif)
    except (ValueError, EOFError, RuntimeError, SyntaxError) as error:
        raise Refusal("the file is cut off or damaged; copy it again from where it came") from error
    if image.dtype == np.uint16:
        # 10 or 12 bits come in the upper bits; white must become 65535
        image |= image >> heif.info.get("bit_depth", 16)
    pixels, alpha = split_channels(image, grey=image.ndim == 2)
    header = headers.header_of(data, "HEIC")
    headers.check(header, pixels, alpha)
    headers.check_depth(header, pixels)
    told = profile_of(*(colour_numbers(data) or (1, 13)), grey=pixels.ndim == 2)
    exif = heif.info.get("exif")
    exif = exif.removeprefix(b"Exif\0\0") if exif else None
    # the decoder has turned the picture upright already, whatever EXIF says
    return Picture(
        pixels,
        alpha,
        icc=heif.info.get("icc_profile") or told,
        exif=exif,
        xmp=heif.info.get("xmp"),
        resolution=exif_block.resolution_of(exif),
        notices=("HEIC cannot be written; the result is saved as PNG or TIFF.",),
    )


def read_raw(data: bytes) -> Picture:
    """Develop a RAW file to upright 16-bit sRGB with the camera's white balance.

    Raises:
        Refusal: the extra is missing, or the file is damaged or too large.
    """
    rawpy = _module("RAW")
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            check_size(raw.sizes.width, raw.sizes.height)
            pixels = raw.postprocess(
                output_bps=16,
                use_camera_wb=True,
                no_auto_bright=True,
                output_color=rawpy.ColorSpace.sRGB,
            )
    except rawpy.LibRawError as error:
        raise Refusal("this RAW file cannot be developed; export it as TIFF first") from error
    exif = _raw_exif(data)
    return Picture(
        np.ascontiguousarray(pixels),
        exif=exif,
        resolution=exif_block.resolution_of(exif),
        notices=("The RAW file was developed; the result is saved as a 16-bit TIFF.",),
    )


def _raw_exif(data: bytes) -> bytes | None:
    """Return an EXIF block of what a RAW file built like a TIFF says about the photo."""
    try:
        reader = TagReader(read_all(data))
        tags, _ = reader.directory(reader.first)
        inner = exif_block.inner_directories(reader, tags)
    except (CorruptTags, struct.error):
        return None
    main = {tag: entry for tag, entry in tags.items() if tag in _DESCRIBING}
    if EXIF_IFD in inner:
        inner[EXIF_IFD] = {t: e for t, e in inner[EXIF_IFD].items() if t != MAKER_NOTE}
    if not main:
        return None
    return pack_header(reader.order) + pack_tree(main, inner, 8, reader.order)
