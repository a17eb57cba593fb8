"""Put a TIFF together: the source's tags where it was one, else tags made from EXIF."""

from __future__ import annotations

import struct
from pathlib import Path

from engine.arrays import Pixels
from engine.photo.job import Job
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata.embedded import blank_jpegs, holds_jpeg
from engine.photo.metadata.ifd import (
    EXIF_IFD,
    MAKER_NOTE,
    Entry,
    TagReader,
    Tree,
    make,
    make_bytes,
    read_all,
)
from engine.photo.metadata.keep import resources_for, turn_of
from engine.photo.metadata.xmp_places import Turn
from engine.photo.tiff import channels, stacks
from engine.photo.tiff import codec as tiff_codec
from engine.photo.tiff import tags as tiff_tags
from engine.photo.tiff import write as tiff_write
from engine.sentence import Sentence

_DROPPED = frozenset({330, 37724, 50341, 50706})
"""Previews, Photoshop's layers, print image matching."""


def encode(job: Job, temporary: Path) -> None:
    """Write ``job`` as a TIFF with the source's byte order, compression, tags and channels."""
    photo, meta = job.photo, job.meta
    carry = photo.carry if photo.container == "TIFF" else None
    extra: tuple[Pixels, ...] = ()
    if carry is None:
        order, tags, inner = _from_exif(meta.exif)
        compression, alpha_kind = tiff_codec.DEFLATE, 2
        tags |= _own_tags(job, order)
    else:
        order, tags, inner = carry.order, dict(carry.tags), dict(carry.inner)
        compression = _compression(job, tags)
        extra = channels.without_object(carry.extra, job)
        kinds = tags.get(tiff_tags.EXTRA_SAMPLES)
        alpha_kind = kinds.first if kinds and kinds.first else 2
        stack = carry.more or stacks.is_stack(tags)
        _report_left_out(job, tags, stack)
        tags |= _changed_tags(job, tags, order)
        colours = (1 if photo.grey else 3) + (job.alpha is not None) + len(extra)
        shape = job.pixels.shape[:2] + ((colours,) if colours > 1 else ())
        tags = stacks.of_one_page(tags, shape, order, stack=stack)
    tags = {tag: e for tag, e in tags.items() if tag not in _DROPPED and not holds_jpeg(e.raw)}
    tags[exif_block.ORIENTATION] = make(exif_block.ORIENTATION, 3, [1], order)
    if EXIF_IFD in inner:
        inner[EXIF_IFD] = _clean_exif(inner[EXIF_IFD], turn_of(photo))
    with open(temporary, "wb") as file:
        tiff_write.write(
            file,
            job.pixels,
            job.alpha,
            photo.grey,
            tags,
            inner,
            order=order,
            compression=compression,
            extra=extra,
            alpha_kind=alpha_kind,
        )


def _compression(job: Job, tags: dict[int, Entry]) -> int:
    entry = tags.get(tiff_tags.COMPRESSION)
    found = entry.first if entry else tiff_codec.NONE
    if found in tiff_codec.WRITABLE:
        job.meta.kept.insert(0, "compression")
        return found
    name = tiff_codec.NAMES.get(found, str(found))
    job.meta.dropped.append(
        Sentence("The compression {0} became deflate, which loses nothing.", name)
    )
    return tiff_codec.DEFLATE


def _report_left_out(job: Job, tags: dict[int, Entry], more: bool) -> None:
    if more:
        job.meta.dropped.append("Further pictures in the file were left out.")
    if 330 in tags:
        job.meta.dropped.append("Embedded previews were removed.")
    if 37724 in tags:
        job.meta.dropped.append("Photoshop's layers were left out, for they hold the old picture.")


def _changed_tags(job: Job, tags: dict[int, Entry], order: str) -> dict[int, Entry]:
    """Return the tags of a source TIFF that embedded pictures had to leave."""
    changed = {}
    if job.meta.xmp:
        changed[tiff_tags.XMP] = make_bytes(tiff_tags.XMP, job.meta.xmp, order, 1)
    else:
        tags.pop(tiff_tags.XMP, None)
    if tiff_tags.RESOURCES in tags:
        cleaned, removed = resources_for(tags[tiff_tags.RESOURCES].raw, None)
        if removed:
            job.meta.dropped.append("The Photoshop thumbnail was removed.")
            changed[tiff_tags.RESOURCES] = make_bytes(tiff_tags.RESOURCES, cleaned or b"\0", order)
    return changed


def _own_tags(job: Job, order: str) -> dict[int, Entry]:
    """Return the tags for metadata that came from another container."""
    meta = job.meta
    tags = {}
    for tag, raw, kind in (
        (tiff_tags.ICC, meta.icc, 7),
        (tiff_tags.XMP, meta.xmp, 1),
        (tiff_tags.IPTC, meta.iptc, 7),
    ):
        if raw:
            tags[tag] = make_bytes(tag, raw, order, kind)
    if meta.resolution:
        for tag, value in zip((282, 283), meta.resolution, strict=True):
            raw = struct.pack(order + "II", round(value * 1000), 1000)
            tags[tag] = Entry(tag, 5, 1, raw, order)
        tags[296] = make(296, 3, [2], order)
    return tags


def _from_exif(exif: bytes | None) -> tuple[str, dict[int, Entry], Tree]:
    """Return (order, main directory, directories it points to) of an EXIF block."""
    if not exif:
        return "<", {}, {}
    reader = TagReader(read_all(exif))
    main, _ = reader.directory(reader.first)
    return reader.order, main, exif_block.inner_directories(reader, main)


def _clean_exif(tags: dict[int, Entry], turn: Turn) -> dict[int, Entry]:
    out = {
        tag: exif_block.turned_subject(e, turn) if tag in exif_block.SUBJECTS else e
        for tag, e in tags.items()
    }
    for tag, value in zip(
        (exif_block.PIXEL_WIDTH, exif_block.PIXEL_HEIGHT), turn.size, strict=True
    ):
        if tag in out and out[tag].type in (3, 4):
            out[tag] = make(tag, 4, [value], out[tag].order)
    if MAKER_NOTE in out:
        note = bytearray(out[MAKER_NOTE].raw)
        blank_jpegs(note)
        out[MAKER_NOTE] = make_bytes(MAKER_NOTE, bytes(note), out[MAKER_NOTE].order)
    return out
