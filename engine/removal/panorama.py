"""Photos that go once around: their left and right edges are neighbours, and so are their holes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from engine.geometry import Box
from engine.progress import Progress, part_of
from engine.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import Mask, Pixels
    from engine.photo import Photo
    from engine.removal.filler import Latents
    from engine.removal.scene import Scene
    from engine.result import Result

AROUND = Sentence("The photo goes once around; its left and right edges were filled as neighbours.")
_NEAR = 16
"""A hole within this part of the width from an edge is filled with what lies across the edge."""


class Fill(Protocol):
    """Describe a fill of a whole photo."""

    def __call__(
        self,
        image: Pixels,
        mask: Mask,
        seeds: Sequence[int],
        on_progress: Progress,
        /,
        *,
        hidden: Mask | None = None,
    ) -> list[Result]:
        """Fill (H, W, 3) where ``mask`` is True, once per seed; ``hidden`` is unknown too."""


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
    fill: Fill,
    image: Pixels,
    mask: Mask,
    seeds: Sequence[int],
    progress: Progress,
    *,
    hidden: Mask | None = None,
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
        hidden: (H, W) bool, what is unknown too but not to be filled.

    Returns:
        As ``fill`` does; the boxes are as wide as the photo.
    """
    holes: Mask = np.asarray(mask.any(axis=0))
    near = _near(len(holes))
    if not (holes[:near].any() or holes[-near:].any()):
        return fill(image, mask, seeds, progress, hidden=hidden)
    if holes.all():
        first = fill(image, mask, seeds, part_of(progress, 0.0, 0.5), hidden=hidden)
        share = 0.5 / len(seeds)
        again = partial(_closed, fill, image, mask, hidden)
        return [
            again(one, part_of(progress, 0.5 + n * share, share)) for n, one in enumerate(first)
        ]
    at = _widest_gap(holes)
    turned = np.roll(image, -at, axis=1)
    unseen = None if hidden is None else np.roll(hidden, -at, axis=1)
    results = fill(turned, np.roll(mask, -at, axis=1), seeds, progress, hidden=unseen)
    return [_turned_back(turned, result, at) for result in results]


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


def _closed(
    fill: Fill, image: Pixels, mask: Mask, hidden: Mask | None, first: Result, progress: Progress
) -> Result:
    """Fill a strip again where the edges of a filled photo meet, from both its sides."""
    half, near = mask.shape[1] // 2, _near(mask.shape[1])
    unseen = None if hidden is None else np.roll(hidden, half, axis=1)
    done = image.copy()
    done[first.box.slices] = first.patch
    turned = np.roll(done, half, axis=1)
    seam = np.zeros_like(mask)
    seam[:, half - near : half + near] = np.roll(mask, half, axis=1)[:, half - near : half + near]
    [again] = fill(turned, seam, [first.seed], progress, hidden=unseen)
    whole = _turned_back(turned, again, -half)
    done[whole.box.slices] = whole.patch
    return replace(
        first, patch=done[first.box.slices].copy(), windows=(*first.windows, *whole.windows)
    )


def fill_hole(
    fill: Callable[..., list[Result]],
    scene: Scene,
    seen: tuple[Pixels, Mask],
    box: Box,
    mask: Mask,
    seeds: Sequence[int],
    progress: Progress,
    z: Latents | None,
    given: Sequence[tuple[Box, Box]],
    **how: Any,  # noqa: ANN401
) -> list[Result]:
    """Fill one hole of a scene; where the photo goes around, together with what meets it there.

    Both parts of what lies across the edge are made by the same fill, so that they meet; what was
    drawn and dropped there is left out, as its places are not those of the turned photo.

    Args:
        fill: ``Remover.fill`` or ``Remover.remove``.
        scene: the photo.
        seen: (H, W, 3) the photo in sRGB and (H, W) bool, everything unknown.
        box, mask: the hole.
        seeds, progress, z, given, how: as for ``Remover.fill``.

    Returns:
        One result per seed; those of a hole across the edge name no squares.
    """
    whole = _across(scene, box, mask)
    if whole is None:
        return fill(*seen, seeds, progress, z=z, given=given, **how)
    found, share = [], 1 / len(seeds)
    how.pop("lines", None)
    for n, seed in enumerate(seeds):
        one = partial(fill, z=None if z is None else z[n : n + 1], **how)
        report, hidden = part_of(progress, n * share, share), seen[1] & ~whole
        found += fill_around(one, seen[0], whole, [seed], report, hidden=hidden)
    return [_cut(result, box) for result in found]


def _across(scene: Scene, box: Box, mask: Mask) -> Mask | None:
    """Return (H, W) bool, a hole near an edge with all removed that it meets across that edge."""
    height, width = scene.image.shape[:2]
    if not scene.around or (box.left >= _near(width) and box.right <= width - _near(width)):
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


def _cut(result: Result, box: Box) -> Result:
    """Return what a result holds of ``box``."""
    patch = result.patch[box.within(result.box).slices].copy()
    return replace(result, box=box, patch=patch, windows=(), holes=())
