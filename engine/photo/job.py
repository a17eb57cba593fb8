"""What is to be written: the pixels, alpha and metadata in the form the target can hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Levels, Mask, Pixels
from engine.formats import FORMATS, Container
from engine.photo.metadata.keep import CODED_ANEW, Meta, prepare
from engine.photo.model import Photo
from engine.pixels import to_eight_bits
from engine.sentence import Sentence


@dataclass(frozen=True, eq=False)
class Job:
    """Hold everything an encoder needs.

    ``lossless``: what is read back must be equal. ``touched`` (H, W) is True where the photo was
    filled, None where nobody said. ``quality``: 30 to 100 of a copy to hand on, None for a photo
    that is coded as its file was.
    """

    photo: Photo
    pixels: Pixels
    alpha: Pixels | None
    meta: Meta
    container: Container
    lossless: bool
    touched: Mask | None = None
    quality: int | None = None


def job_for(
    photo: Photo,
    pixels: Pixels,
    container: Container,
    provenance: bool = False,
    touched: Mask | None = None,
    quality: int | None = None,
) -> Job:
    """Return the job of writing ``pixels`` (H, W, 3) as ``container``.

    16 bits are rounded to 8 and transparency is left out where the container has no room for
    them; the report says so. The fill in a grey photo becomes grey.
    """
    meta = prepare(photo, provenance)
    if (
        container != "JPEG"
        and photo.container == "JPEG"
        and b"HasExtendedXMP" in (photo.xmp or b"")
    ):
        meta.dropped.append("The extension of XMP was left out.")
    alpha = photo.alpha
    row = FORMATS[container]
    lossless = row.exact
    if lossless is None:
        lossless = quality is None and (photo.container != container or bool(photo.carry))
    if not lossless and container != "JPEG" and quality is None:
        meta.dropped.append(CODED_ANEW)
    if photo.depth > row.depth:
        meta.dropped.append(Sentence("{0} holds 8 bits; the 16 bits were rounded.", container))
        pixels, alpha = to_eight_bits(pixels), None if alpha is None else to_eight_bits(alpha)
    elif photo.depth == 16:
        meta.kept.insert(0, "16 bits")
    if photo.grey:
        pixels = _greyed(pixels)
    if alpha is not None and not row.transparency:
        pixels, alpha = _on_white(pixels, alpha), None
        meta.dropped.append("JPEG cannot hold transparency; what was clear is white now.")
    elif alpha is not None:
        meta.kept.append("transparency")
    if container != "TIFF" and photo.container == "TIFF" and photo.carry.extra:
        meta.dropped.append("Channels beyond colour and transparency were left out.")
    return Job(photo, pixels, alpha, meta, container, lossless, touched, quality)


def _on_white(pixels: Pixels, alpha: Pixels) -> Levels:
    """Return 8-bit pixels (H, W, 3) laid on white by their alpha (H, W); opaque ones stay exactly.

    Clear pixels hold whatever colour a program left in them, often black.
    """
    out = np.empty(pixels.shape, np.uint8)
    for top in range(0, pixels.shape[0], 256):
        rows = slice(top, top + 256)
        cover = alpha[rows, :, None].astype(np.uint32)
        out[rows] = (pixels[rows] * cover + 255 * (255 - cover) + 127) // 255
    return out


def _greyed(pixels: Pixels) -> Pixels:
    """Return the pixels with every channel replaced by luma; equal channels stay exactly."""
    red, green, blue = (pixels[..., channel] for channel in range(3))
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return pixels
    luma = (pixels.astype(np.uint32) @ np.array([299, 587, 114], np.uint32) + 500) // 1000
    return np.repeat(luma.astype(pixels.dtype)[..., None], 3, axis=2)
