"""Fill holes, one answer after the other: everything here runs in the engine's thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.record.steps import FilledHole
from engine.removal.choice import LETTERS, Answer, Kind, View
from engine.removal.fallback import (
    Remark,
    card_left,
    inpaint,
    needs_no_network,
    only_from_photo,
    patch_without_network,
)
from engine.removal.host import EngineHost
from engine.removal.latents import Latent
from engine.removal.map_jobs import doubt_of
from engine.removal.scene import PLAIN, Hole, Scene, alone, auto_grown, describe, make_answer
from engine.removal.variety import Small, most_different

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.geometry import Box
    from engine.progress import Progress, Report
    from engine.result import Result

CPU_BATCH = 4
SAFE, DRAWN = 0.15, 0.8
"""Progress when every hole has its safe result, and its draws."""
DRAFTED = 0.3
"""Progress of one hole's draws when the drafts are there."""


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
    """Hand over results for hole number ``hole``.

    Attributes:
        role: safe, photo, draws, more (draws), asked or mix.
        doubt, looks: of all drafts the draws were picked from, how much they differ and each
            one's coarse look.
    """

    hole: int
    role: str
    answers: list[Answer]
    doubt: NDArray[np.float32] | None = None
    looks: Sequence[Small] = ()


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
    """Fill every hole of ``mask``: z = 0, the draws, from the photo alone, then spare draws.

    Attributes:
        mask: a copy of the mask.
        latents: the draws to make.
        grow: how far each hole is grown first, as a share of its longer side.
        asked: for a hole's box, a result to make again before the draws, kept and chosen.
    """

    host: EngineHost
    scene: Scene
    mask: Mask
    latents: Sequence[Latent]
    grow: float = 0.0
    asked: Mapping[Box, FilledHole] = field(default_factory=dict)

    def __call__(self, report: Report) -> None:
        """Deliver Ready, Holes, then Answers; without the network only those from the photo."""
        try:
            self.host.get()
            report.deliver(Ready(self.host.reason))
            if self.host.lost_card:
                self.host.lost_card = False
                report.deliver(Remark(card_left()))
            self._fill(report, self._holes(report))
        except Exception as error:
            reason = needs_no_network(error)
            if not reason:
                raise
            report.deliver(only_from_photo(reason))
            for number, hole, begin, end in shared(self._holes(report), 0.0, 1.0):
                photo = self._from_photo(hole, report.part(begin, end))
                report.deliver(Answers(number, "only", [photo]))

    def _holes(self, report: Report) -> list[Hole]:
        mask = auto_grown(self.mask, self.host.holes(self.mask), self.grow)
        boxes = sorted(self.host.holes(mask), key=lambda box: (box.left, box.top))
        holes = [describe(self.scene, mask, box) for box in boxes]
        report.deliver(Holes(holes))
        return holes

    def _fill(self, report: Report, holes: list[Hole]) -> None:
        looks = [self._safe(report, *one) for one in shared(holes, 0.0, SAFE)]
        spare = [
            self._drawn(report, look, *one)
            for look, one in zip(looks, shared(holes, SAFE, DRAWN), strict=True)
        ]
        for number, hole, begin, end in shared(holes, DRAWN, 1.0):
            photo = self._from_photo(hole, report.part(begin, end))
            report.deliver(Answers(number, "photo", [photo]))
        for number, latents in enumerate(spare):
            more = Draw(self.host, self.scene, holes[number], latents)(report, 1.0, 1.0)
            report.deliver(Answers(number, "more", more))

    def _safe(self, report: Report, number: int, hole: Hole, begin: float, end: float) -> Small:
        """Deliver z = 0, and what was asked for; return the coarse look of the former."""
        safe = Draw(self.host, self.scene, hole, [PLAIN])(report, begin, end)
        report.deliver(Answers(number, "safe", safe))
        asked = self.asked.get(hole.box)
        if asked:
            scene = replace(self.scene, context=asked.context)
            made = Draw(self.host, scene, hole, [asked.latent], asked)(report, end, end)
            report.deliver(Answers(number, "asked", made))
        return safe[0].look

    def _drawn(
        self, report: Report, look: Small, number: int, hole: Hole, begin: float, end: float
    ) -> list[Latent]:
        pick = Pick(self.host, self.scene, number, hole, self.latents, [look])
        return pick(report, begin, end)

    def _from_photo(self, hole: Hole, on_progress: Progress) -> Answer:
        where = hole.box, hole.mask, hole.removed
        patch = patch_from_photo(self.host, self.scene, *where, on_progress)
        return make_answer(self.scene, hole.box, hole.mask, patch, Kind.PHOTO)


def shared(
    holes: Sequence[Hole], begin: float, end: float
) -> Iterator[tuple[int, Hole, float, float]]:
    """Yield each hole with its number and its share of the progress from begin to end."""
    share = (end - begin) / max(len(holes), 1)
    for number, hole in enumerate(holes):
        yield number, hole, begin + number * share, begin + (number + 1) * share


