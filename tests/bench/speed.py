"""What photographers wait for, each as something to time: spots, wires, holes of any size."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assets import SAMPLE_PHOTO
from engine.inpainter import Inpainter

Photo = NDArray[np.uint8]
Mask = NDArray[np.bool_]
SIZE = 4096, 2731
HOT = 2000, 1350
SPOT = 14


@dataclass(frozen=True)
class Task:
    """Describe one row of the table.

    Attributes:
        before: seconds before this work, on another photo and machine; None where unknown.
        goal: seconds.
        photo, mask: what is filled.
        rounds: how often it is timed.
        rival: whether a search for patches in a crop is worth comparing.
    """

    name: str
    before: float | None
    goal: float
    photo: Photo
    mask: Mask
    rounds: int = 3
    rival: bool = False


def scaled(size: tuple[int, int]) -> Photo:
    """Return the sample photo at (width, height)."""
    image = cv2.cvtColor(cv2.imread(str(SAMPLE_PHOTO)), cv2.COLOR_BGR2RGB)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def spots(photo: Photo, count: int, radius: int = SPOT) -> Mask:
    """Return (H, W) bool with so many round spots that do not touch."""
    height, width = photo.shape[:2]
    chance, mask = np.random.default_rng(count), np.zeros((height, width), np.uint8)
    while count:
        x, y = (int(v) for v in chance.integers(60, (width - 60, height - 60)))
        around = mask[y - 2 * radius : y + 2 * radius, x - 2 * radius : x + 2 * radius]
        if not around.any():
            cv2.circle(mask, (x, y), radius, 1, -1)
            count -= 1
    return mask > 0


def disc(photo: Photo, radius: int) -> Mask:
    """Return (H, W) bool with a round hole in the middle."""
    height, width = photo.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, (width // 2, height // 2), radius, 1, -1)
    return mask > 0


def wire(photo: Photo, thick: int = 12) -> Mask:
    """Return (H, W) bool with a wire that hangs across the whole photo."""
    height, width = photo.shape[:2]
    x = np.linspace(-10, width + 10, 60)
    y = 0.35 * height + 0.07 * height * np.sin(x / width * 2.2)
    mask = np.zeros((height, width), np.uint8)
    points = np.rint(np.stack([x, y], axis=1)).astype(np.int32)
    cv2.polylines(mask, [points], False, 1, thick)
    return mask > 0


def hot_pixels(photo: Photo, count: int) -> Mask:
    """Return (H, W) bool with single pixels all over."""
    mask = np.zeros(photo.shape[:2], bool)
    rows, cols = np.random.default_rng(3).integers(2, np.array(mask.shape)[:, None] - 2, (2, count))
    mask[rows, cols] = True
    return mask


def tasks() -> list[Task]:
    """Return the rows of the table; ``before`` is of a photo of 4096 x 2801 pixels."""
    photo, small = scaled(SIZE), scaled(HOT)
    many = [(20, 3.8, 0.6, 3), (100, 20.2, 2.0, 2), (400, 17.5, 5.0, 1)]
    holes = [(150, 0.9, 0.5), (300, 2.9, 1.2), (1000, 3.0, 2.0)]
    return [
        Task("one spot, radius 14", 0.21, 0.10, photo, spots(photo, 1), 5, rival=True),
        *(Task(f"{n} spots", was, goal, photo, spots(photo, n), k) for n, was, goal, k in many),
        Task("a wire across, 12 px wide", 5.7, 1.5, photo, wire(photo), 2),
        *(
            Task(f"round hole, radius {r}", was, goal, photo, disc(photo, r), 3, r < 1000)
            for r, was, goal in holes
        ),
        Task("4,000 hot pixels, 2.7 MP", 42.0, 4.0, small, hot_pixels(small, 4000), 1),
    ]


def seconds(run: Callable[[], object], rounds: int) -> float:
    """Return the median of so many runs."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def search_in_crop(task: Task) -> Callable[[], object] | None:
    """Return the C++ PatchMatch of the wheel ``pypatchmatch`` on a crop; None if not installed."""
    try:
        from patchmatch import patch_match
    except ImportError:
        return None
    rows, cols = np.nonzero(task.mask)
    side = 2 * max(int(np.ptp(rows)), 64)
    part = np.s_[
        max(rows.min() - side // 2, 0) : rows.max() + side // 2,
        max(cols.min() - side // 2, 0) : cols.max() + side // 2,
    ]
    crop = np.ascontiguousarray(task.photo[part])
    hole = task.mask[part].astype(np.uint8)[..., None] * 255
    return lambda: patch_match.inpaint(crop, hole, patch_size=5)


def growth(inpainter: Inpainter) -> Iterator[tuple[str, str, list[tuple[float, float]]]]:
    """Yield (name, what grows, (amount, seconds) of each) of the three plots."""
    photo = scaled(SIZE)

    def time_of(image: Photo, mask: Mask) -> float:
        return seconds(lambda: inpainter.inpaint(image, mask), 2)

    radii = (7, 14, 30, 60, 120, 250, 500, 1000)
    areas = [(math.pi * r * r, time_of(photo, disc(photo, r))) for r in radii]
    yield "area", "hole, pixels", areas
    counts = (1, 3, 10, 30, 100, 300)
    yield "count", "spots of radius 14", [(n, time_of(photo, spots(photo, n))) for n in counts]
    sizes = []
    for megapixels in (1, 3, 11, 30, 100):
        height = round((megapixels * 1e6 / 1.5) ** 0.5)
        image = scaled((height * 3 // 2, height))
        sizes.append((float(megapixels), time_of(image, disc(image, 150))))
    yield "size", "photo, megapixels, hole of radius 150", sizes
