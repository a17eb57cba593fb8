"""Snapshots: the averaged weights for users, as one safetensors file.

The header's metadata holds a JSON object under ``lacuna``: format version, configuration, free
notes, and the SHA-256 of the whole file with those 64 digits set to zero, so that a single
flipped bit anywhere is found. Nothing is ever unpickled. Format 2 holds an upper level beside the
generator: its tensors' names begin with ``upper.``, and the header has its configuration.
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

from engine.errors import SnapshotError
from engine.files import replace_file
from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.upper import Upper, UpperConfig

FORMAT: Final = 1
FORMAT_UPPER: Final = 2
LIMIT_BYTES: Final = 512 << 20
_NO_DIGEST: Final = "0" * 64
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
        "sha256": _NO_DIGEST,  # first, so that no note can be taken for it
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
    data = data.replace(_NO_DIGEST.encode(), digest.encode(), 1)
    replace_file(path, lambda temporary: temporary.write_bytes(data), overwrite=True)
    return hashlib.sha256(data).hexdigest()


def load_generator(
    path: Path, expected_sha256: str | None = None
) -> tuple[Generator, dict[str, Any]]:
    """Read the generator of a snapshot and its header; see ``load_snapshot``."""
    found = load_snapshot(path, expected_sha256)
    return found.generator, found.header


def load_snapshot(path: Path, expected_sha256: str | None = None) -> Snapshot:
    """Read a snapshot.

    Args:
        path: a file of ``save_snapshot``.
        expected_sha256: refuse any other file (the bundled weights are pinned so).

    Raises:
        SnapshotError: the file is missing, damaged, too new, or does not fit its configuration.
    """
    data = _read(path)
    whole = hashlib.sha256(data).hexdigest()
    if expected_sha256 is not None and whole != expected_sha256:
        raise SnapshotError(
            "{0} is not the weights file this program shipped with (its "
            "checksum differs); install Lacuna again.",
            path.name,
        )
    header = _header(path.name, data)
    config = GeneratorConfig.from_dict(header.get("config"))
    above = UpperConfig.from_dict(header.get("upper")) if header["format"] > FORMAT else None
    generator, upper = _build(path.name, data, config, above)
    return Snapshot(generator, upper, {**header, "sha256": whole})


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise SnapshotError("{0} is too large to be weights of this program.", path.name)
        return path.read_bytes()
    except OSError as error:
        raise SnapshotError(
            "The weights file {0} cannot be read ({1}); install Lacuna again or name another file.",
            path,
            error.strerror,
        ) from error


def _header(name: str, data: bytes) -> dict[str, Any]:
    """Check the file against the digest it carries and return its metadata."""
    try:
        size = int.from_bytes(data[:8], "little")
        if not 0 < size <= len(data) - 8:
            raise ValueError("header longer than the file")
        header = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["lacuna"])
        version, digest = header["format"], header["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SnapshotError("{0} is not a snapshot of this program.", name) from error
    if version not in (FORMAT, FORMAT_UPPER):
        raise SnapshotError(
            "{0} has snapshot format {1}; this program reads format {2}.",
            name,
            version,
            FORMAT_UPPER,
        )
    zeroed = data.replace(str(digest).encode(), _NO_DIGEST.encode(), 1)
    if hashlib.sha256(zeroed).hexdigest() != digest:
        raise SnapshotError("{0} is damaged (its checksum is wrong); get a fresh copy.", name)
    return dict(header)


def _build(
    name: str, data: bytes, config: GeneratorConfig, above: UpperConfig | None
) -> tuple[Generator, Upper | None]:
    if _least_parameters(config) + (above.least_parameters if above else 0) > len(data):
        raise SnapshotError("{0} is too small for the network it describes.", name)
    try:
        tensors = {k: v.float() for k, v in parse_tensors(data).items()}
        own = {k: v for k, v in tensors.items() if not (above and k.startswith(_UPPER))}
        rest = {k.removeprefix(_UPPER): v for k, v in tensors.items() if k not in own}
        generator = _filled(Generator(config), own)
        upper = _filled(Upper(above), rest) if above else None
    except (SafetensorError, RuntimeError, TypeError, ValueError) as error:
        raise SnapshotError("{0} does not fit the network it describes.", name) from error
    if not all(bool(torch.isfinite(v).all()) for v in tensors.values()):
        raise SnapshotError("{0} holds numbers that are not finite; get a fresh copy.", name)
    return generator, upper


def _filled(network: Network, tensors: dict[str, torch.Tensor]) -> Network:
    network.load_state_dict(tensors)
    return network.eval().requires_grad_(False)


def _least_parameters(config: GeneratorConfig) -> int:
    """Count the 3 x 3 weights alone, so that no network is built that the file cannot fill."""
    n, weights = config.width, 0
    for r in config.resolutions:
        below = max(r // 2, 4)
        wide = n(below) + config.pose_channels(r) + (config.z_channels if r == 4 else 0)
        weights += n(r) * (n(r) + n(below)) + wide * (wide + n(r))
    return 9 * weights
