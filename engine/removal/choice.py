"""Hold the results to choose from, hole by hole; knows nothing of widgets or threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from engine.arrays import AnyArray, Floats, Levels, Mask
from engine.geometry import Box
from engine.removal.latents import Latent
from engine.removal.variety import Small, most_different, spread
from engine.windows.transforms import Transforms

LETTERS = 4


class Kind(StrEnum):
    """Say where a result comes from."""

    ORIGINAL = "original"
    PHOTO = "photo"
    NETWORK = "network"


class Role(StrEnum):
    """Say what results are for, when a fill hands them over.

    Attributes:
        SAFE, PHOTO: the fixed ones, of z = 0 and from the photo alone.
        ONLY: from the photo alone, where there is no network.
        DRAWS, MORE: the draws that differ most; the next ones, in reserve.
        ASKED, MIX: what the user asked for by its code; by laying one result on another.
    """

    SAFE = "safe"
    PHOTO = "photo"
    ONLY = "only"
    DRAWS = "draws"
    MORE = "more"
    ASKED = "asked"
    MIX = "mix"


class View(NamedTuple):
    """Pair a square the network looked at with the box of what it filled from there.

    ``hole`` is None where nobody knows: recipes of version 1 do not say it of several squares.
    """

    box: Box
    hole: Box | None


@dataclass(frozen=True, eq=False)
class Answer:
    """Hold one result for one hole.

    Attributes:
        kind: the photo as it is, a fill from the photo alone, or the network's.
        latent: what brings the network's result back; meaningless otherwise.
        box: the hole's box in photo pixels.
        patch: (box.height, box.width, 3) as it will be saved.
        look: the coarse look inside the hole, to measure differences.
        thumb: (h, w, 3) uint8, the hole and some of its surroundings.
        views: the squares the network looked at, in their order.
        context: how wide it was asked to look; 1 is as wide as the hole's shape suggests.
        scale: network pixels per photo pixel, at most 1; 0 where no network looked.
        transforms: how what was copied might be changed.
    """

    kind: Kind
    latent: Latent
    box: Box
    patch: AnyArray
    look: Small
    thumb: Levels
    views: tuple[View, ...] = ()
    context: float = 1.0
    scale: float = 0.0
    transforms: Transforms = Transforms.NONE

    @property
    def code(self) -> str:
        """Return the code that brings this result back, empty if there is none."""
        return self.latent.code if self.kind == Kind.NETWORK else ""


@dataclass(eq=False)
class HoleChoice:
    """Hold the results for one hole, which of them are shown, and which is chosen.

    Attributes:
        box: the hole's box in photo pixels.
        mask: (box.height, box.width) bool.
        original: what is in the photo now.
        photo, safe: the fixed results; None until they are there.
        pool: every finished draw there is.
        looks: the coarse looks of all drafts that the draws were picked from.
        shown: the draws under A, B, C and D.
        kept: shown draws that stay when the others are drawn anew.
        doubt: how much the draws differ, (h, w) in [0, 1], over the whole box; None before them.
        mix: the shown result that lies between two others; a new mix takes its place.
        chosen: the result on the canvas.
    """

    box: Box
    mask: Mask
    original: Answer
    photo: Answer | None = None
    safe: Answer | None = None
    pool: list[Answer] = field(default_factory=list)
    looks: Sequence[Small] = ()
    shown: list[Answer] = field(default_factory=list)
    kept: list[Answer] = field(default_factory=list)
    mix: Answer | None = None
    doubt: Floats | None = None
    chosen: Answer | None = None

    def __post_init__(self) -> None:
        """Begin with the photo as it is."""
        self.chosen = self.chosen or self.original

    @property
    def slots(self) -> list[Answer | None]:
        """Return what the strip shows: original, photo-only, safe, A to D."""
        letters: list[Answer | None] = [*self.shown[:LETTERS]]
        letters += [None] * (LETTERS - len(letters))
        return [self.original, self.photo, self.safe, *letters]

    def receive(
        self,
        role: Role,
        answers: Sequence[Answer],
        doubt: Floats | None = None,
        looks: Sequence[Small] = (),
    ) -> None:
        """Take what a fill hands over; ``doubt`` and ``looks`` come with draws."""
        if role == Role.DRAWS:
            self.take_draws(answers, doubt, looks)
            return
        others = {
            Role.ONLY: self.take_only,
            Role.MORE: self.take_more,
            Role.ASKED: self.take_asked,
            Role.MIX: self.take_mix,
        }
        for answer in answers:
            others.get(role, self.take)(answer)

    def take(self, answer: Answer) -> None:
        """Put a fixed result in its place; the safe one is chosen if nothing was yet."""
        if answer.kind == Kind.PHOTO:
            self.photo = answer
        else:
            self.safe = answer
            if self.chosen is self.original:
                self.chosen = answer

    def take_only(self, answer: Answer) -> None:
        """Take the fill from the photo where there is no other; it is chosen."""
        self.photo = answer
        if self.chosen is self.original:
            self.chosen = answer

    def take_draws(
        self,
        answers: Sequence[Answer],
        doubt: Floats | None = None,
        looks: Sequence[Small] = (),
    ) -> None:
        """Take a new set of draws: the kept ones stay, the rest gives way to the most different."""
        self.pool, self.doubt = list(answers), doubt
        self.looks = looks or [answer.look for answer in answers]
        self._show_most_different()

    def take_more(self, answer: Answer) -> None:
        """Take a spare draw; it is shown if a place is free."""
        self.pool.append(answer)
        if len(self.shown) < LETTERS:
            self.shown.append(answer)

    def take_asked(self, answer: Answer) -> None:
        """Take a result the user asked for by code or mix: it is shown, kept and chosen."""
        rest = [other for other in self.shown if other not in self.kept]
        while len(self.shown) >= LETTERS:
            out = rest.pop() if rest else self.kept[0]
            self._drop(out)
        self.shown.append(answer)
        self.kept.append(answer)
        self.chosen = answer

    def take_mix(self, answer: Answer) -> None:
        """Take a result between two others; it replaces the mix before it."""
        if self.mix in self.shown:
            self._drop(self.mix)
        self.take_asked(answer)
        self.mix = answer

    def keep(self, answer: Answer) -> None:
        """Keep a shown draw, or stop keeping it."""
        if answer in self.kept:
            self.kept.remove(answer)
        elif answer in self.shown:
            self.kept.append(answer)

    def discard(self, answer: Answer) -> None:
        """Take a draw out; the most different of the rest comes in its place."""
        if answer not in self.shown:
            return
        place = self.shown.index(answer)
        self._drop(answer)
        self.pool = [other for other in self.pool if other is not answer]
        fresh = [other for other in self.pool if other not in self.shown]
        picks = most_different(
            [other.look for other in fresh], self._looks_with_safe(self.shown), 1
        )
        self.shown[place:place] = [fresh[pick] for pick in picks]
        if self.chosen is answer:
            self.chosen = self.shown[min(place, len(self.shown) - 1)] if self.shown else self.safe

    @property
    def spread(self) -> float | None:
        """Return how much the draws differ, in 8-bit levels; None before there are any."""
        return spread(self.looks) if self.pool else None

    def _drop(self, answer: Answer) -> None:
        self.shown.remove(answer)
        if answer in self.kept:
            self.kept.remove(answer)

    @property
    def fixed_looks(self) -> list[Small]:
        """Return the looks that new draws should differ from: those of safe and the kept ones."""
        return self._looks_with_safe(self.kept)

    def _looks_with_safe(self, answers: Sequence[Answer]) -> list[Small]:
        looks = [answer.look for answer in answers]
        return [self.safe.look, *looks] if self.safe else looks

    def _show_most_different(self) -> None:
        places = {i: answer for i, answer in enumerate(self.shown) if answer in self.kept}
        self.shown = list(places.values())
        looks = [answer.look for answer in self.pool]
        picks = most_different(looks, self._looks_with_safe(self.shown), LETTERS - len(self.shown))
        fresh = [self.pool[pick] for pick in picks]
        merged = [places.get(i) or (fresh.pop(0) if fresh else None) for i in range(LETTERS)]
        self.shown = [answer for answer in merged if answer is not None]
        if self.chosen not in [*self.slots]:
            self.chosen = self.shown[0] if self.shown else self.safe


@dataclass(eq=False)
class Choice:
    """Hold the holes that were filled together and which of them is being chosen for.

    Attributes:
        version: the document's version the answers belong to.
        holes: from left to right, top to bottom.
        active: index of the hole the strip shows.
    """

    version: int
    holes: list[HoleChoice]
    active: int = 0

    @property
    def hole(self) -> HoleChoice:
        """Return the hole the strip shows."""
        return self.holes[self.active]

    def hole_at(self, x: float, y: float) -> int | None:
        """Return the index of the hole whose box holds the photo position (x, y)."""
        hits = [i for i, hole in enumerate(self.holes) if hole.box.holds(Box.hull(x, y))]
        return hits[0] if hits else None

    @property
    def changed(self) -> list[HoleChoice]:
        """Return the holes where something other than the original is chosen."""
        return [hole for hole in self.holes if hole.chosen is not hole.original]
