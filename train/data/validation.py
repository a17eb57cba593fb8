"""A fixed set of images with fixed holes, small enough to keep in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from train.data.batch import Dataset
from train.data.crops import DataError
from train.data.files import centre_square, scaled
from train.data.photos import list_photos, read_photo
from train.masks import sample_holes


@dataclass(frozen=True, eq=False)
class ValidationSet:
    """Hold images, holes, and poses where there are any.

    ``names``; ``img`` (N, 3, R, R) uint8 RGB; ``hole`` (N, 1, R, R) float32, 0 or 1; ``pose``
    (N, 14) float32 in [0, 1] or None.
    """

    names: tuple[str, ...]
    img: Tensor
    hole: Tensor
    pose: Tensor | None = None

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.names)


def validation_of(dataset: Dataset, mask_kind: str, count: int, seed: int = 0) -> ValidationSet:
    """Take the first images of a dataset, uncropped by chance and not mirrored, with fixed holes.

    Args:
        dataset: its own holes are used where it has them.
        mask_kind: kind of the holes otherwise; see ``train.masks``.
        count: at most so many images.
        seed: of the holes; hole i depends on (seed, i).
    """
    indices = np.arange(min(count, len(dataset)))
    img, hole, pose = dataset.batch(indices, np.zeros(len(indices), bool))
    if hole is None:
        rngs = [np.random.default_rng([seed, int(i)]) for i in indices]
        holes = sample_holes(mask_kind, len(indices), img.shape[-1], rngs)
        hole = torch.from_numpy(holes)
    return ValidationSet(tuple(f"{i:06d}" for i in indices), img, hole, pose)


def _one(image: Path, mask: Path, resolution: int) -> tuple[Tensor, Tensor]:
    try:
        pixels, white = read_photo(image), read_photo(mask)[..., 0]
    except Exception as error:  # a decoder may raise anything on a damaged file
        raise DataError(f"{image} or its mask {mask} cannot be read: {error}") from error
    if pixels.shape[:2] != white.shape[:2]:
        raise DataError(f"{mask} has another size than {image}.")
    pixels = scaled(centre_square(pixels), resolution)
    hole = scaled(np.where(centre_square(white) >= 128, 255, 0).astype(np.uint8), resolution) >= 128
    return (
        torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1),
        torch.from_numpy(hole.astype(np.float32))[None],
    )


def read_validation(
    images: Path, masks: Path, resolution: int, limit: int | None = None
) -> ValidationSet:
    """Read a folder of images and a folder of masks that bear the same names, white = hole.

    Args:
        images: any picture files; their central squares are scaled to ``resolution``.
        masks: one picture for each image, of the image's size.
        resolution: side of the result, pixels.
        limit: take only the first so many by name.

    Raises:
        DataError: there is no image, an image has no mask, or the two do not fit.
    """
    by_stem = {path.stem: path for path in list_photos([masks]).values()}
    photos: Sequence[Path] = list(list_photos([images]).values())[:limit]
    if not photos:
        raise DataError(f"{images} holds no image.")
    missing = [path.name for path in photos if path.stem not in by_stem]
    if missing:
        raise DataError(f"{masks} holds no mask for {missing[0]} ({len(missing)} missing).")
    pairs = [_one(path, by_stem[path.stem], resolution) for path in photos]
    return ValidationSet(
        tuple(path.stem for path in photos),
        torch.stack([img for img, _ in pairs]),
        torch.stack([hole for _, hole in pairs]),
    )
