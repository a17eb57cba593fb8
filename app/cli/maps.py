"""``lacuna maps PHOTO --mask MASK``: write what the network knows about a mask, as pictures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.cli.exit import Exit
from app.cli.masking import add_grow, mask_for, refuse_pipe
from app.cli.progress import ProgressBar
from app.cli.way import warn
from app.cli.window import add_device
from app.shipped import shipped_remover
from engine.ask import Ask
from engine.errors import PhotoWriteError
from engine.pixels import to_eight_bits
from engine.reader.apart import read_photo_apart, warm
from engine.removal.codes import draws_of_set
from engine.removal.filled import for_network

if TYPE_CHECKING:
    from engine.removal.remover import Remover
    from engine.views.heat import Heat
    from engine.views.seen import Seen

SUMMARY = "Write the maps of a mask as PNG files: evidence, gamma, certainty."
SET = 1

Pictures = dict[str, NDArray[np.uint8]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``maps``."""
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo; it is left as it is")
    parser.add_argument(
        "--mask", type=Path, required=True, metavar="MASK", help="as for `lacuna fill`"
    )
    add_grow(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="a folder (default: NAME-maps beside PHOTO)"
    )
    parser.add_argument(
        "--disagreement",
        action="store_true",
        help="also fill 16 times and show where the results differ",
    )
    add_device(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Write the maps and say in a sentence what they mean.

    Raises:
        EngineError: it could not be done; the subclass tells ``cli_exit`` the code.
    """
    refuse_pipe(args.photo)
    warm()
    from engine.photo import beside

    photo = read_photo_apart(args.photo)
    found = mask_for(args.mask, photo, args.grow)
    for remark in found.remarks:
        print(remark, file=sys.stderr)
    mask = found.mask
    remover = shipped_remover(args.device)
    seen = looked(remover, mask)
    view = for_network(photo)
    pictures = pictures_of(to_eight_bits(view), seen)
    if args.disagreement:
        pictures["disagreement.png"] = _disagreement(remover, Ask(view, mask, photo.clear))
    folder = args.out or beside(args.photo, "-maps")
    files = write(folder, pictures)
    print(json.dumps(_summary(seen, files)) if args.json else _told(seen, folder, files))
    return Exit.DONE


def looked(remover: Remover, mask: NDArray[np.bool_]) -> list[Seen]:
    """Return the maps of every window the network would look at for ``mask`` (H, W)."""
    from engine.views.seen import look

    filler = remover.get()
    return list(look(mask, filler.squares(mask), filler.resolution, remover.maps))


def pictures_of(photo: NDArray[np.uint8], seen: Sequence[Seen]) -> Pictures:
    """Return file names with their pictures, RGB or grey.

    ``evidence.png`` lies over the photo; ``window-N.png`` shows every map of a window with its
    colour scale, ``window-N-gamma-R.png`` and ``window-N-certainty-R.png`` hold one each, 255 = 1.
    """
    from engine.views.sheet import levels, sheet, tinted

    out: Pictures = {"evidence.png": tinted(photo, [one.heat for one in seen])}
    for number, one in enumerate(seen, 1):
        rows = [("gamma", one.maps.gamma), ("certainty", one.maps.certainty)]
        out[f"window-{number}.png"] = sheet([row for row in rows if row[1]])
        for name, maps in rows:
            for resolution, values in maps.items():
                out[f"window-{number}-{name}-{resolution}.png"] = levels(values)
    return out


def write(folder: Path, pictures: Mapping[str, NDArray[np.uint8]]) -> list[Path]:
    """Write every picture into ``folder``, in place of older ones of the same name.

    Raises:
        PhotoWriteError: the folder or a file cannot be written; no file is half-written.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise PhotoWriteError(
            "The folder {0} cannot be made ({1}); give another --out.", folder, error.strerror
        ) from error
    return [_write_one(folder / name, picture) for name, picture in pictures.items()]


def _write_one(path: Path, picture: NDArray[np.uint8]) -> Path:
    from PIL import Image

    from engine.files import replace_file

    def save(temporary: Path) -> None:
        Image.fromarray(picture).save(temporary, "PNG")

    def verify(temporary: Path) -> None:
        with Image.open(temporary) as image:
            image.verify()

    replace_file(path, save, verify, overwrite=True)
    return path


def _disagreement(remover: Remover, ask: Ask) -> NDArray[np.uint8]:
    """Return the photo (H, W, 3) with the spread of 16 fills of one set over it."""
    from engine.views.sheet import tinted

    with ProgressBar("Filling") as progress:
        results = remover.fill(ask, draws_of_set(SET), progress, say=warn)
    box = results[0].box
    patches = [result.patch for result in results]
    heat = list(_doubt(patches, ask.mask[box.slices], box))
    return tinted(to_eight_bits(ask.image), heat)


def _doubt(patches: Sequence[Any], hole: NDArray[np.bool_], box: Any) -> Iterator[Heat]:  # noqa: ANN401
    from engine.network.maps import disagreement
    from engine.views.heat import Heat, doubt_picture

    yield Heat(box, doubt_picture(disagreement(patches, hole)))


def _summary(seen: Sequence[Seen], files: Sequence[Path]) -> dict[str, Any]:
    """Return the one object of ``--json``."""
    from engine.views.seen import worst_sentence

    return {
        "sentence": worst_sentence(seen),
        "windows": [
            {
                "box": list(one.box),
                "sentence": one.sentence,
                "finest": [int(value) for value in np.unique(one.maps.evidence[one.asked])],
                "gamma": _ranges(one.maps.gamma),
                "certainty": _ranges(one.maps.certainty),
            }
            for one in seen
        ],
        "files": [str(path) for path in files],
    }


def _ranges(maps: Mapping[int, NDArray[np.float32]]) -> dict[str, list[float]]:
    """Return least, mean and largest value of each resolution."""
    return {
        str(side): [round(float(f(values)), 4) for f in (np.min, np.mean, np.max)]
        for side, values in maps.items()
    }


def _told(seen: Sequence[Seen], folder: Path, files: Sequence[Path]) -> str:
    """Return what is said to a reader."""
    lines = [f"Window {n}, {s.box.width} px wide: {s.sentence}" for n, s in enumerate(seen, 1)]
    return "\n".join([*lines, f"{len(files)} pictures in {folder}"])
