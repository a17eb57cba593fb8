"""Write a copy to hand on: in any format, at another size, as finely coded as wished."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Pixels
from engine.photo.job import job_for
from engine.photo.metadata.keep import prepare
from engine.photo.model import Photo, SaveReport
from engine.photo.write import check_fits, container_for, write_job

QUALITIES = range(30, 101)


@dataclass(frozen=True)
class Wishes:
    """Say how a copy is to be.

    Attributes:
        longest: the most pixels of its longer side; 0: as the photo. A copy is never enlarged.
        quality: 30 to 100, for formats that lose something.
    """

    longest: int = 0
    quality: int = 90


def export_photo(
    photo: Photo,
    pixels: Pixels,
    out_path: str | Path,
    wishes: Wishes,
    *,
    overwrite: bool = False,
    provenance: bool = False,
) -> SaveReport:
    """Write a copy of ``pixels`` with the metadata of ``photo``, sizes and places in it scaled.

    Every pixel is coded anew; ``save_photo`` is what leaves all outside of a fill as it was.

    Args:
        photo: the opened photo.
        pixels: (H, W, 3) of the photo's size and depth.
        out_path: where to; the ending decides the format.
        wishes: size and quality.
        overwrite: replace a file that is there.
        provenance: say in XMP that a model has put pixels into the photo.

    Raises:
        PhotoWriteError: nothing was written, an existing file is unchanged; the text says why.
    """
    path = Path(out_path)
    container = container_for(path)
    copy = scaled(photo, pixels, wishes.longest)
    check_fits(copy, path)
    job = job_for(copy, copy.pixels, container, provenance, quality=wishes.quality)
    return write_job(path, job, overwrite=overwrite)


def scaled(photo: Photo, pixels: Pixels, longest: int) -> Photo:
    """Return an upright photo of ``pixels``, at most ``longest`` on its longer side (0: any).

    It knows nothing of the file's own coding. Small pixels are the mean of what they cover.
    """
    size = size_of_copy(photo.size, longest)
    alpha = photo.alpha
    if size != photo.size:
        pixels = _mean(pixels, size) if alpha is None else _mean_of_seen(pixels, alpha, size)
        alpha = None if alpha is None else _mean(alpha, size)
    upright = prepare(photo, scale=size[0] / photo.size[0])
    return replace(
        photo,
        pixels=pixels,
        alpha=alpha,
        exif=upright.exif,
        xmp=upright.xmp,
        orientation=1,
        container="BMP",
        carry=None,
    )


def _mean(array: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA), array.dtype)


def _mean_of_seen(pixels: Pixels, alpha: Pixels, size: tuple[int, int]) -> Pixels:
    """Return the mean in which every pixel counts by its alpha (H, W): clear ones not at all."""
    cover = alpha.astype(np.float32)
    weight = np.maximum(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), 1e-6)
    sums = (
        cv2.resize(pixels[..., channel] * cover, size, interpolation=cv2.INTER_AREA)
        for channel in range(3)
    )
    return np.dstack([np.rint(total / weight).astype(pixels.dtype) for total in sums])


def size_of_copy(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return the (width, height) that a photo of ``size`` has in a copy."""
    if not 0 < longest < max(size):
        return size
    width, height = (max(1, round(side * longest / max(size))) for side in size)
    return width, height
