"""Guided patch synthesis, coarse to fine: search, vote, repeat, then the same at twice the size.

With a guide, the network's answer is where the synthesis starts and what it is held to. Without
one it starts from the rim of the smallest picture and works inward, which is the classical
photo-only fill.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats
from engine.detail.descriptors import RADIUS
from engine.detail.joining.tones import surrounded
from engine.detail.loops.votes import put
from engine.detail.matcher import Matcher
from engine.detail.nnf import COHERENCE, Field, refine
from engine.detail.periods import LONGEST
from engine.detail.pyramid import Level
from engine.detail.repeats import REGULAR, SURE, Repeats, find
from engine.detail.rim import from_rim
from engine.detail.vote import vote
from engine.progress import Step

ROUNDS: Final = (20, 16, 8, 3)
"""Searches and votes at the coarsest level, the next, the one after, and all finer ones."""
EXHAUSTIVE: Final = 1_000_000
"""Below this many pairs of patches every pair is compared."""
CALM: Final = 2
"""At so many of the smallest sizes structure is found: patches are not held together there, and
votes are softer. At the two largest they always are."""
SHARP_CALM: Final = 1.0
TOGETHER: Final = 8_000
"""Levels with at most so many patches to find are done for all fills at once, in one thread: their
calls are so short that two threads would mostly wait for each other's turn of the interpreter."""
CHANCE: Final = 0.08
"""Standard deviation, of full white, by which a seed strays from the first guess; 0 does not."""
STILL: Final = 0.1 / 255
"""A level is done for a fill whose pixels a search and vote change by less (root mean square)."""
NEAR: Final = 1
"""Only patches so near to a pixel are asked, but for the last vote."""
SHARP: Final = 2.5
SHARP_LAST: Final = 3.3
"""Sharpness of all votes but the last, and of the last; see ``vote``."""


class Workshop:
    """Keep what all fills of one window share: its pyramid and the tables of its patches.

    Attributes:
        levels: finest first.
        guided_from: index of the level at the network's resolution, None without guides.
        smooth: (h, w, 3) float32, ``known_colours`` of that level; None without guides.
    """

    def __init__(
        self,
        levels: list[Level],
        guided_from: int | None,
        regular: bool = False,
        twin: int = 0,
        chosen: bool = False,
    ):
        """Take the levels of ``pyramid.build``.

        Args:
            levels, guided_from: as above.
            regular: what is around the hole is known to repeat, so no search leaves its step.
            twin: columns of the finest level to where it is seen again; 0 where it is not.
            chosen: a user says what may be copied, so without guides what is around the hole takes
                its tone while structure is found; see ``surrounded``.
        """
        self._chosen = chosen
        self.levels, self.guided_from, self._regular = levels, guided_from, regular or twin > 0
        self._twin = twin
        self._matchers: dict[int, Matcher] = {}
        self._repeats: dict[int, Repeats | None] = {}
        self._lock = threading.Lock()
        self.smooth = None if guided_from is None else known_colours(levels[guided_from])

    @property
    def rounds(self) -> list[tuple[int, int]]:
        """Return (level, searches) in the order of work."""
        order = range(len(self.levels) - 1, -1, -1)
        return [
            (level, ROUNDS[-1] if level == 0 else ROUNDS[min(i, len(ROUNDS) - 1)])
            for i, level in enumerate(order)
        ]

    def calm(self, level: int) -> bool:
        """Tell whether structure is found at a level."""
        return level >= max(2, len(self.levels) - CALM)

    def sure(self, level: int) -> float:
        """Return below which misfit a pattern's patches stay where it says, at a level."""
        return SURE if self._regular or self.calm(level) else 0.0

    @property
    def nbytes(self) -> int:
        """Return the bytes of the pictures and of the tables made so far."""
        pictures = sum(level.image.nbytes for level in self.levels)
        return pictures + sum(matcher.nbytes for matcher in list(self._matchers.values()))

    def matcher(self, level: int) -> Matcher:
        """Return the patches of one level; made once."""
        if level not in self._matchers:
            self._matchers[level] = self._make_matcher(level)
        return self._matchers[level]

    def repeats(self, level: int) -> Repeats | None:
        """Return what repeats around the hole at one level; found once."""
        with self._lock:  # several fills ask at once
            if level not in self._repeats:
                longest = REGULAR if self._regular else LONGEST
                twin = self._twin >> level if self._twin else None
                self._repeats[level] = find(self.matcher(level), longest, twin)
            return self._repeats[level]

    def _make_matcher(self, level: int) -> Matcher:
        if self.smooth is None or self.guided_from is None:
            one = self.levels[level]
            return Matcher(surrounded(one) if self._chosen and self.calm(level) else one)
        guide = self.held_to(self.smooth, level)
        return Matcher(self.levels[level], guide, 2.0 ** (level - self.guided_from))

    def together(self) -> int:
        """Return how many levels are so small that all fills are found at once."""
        sizes = [len(self.matcher(level).targets) for level, _ in self.rounds]
        return sum(size <= TOGETHER for size in sizes)

    def held_to(self, answer: Floats, level: int) -> Floats:
        """Return a picture of level ``guided_from`` at the size of another level."""
        height, width = self.levels[level].hole.shape
        if answer.shape[:2] == (height, width):
            return answer
        smaller = answer.shape[0] > height
        kind = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(answer, (width, height), interpolation=kind), np.float32)


def known_colours(level: Level) -> Floats:
    """Return the level's image with the hole's edge painted in the nearest known colours."""
    share = (~level.hole).astype(np.float32)
    near = cv2.blur(level.image, (5, 5)) / np.maximum(cv2.blur(share, (5, 5)), 1e-6)[..., None]
    return np.where(level.hole[..., None], near, level.image).astype(np.float32)


