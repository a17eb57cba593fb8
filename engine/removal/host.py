"""Load the engine when it is first needed, in the worker's thread, and keep it."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.removal.fallback import card_failed, out_of_memory
from engine.removal.head_start import load_torch_libraries, no_collecting
from engine.removal.latents import Latent

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.geometry import Box
    from engine.progress import Progress
    from engine.result import Result

Latents = Any  # a torch.Tensor; torch is not imported here


class Filler(Protocol):
    """Describe what the window needs of ``engine.inpainter.Inpainter``."""

    device_reason: str
    snapshot_hash: str
    resolution: int

    def inpaint(
        self, image: Pixels, mask: Mask, seed: int = 0, on_progress: Progress | None = None
    ) -> Result:
        """Fill the mask once."""

    def inpaint_many(
        self,
        image: Pixels,
        mask: Mask,
        seeds: Sequence[int],
        on_progress: Progress | None = None,
        latents: Latents = None,
        *,
        context: float = 1.0,
        detail: bool = True,
        given: Sequence[tuple[Box, Box]] | None = None,
        avoid: Mask | None = None,
    ) -> list[Result]:
        """Fill the mask once for each seed, with texture or as the network's draft.

        ``context`` says how wide to look, ``given`` where exactly, ``avoid`` at what not.
        """

    def squares(self, mask: Mask, context: float = 1.0, step: int = 1) -> list[Box]:
        """Return what the network would look at for a mask of ``step`` photo pixels a pixel."""


class EngineHost:
    """Make the ``Filler`` once and hand it out.

    Attributes:
        device: what was asked for: auto, cpu or cuda.
        threads: how many threads compute on the processor; 0 leaves it to torch.
        reason: the device in words, empty before the engine is there.
        lost_card: a graphics card was there and could not be used; whoever tells it resets it.
    """

    def __init__(
        self,
        make: Callable[[str], Filler],
        holes: Callable[[Mask], list[Box]],
        draw: Callable[[Filler, Sequence[Latent]], Latents],
        maps: Callable[[Filler, Mask], Any] | None = None,
        photo_only: Callable[..., Result] | None = None,
    ) -> None:
        """Use these makers.

        Args:
            make: the filler for a device.
            holes: the boxes of a mask's separate holes.
            draw: the z of each latent.
            maps: engine.network.maps.MaskMaps of a hole at the network's size.
            photo_only: a fill without the network, called like ``Filler.inpaint``.
        """
        self._make, self._draw = make, draw
        self.holes = holes
        self._maps = maps or _mask_maps
        self.photo_only = photo_only or _filled_from_photo
        self.device, self.threads = "auto", 0
        self.reason = ""
        self.lost_card = False
        self._filler: Filler | None = None

    def get(self) -> Filler:
        """Return the filler, made at the first call; raises SnapshotError or DeviceError."""
        if self._filler is None:
            filler = self._made()
            _use_threads(self.threads)
            self._filler = filler
            self.reason = self._filler.device_reason
        return self._filler

    def _made(self) -> Filler:
        """Make the filler, on the processor where the graphics card fails already here."""
        try:
            return self._make(self.device)
        except (RuntimeError, AssertionError) as error:
            if self.device != "auto" or not (card_failed(error) or out_of_memory(error)):
                raise
            filler = self._make("cpu")
            self.lost_card = True
            return filler

    def leave_card(self) -> None:
        """Compute on the processor from now on."""
        self.use("cpu", self.threads)

    def draw(self, latents: Sequence[Latent]) -> Latents | None:
        """Return the z of each latent; None where the seeds alone say everything."""
        if all(latent.plain for latent in latents):
            return None
        return self._draw(self.get(), latents)

    def values(self, latent: Latent) -> NDArray[np.float32] | None:
        """Return the z (channels, 4, 4) of ``latent``; None where it is no array."""
        z = self._draw(self.get(), [latent])[0]
        return np.array(z.numpy(), np.float32) if hasattr(z, "numpy") else None

    def given(self, z: NDArray[np.float32] | None) -> Latents | None:
        """Return ``z`` (channels, 4, 4) for ``inpaint_many``; None if it is not this network's."""
        like = None if z is None else self.values(Latent())
        if z is None or like is None or like.shape != z.shape:
            return None
        import torch

        return torch.from_numpy(z.copy())[None]

    def maps(self, hole: Mask) -> Any:  # noqa: ANN401
        """Return engine.network.maps.MaskMaps of ``hole`` (R, R) bool."""
        return self._maps(self.get(), hole)

    @property
    def on_gpu(self) -> bool:
        """Tell whether the filler runs on a graphics card."""
        return self.reason.startswith("CUDA")

    def use(self, device: str, threads: int = 0) -> None:
        """Make the next filler on another device or with another number of threads."""
        if (device, threads) != (self.device, self.threads):
            self.device, self.threads = device, threads
            self._filler, self.reason = None, ""


def real_host() -> EngineHost:
    """Return the host of the trained network; torch is imported at its first use, not here."""
    return EngineHost(_make_inpainter, _planned_holes, _drawn)


def _make_inpainter(device: str) -> Filler:
    load_torch_libraries()
    from assets import SNAPSHOT, SNAPSHOT_SHA256

    with no_collecting():
        from engine.detail import warm_up
        from engine.inpainter import Inpainter

        warm_up()
    return Inpainter(SNAPSHOT, device, SNAPSHOT_SHA256)


def _use_threads(count: int) -> None:
    if count and "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)


def _planned_holes(mask: Mask) -> list[Box]:
    from engine.windows.planning import plan

    return [window.hole for window in plan(mask)]


def _mask_maps(filler: Filler, hole: Mask) -> Any:  # noqa: ANN401
    from engine.device import one_thread
    from engine.inpainter import Inpainter
    from engine.network.maps import mask_maps

    assert isinstance(filler, Inpainter)
    with one_thread():
        return mask_maps(filler.generator, hole)


def _filled_from_photo(
    image: Pixels,
    mask: Mask,
    seed: int = 0,
    on_progress: Progress | None = None,
    avoid: Mask | None = None,
) -> Result:
    from engine.detail import photo_only

    return photo_only(image, mask, seed, on_progress, avoid)


def _drawn(filler: Filler, latents: Sequence[Latent]) -> Latents:
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
