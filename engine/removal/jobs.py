"""Fill holes, one answer after the other: everything here runs in the engine's thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.geometry import Box
from engine.record.planes import Plane
from engine.record.steps import FilledHole
from engine.removal.choice import LETTERS, Answer, Kind, Role, View
from engine.removal.fallback import Remark, card_left, needs_no_network, only_from_photo
from engine.removal.latents import Latent
from engine.removal.map_jobs import doubt_of
from engine.removal.panorama import fill_hole
from engine.removal.remover import Remover
from engine.removal.scarce import little_left
from engine.removal.scene import PLAIN, Hole, Scene, describe, everything, make_answer
from engine.removal.variety import Small, most_different
from engine.running.memory import trim
from engine.views.growth import grown_by_width
from engine.windows.planning import together

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.ask import Ask
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
    """Hand over the holes that are going to be filled, and everything that is to be removed."""

    holes: list[Hole]
    removed: Plane | None


@dataclass(frozen=True, eq=False)
class Answers:
    """Hand over results for hole number ``hole``.

    Attributes:
        role: what they are for.
        doubt, looks: of all drafts the draws were picked from, how much they differ and each
            one's coarse look.
    """

    hole: int
    role: Role
    answers: list[Answer]
    doubt: NDArray[np.float32] | None = None
    looks: Sequence[Small] = ()


@dataclass(frozen=True)
class WarmUp:
    """Load the engine ahead of the first fill."""

    remover: Remover

    def __call__(self, report: Report) -> Ready:
        """Import torch and read the weights; raises SnapshotError or DeviceError."""
        self.remover.get()
        return Ready(self.remover.reason)


@dataclass(frozen=True, eq=False)
class Fill:
    """Fill every hole of ``mask``: z = 0, the draws, from the photo alone, then spare draws.

    Attributes:
        mask: a copy of the mask.
        latents: the draws to make; none: z = 0 is the only result.
        grow: how far the mask is grown first, as a share of its own width.
        asked: for a hole's box, a result to make again before the draws, kept and chosen.
    """

    remover: Remover
    scene: Scene
    mask: Mask
    latents: Sequence[Latent]
    grow: float = 0.0
    asked: Mapping[Box, FilledHole] = field(default_factory=dict)

    def __call__(self, report: Report) -> None:
        """Deliver Ready, Holes, then Answers; without the network only those from the photo."""
        try:
            self.remover.get()
            report.deliver(Ready(self.remover.reason))
            if self.remover.took_leave():
                report.deliver(Remark(card_left()))
            scene, holes = self._described(report)
            self._fill(report, scene, holes)
        except Exception as error:
            reason = needs_no_network(error)
            if not reason:
                raise
            report.deliver(only_from_photo(reason))
            scene, holes = self._described(report)
            for number, hole, begin, end in shared(holes, 0.0, 1.0):
                photo = from_photo(self.remover, scene, hole, report.part(begin, end))
                report.deliver(Answers(number, Role.ONLY, [photo]))

    def _described(self, report: Report) -> tuple[Scene, list[Hole]]:
        """Deliver and return the holes, each grown, and the scene that knows all of them."""
        mask = grown_by_width(self.mask, self.grow)
        boxes = sorted(together(mask), key=lambda box: (box.left, box.top))
        holes = [describe(self.scene, mask, box) for box in boxes]
        removed = everything(mask)
        report.deliver(Holes(holes, removed))
        for said in little_left(mask, self.scene.clear, boxes):
            report.deliver(Remark(said))
        return replace(self.scene, removed=removed), holes

    def _fill(self, report: Report, scene: Scene, holes: list[Hole]) -> None:
        looks = [self._safe(report, scene, *one) for one in shared(holes, 0.0, SAFE)]
        trim()
        if not self.latents:
            return
        spare = [
            Pick(self.remover, scene, one[0], one[1], self.latents, [look])(report, *one[2:])
            for look, one in zip(looks, shared(holes, SAFE, DRAWN), strict=True)
        ]
        for number, hole, begin, end in shared(holes, DRAWN, 1.0):
            photo = from_photo(self.remover, scene, hole, report.part(begin, end))
            report.deliver(Answers(number, Role.PHOTO, [photo]))
        for number, latents in enumerate(spare):
            more = Draw(self.remover, scene, holes[number], latents)(report, 1.0, 1.0)
            report.deliver(Answers(number, Role.MORE, more))

    def _safe(
        self, report: Report, scene: Scene, number: int, hole: Hole, begin: float, end: float
    ) -> Small:
        """Deliver z = 0, and what was asked for; return the coarse look of the former."""
        safe = Draw(self.remover, scene, hole, [PLAIN])(report, begin, end)
        report.deliver(Answers(number, Role.SAFE, safe))
        asked = self.asked.get(hole.box)
        if asked:
            wide = replace(scene, context=asked.context, transforms=asked.transforms)
            made = Draw(self.remover, wide, hole, [asked.latent], asked)(report, end, end)
            report.deliver(Answers(number, Role.ASKED, made))
        return safe[0].look


def shared(
    holes: Sequence[Hole], begin: float, end: float
) -> Iterator[tuple[int, Hole, float, float]]:
    """Yield each hole with its number and its share of the progress from begin to end."""
    share = (end - begin) / max(len(holes), 1)
    for number, hole in enumerate(holes):
        yield number, hole, begin + number * share, begin + (number + 1) * share


def from_photo(remover: Remover, scene: Scene, hole: Hole, on_progress: Progress) -> Answer:
    """Return ``hole`` filled without the network; copied pixels need no other colour space."""
    ask = scene.ask_photo(hole.box, hole.mask, hole)
    patch = patch_from_photo(remover, scene, ask, hole.mask, on_progress)
    return make_answer(scene, hole.box, hole.mask, patch, Kind.PHOTO)


def patch_from_photo(
    remover: Remover, scene: Scene, ask: Ask, mask: Mask, on_progress: Progress
) -> Pixels:
    """Return ``ask.box`` of the photo with the hole filled without the network."""
    fill, box = partial(remover.remove, photo_only=True), ask.box
    assert box is not None
    [result] = fill_hole(fill, scene, ask, mask, [0], on_progress)
    patch: Pixels = scene.image[box.slices].copy()
    patch[mask] = result.patch[box.within(result.box).slices][mask]
    return patch


@dataclass(frozen=True, eq=False)
class Redraw:
    """Make other results for one hole that is filled already.

    ``role`` as in ``Answers``; draws are picked to differ from each other and from ``fixed``.
    """

    remover: Remover
    scene: Scene
    number: int
    hole: Hole
    latents: Sequence[Latent]
    role: Role
    fixed: Sequence[Small] = ()
    count: int = LETTERS

    def __call__(self, report: Report) -> None:
        """Deliver Answers for the hole."""
        about = self.remover, self.scene
        if self.role == Role.DRAWS:
            pick = Pick(*about, self.number, self.hole, self.latents, self.fixed, self.count)
            spare = pick(report, 0.0, 1.0)
            more = Draw(*about, self.hole, spare)(report, 1.0, 1.0)
            report.deliver(Answers(self.number, Role.MORE, more))
        else:
            made = Draw(*about, self.hole, self.latents)(report, 0.0, 1.0)
            report.deliver(Answers(self.number, self.role, made))


@dataclass(frozen=True, eq=False)
class Pick:
    """Draft one hole once for every latent and finish the most different drafts.

    A draft is the network's answer as it is, at little cost; finishing gives it texture.
    """

    remover: Remover
    scene: Scene
    number: int
    hole: Hole
    latents: Sequence[Latent]
    fixed: Sequence[Small] = ()
    count: int = LETTERS

    def __call__(self, report: Report, begin: float, end: float) -> list[Latent]:
        """Deliver the draws; return the latents of the next most different drafts, as many."""
        middle = begin + DRAFTED * (end - begin)
        draw = Draw(self.remover, self.scene, self.hole, self.latents, detail=False)
        drafts = draw(report, begin, middle)
        looks = [draft.look for draft in drafts]
        order = most_different(looks, self.fixed, 2 * self.count)
        latents = [self.latents[i] for i in order]
        answers = Draw(self.remover, self.scene, self.hole, latents[: self.count])(
            report, middle, end
        )
        doubt = doubt_of([draft.patch for draft in drafts], self.hole.mask)
        report.deliver(Answers(self.number, Role.DRAWS, answers, doubt, looks))
        return latents[self.count :]


@dataclass(frozen=True, eq=False)
class Draw:
    """Fill one hole once for every latent.

    Drafts are made in one call for all latents, so the photo is encoded once. Finishing takes much
    longer: a graphics card takes all at once, a processor a few at a time, to stop sooner.
    ``like``: look where this earlier fill looked.
    """

    remover: Remover
    scene: Scene
    hole: Hole
    latents: Sequence[Latent]
    like: FilledHole | None = None
    detail: bool = True

    def __call__(self, report: Report, begin: float, end: float) -> list[Answer]:
        """Return the answers; ``begin`` and ``end`` are the share of the whole job."""
        ask = self._ask()
        fill = partial(
            self.remover.fill, say=lambda t: report.deliver(Remark(t)), detail=self.detail
        )
        count = len(self.latents)
        batch = CPU_BATCH if self.detail and not self.remover.on_gpu else max(count, 1)
        answers: list[Answer] = []
        for first in range(0, count, batch):
            part = self.latents[first : first + batch]
            steps = [begin + (end - begin) * n / count for n in (first, first + len(part))]
            seeds = [latent.seed for latent in part]
            z = self.remover.draw(part)
            how = seeds, report.part(*steps), z
            results = fill_hole(fill, self.scene, ask, self.hole.mask, *how)
            answers += [
                self._answer(result, latent) for result, latent in zip(results, part, strict=True)
            ]
        return answers

    def _ask(self) -> Ask:
        filler, hole, scene = self.remover.get(), self.hole, self.scene
        like = self.like.given(filler.resolution) if self.like else None
        given = like or filler.look(scene.unknown(hole.box, hole.mask), hole.box, scene.context)
        return scene.ask(hole.box, hole.mask, given, hole)

    def _answer(self, result: Result, latent: Latent) -> Answer:
        box, mask = self.hole.box, self.hole.mask
        whole = self.scene.filled_in(box, mask, result)
        views = [View(*pair) for pair in zip(result.windows, result.holes, strict=True)]
        about = Kind.NETWORK, latent, views, self.scene.context, result.scale
        return make_answer(self.scene, box, mask, whole, *about)
