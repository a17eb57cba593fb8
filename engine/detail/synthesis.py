"""Guided patch synthesis, coarse to fine: search, vote, repeat, then the same at twice the size.

With a guide, the network's answer is where the synthesis starts and what it is held to. Without
one it starts from the rim of the smallest picture and works inward, which is the classical
photo-only fill.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import torch

from engine.detail.descriptors import RADIUS
from engine.detail.matcher import Matcher
from engine.detail.nnf import COHERENCE, Field, refine
from engine.detail.pyramid import Level
from engine.detail.vote import vote
from engine.pixels import Floats, Mask
from engine.progress import Step

ROUNDS: Final = (20, 16, 8, 3)
"""Searches and votes at the coarsest level, the next, the one after, and all finer ones."""
EXHAUSTIVE: Final = 1_000_000
"""Below this many pairs of patches every pair is compared."""
CALM: Final = 2
"""At so many of the smallest sizes structure is found: patches are not held together there, and
votes are softer. At the two largest they always are."""
SHARP_CALM: Final = 1.0
JUMPS: Final = (8, 4, 2, 1)
"""Good guesses spread over these many pixels at once, so that pieces grow in few rounds."""
CHANCE: Final = 0.08
"""Standard deviation, of full white, by which a seed strays from the first guess; 0 does not."""
NEAR: Final = 1
"""Only patches so near to a pixel are asked, but for the last vote."""
SHARP: Final = 2.5
SHARP_LAST: Final = 3.3
"""Sharpness of all votes but the last, and of the last; see ``vote``."""


class Workshop:
    """Keep what all fills of one window share: its pyramid and the tables of its patches."""

    def __init__(self, levels: list[Level], guided_from: int | None):
        """Take the levels of ``pyramid.build``.

        Args:
            levels: finest first.
            guided_from: index of the level at the network's resolution, None without guides.
        """
        self.levels, self.guided_from = levels, guided_from
        self._matchers: dict[int, Matcher] = {}
        self._smooth = None if guided_from is None else known_colours(levels[guided_from])

    @property
    def rounds(self) -> list[tuple[int, int]]:
        """Return (level, searches) in the order of work."""
        order = range(len(self.levels) - 1, -1, -1)
        return [
            (level, ROUNDS[-1] if level == 0 else ROUNDS[min(i, len(ROUNDS) - 1)])
            for i, level in enumerate(order)
        ]

    def matcher(self, level: int) -> Matcher:
        """Return the patches of one level; made once."""
        if level not in self._matchers:
            guide = None if self._smooth is None else self.held_to(self._smooth, level)
            self._matchers[level] = Matcher(self.levels[level], guide)
        return self._matchers[level]

    def make_matchers(self) -> None:
        """Make the patches of all levels, before several threads ask for them at once."""
        for level, _ in self.rounds:
            self.matcher(level)

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


def synthesise(shop: Workshop, seed: int, guide: Floats | None, step: Step) -> Field:
    """Run the whole synthesis.

    Args:
        shop: of the window.
        seed: the only source of chance; with 0 the first guess is taken as it is.
        guide: (h, w, 3) float32 in [0, 1] at the size of level ``guided_from``: the network's
            answer in the hole, the photo around it; None if the shop has no guides.
        step: called with 1 after every search, with 0 within it; may raise ``Cancelled``.

    Returns:
        The field of the finest level.
    """
    rng = np.random.default_rng(seed)
    field: Field | None = None
    for number, rounds in shop.rounds:
        calm = number >= max(2, len(shop.levels) - CALM)
        matcher = shop.matcher(number)
        step(0)
        level = matcher.level
        held = None if guide is None else shop.held_to(guide, number)
        kept = matcher.held(held)
        estimate = level.image.copy()
        if field is None:
            chance = rng.integers(0, len(matcher.sources), len(matcher.targets))
            field = Field(matcher, matcher.sources[chance])
            begin = from_rim(level) if held is None else held[level.hole]
            stray = CHANCE * rng.standard_normal(begin.shape, np.float32) if seed else 0.0
            estimate[level.hole] = begin + stray
        else:
            field = refine(field, matcher, rng)
            estimate[level.hole] = vote(field, SHARP, NEAR)
        for i in range(rounds):
            field.aim(matcher.wanted(estimate, kept), 0.0 if calm else COHERENCE)
            step(0)
            _search(field, rng, i == 0, step)
            sharpness, radius = (SHARP_CALM, RADIUS) if calm else (SHARP, NEAR)
            estimate[level.hole] = vote(field, sharpness, radius)
            step(1)
    assert field is not None
    return field


def _search(field: Field, rng: np.random.Generator, first: bool, step: Step) -> None:
    m = field.matcher
    if first and len(m.targets) * len(m.sources) < EXHAUSTIVE:
        field.search_all()
        return
    field.propagate()
    step(0)
    field.guess(rng, None)
    reach = max(m.height, m.width) // 2
    while reach >= 2:
        step(0)
        field.guess(rng, reach)
        reach //= 3
    for jump in JUMPS:
        step(0)
        field.propagate(jump)


def from_rim(level: Level) -> Floats:
    """Fill a small picture ring by ring, each pixel from the patch whose known part fits best.

    Args:
        level: a coarsest level.

    Returns:
        (P, 3) float32, a first guess of the hole's pixels.
    """
    size = 2 * RADIUS + 1
    colours = level.image.reshape(-1, 3)
    centres = Matcher(level).sources
    table = torch.from_numpy(_patches(level.image, size)[centres])
    squares = table * table
    image, known = level.image.copy(), ~level.hole
    while not known.all():
        ring = np.flatnonzero(_grown(known) & ~known)
        seen = np.repeat(_patches(known.astype(np.float32)[..., None], size)[ring], 3, axis=1)
        there = torch.from_numpy(seen)
        wanted = torch.from_numpy(_patches(image, size)[ring]) * there
        miss = torch.addmm(there @ squares.T, wanted, table.T, alpha=-2)
        image.reshape(-1, 3)[ring] = colours[centres[miss.argmin(1).numpy()]]
        known.ravel()[ring] = True
    return image[level.hole]


def _patches(image: Floats, size: int) -> Floats:
    """Return (h * w, size * size * C), the patch around every pixel, mirrored at the border."""
    r = size // 2
    padded = np.pad(image, ((r, r), (r, r), (0, 0)), "symmetric")
    views = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(0, 1))
    count = image.shape[0] * image.shape[1]
    return np.ascontiguousarray(views.transpose(0, 1, 3, 4, 2)).reshape(count, -1)


def _grown(known: Mask) -> Mask:
    return cv2.dilate(known.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
