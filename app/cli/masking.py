"""The mask of a command: read, found not to be empty, grown as far as was asked."""

from __future__ import annotations

import argparse
import shutil
import stat
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import PhotoReadError
from engine.record.sources import Sources
from engine.removal.growing import MOST_PIXELS, Growth, growth_of

if TYPE_CHECKING:
    from engine.photo import MaskFile, Photo
    from engine.sentence import Sentence


def add_grow(parser: argparse.ArgumentParser) -> None:
    """Declare ``--grow``, which every command with a mask has."""
    parser.add_argument(
        "--grow",
        type=_growth,
        default=Growth(),
        metavar="N",
        help=f"grow the mask first by N pixels (at most {MOST_PIXELS}), or by N%% of its own"
        " width, place by place (at most 10%%; the window does 1.5%%), so that no rim of the object"
        " is left",
    )


_OWN = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Names that mean something else in another process, such as the one that reads photos."""
_copies: list[tempfile.TemporaryDirectory[str]] = []


def as_file(path: Path) -> Path:
    """Return ``path``, or a copy of it where it is a pipe such as ``<(program)``.

    A pipe can be read once, and only here. The copy is gone when the program ends.

    Raises:
        PhotoReadError: the pipe cannot be read, or the disk does not hold the copy.
    """
    if not _is_pipe(path):
        return path
    folder = tempfile.TemporaryDirectory(prefix="lacuna-mask-")
    _copies.append(folder)
    copy = Path(folder.name) / path.name
    try:
        with open(path, "rb") as source, open(copy, "wb") as target:
            shutil.copyfileobj(source, target)
    except OSError as error:
        raise PhotoReadError("“{0}” cannot be read: {1}.", path, error.strerror) from error
    return copy


def refuse_pipe(photo: Path) -> None:
    """Refuse a photo that is no file, for its result would have no place.

    Raises:
        PhotoReadError: it is a pipe.
    """
    if _is_pipe(photo):
        raise PhotoReadError(
            "“{0}” cannot be opened: it is a pipe; save the photo as a file first.", photo
        )


def _is_pipe(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    own = str(path).startswith(_OWN) and stat.S_ISREG(mode)
    return own or stat.S_ISFIFO(mode)


def mask_for(path: Path, photo: Photo, growth: Growth) -> MaskFile:
    """Return the mask for ``photo`` in the file ``path``, grown.

    Raises:
        PhotoReadError, ImageError: it cannot be used; EmptyMaskError: nothing is masked.
    """
    from engine.reader.apart import open_mask_apart

    found = open_mask_apart(as_file(path), photo.size, photo.orientation).needed()
    return replace(found, mask=growth.of(found.mask))


def add_spots(parser: argparse.ArgumentParser) -> None:
    """Declare ``--spots``, which does without a mask or adds to it."""
    parser.add_argument(
        "--spots",
        metavar="FILE|auto",
        help="also fill the spots of a file that the window saved, where the photo shows them"
        " (a sensor's dust stays in its place), or with “auto” those found in each photo itself",
    )


def add_sources(parser: argparse.ArgumentParser, form: str) -> None:
    """Declare ``--avoid`` and ``--source``, masks in the ``form`` that the others have."""
    parser.add_argument(
        "--avoid",
        type=Path,
        metavar=form,
        help="a mask of what must not be copied from; the network sees it all the same",
    )
    parser.add_argument(
        "--source", type=Path, metavar=form, help="a mask of where alone may be copied from"
    )


def sources_for(
    photo: Photo, avoid: Path | None, source: Path | None
) -> tuple[Sources, tuple[Sentence, ...]]:
    """Return from where may be copied in ``photo``, and remarks on how the masks were read.

    Raises:
        PhotoReadError, ImageError: a mask cannot be used; EmptyMaskError: it masks nothing.
    """
    masks = [mask_for(path, photo, Growth()) if path else None for path in (avoid, source)]
    remarks = (remark for found in masks if found for remark in found.remarks)
    return Sources.of(*(found.mask if found else None for found in masks)), tuple(remarks)


def asks_for_nothing(args: argparse.Namespace, mask: Path | None, name: str) -> bool:
    """Tell, on standard error too, whether there is neither a mask nor ``--spots``."""
    nothing = mask is None and args.spots is None
    if nothing:
        print(f"lacuna: one of the arguments {name} --spots is required", file=sys.stderr)
    return nothing


def holes_for(args: argparse.Namespace, mask: Path | None, photo: Photo) -> MaskFile:
    """Return what ``args`` ask to fill: a mask's holes, spots, or both.

    Raises:
        PhotoReadError, ImageError, SpotsError: something cannot be used.
        EmptyMaskError: nothing is masked, no spots are seen.
    """
    from engine.photo.mask import MaskFile
    from engine.selecting.spot_file import NoSpotsError, mask_of, read_spots

    found = mask_for(mask, photo, args.grow) if mask else None
    if args.spots is None:
        assert found is not None, "asks_for_nothing was not asked"
        return found
    try:
        spots = mask_of(photo, None if args.spots == "auto" else read_spots(Path(args.spots)))
    except NoSpotsError:
        if found is None:
            raise
        return found
    return replace(found, mask=found.mask | spots) if found else MaskFile(spots)


def _growth(text: str) -> Growth:
    """Return how far to grow, or refuse the argument."""
    growth = growth_of(text)
    if growth is None:
        raise argparse.ArgumentTypeError(
            f"{text} is neither a number of pixels up to {MOST_PIXELS} nor a share up to 10%"
        )
    return growth
