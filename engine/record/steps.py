"""Describe what was done to a photo, in the words a recipe needs; no widgets, no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Mask
from engine.geometry import Box
from engine.record.planes import Plane
from engine.record.sources import ANYWHERE, Sources
from engine.removal.choice import Kind, View
from engine.removal.latents import Latent
from engine.structure.given import NOTHING, Given
from engine.windows.transforms import Transforms

Z = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FilledHole:
    """Say how one hole was filled.

    Attributes:
        plane: the hole's box and bits, as it was filled: grown already.
        kind: by the network or from the photo alone.
        latent: what brings the network's result back.
        snapshot: SHA-256 of the weights; empty for a fill from the photo alone.
        views: the squares the network looked at, in their order; empty: it finds them anew.
        context: how wide it was asked to look.
        transforms: how what was copied might be changed.
        z: (channels, 4, 4), the very numbers; None: draw them from ``latent``.
    """

    plane: Plane
    kind: Kind
    latent: Latent = field(default_factory=Latent)
    snapshot: str = ""
    views: tuple[View, ...] = ()
    z: Z | None = None
    context: float = 1.0
    transforms: Transforms = Transforms.NONE

    @property
    def box(self) -> Box:
        """Return the hole's box in photo pixels."""
        return self.plane.box

    @property
    def bits(self) -> Mask:
        """Return which pixels of the box were filled, (box.height, box.width)."""
        return self.plane.bits()

    def given(self, side: int) -> list[tuple[Box, Box]] | None:
        """Return where a network of ``side`` pixels looks again, so that the same result comes.

        None where nobody knows, or not for a network as large: it chooses anew.
        """
        known = [(v.box, v.hole) for v in self.views if v.hole and v.box.width >= side]
        return known if known and len(known) == len(self.views) else None

    @property
    def code(self) -> str:
        """Return what the history calls this fill."""
        return self.latent.code if self.kind == Kind.NETWORK else str(self.kind)


@dataclass(frozen=True, eq=False)
class FillStep:
    """Say which holes were filled in one go, all from the photo as it was before.

    ``removed`` is everything that was to be removed then, filled or not; None in recipes of
    versions 1 and 2, which took the other holes for known. ``lines`` were drawn and dropped for it,
    ``sources`` say from where it was copied.
    """

    holes: tuple[FilledHole, ...]
    removed: Plane | None = None
    lines: Given = NOTHING
    sources: Sources = ANYWHERE

    @property
    def codes(self) -> str:
        """Return the codes of all holes."""
        return ", ".join(hole.code for hole in self.holes)


@dataclass(frozen=True, eq=False)
class RestoreStep:
    """Say how much of the original was painted back; weights 0 to 255 for each pixel."""

    planes: tuple[Plane, ...]


@dataclass(frozen=True)
class PartOfStep:
    """Say that the command before tells the whole step already."""


Step = FillStep | RestoreStep
PART = PartOfStep()


def reach(step: Step) -> list[tuple[Box, Mask]]:
    """Return the boxes that ``step`` changed, each with its pixels (box.height, box.width)."""
    if isinstance(step, RestoreStep):
        return [(plane.box, plane.levels() > 0) for plane in step.planes]
    return [(hole.box, hole.bits) for hole in step.holes]


def restored(
    before: NDArray[Any], original: NDArray[Any], weights: NDArray[np.uint8]
) -> NDArray[Any]:
    """Return ``before`` (h, w, 3) with ``original`` painted back where ``weights`` say so.

    Args:
        before, original: uint8 or uint16.
        weights: (h, w), 255 = the original alone.
    """
    share = weights[..., None] / np.float32(255)
    blend = before + (original - before.astype(np.float32)) * share
    return np.rint(blend).astype(before.dtype)
