"""Photos that go once around: their left and right edges are neighbours, and so are their holes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.progress import Progress, part_of
from engine.sentence import Sentence

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.photo import Photo
    from engine.result import Result

    Fill = Callable[[Pixels, Mask, Sequence[int], Progress], list[Result]]

AROUND = Sentence("The photo goes once around; its left and right edges were filled as neighbours.")
_NEAR = 16
"""A hole within this part of the width from an edge is filled with what lies across the edge."""


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
    fill: Fill, image: Pixels, mask: Mask, seeds: Sequence[int], progress: Progress
) -> list[Result]:
    """Fill a photo that goes once around, so that its edges meet.

    The photo is turned until no hole lies at its edges, and turned back. Where every column has a
    hole, as over a tripod, it is filled as it is, and then once more where the edges meet.

    Args:
        fill: fills a photo that does not go around.
        image: (H, W, 3).
        mask: (H, W) bool, True = fill.
        seeds: one result each.
        progress: called with a fraction in [0, 1].

    Returns:
        As ``fill`` does; the boxes are as wide as the photo.
    """
    holes: Mask = np.asarray(mask.any(axis=0))
    near = max(len(holes) // _NEAR, 1)
    if not (holes[:near].any() or holes[-near:].any()):
        return fill(image, mask, seeds, progress)
    if holes.all():
        first = fill(image, mask, seeds, part_of(progress, 0.0, 0.5))
        share = 0.5 / len(seeds)
        return [
            _closed(fill, image, mask, one, near, part_of(progress, 0.5 + n * share, share))
            for n, one in enumerate(first)
        ]
    at = _widest_gap(holes)
    turned = np.roll(image, -at, axis=1)
    results = fill(turned, np.roll(mask, -at, axis=1), seeds, progress)
    return [_turned_back(turned, result, at) for result in results]


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


def _closed(
    fill: Fill, image: Pixels, mask: Mask, first: Result, near: int, progress: Progress
) -> Result:
    """Fill a strip again where the edges of a filled photo meet, from both its sides."""
    half = mask.shape[1] // 2
    done = image.copy()
    done[first.box.slices] = first.patch
    turned = np.roll(done, half, axis=1)
    seam = np.zeros_like(mask)
    seam[:, half - near : half + near] = np.roll(mask, half, axis=1)[:, half - near : half + near]
    [again] = fill(turned, seam, [first.seed], progress)
    whole = _turned_back(turned, again, -half)
    done[whole.box.slices] = whole.patch
    return replace(
        first, patch=done[first.box.slices].copy(), windows=(*first.windows, *whole.windows)
    )
