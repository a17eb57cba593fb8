"""The encoder of each container but TIFF, which is written strip by strip."""

from __future__ import annotations

from collections.abc import Callable

from engine.photo import pillow_formats, png, save_jpeg
from engine.photo.exif import without_orientation
from engine.photo.job import Job
from engine.photo.limits import Container
from engine.photo.meta import forget


def encode(job: Job) -> bytes:
    """Return the file of ``job``."""
    return _ENCODERS[job.container](job)


def _png(job: Job) -> bytes:
    photo, meta = job.photo, job.meta
    if not isinstance(photo.carry, png.PngCarry):
        chunks = png.metadata_chunks(meta.icc, meta.exif, meta.xmp, meta.iptc, meta.resolution)
        return png.write(job.pixels, job.alpha, photo.grey, chunks)
    meta.dropped += photo.carry.left_out
    # the profile's name and a density without a unit are in these chunks alone
    own = {c.kind: c for c in photo.carry.chunks if c.kind in (b"iCCP", b"pHYs")}
    rest = [chunk for chunk in photo.carry.chunks if not png.is_metadata(chunk)]
    iptc = None if any(png.holds_iptc(chunk) for chunk in rest) else meta.iptc
    made = png.metadata_chunks(None, meta.exif, meta.xmp, iptc, None)
    return png.write(job.pixels, job.alpha, photo.grey, (*own.values(), *made, *rest))


def _through_pillow(job: Job) -> bytes:
    meta, kind = job.meta, job.container
    if kind == "BMP":
        for name, value in (("colour profile", "icc"), ("EXIF", "exif"), ("XMP", "xmp")):
            forget(meta, name, value, kind)
    if kind == "AVIF" and meta.exif:
        meta.exif = without_orientation(meta.exif)
    forget(meta, "IPTC", "iptc", kind)
    return pillow_formats.write(
        kind,
        job.pixels,
        job.alpha,
        job.photo.grey,
        lossless=job.lossless,
        icc=meta.icc,
        exif=meta.exif,
        xmp=meta.xmp,
        resolution=meta.resolution,
    )


_ENCODERS: dict[Container, Callable[[Job], bytes]] = {
    "JPEG": save_jpeg.encode,
    "PNG": _png,
    "WEBP": _through_pillow,
    "AVIF": _through_pillow,
    "BMP": _through_pillow,
}
