"""Find the outline of the thing that was clicked on, struck through, or circled loosely."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box
from engine.selecting.cutting import Marks, draw, grab_cut, joined, placed_in, seeded, trimap
from engine.selecting.guess import Guess
from engine.selecting.guesses import SMALL, around, guesses
from engine.selecting.judged import fit_of
from engine.selecting.outline import refined
from engine.selecting.reduced import reduced
from engine.selecting.survey import Survey
from engine.views.strokes import Stamp

COARSE: Final = 128
"""Pixels of the longer side of the copy in which a thing is told from what is around it."""
ROUNDS: Final = 3
_ROOM: Final = 0.3
"""A loop is looked at with so much of its own size around it."""
_AROUND: Final = 0.35
"""A thing is cut out with so much of its own size around it."""
LARGER: Final = 2.5
"""What is added to a thing, or taken away, is at most so many times as large."""
_APART: Final = 1.5
"""Of the guesses offered, each is about so many times as large as the one before."""


class Found(NamedTuple):
    """Hold a thing's pixels, and what else may have been meant.

    Attributes:
        stamp: its pixels.
        others: guesses from small to large; empty after a loop.
        number: which of them was taken.
    """

    stamp: Stamp
    others: tuple[Guess, ...] = ()
    number: int = 0


def select(image: Pixels, marks: Marks) -> Stamp | None:
    """Return the pixels of the thing that ``marks`` tell of, None if nothing is told apart.

    Args:
        image: (H, W, 3) uint8 or uint16.
        marks: at least one click, stroke or loop.
    """
    found = look(Survey(image), marks)
    return found and found.stamp


def look(survey: Survey, marks: Marks) -> Found | None:
    """Find the thing that a loop, a click or a stroke tells of; None if nothing is told apart.

    In a small copy of the surroundings the thing is cut out by its colours and edges (GrabCut;
    Rother, Kolmogorov and Blake 2004), with everything far outside taken for what is around it.
    Of a click or a stroke, whose thing may be of any size, the guess that is most like a thing is
    cut out anew. The outline is then followed in finer copies up to the photo's own pixels.
    """
    if len(marks.loop) > 2:
        box = around([marks.loop])
        window = box.grow(max(round(_ROOM * max(box.width, box.height)), 8)).clip(survey.bounds)
        stamp = None if window.empty else _cut_out(survey, marks, window, None)
        return Found(stamp) if stamp else None
    return _best(survey, marks, guesses(survey, marks))


def amend(survey: Survey, marks: Marks, before: Found, *, more: bool) -> Found | None:
    """Find what the last of the clicks and strokes adds to a thing, or takes away from it.

    Either one of the other guesses was meant, or what may be meant by the last mark alone is a
    part of the thing, or none: that is taken with which the whole is most like a thing.

    Args:
        survey: the photo.
        marks: all that is known of the thing; the last of ``on`` or ``off`` is new.
        before: the thing as it was found without it.
        more: whether it is the last of ``on`` that is new.
    """
    marks = marks._replace(loop=())
    way, beside = (marks.on[-1], marks.off) if more else (marks.off[-1], marks.on)
    new = Marks(on=(way,), off=beside, size=marks.size)
    most = max(LARGER * max(before.stamp.box.width, before.stamp.box.height), 8 * marks.size)
    changed = [
        _changed(survey, marks, before.stamp, part, more=more)
        for part in guesses(survey, new)
        if max(part.box.width, part.box.height) <= most
    ]
    allowed = [g for g in (*before.others, *changed) if _allowed(g, marks)]
    found = _best(survey, marks, allowed)
    if found is None and not more:
        left = _without(Stamp(before.stamp.box, before.stamp.cover.copy()), marks)
        return Found(left) if left else None
    return found


def _best(survey: Survey, marks: Marks, found: Iterable[Guess]) -> Found | None:
    """Return the likeliest guess, cut out finely, with one of each size."""
    others = _sizes(found)
    if not others:
        return None
    number = max(range(len(others)), key=lambda n: others[n].fit)
    stamp = outlined(survey, marks, others[number])
    return Found(stamp, others, number) if stamp else None


def _allowed(guess: Guess, marks: Marks) -> bool:
    """Tell whether a guess holds all that was clicked on, and nothing that was not."""
    on = all(guess.holds(*way[0]) for way in marks.on)
    return on and not any(guess.holds(*way[0]) for way in marks.off) and guess.likeness > -math.inf


def stepped(survey: Survey, marks: Marks, found: Found, by: int) -> Found | None:
    """Return the next larger (``by`` 1) or smaller (-1) of what may have been meant, if any."""
    number = found.number + by
    while 0 <= number < len(found.others):
        stamp = outlined(survey, marks, found.others[number])
        if stamp is not None and not _same(stamp, found.stamp):
            return Found(stamp, found.others, number)
        number += by
    return None


def outlined(survey: Survey, marks: Marks, guess: Guess) -> Stamp | None:
    """Return the pixels of what a guess holds, as finely as the photo shows them."""
    box = guess.box.union(around([*marks.on, *marks.off]))
    window = box.grow(max(round(_AROUND * max(box.width, box.height)), 8)).clip(survey.bounds)
    return _cut_out(survey, marks, window, guess)


def _cut_out(survey: Survey, marks: Marks, window: Box, guess: Guess | None) -> Stamp | None:
    """Cut a thing out of ``window``, and follow its outline."""
    small, _ = reduced(survey.image, window, COARSE)
    step = max(window.width, window.height) / max(small.shape[:2])
    if guess is None:
        known = trimap(marks, window, small.shape, step)
    else:
        known = seeded(guess.over(window, small.shape), marks, window, step)
    cut = joined(grab_cut(small, known, ROUNDS), marks, window, step)
    found = refined(survey.image, window, cut)
    return _without(found, marks) if found else None


def _without(found: Stamp, marks: Marks) -> Stamp | None:
    """Return what was found but for what was marked as no part of it."""
    bits = found.cover.view(np.uint8)
    draw(bits, marks.off, 0, found.box, 1.0, max(round(marks.size), 1))
    return found if found.cover.any() else None


def _changed(survey: Survey, marks: Marks, before: Stamp, part: Guess, *, more: bool) -> Guess:
    """Return a thing with or without a part."""
    box = before.box.union(part.box)
    window = box.grow(max(round(_AROUND * max(box.width, box.height)), 8)).clip(survey.bounds)
    small = survey.small(window, SMALL)
    thing, other = _laid(before, window, small.shape), part.over(window, small.shape)
    cut = thing | other if more else thing & ~other
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    step = max(window.width, window.height) / max(small.shape[:2])
    middle = np.argwhere(cut).mean(axis=0)[::-1] if cut.any() else np.zeros(2)
    at = placed_in(marks.on[0], window, step)[0] if marks.on else middle
    x, y = np.clip(at.astype(int), 0, np.array(cut.shape[::-1]) - 1).tolist()
    likeness = fit_of(lab, cut, window, survey.bounds, (x, y))
    return Guess(window, cut, likeness, part.agreed)


def _same(one: Stamp, other: Stamp) -> bool:
    """Tell whether two stamps cover the same pixels."""
    return one.box == other.box and bool((one.cover == other.cover).all())


def _laid(stamp: Stamp, window: Box, shape: tuple[int, ...]) -> Mask:
    """Return a thing in a small copy (h, w) of a window around it."""
    return Guess(stamp.box, stamp.cover).over(window, shape)


def _sizes(found: Iterable[Guess]) -> tuple[Guess, ...]:
    """Return the likeliest guess of each size, from small to large."""
    best: dict[int, Guess] = {}
    for guess in found:
        size = round(math.log(guess.cut.sum() * guess.step**2) / math.log(_APART))
        if size not in best or guess.fit > best[size].fit:
            best[size] = guess
    return tuple(best[size] for size in sorted(best))