class Fills:
    """Bring some fills of one window from the smallest level to the finest."""

    def __init__(
        self,
        shop: Workshop,
        seeds: Sequence[int],
        guides: Sequence[Floats | None],
        step: Step,
    ):
        """Begin.

        Args:
            shop: of the window.
            seeds: the only source of chance; with 0 the first guess is taken as it is.
            guides: (h, w, 3) float32 in [0, 1] each, at the size of level ``guided_from``: the
                network's answer in the hole, the photo around it; None if the shop has no guides.
            step: called with 1 after every search for a fill, with 0 within it; may raise
                ``Cancelled``.
        """
        self.shop, self._seeds, self._guides, self._step = shop, seeds, guides, step
        self._rngs = [np.random.default_rng(seed) for seed in seeds]
        self._field: Field | None = None

    def begin(self) -> None:
        """Bring all fills through the levels that are small enough to do together."""
        for number, _ in self.shop.rounds:  # tables take long in a large window
            self._step(0)
            self.shop.matcher(number)
        self._work(self.shop.rounds[: self.shop.together()])

    def finest(self, fill: int) -> Field:
        """Bring one fill through all other levels; several threads may ask for one each."""
        one = Fills(self.shop, [self._seeds[fill]], [self._guides[fill]], self._step)
        one._rngs = [self._rngs[fill]]
        one._field = self._field and self._field.one(fill)
        one._work(self.shop.rounds[self.shop.together() :])
        assert one._field is not None
        return one._field

    def _work(self, levels: Sequence[tuple[int, int]]) -> None:
        for number, rounds in levels:
            self._step(0)
            matcher = self.shop.matcher(number)
            helds = [None if g is None else self.shop.held_to(g, number) for g in self._guides]
            if self._field is None:
                field, images = self._first_guess(matcher, helds)
            else:
                field, images = self._enlarged(self._field, matcher)
            self._put_in_step(field, images, helds, number)
            self._search(field, images, [matcher.held(held) for held in helds], number, rounds)
            self._field = field

    def _first_guess(
        self, matcher: Matcher, helds: Sequence[Floats | None]
    ) -> tuple[Field, Floats]:
        """Draw the first places; return them and the first estimates, (K, h, w, 3)."""
        level, images, places = matcher.level, [], []
        begins = [held[level.hole] for held in helds if held is not None]
        begins = begins or [from_rim(matcher)] * len(helds)
        for rng, seed, begin in zip(self._rngs, self._seeds, begins, strict=True):
            chance = rng.integers(0, len(matcher.sources), len(matcher.targets))
            places.append(matcher.sources[chance])
            stray = CHANCE * rng.standard_normal(begin.shape, np.float32) if seed else 0.0
            images.append(level.image.copy())
            images[-1][level.hole] = begin + stray
        return Field(matcher, np.concatenate(places), len(places)), np.stack(images)

    def _enlarged(self, coarse: Field, matcher: Matcher) -> tuple[Field, Floats]:
        """Return the field at a larger level and its estimates, (K, h, w, 3)."""
        places = [refine(coarse, k, matcher, rng) for k, rng in enumerate(self._rngs)]
        field = Field(matcher, np.concatenate(places), len(places))
        images = np.stack([matcher.level.image] * len(places))
        images[:, matcher.level.hole] = vote(field, SHARP, NEAR)
        return field, images

    def _put_in_step(
        self, field: Field, images: Floats, helds: Sequence[Floats | None], number: int
    ) -> None:
        """Let a pattern around the hole go on in it, in ``images`` too.

        Where it fits well it stays, whatever the search finds while structure is looked for.
        """
        repeats, m = self.shop.repeats(number), field.matcher
        if repeats is None:
            return
        found = []
        for held in helds:
            self._step(0)
            found.append(repeats.places(held))
        places, misfit = (np.stack(parts) for parts in zip(*found, strict=True))
        fits = np.isfinite(misfit)
        field.put(places, fits, misfit < self.shop.sure(number))
        there = fits[:, m.index[m.inside]]
        for image, colours, part in zip(images, vote(field, SHARP, NEAR), there, strict=True):
            image.reshape(-1, 3)[m.inside[part]] = colours[part]

    def _search(
        self, field: Field, images: Floats, kept: Sequence[Floats | None], number: int, rounds: int
    ) -> None:
        """Search and vote, in turns, until nothing moves; ``images`` become what was voted."""
        matcher, calm = field.matcher, self.shop.calm(number)
        sharpness, radius = (SHARP_CALM, RADIUS) if calm else (SHARP, NEAR)
        pairs = len(matcher.targets) * len(matcher.sources)
        pixels = images.reshape(len(images), -1, 3)
        live, part = list(range(len(kept))), field
        room = matcher.room(len(kept))
        for i in range(rounds):
            wanted = room[: len(live)]
            for k, rows in zip(live, wanted, strict=True):
                matcher.wanted(images[k], kept[k], rows)
            part.aim(wanted.reshape(-1, room.shape[2]), 0.0 if calm else COHERENCE)
            self._step(0)
            if i == 0 and pairs < EXHAUSTIVE:
                part.search_all()
            else:
                part.search([self._rngs[k] for k in live], self._step, rounds > ROUNDS[-1])
            moved = [
                put(pixels[k], matcher.inside, made)
                for k, made in zip(live, vote(part, sharpness, radius), strict=True)
            ]
            self._step(len(live))
            if min(moved) >= STILL:
                continue
            field.take(live, part)
            moving = [k for k, change in zip(live, moved, strict=True) if change >= STILL]
            self._step((len(live) - len(moving)) * (rounds - 1 - i))
            if not moving:
                return
            live, part = moving, field.some(moving)
        field.take(live, part)
