"""Save an edited photo the way its file was, in one step."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import PhotoReadError, PhotoWriteError
from engine.photo import pillow_formats, png, save_jpeg, save_tiff
from engine.photo.atomic import replace_file
from engine.photo.exif import without_orientation
from engine.photo.limits import WRITABLE, Container
from engine.photo.meta import Meta, forget, prepare
from engine.photo.model import Photo, Pixels, SaveReport
from engine.photo.read import read_photo

_DEEP = frozenset({"PNG", "TIFF"})
_LOSSY_BOUND = 32.0


@dataclass(frozen=True, eq=False)
class Job:
    """Hold everything an encoder needs: what to write, of which photo, and what changed."""

    photo: Photo
    pixels: Pixels
    alpha: Pixels | None
    meta: Meta
    touched: NDArray[np.bool_] | None
    lossless: bool


def save_photo(
    photo: Photo,
    pixels: Pixels,
    out_path: str | Path,
    overwrite: bool = False,
    touched: NDArray[np.bool_] | None = None,
) -> SaveReport:
    """Write ``pixels`` with everything else ``photo``'s file held, all at once.

    The ending of ``out_path`` decides the container. The file is read back and compared before it
    takes its name; no embedded thumbnail or preview of the old picture is kept.

    Args:
        photo: the opened photo.
        pixels: (H, W, 3) of the photo's size and depth.
        out_path: where to.
        overwrite: replace a file that is there.
        touched: (H, W) bool, True where ``pixels`` differ from the photo's; None: anywhere.

    Raises:
        PhotoWriteError: nothing was written, an existing file is unchanged; the text says why.
    """
    path = Path(out_path)
    container = WRITABLE.get(path.suffix.lower())
    if container is None:
        endings = ", ".join(sorted(WRITABLE))
        raise PhotoWriteError(f"“{path.name}” was not saved: its ending is none of {endings}.")
    if pixels.shape != photo.pixels.shape or pixels.dtype != photo.pixels.dtype:
        raise PhotoWriteError(
            f"“{path.name}” was not saved: the result is not of the photo's size."
        )
    job = _job(photo, pixels, container, touched)
    encode = _ENCODERS[container]
    written = [0]

    def write(temporary: Path) -> None:
        try:
            encode(job, temporary)
        except (PhotoWriteError, OSError, MemoryError):
            raise
        except Exception as error:
            raise PhotoWriteError(
                f"“{path.name}” was not saved: {container} cannot hold this picture ({error})."
            ) from error

    def verify(temporary: Path) -> None:
        written[0] = temporary.stat().st_size
        _verify(temporary, path, job, container)

    replace_file(path, write, verify, overwrite=overwrite, expected=_expected(photo, path))
    meta = job.meta
    return SaveReport(path, written[0], meta.kept_sentence, tuple(dict.fromkeys(meta.dropped)))


def propose_name(photo: Photo) -> Path:
    """Return a free name beside the photo: name-edited, in a container that can be written."""
    ending = photo.path.suffix
    if WRITABLE.get(ending.lower()) != photo.container:
        ending = {"HEIC": ".png", "RAW": ".tif", "JPEG": ".jpg", "TIFF": ".tif"}.get(
            photo.container, f".{photo.container.lower()}"
        )
    for number in range(1, 10_000):
        tail = "-edited" if number == 1 else f"-edited-{number}"
        path = photo.path.with_name(photo.path.stem + tail + ending)
        if not path.exists():
            return path
    raise PhotoWriteError(f"“{photo.path.name}” has too many edited copies; choose a name.")


def _expected(photo: Photo, path: Path) -> tuple[int, int, int] | None:
    """Return the stamp the target must still have if it is the photo's own file."""
    source = photo.source
    same = os.path.realpath(path) == os.path.realpath(photo.path)
    return (source.size, source.modified, source.inode) if same else None


