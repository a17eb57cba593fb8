"""The encoder of each container but TIFF, which is written strip by strip."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.formats import ALL, FORMATS, Container
from engine.photo import pillow_formats
from engine.photo.job import Job
from engine.photo.jpeg import save as save_jpeg
from engine.photo.metadata.exif import without_orientation
from engine.photo.metadata.keep import forget
from engine.photo.png import read as png
from engine.photo.png import write as png_write

Pieces = Iterable[bytes]


def encode(job: Job) -> Pieces:
    """Return the file of ``job`` in pieces, which together can be as large as the photo."""
    return _ENCODERS[job.container](job)


def _jpeg(job: Job) -> Pieces:
    return (save_jpeg.encode(job),)


def _png(job: Job) -> Pieces:
    photo, meta = job.photo, job.meta
    if not isinstance(photo.carry, png.PngCarry):
        chunks = png_write.metadata_chunks(
            meta.icc, meta.exif, meta.xmp, meta.iptc, meta.resolution
        )
        return png_write.write(job.pixels, job.alpha, photo.grey, chunks)
    meta.dropped += photo.carry.left_out
    # the profile's name and a density without a unit are in these chunks alone
    own = {c.kind: c for c in photo.carry.chunks if c.kind in (b"iCCP", b"pHYs")}
    rest = [chunk for chunk in photo.carry.chunks if not png.is_metadata(chunk)]
    iptc = None if any(png.holds_iptc(chunk) for chunk in rest) else meta.iptc
    made = png_write.metadata_chunks(None, meta.exif, meta.xmp, iptc, None)
    return png_write.write(job.pixels, job.alpha, photo.grey, (*own.values(), *made, *rest))


def _through_pillow(job: Job) -> Pieces:
    meta, kind = job.meta, job.container
    for block in ALL - FORMATS[kind].blocks:
        forget(meta, block, kind)
    if kind == "AVIF" and meta.exif:
        meta.exif = without_orientation(meta.exif)
    data = pillow_formats.write(
        kind,
        job.pixels,
        job.alpha,
        job.photo.grey,
        lossless=job.lossless,
        icc=meta.icc,
        exif=meta.exif,
        xmp=meta.xmp,
        resolution=meta.resolution,
        quality=job.quality,
    )
    return (data,)


_ENCODERS: dict[Container, Callable[[Job], Pieces]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _through_pillow,
    "AVIF": _through_pillow,
    "BMP": _through_pillow,
}
