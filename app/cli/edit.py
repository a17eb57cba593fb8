"""``lacuna edit FILE``: be the external editor of another program."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.cli.exit import Exit
from app.cli.window import add_device, no_window
from engine.errors import PhotoReadError, PhotoWriteError
from engine.formats import ENDINGS_SAID, written_as

SUMMARY = "Edit a photo in place for another program, and end when the window is closed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, and the device."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the photo; saving replaces it, in its own format"
    )
    add_device(parser)


def run(args: argparse.Namespace) -> int:
    """Edit the file, and return 0 once it is saved or left as it was.

    Raises:
        PhotoReadError: there is no such file.
        PhotoWriteError: photos of its kind cannot be saved.
    """
    path = args.file.absolute()
    _check(path)
    problem = no_window()
    if problem:
        print(problem, file=sys.stderr)
        return Exit.USAGE
    from app.startup import run_window

    return run_window([path], args.device, in_place=True)


def _check(path: Path) -> None:
    """Refuse at once what saving would refuse after the work is done."""
    if not path.is_file():
        raise PhotoReadError("“{0}” cannot be opened: there is no such file.", path.name)
    if written_as(path) is None:
        raise PhotoWriteError(
            "“{0}” cannot be saved in place: its ending is none of {1}.", path.name, ENDINGS_SAID
        )
