"""Photos that go once around: their left and right edges are neighbours, and so are their holes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from engine.ask import Ask
from engine.geometry import Box
from engine.progress import Progress, part_of
from engine.sentence import Sentence
from engine.structure.given import rolled

if TYPE_CHECKING:
    from engine.arrays import Floats, Mask, Pixels
    from engine.photo import Photo
    from engine.removal.scene import Scene
    from engine.result import Result

AROUND = Sentence("The photo goes once around; its left and right edges were filled as neighbours.")
_NEAR = 16
"""A hole within this part of the width from an edge is filled with what lies across the edge."""


class Fill(Protocol):
    """Describe a fill, as ``Remover.fill`` and ``Remover.remove`` do it."""

    def __call__(
        self, ask: Ask, seeds: Sequence[int], on_progress: Progress, z: Floats | None = None
    ) -> list[Result]:
        """Fill what is asked for, once per seed."""


def goes_around(photo: Photo) -> bool:
    """Tell whether the photo's XMP calls it an equirectangular panorama of 360 degrees."""
    packet = photo.xmp or b""
    text = packet.decode("utf-16" if b"\0" in packet[:64] else "utf-8", "ignore")
    if _said(text, "ProjectionType") != "equirectangular":
        return False
    own, whole = _said(text, "CroppedAreaImageWidthPixels"), _said(text, "FullPanoWidthPixels")
    return not own or not whole or own == whole


def _said(text: str, name: str) -> str:
    """Return the value of a property, written as attribute or element with any prefix."""
    found = re.search(rf"[:\s]{name}\s*(?:=\s*[\"']|>)\s*(\w+)", text)
    return found[1] if found else ""


def fill_around(
    fill: Fill, ask: Ask, seeds: Sequence[int], progress: Progress, z: Floats | None = None
) -> list[Result]:
    """Fill a photo that goes once around, so that its edges meet.

    The photo is turned until no hole lies at its edges, and turned back. Where every column has a
    hole, as over a tripod, it is filled as it is, and then once more where the edges meet.

    Args:
        fill: fills a photo that does not go around.
        ask: all of its mask is filled.
        seeds: one result each.
        progress: called with a fraction in [0, 1].
        z: the latents, in place of those the seeds draw.

    Returns:
        As ``fill`` does; the boxes are as wide as the photo.
    """
    holes: Mask = np.asarray(ask.mask.any(axis=0))
    near = _near(len(holes))
    if not (holes[:near].any() or holes[-near:].any()):
        return fill(ask, seeds, progress, z)
    if holes.all():
        first = fill(ask, seeds, part_of(progress, 0.0, 0.5), z)
        share = 0.5 / len(seeds)
        again = partial(_closed, fill, ask)
        return [
            again(one, part_of(progress, 0.5 + n * share, share)) for n, one in enumerate(first)
        ]
    at = _widest_gap(holes)
    turned = _turned(ask, -at)
    return [_turned_back(turned.image, one, at) for one in fill(turned, seeds, progress, z)]


def _turned(ask: Ask, by: int) -> Ask:
    """Return the same of a photo turned by so many columns."""
    image, mask = np.roll(ask.image, by, axis=1), np.roll(ask.mask, by, axis=1)
    hidden = None if ask.hidden is None else np.roll(ask.hidden, by, axis=1)
    sources = None if ask.sources is None else np.roll(ask.sources, by, axis=1)
    lines = rolled(ask.lines, by, ask.mask.shape[1])
    return replace(ask, image=image, mask=mask, hidden=hidden, lines=lines, sources=sources)


