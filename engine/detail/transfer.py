"""Turn the network's small answer into a fill that holds at 100 %, with texture of the photo."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail import pyramid
from engine.detail.grain import finish_grain, measure_around
from engine.detail.joining.fusion import Picture, fused
from engine.detail.joining.seams import join
from engine.detail.joining.tones import retoned
from engine.detail.loops import copies
from engine.detail.nnf import Field
from engine.detail.render import enlarge_copies
from engine.detail.synthesis import SHARP_LAST, Fills, Workshop
from engine.detail.vote import vote
from engine.geometry import Box
from engine.pixels import check, to_depth
from engine.progress import Meter, Progress, Step
from engine.running.threads import one_thread

MOST_PIXELS: Final = 1_300_000
"""Patches are searched for in windows up to this size; larger ones at half size or less."""


def transfer_detail(
    window: Pixels,
    hole: Mask,
    guide: Floats | None,
    seed: int,
    on_progress: Progress | None = None,
    sources: Mask | None = None,
    cover: Box | None = None,
) -> Pixels:
    """Fill one window once; see ``transfer_many``."""
    return transfer_many(window, hole, [guide], [seed], on_progress, sources, cover)[0]


def transfer_many(
    window: Pixels,
    hole: Mask,
    guides: Sequence[Floats | None],
    seeds: Sequence[int],
    on_progress: Progress | None = None,
    sources: Mask | None = None,
    cover: Box | None = None,
    workers: int = 2,
    painted: Sequence[Floats] | None = None,
) -> list[Pixels]:
    """Fill one window several times; the tables of its patches are made once.

    Args:
        window: (h, w, 3) uint8 or uint16, sRGB.
        hole: (h, w) bool, True = fill.
        guides: (R, R, 3) float32 in [0, 1] each, the network's answers, of which only the hole
            counts. All None for a fill from the photo alone.
        seeds: one per guide, the only source of chance.
        on_progress: called with a fraction, one call at a time but from several threads; may
            raise ``Cancelled``.
        sources: (h, w) bool, what may be copied; None for all that is not hole.
        cover: what the guides show, in the window's pixels; None for the whole window.
        workers: threads.
        painted: (S, S, 3) float32 in [0, 1] each, finer pictures made of the guides.

    Returns:
        One (h, w, 3) of the window's type per guide, equal to ``window`` outside the hole. Inside,
        each pixel is a mean of allowed pixels with its tone corrected, fused with ``painted`` where
        it does not fit. Where the photo holds no whole patch to copy, the finest picture as it is;
        without one, the mean of what is known.

    Raises:
        ImageError: window and hole do not go together.
    """
    check(window, hole)
    report = on_progress or (lambda fraction: None)
    report(0.0)
    if not hole.any():
        return [window.copy() for _ in seeds]
    shown = cover or Box.of(hole)
    side = None if guides[0] is None else guides[0].shape[1]
    allowed = ~hole if sources is None else sources & ~hole
    texture = Texture(window, hole, allowed, shown, side, report)
    return texture.fill(guides, seeds, report, painted, workers)


class Texture:
    """Know what one window offers to fill its hole: made once, for any number of fills.

    Attributes:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, True = fill.
        offers: how many patches may be copied.
    """

    def __init__(
        self,
        window: Pixels,
        hole: Mask,
        allowed: Mask,
        shown: Box,
        side: int | None,
        on_progress: Progress,
        regular: bool = False,
        chosen: bool = False,
        twin: int = 0,
    ):
        """Describe the window at all sizes.

        Args:
            window, hole: kept, and never to be written to again.
            allowed: (h, w) bool, what may be copied, nothing of the hole.
            shown: what the guides show, in the window's pixels.
            side: how many pixels wide they are; None without guides.
            on_progress: called with 0 now and then; may raise ``Cancelled``.
            regular: as for ``Workshop``.
            chosen: a user says what may be copied, so guides take its tone; see ``retoned``.
            twin: columns to where what is around the hole is seen again, a power of two times any;
                0 where it is not.
        """
        self._chosen = chosen
        self.window, self.hole, self._shown = window, hole, shown
        octaves = math.ceil(max(0.0, math.log2(hole.size / MOST_PIXELS) / 2))
        self._factor = 2**octaves
        levels = pyramid.build(window, hole, allowed, self._factor)
        on_progress(0.0)
        self._shop = None
        self.offers = int(pyramid.patch_centres(levels[0].allowed).sum())
        if hole.any() and self.offers:
            guided_from = _level_of(side, shown, octaves, len(levels))
            self._shop = Workshop(levels, guided_from, regular, twin >> octaves, chosen)
            on_progress(0.0)
            self._grain = measure_around(window, hole, allowed)

    @property
    def nbytes(self) -> int:
        """Return the bytes of what it keeps; they grow with the first fill."""
        return self.hole.nbytes + (self._shop.nbytes if self._shop else 0)

    def fill(
        self,
        guides: Sequence[Floats | None],
        seeds: Sequence[int],
        report: Progress,
        painted: Sequence[Floats] | None = None,
        workers: int = 2,
    ) -> list[Pixels]:
        """Fill the window once for each seed, as ``transfer_many`` does."""
        shop, shown, factor = self._shop, self._shown, self._factor
        if shop is None:
            return [_plain(self.window, self.hole, each, shown) for each in painted or guides]
        step = Meter(report, len(seeds) * (sum(n for _, n in shop.rounds) + 1)).add
        helds = [_held(shop, each, shown, factor, self._chosen) for each in guides]
        fills = Fills(shop, seeds, helds, step)
        fills.begin()

        def finish(i: int) -> Pixels:
            found = (guides[i], painted[i]) if painted else ()
            pair = _pictures(found, shown, factor, shop.levels[0])
            soft = _finish(fills.finest(i), factor, self.window, self.hole, step, pair)
            filled = finish_grain(soft, self.hole, self._grain, seeds[i])
            step(1)
            return filled

        return _each(finish, len(seeds), workers)


def _each(make: Callable[[int], Pixels], count: int, workers: int) -> list[Pixels]:
    """Return what ``make`` makes of 0, 1, ...; a single one in the caller's thread."""
    if count == 1:
        return [make(0)]

    def alone(i: int) -> Pixels:
        with one_thread():
            return make(i)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(alone, range(count)))


