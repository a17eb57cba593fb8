"""``lacuna selftest``: show what is installed, fill the sample, and judge the result."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING

from app import APP_NAME
from app.cli.exit import Exit
from app.cli.window import add_device, no_window
from app.shipped import shipped_remover
from assets import SAMPLE_MASK, SAMPLE_PHOTO, SNAPSHOT
from engine import __version__
from engine.ask import Ask
from engine.removal.codes import SAFE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.result import Result

SUMMARY = "Show versions, device and weights, and fill the sample photo once."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``selftest``."""
    add_device(parser)
    parser.add_argument(
        "--window",
        action="store_true",
        help="open the window, remove something from the sample in it, save that, and close it",
    )


def run(args: argparse.Namespace) -> int:
    """Print the report; return 0 if all is sound, 1 if it is not.

    Raises:
        EngineError: the sample, the weights or the device cannot be used.
    """
    if args.window:
        return _test_window(args.device)
    print(f"{APP_NAME} {__version__} on Python {platform.python_version()}, {platform.platform()}")
    print(f"With {_versions()}")
    from engine.photo import read_mask, read_photo

    photo = read_photo(SAMPLE_PHOTO)
    mask = read_mask(SAMPLE_MASK, photo.size)
    remover = shipped_remover(args.device)
    filler = remover.get()
    print(f"Device   {filler.device_reason}")
    print(f"Weights  {SNAPSHOT.name}, SHA-256 {filler.snapshot_hash}")
    started = time.perf_counter()
    result = remover.fill(Ask(photo.pixels, mask), [SAFE], lambda fraction: None)[0]
    milliseconds = 1000 * (time.perf_counter() - started)
    print(f"Sample   {photo.size[0]} x {photo.size[1]} pixels, filled in {milliseconds:.0f} ms")
    faults = faults_of(photo.pixels, mask, result)
    print("\n".join(faults) if faults else "Sound.")
    return Exit.UNSOUND if faults else Exit.DONE


def _test_window(device: str) -> int:
    """Walk through a removal in the real window."""
    problem = no_window()
    if problem:
        print(problem, file=sys.stderr)
        return Exit.USAGE
    from app.startup import run_selftest

    fault = run_selftest(device)
    print(fault or "Sound.")
    return Exit.UNSOUND if fault else Exit.DONE


def faults_of(image: NDArray[np.generic], mask: NDArray[np.bool_], result: Result) -> list[str]:
    """Return a sentence for each fault in filling ``mask`` (H, W) of ``image`` (H, W, 3)."""
    before = image[result.box.slices]
    hole = mask[result.box.slices]
    if result.patch.shape != before.shape or result.patch.dtype != before.dtype:
        return ["The result has another size or depth than the photo."]
    changed = (result.patch != before).any(axis=2)
    faults = []
    if (changed & ~hole).any():
        faults.append("Pixels outside the mask have changed.")
    if changed[hole].mean() < 0.5:
        faults.append("Most of the masked pixels are still the old ones.")
    if not result.patch[hole].std(axis=0).any():
        faults.append("The filled part is one flat colour.")
    return faults


def _versions() -> str:
    """Return the installed releases of the packages that matter, in one line."""
    import cv2

    names = ["numba", "numpy", "pillow", "safetensors", "PySide6-Essentials"]
    if find_spec("torch"):
        names.insert(0, "torch")
    found = {"opencv": cv2.__version__} | {name: _version(name) for name in names}
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _version(name: str) -> str:
    """Return the release of an installed distribution."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(release unknown)"
