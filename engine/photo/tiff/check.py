"""Compare a TIFF on the disk with what should be in it, a strip at a time.

A photo of 16 bits and 100 megapixels takes 600 MB; comparing needs no second one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.photo.job import Job
from engine.photo.metadata.exif import ORIENTATION
from engine.photo.metadata.ifd import Entry, TagReader
from engine.photo.reading import reader_of
from engine.photo.tiff import tags as tiff_tags
from engine.photo.tiff.layout import Layout, layout_of, segments, table_of


def holds(path: Path, job: Job) -> bool:
    """Tell whether the file holds the pixels, transparency, profile and XMP of ``job``, upright.

    Raises:
        Refusal: it is damaged.
        CorruptTags: its directory cannot be read.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        size = path.stat().st_size
        read_at = reader_of(file, size)
        reader = TagReader(read_at)
        tags, following = reader.directory(reader.first)
        layout = layout_of(tags, reader.order)
        if following or not _same_frame(tags, layout, job):
            return False
        planes = _planes(job)
        table = table_of(tags, layout, size)
        return all(
            np.array_equal(planes[channel][where], block[..., i])
            for where, channels, block in segments(read_at, table, layout)
            for i, channel in enumerate(channels)
            if channel < len(planes)
        )


def _same_frame(tags: dict[int, Entry], layout: Layout, job: Job) -> bool:
    """Tell whether everything but the samples is as it should be."""
    height, width = job.pixels.shape[:2]
    blobs = ((tiff_tags.ICC, job.meta.icc), (tiff_tags.XMP, job.meta.xmp))
    return (
        (layout.height, layout.width) == (height, width)
        and layout.samples >= len(_planes(job))
        and layout.dtype.itemsize == job.pixels.itemsize
        and tags[tiff_tags.PHOTOMETRIC].first
        == (tiff_tags.BLACK_IS_ZERO if job.photo.grey else tiff_tags.RGB)
        and tags[ORIENTATION].first == 1
        and all((tags[tag].raw if tag in tags else None) == value for tag, value in blobs)
    )


def _planes(job: Job) -> list[NDArray[np.unsignedinteger]]:
    """Return the channels (H, W) in the order of the file."""
    colours = (1,) if job.photo.grey else (0, 1, 2)
    alpha = [] if job.alpha is None else [job.alpha]
    return [*(job.pixels[..., channel] for channel in colours), *alpha]
