"""Ways to fill without a window: by the network, looking close or wide, or from the photo alone."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING

from app.shipped import shipped_remover
from engine.ask import Ask
from engine.record.sources import ANYWHERE, Sources
from engine.removal.filled import for_network
from engine.removal.panorama import AROUND, fill_around, goes_around
from engine.removal.scarce import little_left
from engine.structure.given import NOTHING, read_given
from engine.windows.planning import together
from engine.windows.transforms import Transforms

if TYPE_CHECKING:
    from engine.arrays import Mask
    from engine.photo import Photo
    from engine.removal.panorama import Fill
    from engine.sentence import Sentence


def add_way(parser: argparse.ArgumentParser) -> None:
    """Declare ``--photo-only`` and its like, which every command that fills has."""
    parser.add_argument(
        "--photo-only",
        action="store_true",
        help="fill without the network, from other places of the photo",
    )
    parser.add_argument(
        "--context",
        type=_share,
        default=1.0,
        metavar="X",
        help="look X times as wide around each hole, 0.5 to 4 (default: 1)",
    )
    parser.add_argument(
        "--transforms",
        type=_transforms,
        default=Transforms.NONE,
        metavar="WORDS",
        help="what is copied may be changed so, where the surroundings of a hole are seen again:"
        " mirror, rotate, scale, or several with commas (default: it is only moved)",
    )
    add_panorama(parser)


def add_panorama(parser: argparse.ArgumentParser) -> None:
    """Declare ``--panorama``, which recipes that are done again have too."""
    parser.add_argument(
        "--panorama",
        action="store_true",
        help="the photo goes once around, so its left and right edges meet"
        " (known by itself where the file says so)",
    )


def way_around(args: argparse.Namespace, fill: Fill, photo: Photo) -> tuple[Fill, list[str]]:
    """Return the way to fill ``photo``, across its edges if it goes once around, and a remark."""
    if not (args.panorama or goes_around(photo)):
        return fill, []
    return partial(fill_around, fill), [AROUND]


def way_of(args: argparse.Namespace) -> Fill:
    """Return the way to fill that ``args`` ask for; loads the weights if it needs them.

    Raises:
        SnapshotError, DeviceError: the network cannot be used.
    """
    remover = shipped_remover(args.device)
    if not args.photo_only:
        remover.get()
    return partial(remover.remove, say=warn, photo_only=args.photo_only)


def ask_of(args: argparse.Namespace, photo: Photo, mask: Mask, sources: Sources = ANYWHERE) -> Ask:
    """Return what ``args`` ask for: all of ``mask`` (H, W) bool, copied from ``sources``.

    Raises:
        LinesError: the file of lines cannot be used.
    """
    given = read_given(args.lines) if getattr(args, "lines", None) else NOTHING
    about = for_network(photo), mask, photo.clear, args.context
    how = {"sources": sources.allowed(mask.shape), "transforms": args.transforms}
    return Ask(*about, lines=given, **how)


def little_left_for(photo: Photo, mask: Mask) -> list[Sentence]:
    """Return what is to be said where ``mask`` (H, W) bool leaves hardly anything to fill from."""
    return little_left(mask, photo.clear, together(mask))


def warn(text: str) -> None:
    """Say on standard error what could not be done as asked."""
    print(f"lacuna: {text}", file=sys.stderr)


def _share(text: str) -> float:
    """Return how wide to look, or refuse the argument."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.5 <= value <= 4:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0.5 to 4")
    return value


def _transforms(text: str) -> Transforms:
    """Return how what is copied may be changed, or refuse the argument."""
    try:
        return Transforms.of(text)
    except KeyError:
        raise argparse.ArgumentTypeError(f"{text} is none of mirror, rotate, scale") from None
