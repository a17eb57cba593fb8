"""Load the network for a device: compiled loops on the processor, torch on a graphics card."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol

from engine.answering.certainty import CertaintyBranch
from engine.answering.compiled import CompiledNetwork, can_answer, shapes_of
from engine.arrays import Floats
from engine.device import Device
from engine.errors import SnapshotError
from engine.network.config import GeneratorConfig
from engine.network.stored import Stored, arrays_of, misfit, read_stored


class Network(Protocol):
    """Answer what a hole holds; numpy in, numpy out.

    Attributes:
        config: the generator's.
    """

    config: GeneratorConfig

    @property
    def branch(self) -> CertaintyBranch | None:
        """Return what a mask alone decides; None where the network does not tell."""

    @property
    def doubles(self) -> bool:
        """Tell whether it has an upper level."""

    def see(self, image: Floats, known: Floats) -> Any:  # noqa: ANN401
        """Look at a picture (R, R, 3) in [0, 1], known (R, R): all that no latent changes."""

    def fill(self, seen: Any, z: Floats) -> Floats:  # noqa: ANN401
        """Return (N, R, R, 3) in [0, 1] for latents z (N, z_channels, 4, 4)."""

    def double(self, answer: Floats, image: Floats, known: Floats) -> Floats:
        """Return an answer (S / 2, S / 2, 3) in [0, 1] at the size S of the picture."""


class Loaded(NamedTuple):
    """Hold a network and the header of its file."""

    network: Network
    header: dict[str, Any]


def load_network(snapshot: Path, device: Device, expected_sha256: str | None = None) -> Loaded:
    """Read a snapshot for a device.

    Raises:
        SnapshotError: as ``engine.network.stored.read_stored``; or it fills faces of given poses.
    """
    stored = read_stored(snapshot, expected_sha256)
    if stored.config.pose:
        raise SnapshotError(
            "{0} fills faces whose pose is given; Lacuna cannot use it.", snapshot.name
        )
    if device.name == "cpu" and stored.above is None and can_answer(stored.config):
        return Loaded(_compiled(stored), stored.header)
    from engine.answering.by_torch import TorchNetwork

    return Loaded(TorchNetwork(stored, device), stored.header)


def _compiled(stored: Stored) -> CompiledNetwork:
    tensors = arrays_of(stored)
    if {name: values.shape for name, values in tensors.items()} != shapes_of(stored.config):
        raise misfit(stored.name)
    return CompiledNetwork(stored.config, tensors)
