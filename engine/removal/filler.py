"""What a ``Remover`` needs of an engine, and how it asks the real one; torch is loaded late."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.arrays import Mask
    from engine.ask import Ask, Views
    from engine.geometry import Box
    from engine.progress import Progress
    from engine.removal.latents import Latent
    from engine.result import Result

Latents = Any  # a torch.Tensor; torch is not imported here


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
        latents: Latents = None,
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
    from engine.device import one_thread
    from engine.inpainter import Inpainter
    from engine.network import maps

    assert isinstance(filler, Inpainter)
    with one_thread():
        return maps.mask_maps(filler.generator, hole)


def filled_from_photo(ask: Ask, seed: int, on_progress: Progress) -> Result:
    """Fill as ``engine.photo_only.fill_alone`` does."""
    from engine.photo_only import fill_alone

    return fill_alone(ask, seed, on_progress)


def drawn(filler: Filler, latents: Sequence[Latent]) -> Latents:
    """Return (N, z_channels, 4, 4): drawn, turned towards another, scaled by the boldness."""
    import torch

    from engine.inpainter import Inpainter
    from engine.network.generator import draw_z

    assert isinstance(filler, Inpainter)
    config = filler.generator.config
    out = []
    for latent in latents:
        z = draw_z(config, [latent.seed])[0]
        if latent.other is not None:
            z = between(z, draw_z(config, [latent.other])[0], latent.share)
        out.append(z * latent.boldness)
    return torch.stack(out)


def between(one: Latents, other: Latents, share: float) -> Latents:
    """Turn ``one`` towards ``other`` by ``share`` of their angle; lengths go evenly over.

    A mean of two normal vectors would be shorter than either, and its picture duller.
    """
    length, far = float(one.norm()), float(other.norm())
    if length == 0 or far == 0:
        return one * (1 - share) + other * share
    cosine = float((one * other).sum()) / (length * far)
    angle = math.acos(min(max(cosine, -1.0), 1.0))
    if math.sin(angle) < 1e-6:
        return one * (1 - share) + other * share
    weights = math.sin((1 - share) * angle), math.sin(share * angle)
    mixed = one / length * weights[0] + other / far * weights[1]
    return mixed / math.sin(angle) * (length * (1 - share) + far * share)
