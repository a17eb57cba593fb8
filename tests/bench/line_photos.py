"""Holes over lines of real photos: what was there is known, so how far off a fill is, too.

The photos are not part of this repository; ``docs/structure.md`` names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from tests.bench.line_cases import Case, Points, hole


class Spot(NamedTuple):
    """Say where a hole is put, and what runs through it, in pixels x, y of the photo."""

    group: str
    name: str
    photo: str
    at: tuple[float, float]
    radius: float
    lines: list[list[tuple[float, float]]]


def arc(
    middle: tuple[float, float], radius: float, first: float, last: float
) -> list[tuple[float, float]]:
    """Return an arc of a circle from one direction to another, in degrees clockwise."""
    turn = np.radians(np.linspace(first, last, 60))
    x, y = middle[0] + radius * np.cos(turn), middle[1] + radius * np.sin(turn)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a curve, y a polynomial of x, through points."""
    x, y = np.array(points).T
    dense = np.arange(x[0], x[-1], 2.0)
    curve = np.polyval(np.polyfit(x - x[0], y, min(len(x) - 1, 3)), dense - x[0])
    return list(zip(dense.tolist(), curve.tolist(), strict=True))


SPOTS = [
    Spot("corner", "roof", "kde-h-0145", (377, 252), 26, [[(258, 290), (377, 240), (467, 360)]]),
    Spot(
        "corner",
        "picture frame",
        "jxltest-0016",
        (351, 150),
        20,
        [[(273, 144), (352, 148.5), (352, 250)]],
    ),
    Spot(
        "corner",
        "line on turf",
        "CID22-0103",
        (258, 374),
        34,
        [[(0, 137), (252, 394)], [(268, 394), (512, 126)]],
    ),
    Spot(
        "T-junction",
        "pipe at a post",
        "CID22-0203",
        (150, 195),
        30,
        [[(45, 174), (152, 174)], [(45, 212), (150, 212)], [(154, 75), (156, 315)]],
    ),
    Spot(
        "T-junction",
        "board under an eave",
        "CID22-0167",
        (82, 140),
        20,
        [[(50, 138), (250, 138)], [(77, 142), (77, 330)]],
    ),
    Spot(
        "T-junction",
        "lines of a court",
        "CID22-0069",
        (160, 191),
        24,
        [[(156.5, 70), (156.5, 330)], [(157, 191.5), (354, 191.5)]],
    ),
    Spot(
        "curve",
        "bowl's rim",
        "compose-0056",
        (1088, 781),
        40,
        [smooth([(961, 889), (1055, 820.6), (1117.5, 739), (1177, 660)])],
    ),
    Spot(
        "curve",
        "edge of a dish",
        "lomiri-wallpapers-16.04-0002",
        (690, 192),
        44,
        [smooth([(575, 267), (625, 229), (687.5, 192), (750, 169), (840, 148)])],
    ),
    Spot("curve", "tyre", "CID22-0184", (128, 235), 34, [arc((259.4, 365.7), 182, 185, 265)]),
    Spot(
        "plane",
        "bricks at a slant",
        "avif-0000",
        (1110, 290),
        46,
        [[(960, 297), (1100, 241), (1240, 188)], [(960, 361), (1100, 335), (1240, 304)]],
    ),
    Spot(
        "plane",
        "boards of a pier",
        "fedora-h-0035",
        (850, 740),
        40,
        [[(700, 716), (960, 718)], [(700, 740), (960, 742)], [(700, 769), (960, 770)]],
    ),
    Spot(
        "in front",
        "lamp before hills",
        "elementary-h-0141",
        (585, 548),
        26,
        [[(500, 545), (585, 549), (660, 552)], [(585, 400), (585, 590)]],
    ),
    Spot(
        "in front",
        "lamp post before a ledge",
        "compose-0090",
        (579, 552),
        36,
        [[(500, 552), (650, 552)], [(568, 500), (568, 700)], [(588, 500), (588, 700)]],
    ),
    Spot(
        "in front",
        "post before the horizon",
        "kde-h-0084",
        (1006, 532),
        26,
        [[(900, 530), (1100, 530)], [(1006, 440), (1006, 600)]],
    ),
]


def photo_cases(folder: Path) -> Iterator[Case]:
    """Yield the holes over photos of a folder."""
    for n, spot in enumerate(SPOTS):
        photo = cv2.imread(str(folder / f"{spot.photo}.jpg"))[..., ::-1].copy()
        lines: list[Points] = [np.asarray(line, float) for line in spot.lines]
        mask = hole(photo.shape[:2], spot.at, spot.radius, n)
        yield Case(spot.group, spot.name, photo, mask, lines)
