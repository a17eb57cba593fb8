"""``lacuna replay RECIPE PHOTO...``: do the removals of a recipe again on other photos."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.exit import Exit, exit_for
from app.cli.fill import add_sidecars
from app.cli.progress import ProgressBar
from app.cli.way import add_panorama
from app.cli.window import add_device
from engine.errors import EmptyMaskError, EngineError, PhotoWriteError

if TYPE_CHECKING:
    from engine.removal.replayed import Replayed

SUMMARY = "Do the removals of a recipe again on photos of the same size."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``replay``."""
    parser.add_argument(
        "recipe", type=Path, metavar="RECIPE", help="a .lacuna file the window saved"
    )
    parser.add_argument(
        "photos", type=Path, nargs="+", metavar="PHOTO", help="photos; they are left as they are"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="a folder to save in (default: beside each photo)"
    )
    add_sidecars(parser)
    add_panorama(parser)
    add_device(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")


def run(args: argparse.Namespace) -> int:
    """Replay on every photo; one that fails does not stop the others.

    Returns:
        0, or the exit code of the first photo that failed.

    Raises:
        EngineError: the recipe cannot be used.
    """
    from app.shipped import shipped_remover
    from engine.record.recipe import read_recipe
    from engine.removal.replayed import replay_on

    recipe = read_recipe(args.recipe)
    if not recipe.steps:
        raise EmptyMaskError("The recipe “{0}” removes nothing; make another.", args.recipe.name)
    if args.out is not None and not args.out.is_dir():
        raise PhotoWriteError("There is no folder {0}; make it, or give another --out.", args.out)
    remover = shipped_remover(args.device)
    rows: list[dict[str, Any]] = []
    worst: int = Exit.DONE
    for path in args.photos:
        try:
            with ProgressBar(path.name) as progress:
                done = replay_on(
                    path,
                    recipe,
                    remover,
                    args.out,
                    args.overwrite,
                    progress,
                    sidecars=args.sidecars,
                    around=args.panorama,
                )
        except EngineError as error:
            worst = worst or exit_for(error)
            rows.append({"photo": str(path), "error": str(error)})
            print(f"lacuna: {error}", file=sys.stderr)
        else:
            rows.append(_as_json(done))
            _tell(done, quiet=args.json)
    if args.json:
        print(json.dumps({"recipe": str(args.recipe), "photos": rows, "exit": int(worst)}))
    return worst


def _as_json(done: Replayed) -> dict[str, Any]:
    return {
        "photo": str(done.photo),
        "out": str(done.out),
        "changed_pixels": done.changed_pixels,
        "remarks": list(done.remarks),
    }


def _tell(done: Replayed, *, quiet: bool) -> None:
    for remark in done.remarks:
        print(f"{done.photo.name}: {remark}", file=sys.stderr)
    if not quiet:
        print(f"{done.out}  ({done.changed_pixels:,} pixels changed)")
