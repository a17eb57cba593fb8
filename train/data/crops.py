"""Cut textured squares from folders of photos once, and keep them in one memory-mapped file.

A store is a folder ``<key>/`` inside the cache: ``crops.npy`` (N, R, R, 3) uint8 RGB and
``manifest.json``. The key is a hash of everything the crops depend on, so another option makes
another store. A store is built beside its final name and renamed when complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import torch
from torch import Tensor

from engine.arrays import Flags, Levels, Longs
from train.data.photos import cut_crops, list_photos, read_photo
from train.data.workers import open_pool

VERSION = 1  # raise when the same options would give other crops
CROPS_PER_PHOTO = {64: 40, 128: 24, 256: 10}
STALE_SECONDS = 3600.0  # a part folder untouched for this long is what a killed build left


class DataError(Exception):
    """Report photos or files that cannot be trained on."""


@dataclass(frozen=True)
class CropOptions:
    """Say what a store holds.

    Args:
        resolution: side of every crop, pixels.
        crops_per_photo: crops of a photo of weight 1 whose every crop is textured; smooth photos
            give fewer.
        seed: the random places, scales and choices.
        weights: share of ``crops_per_photo`` for photos whose name fits a glob, such as
            ``{"grocery*": 0.3}``; the first glob that fits counts.
    """

    resolution: int = 64
    crops_per_photo: int = 40
    seed: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)

    def crops_of(self, name: str) -> int:
        """Return how many crops the photo ``name`` is asked for."""
        fits = (weight for glob, weight in self.weights.items() if fnmatch(name, glob))
        return round(self.crops_per_photo * next(fits, 1.0))


class CropStore:
    """Read the crops of one finished store.

    Args:
        folder: the store's folder, as ``build`` leaves it.

    Attributes:
        skipped: name and reason of every file that was not used.

    Raises:
        DataError: the folder is no finished store.
    """

    def __init__(self, folder: Path) -> None:
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self.crops: Levels = np.load(folder / "crops.npy", mmap_mode="r")
            whole = manifest["version"] == VERSION and self.crops.shape[0] == manifest["count"]
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{folder} is no finished crop store: {error}") from error
        if not whole:
            raise DataError(f"{folder} holds another number of crops than it says; delete it.")
        self.folder = folder
        self.manifest: dict[str, Any] = manifest
        self.skipped: dict[str, str] = manifest["skipped"]

    @classmethod
    def build(
        cls,
        folders: Path | Sequence[Path],
        cache_dir: Path,
        resolution: int = 64,
        crops_per_photo: int | None = None,
        seed: int = 0,
        weights: Mapping[str, float] | None = None,
        workers: int = 0,
    ) -> CropStore:
        """Open the store of these photos and options, and make it first if there is none.

        Args:
            folders: one folder or several; photos are looked for in all folders below.
            cache_dir: where stores are kept; made if missing.
            resolution: see ``CropOptions``, as the next three.
            crops_per_photo: None takes the usual number for the resolution.
            seed: see ``CropOptions``.
            weights: see ``CropOptions``.
            workers: processes that cut; 0 cuts in this one. The crops are the same.

        Raises:
            DataError: no photo could be used.
        """
        count = crops_per_photo or CROPS_PER_PHOTO.get(resolution, max(1, 2560 // resolution))
        options = CropOptions(resolution, count, seed, dict(weights or {}))
        photos = list_photos([folders] if isinstance(folders, Path) else folders)
        target = cache_dir / _key(photos, options)
        try:
            return cls(target)
        except DataError:
            shutil.rmtree(target, ignore_errors=True)
        _build(photos, options, target, workers)
        return cls(target)

    def __reduce__(self) -> tuple[type[CropStore], tuple[Path]]:
        """Let another process map the same file rather than receive its crops."""
        return CropStore, (self.folder,)

    def __len__(self) -> int:
        """Return the number of crops."""
        return int(self.crops.shape[0])

    @property
    def resolution(self) -> int:
        """Return the side of every crop in pixels."""
        return int(self.crops.shape[1])

    def __getitem__(self, index: int) -> Levels:
        """Return one crop (3, R, R) uint8 RGB."""
        return np.ascontiguousarray(self.crops[index].transpose(2, 0, 1))

    def batch(self, indices: Longs, flips: Flags) -> Tensor:
        """Return crops (N, 3, R, R) uint8 RGB, channels last in memory.

        Args:
            indices: (N,) int64.
            flips: (N,) bool, True = mirrored left to right.
        """
        img = np.empty((len(indices), *self.crops.shape[1:]), np.uint8)
        for i, (index, flip) in enumerate(zip(indices, flips, strict=True)):
            crop = self.crops[index]
            img[i] = cv2.flip(crop, 1) if flip else crop
        return torch.from_numpy(img).permute(0, 3, 1, 2)


def _key(photos: Mapping[str, Path], options: CropOptions) -> str:
    """Return the name of the store: resolution and a hash of photos and options."""
    files = [(name, path.stat().st_size, path.stat().st_mtime_ns) for name, path in photos.items()]
    text = json.dumps([VERSION, asdict(options), files], sort_keys=True)
    return f"{options.resolution}px-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _build(photos: Mapping[str, Path], options: CropOptions, target: Path, workers: int) -> None:
    """Make a whole store at ``target``, or leave nothing there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target.parent)
    part = Path(tempfile.mkdtemp(prefix=f"{target.name}.part-", dir=target.parent))
    try:
        with (part / "crops.npy").open("wb") as file:
            used, skipped = _write_crops(photos, options, file, workers)
        count = sum(used.values())
        if not count:
            raise DataError(f"None of {len(photos)} files can be trained on: {_first(skipped)}")
        manifest = {"version": VERSION, "count": count, **asdict(options)}
        text = json.dumps({**manifest, "photos": used, "skipped": skipped}, indent=1)
        with (part / "manifest.json").open("w", encoding="utf-8") as file_:
            file_.write(text)
            file_.flush()
            os.fsync(file_.fileno())
        if not target.exists():  # another process may have been faster
            part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _first(skipped: Mapping[str, str]) -> str:
    return next((f"{name}: {why}" for name, why in skipped.items()), "there are no photos")


