"""What a JPEG holds beside its picture: cleaned, cut into segments, and what is left out said."""

from __future__ import annotations

from engine.photo.job import Job
from engine.photo.jpeg import segments as jpeg
from engine.photo.jpeg import write as jpeg_write
from engine.photo.metadata import xmp, xmp_extended
from engine.photo.metadata.embedded import holds_jpeg
from engine.photo.metadata.exif import without_maker_note
from engine.photo.metadata.keep import Meta, forget, resources_for, turn_of
from engine.photo.metadata.orientation import swaps_sides
from engine.sentence import Sentence

_JFIF = b"JFIF\0"
_HARMLESS = ((0xEC, b"Ducky"), (jpeg.APP13, b"Adobe_CM"))
"""Photoshop's words about the quality it saved with; they are given back as they are."""
_WRITTEN = (
    (jpeg.APP0, _JFIF),
    (jpeg.APP1, jpeg.EXIF_ID),
    (jpeg.APP1, jpeg.XMP_ID),
    (jpeg.APP1, xmp_extended.ID),
    (jpeg.APP2, jpeg.ICC_ID),
    (jpeg.APP13, jpeg.IRB_ID),
    (jpeg.APP14, b"Adobe"),
    *_HARMLESS,
)
_LEFT_OUT = {
    b"MPF\0": "Further pictures in the file were left out.",
    b"JFXX\0": "The JFIF thumbnail was removed.",
    b"JP": "Content credentials were left out, for they no longer fit.",
    b"FPXR\0": "FlashPix data was left out.",
}


def segments_for(job: Job, source: list[jpeg.Segment], more: bool) -> list[bytes]:
    """Return the segments to write before the picture; ``job.meta`` learns what was left out.

    Args:
        job: what is saved.
        source: the segments of the source file, none if that was no JPEG.
        more: something followed the picture in the source file.
    """
    meta = job.meta
    resources, removed = resources_for(jpeg.resources_of(source), meta.iptc)
    if removed:
        meta.dropped.append("The Photoshop thumbnail was removed.")
    _report_left_out(meta.dropped, source, more)
    extension = _extension(job, source)
    _fit(meta)
    head = jpeg_write.metadata_segments(
        meta.icc, meta.exif, meta.xmp, resources, _jfif(job, source), extension
    )
    harmless = [body for key in _HARMLESS for body in jpeg.bodies_of(source, *key)]
    kept = [s for s in source if s.body in harmless or s.marker == jpeg.COM]
    return head + [jpeg_write.pack(s.marker, s.body) for s in kept if not holds_jpeg(s.body)]


def _jfif(job: Job, source: list[jpeg.Segment]) -> bytes | None:
    """Return the source's JFIF segment without its thumbnail; None if a JPEG source had none."""
    found = jpeg.bodies_of(source, jpeg.APP0, _JFIF)
    if not source or (found and len(found[0]) < 14):
        return jpeg_write.jfif_body(job.meta.resolution)
    if not found:
        return None
    body = found[0]
    if len(body) > 14:
        job.meta.dropped.append(_LEFT_OUT[b"JFXX\0"])
    x, y = body[8:10], body[10:12]
    return body[:8] + (y + x if swaps_sides(job.photo.orientation) else x + y) + b"\0\0"


def _extension(job: Job, source: list[jpeg.Segment]) -> list[bytes]:
    """Return the segments of the extended XMP packet, which the main packet then names."""
    meta = job.meta
    found = jpeg.bodies_of(source, jpeg.APP1, xmp_extended.ID)
    if not found:
        return []
    packets, turn = (job.photo.xmp or b"", meta.xmp or b""), turn_of(job.photo)
    main, bodies, whole = xmp_extended.cleaned(found, *packets, turn)
    if not bodies:
        meta.dropped.append("The extension of XMP was damaged and could not be kept.")
    elif not whole:
        meta.dropped.append("Pictures embedded in the extension of XMP were removed.")
    meta.xmp = main or meta.xmp
    return bodies


def _fit(meta: Meta) -> None:
    """Make EXIF and XMP small enough for a segment of 64 kB each, or leave them out and say so."""
    room = jpeg_write.MAX_BODY
    if meta.exif and len(jpeg.EXIF_ID + meta.exif) > room:
        meta.exif = without_maker_note(meta.exif)
        meta.dropped.append("JPEG has no room for the maker note in EXIF; it was left out.")
    if meta.exif and len(jpeg.EXIF_ID + meta.exif) > room:
        forget(meta, "exif", "JPEG")
    if meta.xmp and len(jpeg.XMP_ID + meta.xmp) > room:
        meta.xmp = xmp.without_padding(meta.xmp)
    if meta.xmp and len(jpeg.XMP_ID + meta.xmp) > room:
        forget(meta, "xmp", "JPEG", Sentence("so much XMP"))


def _report_left_out(dropped: list[str], segments: list[jpeg.Segment], more: bool) -> None:
    sentences = []
    for segment in segments:
        if not jpeg.APP0 <= segment.marker <= 0xEF:
            continue
        if any(segment.marker == m and segment.body.startswith(i) for m, i in _WRITTEN):
            continue
        known = (text for key, text in _LEFT_OUT.items() if segment.body.startswith(key))
        name = segment.body[:12].split(b"\0")[0].decode("ascii", "replace")
        number = segment.marker - jpeg.APP0
        unknown = Sentence("The maker's segment APP{0} ({1}) was left out.", number, name)
        sentences.append(next(known, unknown))
    if more and _LEFT_OUT[b"MPF\0"] not in sentences:
        sentences.append("What followed the picture in the file was left out.")
    dropped += dict.fromkeys(sentences)
