"""``lacuna [PHOTO]``: open the window."""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from pathlib import Path

from app.cli.exit import Exit

SUMMARY = "Remove objects from photographs: paint over them, and Lacuna fills the place."
NO_SCREEN = (
    "lacuna: There is no screen to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)."
    " `lacuna fill` works without one."
)
NO_DISPLAY = (
    "lacuna: The screen {0} (DISPLAY) cannot be reached. Set DISPLAY to one that can;"
    " `lacuna fill` works without one."
)
NO_LIBRARY = (
    "lacuna: The window needs {0}, which this system lacks. On Debian and Ubuntu"
    " `sudo apt install {1}` brings it; `lacuna fill` works without one."
)
XCB = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What Qt needs of the system to draw under X, and the packages that bring it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the photos to begin with, and the device."""
    parser.add_argument(
        "photos",
        nargs="*",
        type=Path,
        metavar="PHOTO",
        help="the photos, folders or recipes to open, one after the other",
    )
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
    problem = no_window()
    if problem:
        print(problem, file=sys.stderr)
        return Exit.USAGE
    from app.startup import run_window

    return run_window(args.photos, args.device)


def no_window() -> str:
    """Return why no window can be opened, empty if one can; Qt itself would abort."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    screen, wayland, wanted = (os.environ.get(name, "") for name in names)
    if not sys.platform.startswith("linux"):
        return ""
    if not screen and not wayland and not wanted:
        return NO_SCREEN
    if wanted == "xcb" or (not wanted and not wayland):
        missing = next((name for name in XCB if not _loads(name)), "")
        if missing:
            return NO_LIBRARY.format(missing, XCB[missing])
        return "" if reached() else NO_DISPLAY.format(screen)
    return ""


def reached() -> bool:
    """Tell whether the X server that DISPLAY names lets a program in."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
