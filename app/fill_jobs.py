"""Fill holes, one answer after the other: everything here runs in the engine's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.choice import Answer, Kind
from app.engine_host import EngineHost
from app.latents import Latent
from app.map_jobs import doubt_of
from app.scene import PLAIN, Hole, Scene, alone, auto_grown, describe, make_answer

if TYPE_CHECKING:
    from app.document import Mask, Pixels
    from app.worker import Report
    from engine.geometry import Box
    from engine.result import Result

CPU_BATCH = 2
FIRST, LAST = 0.15, 0.8


@dataclass(frozen=True)
class Ready:
    """Tell that the engine is loaded and what it runs on."""

    reason: str


@dataclass(frozen=True, eq=False)
class Holes:
    """Hand over the holes that are going to be filled."""

    holes: list[Hole]


@dataclass(frozen=True, eq=False)
class Answers:
    """Hand over results for hole number ``hole``, for draws with how much they differ.

    ``role`` is safe, photo, draws, asked or mix.
    """

    hole: int
    role: str
    answers: list[Answer]
    doubt: NDArray[np.float32] | None = None


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
    """Fill every hole of ``mask``: first z = 0, then the draws, then from the photo alone.

    Attributes:
        mask: a copy of the mask.
        latents: the draws to make.
        grow: how far each hole is grown first, as a share of its longer side.
        asked: for a hole's box, results to make before the draws, kept and chosen.
    """

    host: EngineHost
    scene: Scene
    mask: Mask
    latents: Sequence[Latent]
    grow: float = 0.0
    asked: Mapping[Box, Sequence[Latent]] = field(default_factory=dict)

    def __call__(self, report: Report) -> None:
        """Deliver Ready, Holes, then Answers."""
        self.host.get()
        report.deliver(Ready(self.host.reason))
        mask = auto_grown(self.mask, self.host.holes(self.mask), self.grow)
        boxes = sorted(self.host.holes(mask), key=lambda box: (box.left, box.top))
        holes = [describe(self.scene, mask, box) for box in boxes]
        report.deliver(Holes(holes))
        share = FIRST / max(len(holes), 1)
        for number, hole in enumerate(holes):
            make = Draw(self.host, self.scene, hole, [PLAIN])
            answers = make(report, number * share, (number + 1) * share)
            report.deliver(Answers(number, "safe", answers))
            asked = self.asked.get(hole.box, ())
            if asked:
                end = (number + 1) * share
                made = Draw(self.host, self.scene, hole, asked)(report, end, end)
                report.deliver(Answers(number, "asked", made))
        share = (LAST - FIRST) / max(len(holes), 1)
        for number, hole in enumerate(holes):
            begin = FIRST + number * share
            answers = Draw(self.host, self.scene, hole, self.latents)(report, begin, begin + share)
            report.deliver(_draws(number, hole, answers))
        share = (1 - LAST) / max(len(holes), 1)
        for number, hole in enumerate(holes):
            on_progress = report.part(LAST + number * share, LAST + (number + 1) * share)
            answer = self._from_photo(hole, on_progress)
            report.deliver(Answers(number, "photo", [answer]))

    def _from_photo(self, hole: Hole, on_progress: Callable[[float], None]) -> Answer:
        patch = patch_from_photo(self.host, self.scene, hole.box, hole.mask, on_progress)
        return make_answer(self.scene, hole.box, hole.mask, patch, Kind.PHOTO)


def patch_from_photo(
    host: EngineHost, scene: Scene, box: Box, mask: Mask, on_progress: Callable[[float], None]
) -> Pixels:
    """Return ``box`` filled without the network; copied pixels need no other colour space."""
    only = alone(scene.image.shape, box, mask)
    result = host.photo_only(scene.image, only, 0, on_progress)
    patch: Pixels = scene.image[box.slices].copy()
    patch[result.box.within(box).slices] = result.patch
    return patch


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
        drawn = self.role == "draws"
        report.deliver(
            _draws(self.number, self.hole, made) if drawn else Answers(self.number, self.role, made)
        )


def _draws(number: int, hole: Hole, answers: list[Answer]) -> Answers:
    doubt = doubt_of([answer.patch for answer in answers], hole.mask)
    return Answers(number, "draws", answers, doubt)


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
        only = alone(image.shape, self.hole.box, self.hole.mask)
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
        box, mask = self.hole.box, self.hole.mask
        whole = self.scene.filled_in(box, mask, result)
        return make_answer(self.scene, box, mask, whole, Kind.NETWORK, latent, result.windows)
