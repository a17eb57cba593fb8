"""Read one image file per index, and get past the ones that cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from engine.arrays import Flags, Levels
from train.data.crops import DataError
from train.data.photos import read_photo

log = logging.getLogger(__name__)


class ImageFiles:
    """Read images by index; an unreadable one is replaced by the next that can be read.

    Attributes:
        paths: the files, in the dataset's order.
        skipped: path and reason of every file found unreadable so far.

    Raises:
        DataError: there is no file.
    """

    def __init__(self, paths: Sequence[Path], where: Path) -> None:
        if not paths:
            raise DataError(f"{where} holds no images of the kind this dataset needs.")
        self.paths = paths
        self.skipped: dict[str, str] = {}

    def __len__(self) -> int:
        """Return the number of files, readable or not."""
        return len(self.paths)

    def read(self, index: int) -> tuple[int, Levels]:
        """Return (index really used, image (H, W, 3) uint8 RGB).

        Raises:
            DataError: no file at all can be read.
        """
        for number in range(index, index + len(self)):
            path = self.paths[number % len(self)]
            if str(path) in self.skipped:
                continue
            try:
                return number % len(self), read_photo(path)
            except Exception as error:  # a decoder may raise anything on a damaged file
                self.skipped[str(path)] = f"{type(error).__name__}: {error}"
                log.warning("%s is left out: %s (%d so far)", path, error, len(self.skipped))
        raise DataError(f"None of the {len(self)} images beside {self.paths[0]} can be read.")


def by_number(folder: Path) -> list[Path]:
    """Return the files N.png of ``folder`` in the order of the numbers N."""
    return sorted(
        (path for path in folder.glob("*.png") if path.stem.isdecimal()),
        key=lambda path: int(path.stem),
    )


def folder_for(parent: Path, resolution: int) -> Path:
    """Return the folder ``parent/{size}`` of the smallest size that is ``resolution`` or more.

    Raises:
        DataError: there is none.
    """
    sizes = sorted(int(p.name) for p in parent.glob("[0-9]*") if p.name.isdecimal() and p.is_dir())
    for size in sizes:
        if size >= resolution:
            return parent / str(size)
    raise DataError(f"{parent} holds no images of {resolution} pixels or more.")


def square(
    pixels: Levels, side: int, pick: Callable[[int], int] = lambda room: room // 2
) -> Levels:
    """Cut a square (side, side, 3) from an image, which is enlarged only where it is smaller.

    Args:
        pixels: (H, W, 3) uint8.
        side: pixels.
        pick: chooses the start of the cut in 0..room, for the rows and then the columns.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < side:
        scale = side / min(height, width)
        size = max(side, round(width * scale)), max(side, round(height * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    top, left = pick(pixels.shape[0] - side), pick(pixels.shape[1] - side)
    return pixels[top : top + side, left : left + side]


def centre_square(pixels: Levels) -> Levels:
    """Return the largest square in the middle of an image or mask (H, W, ...)."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def scaled(pixels: Levels, side: int) -> Levels:
    """Return a square image at another size: averaged down, or enlarged by cubic curves."""
    if pixels.shape[:2] == (side, side):
        return pixels
    how = cv2.INTER_AREA if pixels.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=how), np.uint8)


def to_tensor(images: Sequence[Levels], flips: Flags) -> Tensor:
    """Stack images (H, W, 3) uint8 to (N, 3, H, W) uint8, channels last in memory, mirrored."""
    turned = [cv2.flip(img, 1) if flip else img for img, flip in zip(images, flips, strict=True)]
    return torch.from_numpy(np.stack(turned)).permute(0, 3, 1, 2)
