"""The file of a snapshot, read and checked; torch is not needed for that.

The header's metadata holds a JSON object under ``lacuna``: format version, configuration, free
notes, and the SHA-256 of the whole file with those 64 digits set to zero, so that a single
flipped bit anywhere is found. Nothing is ever unpickled. Format 2 holds an upper level beside the
generator: its tensors' names begin with ``upper.``, and the header has its configuration.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from engine.arrays import Floats
from engine.errors import EngineError, SnapshotError
from engine.network.config import GeneratorConfig, UpperConfig

FORMAT: Final = 1
FORMAT_UPPER: Final = 2
LIMIT_BYTES: Final = 512 << 20
NO_DIGEST: Final = "0" * 64


class Stored(NamedTuple):
    """Hold a snapshot as it is in its file.

    ``name`` of the file; ``data``, its bytes; ``config`` of the generator; ``above``, of the upper
    level, None in format 1; ``header`` (``format``, ``config``, ``notes``, ``sha256`` of the file).
    """

    name: str
    data: bytes
    config: GeneratorConfig
    above: UpperConfig | None
    header: dict[str, Any]


def read_stored(path: Path, expected_sha256: str | None = None) -> Stored:
    """Read the file of a snapshot and check it against the digest it carries.

    Args:
        path: a file of ``engine.network.snapshot.save_snapshot``.
        expected_sha256: refuse any other file (the bundled weights are pinned so).

    Raises:
        SnapshotError: the file is missing, damaged, too new, or too small for what it describes.
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
    if _least_parameters(config) + (above.least_parameters if above else 0) > len(data):
        raise SnapshotError("{0} is too small for the network it describes.", path.name)
    return Stored(path.name, data, config, above, {**header, "sha256": whole})


def arrays_of(stored: Stored) -> dict[str, Floats]:
    """Return the numbers of a snapshot by their names, float32.

    Raises:
        SnapshotError: they cannot be read, or are not finite.
    """
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = {k: v.astype(np.float32) for k, v in load(stored.data).items()}
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise misfit(stored.name) from error
    if not all(np.isfinite(v).all() for v in arrays.values()):
        raise not_finite(stored.name)
    return arrays


def misfit(name: str) -> SnapshotError:
    """Return the error of a file whose numbers are not those of its configuration."""
    return SnapshotError("{0} does not fit the network it describes.", name)


def no_picture() -> EngineError:
    """Return the error of an answer that is not finite."""
    return EngineError("The network's answer is not a picture; the weights are unusable.")


def not_finite(name: str) -> SnapshotError:
    """Return the error of a file whose numbers cannot be computed with."""
    return SnapshotError("{0} holds numbers that are not finite; get a fresh copy.", name)


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
    zeroed = data.replace(str(digest).encode(), NO_DIGEST.encode(), 1)
    if hashlib.sha256(zeroed).hexdigest() != digest:
        raise SnapshotError("{0} is damaged (its checksum is wrong); get a fresh copy.", name)
    return dict(header)


def _least_parameters(config: GeneratorConfig) -> int:
    """Count the 3 x 3 weights alone, so that no network is built that the file cannot fill."""
    n, weights = config.width, 0
    for r in config.resolutions:
        below = max(r // 2, 4)
        wide = n(below) + config.pose_channels(r) + (config.z_channels if r == 4 else 0)
        weights += n(r) * (n(r) + n(below)) + wide * (wide + n(r))
    return 9 * weights
