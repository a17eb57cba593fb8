"""``lacuna [PHOTO]``: open the window."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from app.cli.exit import Exit

SUMMARY = "Remove objects from photographs: paint over them, and Lacuna fills the place."
NO_SCREEN = (
    "lacuna: There is no screen to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)."
    " `lacuna fill` works without one."
)
ONE_PHOTO = (
    "lacuna: The window opens one photo, not {0}; open them one after the other."
    " `lacuna batch` fills many."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the photos to begin with, and the device."""
    parser.add_argument(
        "photos",
        nargs="*",
        type=Path,
        metavar="PHOTO",
        help="the photos, folders or recipes to open, one after the other",
    )
    parser.add_argument("more", nargs="*", type=Path, help=argparse.SUPPRESS)
    add_device(parser)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Declare ``--device``, which every command that fills has."""
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="auto",
        help="where to compute (default: auto, which takes CUDA where there is some)",
    )


def run(args: argparse.Namespace) -> int:
    """Open the window and return its exit code once it is closed."""
    if args.more:
        print(ONE_PHOTO.format(len(args.more) + 1), file=sys.stderr)
        return Exit.USAGE
    if not has_screen():
        print(NO_SCREEN, file=sys.stderr)
        return Exit.USAGE
    from app.startup import run_window

    return run_window(args.photos, args.device)


def has_screen() -> bool:
    """Tell whether Qt will find something to draw on."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)
