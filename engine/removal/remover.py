"""Remove things from photos: one engine and one chain of fallbacks for every way to ask for it.

The window, the command line, batches, recipes and plug-ins all ask a ``Remover``. It makes the
network when it is first needed and keeps it; where a graphics card is full or lost it goes on with
less, then with the processor; where no network can be had it fills from the photo alone, and
without memory for that by OpenCV's classical method.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import Cancelled
from engine.geometry import Box
from engine.progress import Progress, part_of
from engine.removal.fallback import (
    Say,
    card_failed,
    card_left,
    no_memory,
    only_from_photo,
    out_of_memory,
)
from engine.removal.filler import Filler, PhotoFiller, drawn, filled_from_photo, mask_maps
from engine.removal.latents import Latent
from engine.running.threads import use_threads

if TYPE_CHECKING:
    from engine.arrays import Floats, Mask
    from engine.ask import Ask
    from engine.result import Result

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """Say where to compute: auto, cpu or cuda; ``threads`` 0: as many as there are processors."""

    device: str = "auto"
    threads: int = 0


@dataclass(frozen=True, eq=False)
class _Made:
    wish: Wish
    filler: Filler


class Remover:
    """Make the ``Filler`` once, hand it out, and go on with less where it fails.

    Any thread may call anything: what is wished and what was made are each one frozen value, and
    only one thread at a time makes an engine.
    """

    def __init__(
        self,
        make: Callable[[str], Filler],
        *,
        draw: Callable[[Filler, Sequence[Latent]], Floats] = drawn,
        maps: Callable[[Filler, Mask], Any] = mask_maps,
        photo_only: PhotoFiller = filled_from_photo,
    ) -> None:
        """Use these makers.

        Args:
            make: the filler for a device.
            draw: the z of each latent.
            maps: engine.network.maps.MaskMaps of a hole at the network's size.
            photo_only: a fill without the network.
        """
        self._make, self._draw, self._maps = make, draw, maps
        self.photo_only = photo_only
        self._wish = Wish()
        self._made: _Made | None = None
        self._lost_card = False
        self._lock = threading.Lock()

    def use(self, device: str, threads: int = 0) -> None:
        """Compute on another device or with another number of threads from the next call on."""
        self._wish = Wish(device, threads)

    def get(self) -> Filler:
        """Return the filler, made at the first call; raises SnapshotError or DeviceError."""
        with self._lock:
            wish = self._wish
            if self._made is None or self._made.wish != wish:
                self._made = _Made(wish, self._filler_for(wish))
            return self._made.filler

    def _filler_for(self, wish: Wish) -> Filler:
        """Make the filler, on the processor where the graphics card fails already here."""
        try:
            filler = self._make(wish.device)
        except (RuntimeError, AssertionError) as error:
            if wish.device != "auto" or not (card_failed(error) or out_of_memory(error)):
                raise
            filler = self._make("cpu")
            self._lost_card = True
        use_threads(wish.threads)
        return filler

    @property
    def reason(self) -> str:
        """Return the device in words; empty before the engine is there."""
        made = self._made
        return made.filler.device_reason if made and made.wish == self._wish else ""

    @property
    def on_gpu(self) -> bool:
        """Tell whether the filler runs on a graphics card."""
        return self.reason.startswith("CUDA")

    def took_leave(self) -> bool:
        """Tell, once, that a graphics card was there and could not be used."""
        lost, self._lost_card = self._lost_card, False
        return lost

    def draw(self, latents: Sequence[Latent]) -> Floats | None:
        """Return the z of each latent; None where the seeds alone say everything."""
        if all(latent.plain for latent in latents):
            return None
        return self._draw(self.get(), latents)

    def values(self, latent: Latent) -> Floats | None:
        """Return the z (channels, 4, 4) of ``latent``; None where the filler has none such."""
        z = self._draw(self.get(), [latent])[0]
        return z.astype(np.float32) if isinstance(z, np.ndarray) else None

    def given(self, z: Floats | None) -> Floats | None:
        """Return ``z`` (channels, 4, 4) for ``fill``; None if it is not this network's."""
        like = None if z is None else self.values(Latent())
        if z is None or like is None or like.shape != z.shape:
            return None
        return z[None]

    def maps(self, hole: Mask) -> Any:  # noqa: ANN401
        """Return engine.network.maps.MaskMaps of ``hole`` (R, R) bool."""
        return self._maps(self.get(), hole)

    def fill(
        self,
        ask: Ask,
        seeds: Sequence[int],
        on_progress: Progress,
        z: Floats | None = None,
        say: Say = lambda text: None,
        *,
        detail: bool = True,
    ) -> list[Result]:
        """Fill once for every seed, with less where that fails.

        Args:
            ask: what; its image in sRGB.
            seeds: one result each.
            on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
            z: the latents, in place of those the seeds draw.
            say: is told, once, when the processor takes over.
            detail: with texture; else the network's draft.

        Raises:
            EngineError, MemoryError, RuntimeError: as the processor's filler does.
        """

        def at_once() -> list[Result]:
            return self.get().fill(ask, seeds, on_progress, z, detail=detail)

        def one_by_one() -> list[Result]:
            """Take the least memory."""
            results = []
            for number, seed in enumerate(seeds):
                part = None if z is None else z[number : number + 1]
                report = part_of(on_progress, number / len(seeds), 1 / len(seeds))
                results += self.get().fill(ask, [seed], report, part, detail=detail)
            return results

        for way in (at_once, one_by_one):
            try:
                return way()
            except (MemoryError, RuntimeError, AssertionError) as error:
                on_gpu = self.on_gpu
                if not (out_of_memory(error) or (on_gpu and card_failed(error))):
                    raise
                log.warning("the engine ran short: %s", type(error).__name__)
                if len(seeds) < 2 or not out_of_memory(error):
                    break
        if not self.on_gpu:
            return one_by_one()
        self.use("cpu", self._wish.threads)
        say(card_left())
        return one_by_one()

    def remove(
        self,
        ask: Ask,
        seeds: Sequence[int],
        on_progress: Progress,
        z: Floats | None = None,
        say: Say = lambda text: None,
        *,
        photo_only: bool = False,
    ) -> list[Result]:
        """Fill as ``fill`` does, and from the photo alone where that was asked or memory is short.

        Args:
            ask, seeds, on_progress, z: as for ``fill``.
            say: is told what could not be done as asked.
            photo_only: do without the network.

        Raises:
            EngineError: the network cannot be used, and not for want of memory.
        """
        if not photo_only:
            try:
                return self.fill(ask, seeds, on_progress, z, say)
            except (MemoryError, RuntimeError) as error:
                if not out_of_memory(error):
                    raise
                say(only_from_photo(no_memory()).text)
        share = 1 / len(seeds)
        return [
            self.fill_from_photo(ask, seed, part_of(on_progress, n * share, share))
            for n, seed in enumerate(seeds)
        ]

    def fill_from_photo(self, ask: Ask, seed: int, on_progress: Progress) -> Result:
        """Fill without the network; by OpenCV's classical method where memory is short.

        Args:
            ask: what; its image in any colour space, for pixels are copied.
            seed: the only source of chance.
            on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
        """
        try:
            return self.photo_only(ask, seed, on_progress)
        except Cancelled:
            raise
        except Exception as error:
            if not out_of_memory(error):
                raise
        from engine.classical import classical

        where = ask.box or Box.around(ask.mask)
        return classical(ask.image, ask.unknown, seed, where, ask.sources)
