"""Put a JPEG together: cleaned metadata, the source's tables, new picture data."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np

from engine.arrays import Pixels
from engine.photo.job import Job
from engine.photo.jpeg import meta as jpeg_meta
from engine.photo.jpeg import read as jpeg_read
from engine.photo.jpeg import segments as jpeg
from engine.photo.jpeg import write as jpeg_write
from engine.photo.jpeg.pixels import changed_cells
from engine.photo.jpeg.rewrite import rewrite
from engine.photo.limits import Refusal
from engine.photo.metadata.keep import CODED_ANEW
from engine.photo.metadata.orientation import swaps_sides
from engine.photo.model import Photo
from engine.running.memory import trim

_ROUNDING = 8
"""How far a turned picture may decode from the original: luma and both chromas each round anew."""
_HINDRANCES = (Refusal, LookupError, ValueError, ArithmeticError, MemoryError)
"""What a file of a rare kind, a damaged one or a huge one may raise; it is then coded anew."""


def encode(job: Job) -> bytes:
    """Return ``job`` as a JPEG of the source's tables and sampling."""
    carry = job.photo.carry if job.photo.container == "JPEG" else None
    source = list(jpeg.walk(carry.file)) if carry else []
    head = jpeg_meta.segments_for(job, source, bool(carry and carry.more))
    picture = _picture(job, carry)
    body = picture[2:]
    first = next(jpeg.walk(picture))
    if first.marker == jpeg.APP0:
        body = picture[first.at + len(first.body) :]
    return b"".join([b"\xff\xd8", *head, body])


def _picture(job: Job, carry: jpeg.JpegCarry | None) -> bytes:
    """Return the coded picture: rewritten block by block where that proves exact, else new."""
    photo = job.photo
    if carry is None:
        if photo.container == "JPEG":
            job.meta.dropped.append(CODED_ANEW)
        return jpeg_write.encode(job.pixels, photo.grey, None, turned=False, quality=job.quality)
    exact = _exact(carry, photo, job.pixels)
    if exact is not None:
        job.meta.kept.insert(0, "every coded block outside the change")
        return exact
    job.meta.kept.insert(0, "quantisation tables and colour sampling")
    job.meta.dropped.append(CODED_ANEW)
    return jpeg_write.encode(job.pixels, photo.grey, carry, swaps_sides(photo.orientation))


def _exact(carry: jpeg.JpegCarry, photo: Photo, pixels: Pixels) -> bytes | None:
    """Return the picture with every untouched block as it was; None where that does not work."""
    with contextlib.suppress(*_HINDRANCES):
        exact = rewrite(carry, photo.orientation, photo.pixels, pixels)
        if _same_elsewhere(exact, photo, pixels):
            return exact
    return None


def _same_elsewhere(exact: bytes, photo: Photo, new: Pixels) -> bool:
    """Tell whether ``exact`` decodes to the photo everywhere but around the changed blocks.

    Chroma is interpolated between blocks on decoding, so that a change reaches a pixel or two
    beyond its MCU. In a turned picture the decoder rounds some values the other way.
    """
    trim()
    old, picture = photo.pixels, jpeg_read.read(exact)
    back = picture.pixels
    back = np.repeat(back[..., None], 3, axis=2) if back.ndim == 2 else back
    different = changed_cells(old, back, 0 if photo.orientation == 1 else _ROUNDING)
    wide, tall = (max(sides) for sides in zip(*picture.carry.frame.sampling, strict=True))
    reach = np.ones((2 * tall + 1, 2 * wide + 1), np.uint8)
    allowed = cv2.dilate(changed_cells(old, new).astype(np.uint8), reach) > 0
    return not (different & ~allowed).any()
