"""WebP, AVIF and BMP, which Pillow reads and writes with all their metadata."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from PIL import Image

from engine.arrays import Pixels
from engine.formats import Container
from engine.photo import bmp, headers
from engine.photo.decode import open_pillow, pillow_pixels
from engine.photo.isobmff.boxes import colour_numbers
from engine.photo.limits import Refusal
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata.cicp import profile_of
from engine.photo.model import Picture

_AVIF_QUALITY = 90
_WEBP_QUALITY = 95


def read(data: bytes, kind: Container) -> Picture:
    """Decode a WebP, AVIF or BMP file.

    Raises:
        Refusal: it is damaged, cut off, too large, an animation or not as its header says.
    """
    if kind == "WEBP" and int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise Refusal("the file is cut off; copy it again from where it came")
    if kind == "BMP":
        return _read_bmp(data)
    image = open_pillow(data, kind)
    if getattr(image, "n_frames", 1) > 1:
        raise Refusal("it is an animation; only single pictures can be opened")
    pixels, alpha, notices, same = pillow_pixels(image)
    header = headers.header_of(data, kind)
    icc = image.info.get("icc_profile") if same else None
    if kind == "AVIF" and icc is None:
        icc = profile_of(*(colour_numbers(data) or (1, 13)), grey=pixels.ndim == 2)
    exif = image.info.get("exif")
    exif = exif.removeprefix(b"Exif\0\0") if exif else None
    orientation = exif_block.orientation_of(exif)
    headers.check(header, pixels, alpha, orientation)
    if header.crop is not None:
        pixels = pixels[header.crop.slices].copy()
        alpha = None if alpha is None else alpha[header.crop.slices].copy()
        notices += ("It was cropped, as it says; what lies outside will be left out.",)
    return Picture(
        pixels,
        alpha,
        icc=icc,
        exif=exif,
        xmp=image.info.get("xmp"),
        resolution=exif_block.resolution_of(exif),
        orientation=orientation,
        notices=notices + _depth_notice(header),
        carry=is_lossless(data) if kind == "WEBP" else None,
    )


def _read_bmp(data: bytes) -> Picture:
    found = bmp.masked_pixels(data)
    if found is None:
        pixels, alpha, notices, _ = pillow_pixels(open_pillow(data, "BMP"))
    else:
        (pixels, alpha), notices = found, ()
    headers.check(headers.header_of(data, "BMP"), pixels, alpha)
    icc, said = bmp.colour_of(data)
    resolution = bmp.resolution_of(data)
    return Picture(pixels, alpha, icc=icc, resolution=resolution, notices=notices + said)


def is_lossless(data: bytes) -> bool:
    """Tell whether a WebP file holds a losslessly coded picture."""
    at = 12
    while at + 8 <= len(data):
        if data[at : at + 4] == b"VP8L":
            return True
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return False


def _depth_notice(header: headers.Header) -> tuple[str, ...]:
    """Say so where an AVIF has more than 8 bits."""
    if header.bits is not None and header.bits > 8:
        return ("Its 10 or 12 bits per channel were reduced to 8.",)
    return ()


def write(
    kind: str,
    pixels: Pixels,
    alpha: Pixels | None,
    grey: bool,
    *,
    lossless: bool = False,
    icc: bytes | None = None,
    exif: bytes | None = None,
    xmp: bytes | None = None,
    resolution: tuple[float, float] | None = None,
    quality: int | None = None,
) -> bytes:
    """Return a WebP, AVIF or BMP file of 8 bits.

    Args:
        kind: "WEBP", "AVIF" or "BMP".
        pixels: (H, W, 3) uint8 RGB.
        alpha: (H, W) uint8 or None.
        grey: the channels are equal; BMP then holds one.
        lossless: WebP only: every pixel is kept exactly.
        icc: profile.
        exif: block from its TIFF header on, not for BMP.
        xmp: packet, not for BMP.
        resolution: pixels per inch, BMP only.
        quality: of WebP and AVIF that lose something; None: a high one.
    """
    if kind == "BMP" and bmp.needs_long_header(alpha, icc):
        return bmp.write(pixels, alpha, grey, icc, resolution)
    if grey and kind == "BMP":
        image = Image.fromarray(np.ascontiguousarray(pixels[..., 1]))
    elif alpha is None:
        image = Image.fromarray(pixels)
    else:
        image = Image.fromarray(np.dstack([pixels, alpha]))
    options: dict[str, Any] = {}
    if kind == "WEBP":
        options = {"lossless": lossless, "exact": True, "method": 4}
        options["quality"] = 60 if lossless else quality or _WEBP_QUALITY
    elif kind == "AVIF":
        options = {"quality": quality or _AVIF_QUALITY, "subsampling": "4:4:4", "speed": 7}
    if kind != "BMP":
        options |= {k: v for k, v in (("icc_profile", icc), ("exif", exif), ("xmp", xmp)) if v}
    elif resolution:
        options["dpi"] = resolution
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image.save(out, kind, **options)
    return out.getvalue()
