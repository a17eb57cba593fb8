"""``lacuna batch PHOTOS... --masks MASKS --out DIR``: fill many photos without a window."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.exit import Exit
from app.cli.fill import add_provenance, add_sidecars, saving_of
from app.cli.masking import (
    add_grow,
    add_sources,
    add_spots,
    as_file,
    asks_for_nothing,
    holes_for,
    sources_for,
)
from app.cli.progress import ProgressBar
from app.cli.way import add_way, ask_of, little_left_for, way_around, way_of
from app.cli.window import add_device
from engine.errors import ImageError, PhotoWriteError
from engine.removal.batch import Batch, Masks, Outcome, photos_in
from engine.removal.codes import seed_of
from engine.removal.filled import Filled, save_filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.removal.panorama import Fill

SUMMARY = "Fill many photos into a folder; what is there already is not done again."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``batch``."""
    parser.add_argument(
        "photos", type=Path, nargs="+", metavar="PHOTO", help="photos, or folders of photos"
    )
    parser.add_argument(
        "--masks",
        type=Path,
        metavar="DIR|MASK",
        help="a folder with a mask for each photo, named like it (NAME.png, NAME-mask.png),"
        " or one mask for all",
    )
    add_grow(parser)
    add_spots(parser)
    add_sources(parser, "DIR|MASK")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the results go, named alike"
    )
    parser.add_argument(
        "--seed", default="SAFE", metavar="CODE", help="the result code, such as 7F3A-02"
    )
    add_provenance(parser)
    add_sidecars(parser)
    add_device(parser)
    add_way(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--overwrite", action="store_true", help="fill again what is in DIR")


def run(args: argparse.Namespace) -> int:
    """Fill the photos one after the other; each has a line, the last line sums up.

    Raises:
        EngineError: the batch could not begin, or could not go on with any photo.
    """
    if asks_for_nothing(args, args.masks, "--masks"):
        return Exit.USAGE
    photos = photos_in(args.photos)
    if not photos:
        raise ImageError("There are no photos in what was named.")
    worker = _Worker(args, photos)
    masks = Masks(as_file(args.masks), photos) if args.masks else None
    batch = Batch(masks, args.out, worker.fill, args.overwrite)
    _make_folder(args.out)
    try:
        for outcome in batch.run(photos):
            _tell(outcome, worker.next(), args.json)
    finally:
        _sum_up(batch, args.json)
    return Exit.SOME_FAILED if batch.counts["failed"] else Exit.DONE


class _Worker:
    """Fill photos with one engine, which is made when the first photo needs it."""

    def __init__(self, args: argparse.Namespace, photos: Sequence[Path]) -> None:
        self._seed = seed_of(args.seed)
        self._args = args
        places = (args.avoid, args.source)
        self._sources = [Masks(as_file(place), photos) if place else None for place in places]
        self._total, self._number = len(photos), 1
        self._way: Fill | None = None

    def next(self) -> str:
        """Return how far the batch is, and go on counting."""
        text = f"{self._number}/{self._total}"
        self._number += 1
        return text

    def fill(self, path: Path, mask_path: Path | None, out: Path) -> Filled:
        """Fill one photo and save it; raises EngineError."""
        from engine.reader.apart import read_photo_apart

        photo = read_photo_apart(path)
        found = holes_for(self._args, mask_path, photo)
        limits = [masks.of(path) if masks else None for masks in self._sources]
        sources, told = sources_for(photo, *limits)
        with ProgressBar(f"{self._number}/{self._total} {path.name}") as progress:
            self._way = self._way or way_of(self._args)
            fill, around = way_around(self._args, self._way, photo)
            ask = ask_of(self._args, photo, found.mask, sources)
            results = list(fill(ask, [self._seed], progress))
        remarks = (*found.remarks, *told, *around, *little_left_for(photo, found.mask))
        saving = saving_of(self._args)
        return save_filled(photo, found.mask, results.pop(), out, saving, remarks)


def _make_folder(folder: Path) -> None:
    """Make the folder for the results.

    Raises:
        PhotoWriteError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PhotoWriteError("{0} cannot be made: {1}.", folder, error.strerror) from error


def _tell(outcome: Outcome, number: str, as_json: bool) -> None:
    """Print the outcome at once, so that whoever waits sees it."""
    print(json.dumps(outcome.as_json()) if as_json else f"{number} {outcome.line}", flush=True)
    if outcome.filled and outcome.filled.remarks and not as_json:
        print(f"    {outcome.filled.line}", file=sys.stderr)


def _sum_up(batch: Batch, as_json: bool) -> None:
    counts = batch.counts
    if as_json:
        print(json.dumps({"summary": counts}), flush=True)
        return
    told = f"{counts['filled']} filled, {counts['skipped']} there already"
    print(f"{told}, {counts['failed']} failed; results in {batch.out}", flush=True)
