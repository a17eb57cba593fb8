"""What a ``Remover`` needs of an engine, and how it asks the real one; that is loaded late."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import Floats, Mask
    from engine.ask import Ask, Views
    from engine.geometry import Box
    from engine.progress import Progress
    from engine.removal.latents import Latent
    from engine.result import Result


class Filler(Protocol):
    """Describe what is needed of ``engine.inpainter.Inpainter``."""

    device_reason: str
    snapshot_hash: str
    resolution: int

    def fill(
        self,
        ask: Ask,
        seeds: Sequence[int],
        on_progress: Progress | None = None,
        latents: Floats | None = None,
        *,
        detail: bool = True,
    ) -> list[Result]:
        """Fill once for each seed, with texture or as the network's draft."""

    def squares(self, mask: Mask, context: float = 1.0, step: int = 1) -> list[Box]:
        """Return what the network would look at for a mask of ``step`` photo pixels a pixel."""

    def look(self, mask: Mask, hole: Box, context: float = 1.0) -> Views:
        """Return what to look at for the holes in one of these boxes, as ``Ask.given``."""


class PhotoFiller(Protocol):
    """Describe a fill without the network."""

    def __call__(self, ask: Ask, seed: int, on_progress: Progress) -> Result:
        """Fill all of ``ask.box`` in one window, or each hole of the mask in its own."""


def mask_maps(filler: Filler, hole: Mask) -> Any:  # noqa: ANN401
    """Return engine.network.maps.MaskMaps of ``hole`` (R, R) bool."""
    from engine.inpainter import Inpainter
    from engine.network import maps

    assert isinstance(filler, Inpainter)
    return maps.mask_maps(filler.network.branch, hole)


def filled_from_photo(ask: Ask, seed: int, on_progress: Progress) -> Result:
    """Fill as ``engine.photo_only.fill_alone`` does."""
    from engine.photo_only import fill_alone

    return fill_alone(ask, seed, on_progress)


def drawn(filler: Filler, latents: Sequence[Latent]) -> Floats:
    """Return (N, z_channels, 4, 4): drawn, turned towards another, scaled by the boldness."""
    from engine.inpainter import Inpainter
    from engine.network.latent import draw_z

    assert isinstance(filler, Inpainter)
    config = filler.network.config
    out = []
    for latent in latents:
        z = draw_z(config, [latent.seed])[0]
        if latent.other is not None:
            z = between(z, draw_z(config, [latent.other])[0], latent.share)
        out.append(z * np.float32(latent.boldness))
    return np.stack(out)


def between(one: Floats, other: Floats, share: float) -> Floats:
    """Turn ``one`` towards ``other`` by ``share`` of their angle; lengths go evenly over.

    A mean of two normal vectors would be shorter than either, and its picture duller.
    """
    length, far = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    if length == 0 or far == 0:
        return one * np.float32(1 - share) + other * np.float32(share)
    cosine = float((one * other).sum()) / (length * far)
    angle = math.acos(min(max(cosine, -1.0), 1.0))
    if math.sin(angle) < 1e-6:
        return one * np.float32(1 - share) + other * np.float32(share)
    weights = math.sin((1 - share) * angle) / length, math.sin(share * angle) / far
    mixed = one * np.float32(weights[0]) + other * np.float32(weights[1])
    return mixed * np.float32((length * (1 - share) + far * share) / math.sin(angle))
