"""``lacuna fill PHOTO --mask MASK``: fill without a window."""

from __future__ import annotations

import argparse
import json
import string
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.exit import Exit
from app.cli.masking import (
    add_grow,
    add_sources,
    add_spots,
    asks_for_nothing,
    holes_for,
    refuse_pipe,
    sources_for,
)
from app.cli.progress import ProgressBar
from app.cli.way import add_way, ask_of, little_left_for, way_around, way_of
from app.cli.window import add_device
from engine.errors import PhotoWriteError
from engine.formats import ENDINGS_SAID
from engine.reader.apart import read_photo_apart, warm
from engine.removal.codes import DRAWS, SETS, seed_of
from engine.removal.filled import Filled, Saving, check_free, save_filled
from engine.removal.head_start import load_ahead

if TYPE_CHECKING:
    from engine.geometry import Box
    from engine.photo import Photo

SUMMARY = "Fill the masked parts of a photo and save the result beside it."
MOST_VARIANTS = 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``fill``."""
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo; it is left as it is")
    parser.add_argument(
        "--mask",
        type=Path,
        metavar="MASK",
        help="an image of the photo's size; where it is at least half bright, the photo is filled",
    )
    add_grow(parser)
    add_spots(parser)
    add_sources(parser, "MASK")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="OUT",
        help="where to save (default: NAME-filled beside PHOTO); the ending chooses the format:"
        f" {ENDINGS_SAID}",
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
    parser.add_argument(
        "--mask-out",
        type=Path,
        metavar="FILE",
        help="also write which pixels were invented, white, as PNG or TIFF",
    )
    parser.add_argument(
        "--lines",
        type=Path,
        metavar="FILE",
        help="lines to carry through the holes, or not to: see docs/structure.md",
    )
    add_provenance(parser)
    add_sidecars(parser)
    add_device(parser)
    add_way(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")


def add_provenance(parser: argparse.ArgumentParser) -> None:
    """Declare ``--provenance``, which every command that saves fills has."""
    parser.add_argument(
        "--provenance",
        action="store_true",
        help="note in the file's XMP that a model has invented a part of it"
        " (IPTC digital source type)",
    )


def add_sidecars(parser: argparse.ArgumentParser) -> None:
    """Declare ``--sidecars``, which every command that saves has."""
    parser.add_argument(
        "--sidecars",
        action="store_true",
        help="copy NAME.xmp and NAME.jpg.xmp, which other programs keep ratings in, with the photo",
    )


def saving_of(args: argparse.Namespace) -> Saving:
    """Return how ``args`` ask results to be saved."""
    return Saving(args.overwrite, args.provenance, args.sidecars)


def run(args: argparse.Namespace) -> int:
    """Fill the photo and save it.

    Raises:
        EngineError: it could not be done; the subclass tells ``cli_exit`` the code.
    """
    if asks_for_nothing(args, args.mask, "--mask"):
        return Exit.USAGE
    started = time.perf_counter()
    seeds = seeds_from(args.seed, args.variants)
    refuse_pipe(args.photo)
    warm()
    load_ahead()
    from engine.photo import save_mask

    photo = read_photo_apart(args.photo)
    found = holes_for(args, args.mask, photo)
    sources, told = sources_for(photo, args.avoid, args.source)
    mask = found.mask
    outs = out_paths(photo, args.out, args.variants)
    _check(photo, outs, args.mask_out, args.overwrite)

    fill, around = way_around(args, way_of(args), photo)
    filling = time.perf_counter()
    with ProgressBar("Filling") as progress:
        results = list(fill(ask_of(args, photo, mask, sources), seeds, progress))
    milliseconds = round(1000 * (time.perf_counter() - filling))
    saving = saving_of(args)
    remarks = (*found.remarks, *told, *around, *little_left_for(photo, mask))
    device, windows = results[0].device, results[0].windows
    files = [save_filled(photo, mask, results.pop(0), out, saving, remarks) for out in outs]
    if args.mask_out:
        save_mask(mask, args.mask_out, overwrite=args.overwrite)
    if args.json:
        print(json.dumps(_summary(device, windows, milliseconds, files)))
    else:
        seconds = time.perf_counter() - started
        _tell(photo, files, device, milliseconds, seconds)
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
    from engine.photo import beside, ending_for

    if out is None:
        out = beside(photo.path, "-filled" + ending_for(photo.path, photo.container))
    if count == 1:
        return [out]
    letters = string.ascii_uppercase[:count]
    return [beside(out, f"-{letter}{out.suffix}") for letter in letters]


def _check(photo: Photo, outs: Sequence[Path], mask_out: Path | None, overwrite: bool) -> None:
    """Refuse before the long work what saving would refuse after it.

    Raises:
        PhotoWriteError: one of the files cannot be written.
    """
    from engine.photo import check_mask_name

    if mask_out:
        check_mask_name(mask_out)
        if mask_out in outs:
            raise PhotoWriteError("{0} cannot be both the result and its mask.", mask_out)
        check_free(mask_out, overwrite)
    for out in outs:
        check_free(out, overwrite, photo)


def _summary(
    device: str, windows: Sequence[Box], milliseconds: int, files: Sequence[Filled]
) -> dict[str, Any]:
    """Return the one object of ``--json``; with several variants the first is also at the top."""
    summary = {
        "device": device,
        "windows": [list(box) for box in windows],
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
    for remark in (*photo.notices, files[0].line):
        print(remark, file=sys.stderr)
    for file in files:
        print(f"{file.out}  ({file.facts})")
    print(f"Filled in {milliseconds / 1000:.1f} s of {seconds:.1f} s in all, on {device}")


def _count(text: str) -> int:
    """Return a number of variants, or refuse the argument."""
    if text.isdecimal() and 1 <= int(text) <= MOST_VARIANTS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {MOST_VARIANTS}")