def patch_from_photo(
    host: EngineHost,
    scene: Scene,
    box: Box,
    mask: Mask,
    removed: Mask | None,
    on_progress: Progress,
) -> Pixels:
    """Return ``box`` filled without the network; copied pixels need no other colour space."""

    def fill() -> Pixels:
        only = alone(scene.image.shape, box, mask)
        result = host.photo_only(scene.image, only, 0, on_progress, removed)
        patch: Pixels = scene.image[box.slices].copy()
        patch[result.box.within(box).slices] = result.patch
        return patch

    return patch_without_network(fill, scene.image, box, mask)


@dataclass(frozen=True, eq=False)
class Redraw:
    """Make other results for one hole that is filled already.

    ``role`` as in ``Answers``; draws are picked to differ from each other and from ``fixed``.
    """

    host: EngineHost
    scene: Scene
    number: int
    hole: Hole
    latents: Sequence[Latent]
    role: str
    fixed: Sequence[Small] = ()
    count: int = LETTERS

    def __call__(self, report: Report) -> None:
        """Deliver Answers for the hole."""
        about = self.host, self.scene
        if self.role == "draws":
            pick = Pick(*about, self.number, self.hole, self.latents, self.fixed, self.count)
            spare = pick(report, 0.0, 1.0)
            more = Draw(*about, self.hole, spare)(report, 1.0, 1.0)
            report.deliver(Answers(self.number, "more", more))
        else:
            made = Draw(*about, self.hole, self.latents)(report, 0.0, 1.0)
            report.deliver(Answers(self.number, self.role, made))


@dataclass(frozen=True, eq=False)
class Pick:
    """Draft one hole once for every latent and finish the most different drafts.

    A draft is the network's answer as it is, at little cost; finishing gives it texture.
    """

    host: EngineHost
    scene: Scene
    number: int
    hole: Hole
    latents: Sequence[Latent]
    fixed: Sequence[Small] = ()
    count: int = LETTERS

    def __call__(self, report: Report, begin: float, end: float) -> list[Latent]:
        """Deliver the draws; return the latents of the next most different drafts, as many."""
        middle = begin + DRAFTED * (end - begin)
        draw = Draw(self.host, self.scene, self.hole, self.latents, detail=False)
        drafts = draw(report, begin, middle)
        looks = [draft.look for draft in drafts]
        order = most_different(looks, self.fixed, 2 * self.count)
        latents = [self.latents[i] for i in order]
        answers = Draw(self.host, self.scene, self.hole, latents[: self.count])(report, middle, end)
        doubt = doubt_of([draft.patch for draft in drafts], self.hole.mask)
        report.deliver(Answers(self.number, "draws", answers, doubt, looks))
        return latents[self.count :]


@dataclass(frozen=True, eq=False)
class Draw:
    """Fill one hole once for every latent.

    Drafts are made in one call for all latents, so the photo is encoded once. Finishing takes much
    longer: a graphics card takes all at once, a processor a few at a time, to stop sooner.
    ``like``: look where this earlier fill looked.
    """

    host: EngineHost
    scene: Scene
    hole: Hole
    latents: Sequence[Latent]
    like: FilledHole | None = None
    detail: bool = True

    def __call__(self, report: Report, begin: float, end: float) -> list[Answer]:
        """Return the answers; ``begin`` and ``end`` are the share of the whole job."""
        side = self.host.get().resolution
        how: dict[str, Any] = {
            "context": self.scene.context,
            "detail": self.detail,
            "given": self.like.given(side) if self.like else None,
            "avoid": self.hole.removed,
        }
        image = self.scene.for_network(self.hole.box)
        only = alone(image.shape, self.hole.box, self.hole.mask)
        count = len(self.latents)
        batch = CPU_BATCH if self.detail and not self.host.on_gpu else max(count, 1)
        answers: list[Answer] = []
        for first in range(0, count, batch):
            part = self.latents[first : first + batch]
            steps = [begin + (end - begin) * n / count for n in (first, first + len(part))]
            seeds = [latent.seed for latent in part]
            z = self.host.draw(part)
            about = self.host, image, only, seeds, report.part(*steps), z
            results = inpaint(*about, lambda t: report.deliver(Remark(t)), **how)
            answers += [
                self._answer(result, latent) for result, latent in zip(results, part, strict=True)
            ]
        return answers

    def _answer(self, result: Result, latent: Latent) -> Answer:
        box, mask = self.hole.box, self.hole.mask
        whole = self.scene.filled_in(box, mask, result)
        views = [View(*pair) for pair in zip(result.windows, result.holes, strict=True)]
        about = Kind.NETWORK, latent, views, self.scene.context, result.scale
        return make_answer(self.scene, box, mask, whole, *about)