def _remove_leftovers(cache_dir: Path) -> None:
    """Delete part folders that no build has written to for a while."""
    for part in cache_dir.glob("*.part-*"):
        newest = max(path.stat().st_mtime for path in (part, *part.iterdir()))
        if time.time() - newest > STALE_SECONDS:
            shutil.rmtree(part, ignore_errors=True)


def _write_crops(
    photos: Mapping[str, Path], options: CropOptions, file: IO[bytes], workers: int
) -> tuple[dict[str, int], dict[str, str]]:
    """Write all crops as one .npy; return the crops of each photo and why others have none."""
    used: dict[str, int] = {}
    skipped: dict[str, str] = {}
    side = options.resolution
    _write_header(file, 0, side)
    for name, crops in _cut_all(photos, options, workers):
        if isinstance(crops, str):
            skipped[name] = crops
            continue
        used[name] = len(crops)
        for crop in crops:
            file.write(crop.tobytes())
    file.seek(0)
    _write_header(file, sum(used.values()), side)
    file.flush()
    os.fsync(file.fileno())
    return used, skipped


def _cut_all(
    photos: Mapping[str, Path], options: CropOptions, workers: int
) -> Iterator[tuple[str, list[Levels] | str]]:
    """Yield every photo's name with its crops, or with what is wrong with it, in order."""
    cut = partial(_cut, options)
    if not workers:
        yield from map(cut, photos.items())
        return
    with open_pool(workers) as pool:
        yield from pool.map(cut, photos.items(), chunksize=4)


def _cut(options: CropOptions, photo: tuple[str, Path]) -> tuple[str, list[Levels] | str]:
    name, path = photo
    try:
        pixels = read_photo(path)
    except Exception as error:  # a decoder may raise anything on a damaged file
        return name, f"{type(error).__name__}: {error}"
    if min(pixels.shape[:2]) < options.resolution:
        return name, f"smaller than {options.resolution} pixels"
    rng = np.random.default_rng([options.seed, *hashlib.sha256(name.encode()).digest()[:8]])
    return name, cut_crops(pixels, options.resolution, options.crops_of(name), rng)


def _write_header(file: IO[bytes], count: int, side: int) -> None:
    """Write the .npy header, whose length does not depend on ``count``."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, side, side, 3)}
    np.lib.format.write_array_header_1_0(file, header)