def _job(
    photo: Photo, pixels: Pixels, container: Container, touched: NDArray[np.bool_] | None
) -> Job:
    meta = prepare(photo)
    alpha = photo.alpha
    lossless = container in ("PNG", "TIFF", "BMP")
    if container == "WEBP":
        lossless = photo.container != "WEBP" or bool(photo.carry)
    if container not in _DEEP and photo.depth == 16:
        meta.dropped.append(f"{container} holds 8 bits; the 16 bits were rounded.")
        pixels, alpha = _rounded(pixels), None if alpha is None else _rounded(alpha)
    elif photo.depth == 16:
        meta.kept.insert(0, "16 bits")
    if photo.grey:
        pixels = _greyed(pixels)
    if alpha is not None and container == "JPEG":
        alpha = None
        meta.dropped.append("JPEG cannot hold transparency; it was left out.")
    elif alpha is not None:
        meta.kept.append("transparency")
    return Job(photo, pixels, alpha, meta, touched, lossless)


def _rounded(array: Pixels) -> NDArray[np.uint8]:
    """Return 16-bit values as the nearest 8-bit ones."""
    out = np.empty(array.shape, np.uint8)
    for top in range(0, array.shape[0], 256):
        rows = slice(top, top + 256)
        out[rows] = (array[rows].astype(np.uint32) + 128) // 257
    return out


def _greyed(pixels: Pixels) -> Pixels:
    """Return the pixels with every channel replaced by luma; equal channels stay exactly."""
    if np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(
        pixels[..., 1], pixels[..., 2]
    ):
        return pixels
    luma = (pixels.astype(np.uint32) @ np.array([299, 587, 114], np.uint32) + 500) // 1000
    return np.repeat(luma.astype(pixels.dtype)[..., None], 3, axis=2)


def _png(job: Job, temporary: Path) -> None:
    photo, meta = job.photo, job.meta
    carried = photo.carry if photo.container == "PNG" else ()
    rest = tuple(chunk for chunk in carried if not png.is_metadata(chunk))
    if not carried and meta.iptc:
        forget(meta, "IPTC", "iptc", "PNG")
    chunks = png.metadata_chunks(meta.icc, meta.exif, meta.xmp, meta.resolution)
    temporary.write_bytes(png.write(job.pixels, job.alpha, photo.grey, chunks + rest))


def _through_pillow(kind: Container) -> Callable[[Job, Path], None]:
    def encode(job: Job, temporary: Path) -> None:
        meta = job.meta
        if kind == "BMP":
            for name, value in (("colour profile", "icc"), ("EXIF", "exif"), ("XMP", "xmp")):
                forget(meta, name, value, kind)
        if kind == "AVIF" and meta.exif:
            meta.exif = without_orientation(meta.exif)
        forget(meta, "IPTC", "iptc", kind)
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
        )
        temporary.write_bytes(data)

    return encode


_ENCODERS: dict[Container, Callable[[Job, Path], None]] = {
    "JPEG": save_jpeg.encode,
    "PNG": _png,
    "TIFF": save_tiff.encode,
    "WEBP": _through_pillow("WEBP"),
    "AVIF": _through_pillow("AVIF"),
    "BMP": _through_pillow("BMP"),
}


def _verify(temporary: Path, path: Path, job: Job, container: Container) -> None:
    """Read the temporary file back and compare it with what it should hold."""
    try:
        back = read_photo(temporary)
    except PhotoReadError as error:
        raise _differs(path, "it could not be read back") from error
    if (
        back.container != container
        or back.pixels.shape != job.pixels.shape
        or back.orientation != 1
    ):
        raise _differs(path, "its size or kind read back differently")
    if job.lossless:
        alpha_same = (back.alpha is None) == (job.alpha is None) and (
            job.alpha is None or np.array_equal(back.alpha, job.alpha)  # type: ignore[arg-type]
        )
        if not (alpha_same and np.array_equal(back.pixels, job.pixels)):
            raise _differs(path, "its pixels read back differently")
    elif _mean_difference(back.pixels, job.pixels) > _LOSSY_BOUND:
        raise _differs(path, "its pixels read back differently")
    if back.icc != job.meta.icc or (container != "TIFF" and back.exif != job.meta.exif):
        raise _differs(path, "its metadata read back differently")


def _mean_difference(a: Pixels, b: Pixels) -> float:
    rows = range(0, a.shape[0], max(1, a.shape[0] // 64))
    return float(np.mean([np.abs(a[y].astype(np.int32) - b[y]).mean() for y in rows]))


def _differs(path: Path, what: str) -> PhotoWriteError:
    return PhotoWriteError(f"“{path.name}” was not saved: {what}; try again or another disk.")
