"""``lacuna fill PHOTO --mask MASK``: fill without a window."""

from __future__ import annotations

import argparse
import json
import string
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.cli_exit import Exit
from app.cli_progress import ProgressBar
from app.cli_window import add_device
from assets import SNAPSHOT, SNAPSHOT_SHA256
from engine.codes import DRAWS, SETS, code_of, seed_of
from engine.errors import PhotoWriteError

if TYPE_CHECKING:
    from engine.inpainter import Result
    from engine.photo import Colour, Photo
    from engine.photo.model import Pixels

SUMMARY = "Fill the masked parts of a photo and save the result beside it."
MOST_VARIANTS = 16
_ROWS = 256


@dataclass(frozen=True)
class Filled:
    """Describe one file that was written."""

    seed: int
    out: Path
    changed_pixels: int
    remarks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` says about this file."""
        return {
            "seed": code_of(self.seed),
            "changed_pixels": self.changed_pixels,
            "out": str(self.out),
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``fill``."""
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo; it is left as it is")
    parser.add_argument(
        "--mask",
        type=Path,
        required=True,
        metavar="MASK",
        help="an image of the photo's size; where it is at least half bright, the photo is filled",
    )
    parser.add_argument(
        "--out", type=Path, metavar="OUT", help="where to save (default: NAME-filled beside PHOTO)"
    )
    parser.add_argument(
        "--seed", default="SAFE", metavar="CODE", help="the result code, such as 7F3A-02"
    )
    parser.add_argument(
        "--variants",
        type=_count,
        default=1,
        metavar="N",
        help=f"save N results, of CODE and the codes after it, as OUT-A, OUT-B, ... "
        f"(at most {MOST_VARIANTS})",
    )
    add_device(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")


def run(args: argparse.Namespace) -> int:
    """Fill the photo and save it.

    Raises:
        EngineError: it could not be done; the subclass tells ``cli_exit`` the code.
    """
    started = time.perf_counter()
    seeds = seeds_from(args.seed, args.variants)
    from engine.photo import colour_of, read_mask, read_photo

    photo = read_photo(args.photo)
    mask = read_mask(args.mask, photo.size)
    outs = out_paths(photo, args.out, args.variants)
    _check_free(outs, args.overwrite)

    from engine.inpainter import Inpainter

    inpainter = Inpainter(SNAPSHOT, args.device, SNAPSHOT_SHA256)
    filling = time.perf_counter()
    with ProgressBar("Filling") as progress:
        view = in_srgb(photo.pixels, colour_of(photo.icc))
        results = inpainter.inpaint_many(view, mask, seeds, on_progress=progress)
    milliseconds = round(1000 * (time.perf_counter() - filling))
    files = [
        _save(photo, mask, result, out, args.overwrite)
        for result, out in zip(results, outs, strict=True)
    ]
    if args.json:
        print(json.dumps(_summary(results[0], milliseconds, files)))
    else:
        seconds = time.perf_counter() - started
        _tell(photo, files, inpainter.device_reason, milliseconds, seconds)
    return Exit.DONE


def seeds_from(code: str, count: int) -> list[int]:
    """Return the seed ``code`` names and the ``count - 1`` seeds after it.

    Raises:
        ImageError: ``code`` is no result code.
    """
    first = seed_of(code)
    return [(first + step) % (SETS * DRAWS) for step in range(count)]


def out_paths(photo: Photo, out: Path | None, count: int) -> list[Path]:
    """Return the files to write: OUT or NAME-filled; several variants add -A, -B, ... to it."""
    from engine.photo import propose_name

    if out is None:
        out = photo.path.with_name(f"{photo.path.stem}-filled{propose_name(photo).suffix}")
    if count == 1:
        return [out]
    letters = string.ascii_uppercase[:count]
    return [out.with_name(f"{out.stem}-{letter}{out.suffix}") for letter in letters]


def in_srgb(pixels: Pixels, colour: Colour) -> Pixels:
    """Return (H, W, 3) ``pixels`` as the network wants them; ``pixels`` itself if it is sRGB."""
    if colour.is_srgb:
        return pixels
    out = np.empty_like(pixels)
    for top in range(0, len(pixels), _ROWS):
        rows = slice(top, top + _ROWS)
        out[rows] = colour.to_srgb(pixels[rows])
    return out


def _check_free(outs: Sequence[Path], overwrite: bool) -> None:
    """Refuse before the long work what saving would refuse after it.

    Raises:
        PhotoWriteError: a file is in the way, its folder is not there, or its kind is unknown.
    """
    from engine.photo.limits import WRITABLE

    for out in outs:
        if out.exists() and not overwrite:
            raise PhotoWriteError(
                f"{out} exists already; give another --out, or --overwrite to replace it."
            )
        if not out.parent.is_dir():
            raise PhotoWriteError(f"{out} cannot be saved: there is no folder {out.parent}.")
        if out.suffix.lower() not in WRITABLE:
            endings = ", ".join(sorted(WRITABLE))
            raise PhotoWriteError(f"{out} cannot be saved: its ending is none of {endings}.")


def _save(
    photo: Photo, mask: NDArray[np.bool_], result: Result, out: Path, overwrite: bool
) -> Filled:
    """Put one result into the photo, in the photo's colours, save that, and describe it."""
    from engine.photo import colour_of, save_photo

    colour, part = colour_of(photo.icc), result.box.slices
    pixels = photo.pixels.copy()
    pixels[part][mask[part]] = colour.from_srgb(result.patch)[mask[part]]
    changed = (pixels[part] != photo.pixels[part]).any(axis=2)
    report = save_photo(photo, pixels, out, overwrite=overwrite, touched=mask)
    remarks = (*report.dropped, colour.notice) if colour.notice else report.dropped
    return Filled(result.seed, out, int(changed.sum()), remarks)


def _summary(first: Result, milliseconds: int, files: Sequence[Filled]) -> dict[str, Any]:
    """Return the one object of ``--json``; with several variants the first is also at the top."""
    summary = {
        "device": first.device,
        "windows": [list(box) for box in first.windows],
        "milliseconds": milliseconds,
        **files[0].as_json(),
    }
    if len(files) > 1:
        summary["variants"] = [file.as_json() for file in files]
    return summary


def _tell(
    photo: Photo, files: Sequence[Filled], device: str, milliseconds: int, seconds: float
) -> None:
    """Say what was done: results on standard output, remarks on standard error."""
    for remark in (*photo.notices, *files[0].remarks):
        print(remark, file=sys.stderr)
    for file in files:
        print(f"{file.out}  ({code_of(file.seed)}, {file.changed_pixels:,} pixels changed)")
    print(f"Filled in {milliseconds / 1000:.1f} s of {seconds:.1f} s in all, on {device}")


def _count(text: str) -> int:
    """Return a number of variants, or refuse the argument."""
    if text.isdecimal() and 1 <= int(text) <= MOST_VARIANTS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {MOST_VARIANTS}")
