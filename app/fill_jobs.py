"""Fill holes, one answer after the other: everything here runs in the engine's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from app.choice import Answer, Kind
from app.classical import photo_only
from app.engine_host import EngineHost
from app.pyramid import to_eight_bits
from app.tools import grown
from app.variety import small
from app.worker import Report
from engine.codes import SAFE
from engine.geometry import Box

if TYPE_CHECKING:
    from app.document import Mask, Pixels

THUMB = 224
MARGIN = 0.3
CPU_BATCH = 2


@dataclass(frozen=True)
class Ready:
    """Tell that the engine is loaded and what it runs on."""

    reason: str


@dataclass(frozen=True, eq=False)
class Hole:
    """Describe one hole: its box, its mask (box.height, box.width), and the photo as it is."""

    box: Box
    mask: Mask
    original: Answer


@dataclass(frozen=True, eq=False)
class Holes:
    """Hand over the holes that are going to be filled."""

    holes: list[Hole]


@dataclass(frozen=True, eq=False)
class Answers:
    """Hand over results for hole number ``hole``; ``role`` is safe, photo, draws or asked."""

    hole: int
    role: str
    answers: list[Answer]


@dataclass(frozen=True)
class WarmUp:
    """Load the engine ahead of the first fill."""

    host: EngineHost

    def __call__(self, report: Report) -> Ready:
        """Import torch and read the weights; raises SnapshotError or DeviceError."""
        self.host.get()
        return Ready(self.host.reason)


@dataclass(frozen=True, eq=False)
class Fill:
    """Fill every hole of ``mask``: first z = 0, then from the photo alone, then the draws.

    Attributes:
        image: the photo; nobody may write to it while the answers are wanted.
        mask: a copy of the mask.
        seeds: the draws to make.
        grow: how far each hole is grown first, as a share of its longer side.
    """

    host: EngineHost
    image: Pixels
    mask: Mask
    seeds: Sequence[int]
    grow: float = 0.0

    def __call__(self, report: Report) -> None:
        """Deliver Ready, Holes, then Answers."""
        filler = self.host.get()
        report.deliver(Ready(self.host.reason))
        mask = auto_grown(self.mask, self.host.holes(self.mask), self.grow)
        boxes = sorted(self.host.holes(mask), key=lambda box: (box.left, box.top))
        holes = [describe(self.image, mask, box) for box in boxes]
        report.deliver(Holes(holes))
        share = 0.2 / max(len(holes), 1)
        for number, hole in enumerate(holes):
            on_progress = report.part(number * share, (number + 1) * share)
            only = alone(self.mask.shape, hole.box, hole.mask)
            result = filler.inpaint(self.image, only, SAFE, on_progress)
            report.deliver(Answers(number, "safe", [_answer(self.image, hole, result)]))
        for number, hole in enumerate(holes):
            patch = photo_only(self.image, hole.box, hole.mask)
            answer = make_answer(self.image, hole.box, hole.mask, patch, Kind.PHOTO, SAFE)
            report.deliver(Answers(number, "photo", [answer]))
        draw(self.host, self.image, holes, self.seeds, report, start=0.2)


@dataclass(frozen=True, eq=False)
class Redraw:
    """Make another set of draws for holes that are filled already, or one asked for by code."""

    host: EngineHost
    image: Pixels
    holes: dict[int, Hole]
    seeds: Sequence[int]
    role: str = "draws"

    def __call__(self, report: Report) -> None:
        """Deliver Answers for each hole."""
        draw(self.host, self.image, self.holes, self.seeds, report, role=self.role)


def draw(
    host: EngineHost,
    image: Pixels,
    holes: dict[int, Hole] | list[Hole],
    seeds: Sequence[int],
    report: Report,
    *,
    start: float = 0.0,
    role: str = "draws",
) -> None:
    """Fill each hole once for every seed and deliver the answers hole by hole.

    A graphics card takes all seeds at once; a processor gains nothing from that, and small
    batches let the user stop sooner.
    """
    filler = host.get()
    batch = len(seeds) if host.on_gpu else CPU_BATCH
    numbered = list(holes.items() if isinstance(holes, dict) else enumerate(holes))
    share = (1 - start) / max(len(numbered), 1)
    for step, (number, hole) in enumerate(numbered):
        begin = start + step * share
        only = alone(image.shape[:2], hole.box, hole.mask)
        answers: list[Answer] = []
        for first in range(0, len(seeds), batch):
            part = list(seeds[first : first + batch])
            done = begin + share * first / len(seeds)
            on_progress = report.part(done, done + share * len(part) / len(seeds))
            results = filler.inpaint_many(image, only, part, on_progress)
            answers += [_answer(image, hole, result) for result in results]
        report.deliver(Answers(number, role, answers))


def auto_grown(mask: Mask, holes: Sequence[Box], share: float) -> Mask:
    """Return ``mask`` with each hole grown by ``share`` of its longer side, at least a pixel."""
    if share <= 0:
        return mask
    out = mask.copy()
    for hole in holes:
        pixels = max(round(share * max(hole.width, hole.height)), 1)
        area = hole.grow(pixels).clip(Box.of(mask))
        own = np.zeros((area.height, area.width), bool)
        own[hole.within(area).slices] = mask[hole.slices]
        out[area.slices] |= grown(own, pixels)
    return out


def alone(shape: tuple[int, ...], box: Box, mask: Mask) -> Mask:
    """Return a mask of ``shape`` that holds one hole only."""
    out = np.zeros(shape, bool)
    out[box.slices] = mask
    return out


def describe(image: Pixels, mask: Mask, box: Box) -> Hole:
    """Return the hole in ``box``."""
    inside = mask[box.slices].copy()
    patch = image[box.slices].copy()
    return Hole(box, inside, make_answer(image, box, inside, patch, Kind.ORIGINAL, SAFE))


def _answer(image: Pixels, hole: Hole, result: object) -> Answer:
    box, patch = result.box, result.patch  # type: ignore[attr-defined]
    whole = image[hole.box.slices].copy()
    whole[box.within(hole.box).slices] = patch
    seed = result.seed  # type: ignore[attr-defined]
    return make_answer(image, hole.box, hole.mask, whole, Kind.NETWORK, seed)


def make_answer(
    image: Pixels, box: Box, mask: Mask, patch: Pixels, kind: Kind, seed: int, recipe: str = ""
) -> Answer:
    """Return the answer with its thumbnail and its coarse look."""
    thumb = thumbnail(image, box, patch)
    return Answer(kind, seed, box, patch, small(patch, mask), thumb, recipe)


def thumbnail(image: Pixels, box: Box, patch: Pixels) -> NDArray[np.uint8]:
    """Return (h, w, 3) uint8 of the hole and its surroundings, as square as the photo allows."""
    side = round(max(box.width, box.height) * (1 + 2 * MARGIN)) + 2
    middle = (box.left + box.right) // 2, (box.top + box.bottom) // 2
    left, top = middle[0] - side // 2, middle[1] - side // 2
    frame = _pushed_inside(Box(left, top, left + side, top + side), Box.of(image))
    scale = min(1.0, THUMB / max(frame.width, frame.height))
    crop = image[frame.slices].copy()
    crop[box.within(frame).slices] = patch
    size = max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)
    return to_eight_bits(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))


def _pushed_inside(frame: Box, bounds: Box) -> Box:
    """Move ``frame`` into ``bounds``, and cut it where it is larger."""
    dx = max(bounds.left - frame.left, 0) - max(frame.right - bounds.right, 0)
    dy = max(bounds.top - frame.top, 0) - max(frame.bottom - bounds.bottom, 0)
    return frame.shift(dx, dy).clip(bounds)