def _finish(
    field: Field,
    factor: int,
    window: Pixels,
    hole: Mask,
    step: Step,
    pictures: Sequence[Picture],
) -> Pixels:
    """Make the window's pixels of a field that is ``factor`` times smaller.

    ``pictures``: the answer and what was painted of it, at the field's level; empty for neither.
    """
    made = vote(field, SHARP_LAST)[0]
    step(0)
    tone = join(field, made if factor == 1 else _copied(field))
    step(0)
    if pictures:
        level = field.matcher.level
        copy = level.image.copy()
        copy[level.hole] = made + tone[level.hole]
        doubtful = level.hole.copy()
        doubtful.flat[field.matcher.targets[field.held[0]]] = False
        tone += fused(copy, doubtful, *pictures)
    if factor > 1:
        return enlarge_copies(field, factor, tone, window, hole, step)
    out = window.copy()
    out[hole] = to_depth(made + tone[hole], window)
    return out


def _copied(field: Field) -> Floats:
    """Return (P, 3): the pixel that each of the hole's pixels was copied from."""
    level = field.matcher.level
    return level.image.reshape(-1, 3)[field.places[field.matcher.index[level.hole.ravel()]]]


def _level_of(side: int | None, shown: Box, octaves: int, levels: int) -> int | None:
    """Return the index of the level whose pixels are about as large as those of a guide."""
    if side is None:
        return None
    size = shown.width / side
    return min(max(round(math.log2(size)) - octaves, 0), levels - 1)


def _held(
    shop: Workshop, guide: Floats | None, shown: Box, factor: int, chosen: bool
) -> Floats | None:
    """Return what the synthesis is held to, at the resolution of the network."""
    if guide is None:
        return None
    assert shop.guided_from is not None
    assert shop.smooth is not None
    level = shop.levels[shop.guided_from]
    small = _scaled(guide, shown, factor * 2**shop.guided_from, level.hole.shape)
    small = retoned(small, level) if chosen else small
    return np.where(level.hole[..., None], small, shop.smooth)


def _scaled(guide: Floats, shown: Box, cell: int, shape: tuple[int, ...]) -> Floats:
    """Return the guide where the window lies, for cells of ``cell`` pixels: (*shape, 3)."""
    across, down = guide.shape[1] / shown.width, guide.shape[0] / shown.height
    place = np.array(
        [
            [cell * across, 0, (cell / 2 - shown.left) * across - 0.5],
            [0, cell * down, (cell / 2 - shown.top) * down - 0.5],
        ]
    )
    kind = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (shape[1], shape[0])
    found = cv2.warpAffine(guide, place, size, flags=kind, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def _pictures(
    pair: Sequence[Floats | None], shown: Box, cell: int, level: pyramid.Level
) -> list[Picture]:
    """Enlarge pictures of ``shown`` to a level whose pixels are ``cell`` of the window's."""
    size = level.hole.shape
    return [
        Picture(_scaled(each, shown, cell, size), shown.width / each.shape[1] / cell)
        for each in pair
        if each is not None
    ]


def _plain(window: Pixels, hole: Mask, guide: Floats | None, shown: Box) -> Pixels:
    out = window.copy()
    if guide is not None:
        out[hole] = to_depth(_scaled(guide, shown, 1, hole.shape)[hole], window)
    elif not hole.all():
        out[hole] = np.rint(window[~hole].mean(axis=0)).astype(window.dtype)
    else:
        out[hole] = np.iinfo(window.dtype).max // 2
    return out


def warm_up() -> None:
    """Load the compiled loops; where this machine never did, compile them, which takes seconds."""
    window = np.arange(48 * 48 * 3, dtype=np.uint8).reshape(48, 48, 3)
    hole = np.zeros((48, 48), np.bool_)
    hole[18:30, 18:30] = True
    transfer_detail(window, hole, None, 0)
    nowhere, tone = np.full((24, 24), -1, np.int32), np.zeros((24, 24, 3), np.float32)
    alike = window, hole, nowhere, nowhere[0], tone, 2, np.float32(1)
    copies.copy_pieces(*alike, (0, 0), window.copy())
