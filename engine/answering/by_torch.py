"""The generator by torch: on a graphics card, and networks that have no compiled loops."""

from __future__ import annotations

import numpy as np
import torch

from engine import pixels
from engine.answering.certainty import CertaintyBranch, explains
from engine.arrays import Floats
from engine.device import Device
from engine.network.generator import Generator
from engine.network.seen import Seen
from engine.network.snapshot import built
from engine.network.stored import Stored, no_picture
from engine.running.threads import threads


class TorchNetwork:
    """Answer as ``engine.answering.network.Network`` says.

    Attributes:
        config, branch: as there.
    """

    def __init__(self, stored: Stored, device: Device):
        """Build the networks of a file on a device; raises SnapshotError as ``built``."""
        found = built(stored)
        self.config, self.branch = found.generator.config, branch_of(found.generator)
        self._device, self._dtype = device.device, device.dtype
        self.generator = found.generator.to(self._device)
        self.generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.upper = found.upper and found.upper.to(self._device)

    @property
    def doubles(self) -> bool:
        """Tell whether it has an upper level."""
        return self.upper is not None

    @torch.inference_mode()
    def see(self, image: Floats, known: Floats) -> Seen:
        """Look at a picture; see ``Generator.see``."""
        _allow_threads()
        seen: Seen = self.generator.see(*self._shown(image, known), self._dtype)
        return seen

    @torch.inference_mode()
    def fill(self, seen: Seen, z: Floats) -> Floats:
        """Return the fills of what was seen; see ``Generator.fill_seen``."""
        _allow_threads()
        return _images(self.generator.fill_seen(seen, torch.from_numpy(z).to(self._device)))

    @torch.inference_mode()
    def double(self, answer: Floats, image: Floats, known: Floats) -> Floats:
        """Return an answer at twice its size; see ``engine.network.upper``."""
        assert self.upper is not None
        _allow_threads()
        small = pixels.to_tensors(answer, known)[0].to(self._device)
        out = _images(self.upper(*self._shown(image, known), small, self._dtype))
        return np.asarray(out[0], np.float32)

    def _shown(self, image: Floats, known: Floats) -> tuple[torch.Tensor, torch.Tensor]:
        img, there = pixels.to_tensors(image, known)
        return img.to(self._device), there.to(self._device)


def branch_of(generator: Generator) -> CertaintyBranch | None:
    """Return the certainty branch of a generator, if it explains itself."""
    if not explains(generator.config):
        return None
    return CertaintyBranch(
        generator.config, {k: v.cpu().numpy() for k, v in generator.state_dict().items()}
    )


def _images(out: torch.Tensor) -> Floats:
    """Return (N, 3, R, R) as (N, R, R, 3) in [0, 1]; raises EngineError if not finite."""
    if not bool(torch.isfinite(out).all()):
        raise no_picture()
    images: Floats = pixels.to_images(out)
    return images


def _allow_threads() -> None:
    if torch.get_num_threads() != threads():
        torch.set_num_threads(threads())
