"""Find photos in folders, read them no larger than needed, and cut textured squares from them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from engine.arrays import Levels

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})
SHORT_SIDE = 1024  # a photo is read at the smallest JPEG scale that keeps this many pixels
TRIES = 4  # squares looked at for every crop asked for
_CELLS = 8  # texture is measured in 8 x 8 cells
_FLAT = 3.0  # detail, root mean square in grey levels, under which a cell counts as flat


def list_photos(folders: Iterable[Path]) -> dict[str, Path]:
    """Return every picture file under ``folders`` by its name relative to its folder, sorted.

    Of two files with the same relative name, the second keeps its folder's name in front.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                name = path.relative_to(folder).as_posix()
                found[name if name not in found else f"{folder.name}/{name}"] = path
    return dict(sorted(found.items()))


def read_photo(path: Path, short_side: int = SHORT_SIDE) -> Levels:
    """Return a photo (H, W, 3) uint8 RGB, upright.

    JPEG files are decoded at 1/2, 1/4 or 1/8 where the short side stays at ``short_side`` or more.

    Raises:
        Exception: whatever the decoder says of a damaged file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata is no reason to leave a photo out
        with Image.open(path) as picture:
            shrink = short_side / min(picture.size)
            if shrink < 1.0:
                picture.draft(
                    "RGB", (round(picture.width * shrink), round(picture.height * shrink))
                )
            return np.array(ImageOps.exif_transpose(picture).convert("RGB"))


def texture(crop: Levels) -> float:
    """Return the share of an 8 x 8 grid of cells with fine detail; ``crop`` (R, R, 3) uint8.

    Detail is what a 5 x 5 average removes, so a slow gradient has none.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = (grey - cv2.blur(grey, (5, 5))) ** 2
    cells = cv2.resize(detail, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
    return float(np.mean(cells > _FLAT**2))


def chance_to_keep(share: float) -> float:
    """Return the probability to keep a crop with the textured share ``share``.

    One from half textured upward; a wholly smooth crop has 3 %, for skies must be filled too.
    """
    return 0.03 + 0.97 * min(1.0, 2.0 * share) ** 2


def cut_crops(photo: Levels, side: int, count: int, rng: np.random.Generator) -> list[Levels]:
    """Cut up to ``count`` squares from a photo at random places and scales.

    The square's side in the photo is log-uniform between ``side`` and the photo's short side; it
    is scaled down by area averages. Smooth squares are mostly passed over, so a smooth photo
    gives fewer.

    Args:
        photo: (H, W, 3) uint8, at least ``side`` in both directions.
        side: side of a crop, pixels.
        count: crops wanted.
        rng: the only source of randomness.

    Returns:
        Crops (side, side, 3) uint8.
    """
    height, width = photo.shape[:2]
    crops: list[Levels] = []
    for _ in range(TRIES * count):
        if len(crops) == count:
            break
        square = round(side * (min(height, width) / side) ** rng.random())
        top = int(rng.integers(0, height - square + 1))
        left = int(rng.integers(0, width - square + 1))
        crop = photo[top : top + square, left : left + square]
        crop = np.asarray(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
        if rng.random() < chance_to_keep(texture(crop)):
            crops.append(crop)
    return crops
