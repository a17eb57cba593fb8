"""Snapshots: the averaged weights for users, as one safetensors file.

What such a file holds, and how it is checked, is in ``engine.network.stored``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as dump_tensors
from torch import nn

from engine.files import replace_file
from engine.network.generator import Generator
from engine.network.stored import (
    FORMAT,
    FORMAT_UPPER,
    NO_DIGEST,
    Stored,
    misfit,
    not_finite,
    read_stored,
)
from engine.network.upper import Upper

_UPPER: Final = "upper."
Network = TypeVar("Network", bound=nn.Module)


class Snapshot(NamedTuple):
    """Hold what a file holds, in evaluation mode, float32 on the CPU.

    ``generator``; ``upper``, None in format 1; ``header`` (``format``, ``config``, ``notes``,
    ``sha256`` of the file).
    """

    generator: Generator
    upper: Upper | None
    header: dict[str, Any]


def save_snapshot(
    path: Path,
    generator: Generator,
    notes: dict[str, Any] | None = None,
    dtype: torch.dtype = torch.float16,
    upper: Upper | None = None,
) -> str:
    """Write the weights and configurations; the file appears whole or not at all.

    Args:
        path: target, conventionally ``.safetensors``.
        generator: its parameters are written in ``dtype``.
        notes: JSON values kept beside the configuration (images seen, scores).
        dtype: type of the stored numbers.
        upper: what doubles the generator's answers, if anything does.

    Returns:
        The SHA-256 of the finished file, hexadecimal.
    """
    state = dict(generator.state_dict())
    header = {
        "sha256": NO_DIGEST,  # first, so that no note can be taken for it
        "format": FORMAT if upper is None else FORMAT_UPPER,
        "config": asdict(generator.config),
        "notes": notes or {},
    }
    if upper is not None:
        state |= {_UPPER + name: value for name, value in upper.state_dict().items()}
        header["upper"] = asdict(upper.config)
    tensors = {k: v.detach().to("cpu", dtype).contiguous() for k, v in state.items()}
    data = dump_tensors(tensors, {"lacuna": json.dumps(header)})
    digest = hashlib.sha256(data).hexdigest()
    data = data.replace(NO_DIGEST.encode(), digest.encode(), 1)
    replace_file(path, lambda temporary: temporary.write_bytes(data), overwrite=True)
    return hashlib.sha256(data).hexdigest()


def load_generator(
    path: Path, expected_sha256: str | None = None
) -> tuple[Generator, dict[str, Any]]:
    """Read the generator of a snapshot and its header; see ``load_snapshot``."""
    found = load_snapshot(path, expected_sha256)
    return found.generator, found.header


def load_snapshot(path: Path, expected_sha256: str | None = None) -> Snapshot:
    """Read a snapshot; arguments and errors as ``read_stored``."""
    return built(read_stored(path, expected_sha256))


def built(stored: Stored) -> Snapshot:
    """Return the networks of a file.

    Raises:
        SnapshotError: its numbers do not fit its configuration, or are not finite.
    """
    above = stored.above
    try:
        tensors = {k: v.float() for k, v in parse_tensors(stored.data).items()}
        own = {k: v for k, v in tensors.items() if not (above and k.startswith(_UPPER))}
        rest = {k.removeprefix(_UPPER): v for k, v in tensors.items() if k not in own}
        generator = _filled(Generator(stored.config), own)
        upper = _filled(Upper(above), rest) if above else None
    except (SafetensorError, RuntimeError, TypeError, ValueError) as error:
        raise misfit(stored.name) from error
    if not all(bool(torch.isfinite(v).all()) for v in tensors.values()):
        raise not_finite(stored.name)
    return Snapshot(generator, upper, stored.header)


def _filled(network: Network, tensors: dict[str, torch.Tensor]) -> Network:
    network.load_state_dict(tensors)
    return network.eval().requires_grad_(False)
