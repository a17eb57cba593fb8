"""``lacuna replay RECIPE PHOTO...``: do the removals of a recipe again on other photos."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.exit import Exit, exit_for
from app.cli.fill import add_sidecars
from app.cli.progress import ProgressBar
from app.cli.way import add_panorama
from app.cli.window import add_device
from engine.errors import EmptyMaskError, EngineError, ImageError, PhotoWriteError

if TYPE_CHECKING:
    from engine.photo import Photo
    from engine.progress import Progress
    from engine.record.recipe import Recipe
    from engine.removal.remover import Remover

SUMMARY = "Do the removals of a recipe again on photos of the same size."


@dataclass(frozen=True)
class Replayed:
    """Describe one photo that was saved."""

    photo: Path
    out: Path
    changed_pixels: int
    remarks: tuple[str, ...]


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


def replay_on(
    path: Path,
    recipe: Recipe,
    remover: Remover,
    folder: Path | None,
    overwrite: bool,
    on_progress: Progress,
    *,
    sidecars: bool = False,
    around: bool = False,
) -> Replayed:
    """Replay ``recipe`` on the photo at ``path`` and save the result.

    ``sidecars``: copy the photo's sidecars too; else they are only told of. ``around``:
    the photo goes once around though it does not say so.

    Raises:
        EngineError: the photo cannot be read, has another size, or cannot be filled or saved.
    """
    from engine.photo import colour_of, save_photo
    from engine.photo.sidecars import hand_on
    from engine.reader.apart import read_photo_apart
    from engine.removal.filled import check_free
    from engine.removal.panorama import AROUND, goes_around
    from engine.removal.replay import replay, touched
    from engine.removal.scene import Scene

    photo = read_photo_apart(path)
    check_size(recipe, photo)
    out = out_path(photo, folder)
    check_free(out, overwrite, photo)
    colour = colour_of(photo.icc)
    own = None if colour.is_srgb else colour
    around = around or goes_around(photo)
    scene = Scene(photo.pixels.copy(), own, clear=photo.clear, around=around)
    done = list(replay(recipe.steps, scene, photo.pixels, remover, on_progress))
    mask = touched(scene.image.shape, done)
    report = save_photo(photo, scene.image, out, overwrite=overwrite, touched=mask)
    changed = int((scene.image != photo.pixels).any(axis=2).sum())
    remarks = [remark for one in done for remark in one.remarks]
    remarks += [AROUND] if around else []
    remarks += [*report.dropped, *hand_on(photo, out, copy=sidecars, overwrite=overwrite)]
    return Replayed(path, out, changed, tuple(dict.fromkeys(remarks)))


def check_size(recipe: Recipe, photo: Photo) -> None:
    """Refuse a photo that the recipe does not fit.

    Raises:
        ImageError: it has another size; the text names both.
    """
    if photo.size != recipe.size:
        found, wanted = ("{} × {}".format(*pair) for pair in (photo.size, recipe.size))
        raise ImageError(
            "“{0}” has {1} pixels, the recipe is for {2}; a recipe only fits photos of one size.",
            photo.path.name,
            found,
            wanted,
        )


def out_path(photo: Photo, folder: Path | None) -> Path:
    """Return where the result goes: NAME-replayed beside the photo or in ``folder``."""
    from engine.photo import beside, ending_for

    return beside(photo.path, "-replayed" + ending_for(photo.path, photo.container), folder)


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
