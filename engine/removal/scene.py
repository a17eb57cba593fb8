"""Describe what a fill works on: the photo, its holes, and the answers made of their pixels."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.ask import Ask, Views
from engine.geometry import Box, union_all
from engine.kept import NEVER, Keep, Kept
from engine.pixels import to_eight_bits
from engine.record.planes import Plane
from engine.record.sources import ANYWHERE, Sources
from engine.removal.choice import Answer, Kind, View
from engine.removal.latents import Latent
from engine.removal.variety import small
from engine.structure.given import NOTHING, Given
from engine.windows.transforms import Transforms

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.photo import Colour
    from engine.result import Result

THUMB = 224
MARGIN = 0.3
"""A thumbnail shows so much of the hole's size around it, ..."""
MOST_ROOM = 20
"""... but no more than this part of the photo's shorter side: a large hole is seen itself."""
REACH = 3
SMALLEST_REACH = 512
PLAIN = Latent()


@dataclass(frozen=True, eq=False)
class Scene:
    """Hold the photo a job works on; nobody may write to it while the answers are wanted.

    ``image`` (H, W, 3); ``colour`` between its colour space and sRGB, None where they are one;
    ``context`` more than 1 looks wider around each hole; ``removed`` is everything that is to be
    removed in one go, None where a hole stands for itself; ``clear`` (H, W) is where nothing can
    be seen, so that the colours hidden there are not known; ``around``: the left and right edges
    are neighbours; ``lines`` were drawn and dropped; ``kept`` is what was learnt of its holes;
    ``sources`` say from where may be copied, ``transforms`` how that may be changed.
    """

    image: Pixels
    colour: Colour | None = None
    context: float = 1.0
    removed: Plane | None = None
    clear: Mask | None = None
    around: bool = False
    lines: Given = NOTHING
    kept: Kept = field(default_factory=Kept, repr=False)
    sources: Sources = ANYWHERE
    transforms: Transforms = Transforms.NONE

    def unknown(self, box: Box, mask: Mask) -> Mask:
        """Return (H, W) bool: the hole in ``box`` and all else that nothing may be taken from.

        Others may hold it too: do not write to it.
        """
        out = self.kept.get(self.removed, self._unknown_anyway)
        if (mask & ~out[box.slices]).any():
            out = out.copy()
            out[box.slices] |= mask
        return out

    def _unknown_anyway(self) -> Mask:
        out = np.zeros(self.image.shape[:2], bool) if self.clear is None else self.clear.copy()
        if self.removed is not None:
            out[self.removed.box.slices] |= self.removed.bits()
        return out

    def ask(self, box: Box, mask: Mask, given: Views, owner: Hashable = None) -> Ask:
        """Return how to ask the network for the hole in ``box``, looking where ``given`` says.

        ``owner``: under which name to keep what is learnt; None where the photo may change.
        """
        image, unknown = self._in_srgb(box, owner), self.unknown(box, mask)
        how = self.context, given, self.lines, self._keep(owner), self.allowed()
        return Ask(image, unknown, None, *how, self.transforms)

    def ask_photo(self, box: Box, mask: Mask, owner: Hashable = None) -> Ask:
        """Return how to ask for the hole made of the photo alone, in the photo's own colours."""
        name = owner if self.colour is None or owner is None else (owner, Kind.PHOTO)
        how = self.context, [(box, box)], self.lines, self._keep(name), self.allowed()
        return Ask(self.image, self.unknown(box, mask), None, *how, self.transforms)

    def _in_srgb(self, box: Box, owner: Hashable) -> Pixels:
        """Return ``for_network``; the whole photo is kept for other holes if it does not change."""
        if owner is None or self.colour is None or self.sources == ANYWHERE:
            return self.for_network(box)
        return self.kept.get("whole photo", lambda: self.for_network(box))

    def _keep(self, owner: Hashable) -> Keep:
        """Return how to keep what is learnt of ``owner`` with these sources; None keeps nothing."""
        name = owner, self.sources, self.transforms
        return NEVER if owner is None else self.kept.of(name)

    def allowed(self) -> Mask | None:
        """Return (H, W) bool, what of the known may be copied; None for all of it.

        Others may hold it too: do not write to it.
        """
        if self.sources == ANYWHERE:
            return None
        shape = self.image.shape
        return self.kept.get(("sources", self.sources), lambda: _made(self.sources, shape))

    def for_network(self, box: Box) -> Pixels:
        """Return the photo in sRGB, of full size but only filled in around ``box``.

        What is far from the hole is never looked at, and pages never written cost no memory; where
        the edges are neighbours, or a user says from where to copy, nothing is far.
        """
        if self.colour is None:
            return self.image
        reach = REACH * max(box.width, box.height) + SMALLEST_REACH
        everywhere = self.around or self.sources != ANYWHERE
        near = Box.of(self.image) if everywhere else box.grow(reach).clip(Box.of(self.image))
        out = np.zeros_like(self.image)
        out[near.slices] = self.colour.to_srgb(self.image[near.slices])
        return out

    def put_back(self, box: Box, mask: Mask, patch: Pixels) -> Pixels:
        """Return ``box`` of the photo with ``patch`` (sRGB) inside ``mask``."""
        if self.colour is not None:
            patch = self.colour.from_srgb(patch)
        return np.where(mask[..., None], patch, self.image[box.slices])

    def filled_in(self, box: Box, mask: Mask, result: Result) -> Pixels:
        """Return ``box`` of the photo with the network's ``result`` (sRGB) inside ``mask``."""
        patch = self.image[box.slices].copy()
        patch[result.box.within(box).slices] = result.patch
        return self.put_back(box, mask, patch)


