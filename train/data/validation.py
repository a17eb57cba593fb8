"""A fixed set of images with fixed holes, small enough to keep in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from train.data.crops import DataError
from train.data.files import centre_square, scaled
from train.data.photos import list_photos, read_photo


class ValidationSet(NamedTuple):
    """Hold ``names``, ``img`` (N, 3, R, R) uint8 RGB and ``hole`` (N, 1, R, R) float32, 0 or 1."""

    names: tuple[str, ...]
    img: Tensor
    hole: Tensor

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.names)


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
