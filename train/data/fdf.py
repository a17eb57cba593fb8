"""Flickr Diverse Faces: faces with a box to fill and seven keypoints.

Layout: ``images/{64,128}/N.png``; ``landmarks.npy``, (N, 7, 2) after a reshape, x and y in [0, 1];
``bounding_box/{64,128}.torch``, integers (N, 4) = x0, y0, x1, y1 in pixels of that size. Both files
are read without running anything they contain.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.arrays import Flags, Floats, Levels, Longs
from train.data.batch import Batch, Rngs
from train.data.crops import DataError
from train.data.files import (
    ImageFiles,
    by_number,
    centre_square,
    folder_for,
    scaled,
    to_tensor,
)

MIRRORED = (0, 2, 1, 4, 3, 6, 5)
"""Where each keypoint comes from in a mirrored face: nose, eyes, ears, shoulders swap sides."""


def read_boxes(path: Path) -> Longs:
    """Read hole boxes (N, 4) int64, x0, y0, x1, y1.

    Raises:
        DataError: the file is missing, is no table of boxes, or wants to run code.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes the reader raise anything
        raise DataError(f"{path} cannot be read as a table of boxes: {error}") from error
    if not isinstance(found, Tensor) or found.ndim != 2 or found.shape[1] != 4:
        raise DataError(f"{path} holds no table of boxes with four columns.")
    return found.to(torch.int64).numpy()


def read_landmarks(path: Path) -> Floats:
    """Read keypoints (N, 7, 2) float32, x and y in [0, 1].

    Raises:
        DataError: the file is missing, is no array of keypoints, or wants to run code.
    """
    try:
        found = np.load(path, allow_pickle=False)
        return np.asarray(found, np.float32).reshape(-1, 7, 2)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{path} cannot be read as keypoints: {error}") from error


def mirror_landmarks(points: Floats) -> Floats:
    """Return keypoints (..., 7, 2) of the mirrored face: x becomes 1 - x, left becomes right."""
    turned = points[..., MIRRORED, :].copy()
    turned[..., 0] = 1.0 - turned[..., 0]
    return turned


def mirror_box(box: Longs, side: int) -> Longs:
    """Return the box (4,) x0, y0, x1, y1 in the mirrored image of width ``side``."""
    x0, y0, x1, y1 = box
    return np.array([side - x1, y0, side - x0, y1])


class FDF(ImageFiles):
    """Give faces with their hole and their pose.

    Args:
        root: the folder that holds ``images``, ``bounding_box`` and ``landmarks.npy``.
        resolution: side of the faces, pixels; from the smallest size that is large enough.

    Raises:
        DataError: a part is missing, unreadable, or of another length than the rest.
    """

    def __init__(self, root: Path, resolution: int = 128) -> None:
        folder = folder_for(root / "images", resolution)
        super().__init__(by_number(folder), folder)
        self.resolution = resolution
        boxes = read_boxes(root / "bounding_box" / f"{folder.name}.torch") * resolution
        size = int(folder.name)
        self.boxes = np.concatenate([boxes[:, :2] // size, -(-boxes[:, 2:] // size)], axis=1)
        self.landmarks = read_landmarks(root / "landmarks.npy")
        last = int(self.paths[-1].stem)
        for name, rows in (("bounding_box", self.boxes), ("landmarks.npy", self.landmarks)):
            if len(rows) <= last:
                raise DataError(f"{root / name} has {len(rows)} rows, but there is {last}.png.")

    def batch(self, indices: Longs, flips: Flags, rngs: Rngs = ()) -> Batch:
        """Return faces, holes (N, 1, R, R) and poses (N, 14); ``rngs`` are not used."""
        side = self.resolution
        faces: list[Levels] = []
        hole = torch.zeros(len(indices), 1, side, side)
        pose = np.empty((len(indices), 7, 2), np.float32)
        for i, (index, flip) in enumerate(zip(indices, flips, strict=True)):
            used, face = self.read(int(index))
            faces.append(scaled(centre_square(face), side))
            row = int(self.paths[used].stem)
            box, points = self.boxes[row], self.landmarks[row]
            x0, y0, x1, y1 = np.clip(mirror_box(box, side) if flip else box, 0, side).tolist()
            hole[i, 0, y0:y1, x0:x1] = 1.0
            pose[i] = mirror_landmarks(points) if flip else points
        return Batch(to_tensor(faces, flips), hole, torch.from_numpy(pose).flatten(1))
