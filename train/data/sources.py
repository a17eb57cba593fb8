"""Open a dataset by the name of its layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from train.data.batch import Dataset
from train.data.celebahq import CelebAHQ
from train.data.crops import CropStore, DataError
from train.data.fdf import FDF
from train.data.folder import FolderDataset
from train.data.places2 import Places2

LAYOUTS = ("photos", "fdf", "celebahq", "places2")


def open_dataset(
    layout: str,
    roots: Sequence[Path],
    resolution: int,
    cache_dir: Path,
    seed: int = 0,
    weights: Mapping[str, float] | None = None,
    crops_per_photo: int | None = None,
    workers: int = 0,
) -> Dataset:
    """Open one of ``LAYOUTS``.

    Args:
        layout: ``photos`` takes any photos and makes a store of crops; the others are the paper's.
        roots: folders of photos, or the one root of a paper's dataset.
        resolution: side of the images, pixels.
        cache_dir: where ``photos`` keeps its store; as the rest, not used by other layouts.
        seed: of the crops.
        weights: see ``CropOptions``.
        crops_per_photo: see ``CropStore.build``, as the next.
        workers: processes that cut crops.

    Raises:
        DataError: a folder or a part of a dataset is missing, or nothing can be read.
    """
    for root in roots:
        if not root.is_dir():
            raise DataError(f"There is no folder {root}.")
    if layout == "photos":
        options = (resolution, crops_per_photo, seed, weights, workers)
        return FolderDataset(CropStore.build(roots, cache_dir, *options))
    if layout not in LAYOUTS or len(roots) != 1:
        raise DataError(f"“{layout}” is none of {', '.join(LAYOUTS)}, or has not one root folder.")
    papers = {"fdf": FDF, "celebahq": CelebAHQ, "places2": Places2}
    return papers[layout](roots[0], resolution)  # type: ignore[no-any-return]