def _made(sources: Sources, shape: tuple[int, ...]) -> Mask:
    allowed = sources.allowed(shape)
    assert allowed is not None
    return allowed


@dataclass(frozen=True, eq=False)
class Hole:
    """Describe one hole: its box, its mask (box.height, box.width), and the photo as it is."""

    box: Box
    mask: Mask
    original: Answer


def everything(mask: Mask, holes: Sequence[Hole] = ()) -> Plane | None:
    """Return what is to be removed: all of ``mask`` (H, W), and holes that were grown since."""
    own = Box.around(mask)
    boxes = [*([own] if own else []), *(hole.box for hole in holes)]
    if not boxes:
        return None
    box = union_all(boxes)
    out = mask[box.slices].copy() if holes else mask[box.slices]
    for hole in holes:
        out[hole.box.within(box).slices] |= hole.mask
    return Plane.of_bits(box, out)


def describe(scene: Scene, mask: Mask, box: Box) -> Hole:
    """Return the hole in ``box``."""
    inside = mask[box.slices].copy()
    patch = scene.image[box.slices].copy()
    return Hole(box, inside, make_answer(scene, box, inside, patch, Kind.ORIGINAL))


def make_answer(
    scene: Scene,
    box: Box,
    mask: Mask,
    patch: Pixels,
    kind: Kind,
    latent: Latent = PLAIN,
    views: Sequence[View] = (),
    context: float = 1.0,
    scale: float = 0.0,
    transforms: Transforms | None = None,
) -> Answer:
    """Return the answer with its thumbnail and its coarse look.

    ``transforms``: those it was made with, None for the scene's.
    """
    thumb = thumbnail(scene.image, box, patch)
    if scene.colour is not None:
        thumb = to_eight_bits(scene.colour.to_srgb(thumb))
    how = context, scale, scene.transforms if transforms is None else transforms
    return Answer(kind, latent, box, patch, small(patch, mask), thumb, tuple(views), *how)


def thumbnail(image: Pixels, box: Box, patch: Pixels) -> NDArray[np.uint8]:
    """Return (h, w, 3) uint8, a square of the hole and a little of its surroundings.

    A hole that is longer than the photo's shorter side is seen from its middle.
    """
    shorter, longest = min(image.shape[:2]), max(box.width, box.height)
    room = min(MARGIN * longest, max(shorter / MOST_ROOM, 1))
    side = min(round(longest + 2 * room) + 2, shorter)
    middle = (box.left + box.right) // 2, (box.top + box.bottom) // 2
    left, top = middle[0] - side // 2, middle[1] - side // 2
    frame = _pushed_inside(Box(left, top, left + side, top + side), Box.of(image))
    scale = min(1.0, THUMB / max(frame.width, frame.height))
    crop = image[frame.slices].copy()
    seen = box.clip(frame)
    crop[seen.within(frame).slices] = patch[seen.within(box).slices]
    size = max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)
    return to_eight_bits(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))


def _pushed_inside(frame: Box, bounds: Box) -> Box:
    """Move ``frame`` into ``bounds``, and cut it where it is larger."""
    dx = max(bounds.left - frame.left, 0) - max(frame.right - bounds.right, 0)
    dy = max(bounds.top - frame.top, 0) - max(frame.bottom - bounds.bottom, 0)
    return frame.shift(dx, dy).clip(bounds)
