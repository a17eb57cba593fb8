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
from app.latents import Latent
from app.pyramid import to_eight_bits
from app.tools import grown
from app.variety import small
from app.worker import Report
from engine.geometry import Box

if TYPE_CHECKING:
    from app.document import Mask, Pixels
    from engine.inpainter import Result
    from engine.photo import Colour

THUMB = 224
MARGIN = 0.3
CPU_BATCH = 2
FIRST = 0.2
PLAIN = Latent()
REACH = 3
SMALLEST_REACH = 512


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
    """Hand over results for hole number ``hole``; ``role`` is safe, photo, draws, asked or mix."""

    hole: int
    role: str
    answers: list[Answer]


@dataclass(frozen=True, eq=False)
class Scene:
    """Hold the photo a job works on; nobody may write to it while the answers are wanted.

    ``image`` (H, W, 3); ``colour`` between its colour space and sRGB, None where they are one.
    """

    image: Pixels
    colour: Colour | None = None

    def for_network(self, box: Box) -> Pixels:
        """Return the photo in sRGB, of full size but only filled in around ``box``.

        What is far from the hole is never looked at, and pages never written cost no memory.
        """
        if self.colour is None:
            return self.image
        reach = REACH * max(box.width, box.height) + SMALLEST_REACH
        near = box.grow(reach).clip(Box.of(self.image))
        out = np.zeros_like(self.image)
        out[near.slices] = self.colour.to_srgb(self.image[near.slices])
        return out

    def put_back(self, box: Box, mask: Mask, patch: Pixels) -> Pixels:
        """Return ``box`` of the photo with ``patch`` (sRGB) inside ``mask``."""
        if self.colour is not None:
            patch = self.colour.from_srgb(patch)
        return np.where(mask[..., None], patch, self.image[box.slices])


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
        mask: a copy of the mask.
        latents: the draws to make.
        grow: how far each hole is grown first, as a share of its longer side.
    """

    host: EngineHost
    scene: Scene
    mask: Mask
    latents: Sequence[Latent]
    grow: float = 0.0

    def __call__(self, report: Report) -> None:
        """Deliver Ready, Holes, then Answers."""
        self.host.get()
        report.deliver(Ready(self.host.reason))
        mask = auto_grown(self.mask, self.host.holes(self.mask), self.grow)
        boxes = sorted(self.host.holes(mask), key=lambda box: (box.left, box.top))
        holes = [describe(self.scene.image, mask, box) for box in boxes]
        report.deliver(Holes(holes))
        share = FIRST / max(len(holes), 1)
        for number, hole in enumerate(holes):
            make = Draw(self.host, self.scene, hole, [PLAIN])
            answers = make(report, number * share, (number + 1) * share)
            report.deliver(Answers(number, "safe", answers))
        for number, hole in enumerate(holes):
            report.deliver(Answers(number, "photo", [_from_photo(self.scene.image, hole)]))
        share = (1 - FIRST) / max(len(holes), 1)
        for number, hole in enumerate(holes):
            begin = FIRST + number * share
            answers = Draw(self.host, self.scene, hole, self.latents)(report, begin, begin + share)
            report.deliver(Answers(number, "draws", answers))


@dataclass(frozen=True, eq=False)
class Redraw:
    """Make other results for one hole that is filled already; ``role`` as in ``Answers``."""

    host: EngineHost
    scene: Scene
    number: int
    hole: Hole
    latents: Sequence[Latent]
    role: str

    def __call__(self, report: Report) -> None:
        """Deliver Answers for the hole."""
        made = Draw(self.host, self.scene, self.hole, self.latents)(report, 0.0, 1.0)
        report.deliver(Answers(self.number, self.role, made))


@dataclass(frozen=True, eq=False)
class Draw:
    """Fill one hole once for every latent.

    A graphics card takes all latents at once; a processor gains nothing from that, and small
    batches let the user stop sooner.
    """

    host: EngineHost
    scene: Scene
    hole: Hole
    latents: Sequence[Latent]

    def __call__(self, report: Report, begin: float, end: float) -> list[Answer]:
        """Return the answers; ``begin`` and ``end`` are the share of the whole job."""
        filler = self.host.get()
        image = self.scene.for_network(self.hole.box)
        only = alone(image.shape[:2], self.hole.box, self.hole.mask)
        count = len(self.latents)
        batch = count if self.host.on_gpu else CPU_BATCH
        answers: list[Answer] = []
        for first in range(0, count, batch):
            part = self.latents[first : first + batch]
            steps = [begin + (end - begin) * n / count for n in (first, first + len(part))]
            seeds = [latent.seed for latent in part]
            z = self.host.draw(part)
            results = filler.inpaint_many(image, only, seeds, report.part(*steps), z)
            answers += [
                self._answer(result, latent) for result, latent in zip(results, part, strict=True)
            ]
        return answers

    def _answer(self, result: Result, latent: Latent) -> Answer:
        hole, image = self.hole, self.scene.image
        patch = image[hole.box.slices].copy()
        patch[result.box.within(hole.box).slices] = result.patch
        whole = self.scene.put_back(hole.box, hole.mask, patch)
        return make_answer(image, hole.box, hole.mask, whole, Kind.NETWORK, latent)


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
    return Hole(box, inside, make_answer(image, box, inside, patch, Kind.ORIGINAL))


def _from_photo(image: Pixels, hole: Hole) -> Answer:
    patch = photo_only(image, hole.box, hole.mask)
    return make_answer(image, hole.box, hole.mask, patch, Kind.PHOTO)


def make_answer(
    image: Pixels, box: Box, mask: Mask, patch: Pixels, kind: Kind, latent: Latent = PLAIN
) -> Answer:
    """Return the answer with its thumbnail and its coarse look."""
    return Answer(kind, latent, box, patch, small(patch, mask), thumbnail(image, box, patch))


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