def _near(width: int) -> int:
    return max(width // _NEAR, 1)


def _widest_gap(holes: Mask) -> int:
    """Return the middle of the longest run of columns without a hole, around the edge too."""
    twice = np.flatnonzero(np.concatenate([holes, holes]))
    gaps = np.diff(twice)
    widest = int(gaps.argmax())
    return int(twice[widest] + (gaps[widest] + 1) // 2) % len(holes)


def _turned_back(turned: Pixels, result: Result, at: int) -> Result:
    """Return a result of a photo turned by ``at`` columns as one of the photo itself."""
    width = turned.shape[1]
    rows = turned[result.box.top : result.box.bottom].copy()
    rows[:, result.box.left : result.box.right] = result.patch
    windows = (window.shift(at, 0) for window in result.windows)
    return replace(
        result,
        box=Box(0, result.box.top, width, result.box.bottom),
        patch=np.roll(rows, at, axis=1),
        windows=tuple(w.shift(-width, 0) if w.left >= width else w for w in windows),
        holes=(),
    )


def _closed(fill: Fill, ask: Ask, first: Result, progress: Progress) -> Result:
    """Fill a strip again where the edges of a filled photo meet, from both its sides."""
    half, near = ask.mask.shape[1] // 2, _near(ask.mask.shape[1])
    done = ask.image.copy()
    done[first.box.slices] = first.patch
    turned = _turned(replace(ask, image=done), half)
    seam = np.zeros_like(ask.mask)
    seam[:, half - near : half + near] = turned.mask[:, half - near : half + near]
    [again] = fill(replace(turned, mask=seam), [first.seed], progress)
    whole = _turned_back(turned.image, again, -half)
    done[whole.box.slices] = whole.patch
    return replace(
        first, patch=done[first.box.slices].copy(), windows=(*first.windows, *whole.windows)
    )


def fill_hole(
    fill: Fill,
    scene: Scene,
    ask: Ask,
    bits: Mask,
    seeds: Sequence[int],
    progress: Progress,
    z: Floats | None = None,
) -> list[Result]:
    """Fill one hole of a scene; where the photo goes around, together with what meets it there.

    Both parts of what lies across the edge are made by the same fill, so that they meet.

    Args:
        fill: ``Remover.fill`` or ``Remover.remove``.
        scene: the photo.
        ask: for ``ask.box`` alone.
        bits: (box.height, box.width) bool, the hole.
        seeds, progress, z: as for ``fill``.

    Returns:
        One result per seed; those of a hole across the edge name no squares.
    """
    box = ask.box
    whole = None if box is None else _across(scene, box, bits)
    if box is None or whole is None:
        return fill(ask, seeds, progress, z)
    about = ask.image, whole, ask.mask & ~whole, ask.context
    more = Ask(*about, lines=ask.lines, sources=ask.sources, transforms=ask.transforms)
    found, share = [], 1 / len(seeds)
    for n, seed in enumerate(seeds):
        one, report = None if z is None else z[n : n + 1], part_of(progress, n * share, share)
        found += fill_around(fill, more, [seed], report, one)
    return [_cut(result, box) for result in found]


def _across(scene: Scene, box: Box, mask: Mask) -> Mask | None:
    """Return (H, W) bool, a hole near an edge with all removed that it meets across that edge."""
    height, width = scene.image.shape[:2]
    if not scene.around or not at_edge(box, width):
        return None
    own = np.zeros((height, width), bool)
    own[box.slices] = mask
    if scene.removed is None or 0 < box.left <= box.right < width:
        return own
    removed = own.copy()
    removed[scene.removed.box.slices] |= scene.removed.bits()
    middle = width // 2
    turned = np.roll(removed, middle, axis=1).view(np.uint8)
    _, labels = cv2.connectedComponents(turned, connectivity=8)
    labels = np.roll(labels, -middle, axis=1)
    return np.asarray(np.isin(labels, np.unique(labels[own])), bool)


def at_edge(hole: Box, width: int) -> bool:
    """Tell whether a hole is so near an edge that it is filled with what lies across it."""
    return hole.left < _near(width) or hole.right > width - _near(width)


def _cut(result: Result, box: Box) -> Result:
    """Return what a result holds of ``box``."""
    patch = result.patch[box.within(result.box).slices].copy()
    return replace(result, box=box, patch=patch, windows=(), holes=())
