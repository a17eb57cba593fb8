"""Put a JPEG together: cleaned metadata, the source's tables, new picture data."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np

from engine.photo import jpeg, jpeg_write
from engine.photo.job import Job
from engine.photo.jpeg_pixels import changed_cells
from engine.photo.jpeg_progressive import PROGRESSIVE
from engine.photo.jpeg_splice import splice
from engine.photo.jpeg_turn import turn
from engine.photo.limits import Refusal
from engine.photo.meta import CODED_ANEW, resources_for
from engine.photo.model import Photo, Pixels
from engine.photo.orientation import swaps_sides

_ROUNDING = 4
_HINDRANCES = (Refusal, LookupError, ValueError, ArithmeticError, MemoryError)
"""What a file of a rare kind, a damaged one or a huge one may raise; it is then coded anew."""
_KEPT = (
    (jpeg.APP0, b"JFIF\0"),
    (jpeg.APP1, jpeg.EXIF_ID),
    (jpeg.APP1, jpeg.XMP_ID),
    (jpeg.APP2, jpeg.ICC_ID),
    (jpeg.APP13, jpeg.IRB_ID),
    (jpeg.APP14, b"Adobe"),
)
_PICTURES = {
    b"MPF\0": "Further pictures in the file were left out.",
    b"JFXX\0": "The JFIF thumbnail was removed.",
    b"JP": "Content credentials were left out, for they no longer fit.",
    b"FPXR\0": "FlashPix data was left out.",
    b"http://ns.adobe.com/xmp/extension/\0": "The extension of XMP was left out.",
}


def encode(job: Job) -> bytes:
    """Return ``job`` as a JPEG of the source's tables and sampling."""
    photo, meta = job.photo, job.meta
    carry = photo.carry if photo.container == "JPEG" else None
    segments = list(jpeg.walk(carry.file)) if carry else []
    old = next(
        (
            s.body[len(jpeg.IRB_ID) :]
            for s in segments
            if s.marker == jpeg.APP13 and s.body.startswith(jpeg.IRB_ID)
        ),
        None,
    )
    resources, removed = resources_for(old, meta.iptc)
    if removed:
        meta.dropped.append("The Photoshop thumbnail was removed.")
    _report_left_out(meta.dropped, segments, bool(carry and carry.more))
    jfif = not carry or any(s.marker == jpeg.APP0 and s.body[:5] == b"JFIF\0" for s in segments)
    head = jpeg_write.metadata_segments(
        meta.icc, meta.exif, meta.xmp, resources, meta.resolution, jfif
    )
    comments = [jpeg_write.pack(jpeg.COM, s.body) for s in segments if s.marker == jpeg.COM]
    picture = _picture(job, carry)
    body = picture[2:]
    first = next(jpeg.walk(picture))
    if first.marker == jpeg.APP0:
        body = picture[first.at + len(first.body) :]
    return b"".join([b"\xff\xd8", *head, *comments, body])


def _picture(job: Job, carry: jpeg.JpegCarry | None) -> bytes:
    """Return the coded picture: spliced where that is possible and proves exact, else new."""
    photo = job.photo
    if carry is None:
        return jpeg_write.encode(job.pixels, photo.grey, None, turned=False)
    exact = _exact(carry, photo, job.pixels)
    if exact is not None:
        job.meta.kept.insert(0, "every coded block outside the change")
        return exact
    job.meta.kept.insert(0, "quantisation tables and colour sampling")
    job.meta.dropped.append(CODED_ANEW)
    return jpeg_write.encode(job.pixels, photo.grey, carry, swaps_sides(photo.orientation))


def _exact(carry: jpeg.JpegCarry, photo: Photo, pixels: Pixels) -> bytes | None:
    """Return the picture with every untouched block as it was; None where no way proves exact.

    Splicing is the quick way. Writing every block anew also turns pictures, takes progressive
    ones, and brings Huffman tables with room for whatever is new.
    """
    if photo.orientation == 1 and carry.frame.marker != PROGRESSIVE:
        with contextlib.suppress(*_HINDRANCES):
            spliced = splice(carry, photo.pixels, pixels)
            if _same_elsewhere(spliced, photo, pixels):
                return spliced
    with contextlib.suppress(*_HINDRANCES):
        whole = turn(carry, photo.orientation, photo.pixels, pixels)
        if _same_elsewhere(whole, photo, pixels):
            return whole
    return None


def _same_elsewhere(exact: bytes, photo: Photo, new: Pixels) -> bool:
    """Tell whether ``exact`` decodes to the photo everywhere but around the changed blocks.

    Chroma is interpolated between blocks on decoding, so that a change reaches a pixel or two
    beyond its MCU. In a turned picture the decoder rounds some values the other way.
    """
    old, picture = photo.pixels, jpeg.read(exact)
    back = picture.pixels
    back = np.repeat(back[..., None], 3, axis=2) if back.ndim == 2 else back
    different = changed_cells(old, back, 0 if photo.orientation == 1 else _ROUNDING)
    wide, tall = (max(sides) for sides in zip(*picture.carry.frame.sampling, strict=True))
    reach = np.ones((2 * tall + 1, 2 * wide + 1), np.uint8)
    allowed = cv2.dilate(changed_cells(old, new).astype(np.uint8), reach) > 0
    return not (different & ~allowed).any()


def _report_left_out(dropped: list[str], segments: list[jpeg.Segment], more: bool) -> None:
    sentences = []
    for segment in segments:
        if not jpeg.APP0 <= segment.marker <= 0xEF:
            continue
        if any(segment.marker == m and segment.body.startswith(i) for m, i in _KEPT):
            continue
        known = (text for key, text in _PICTURES.items() if segment.body.startswith(key))
        name = segment.body[:12].split(b"\0")[0].decode("ascii", "replace")
        number = segment.marker - jpeg.APP0
        sentences.append(next(known, f"The maker's segment APP{number} ({name}) was left out."))
    if more and _PICTURES[b"MPF\0"] not in sentences:
        sentences.append("What followed the picture in the file was left out.")
    dropped += dict.fromkeys(sentences)
