"""Crops with a hole and an answer at half their size, from which the upper level learns.

A store is a crop store's squares, a hole for each, and what the frozen generator answers there.
Half of the samples take that answer. The others take the truth at half the size, disturbed so that
it looks like an answer: blurred, of another tone in places, and moved.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.arrays import Floats, Levels, Mask
from engine.network.generator import Generator
from train.data.crops import CropStore
from train.data.sampler import indices_for
from train.masks import sample_holes

BLUR, TONE, SHIFT = 1.6, 0.06, 1.0
"""Most blur (pixels), tone (of full white) and movement (pixels) of a disturbed truth."""
_TRIES = 8
_CELLS = 4


class Sample(NamedTuple):
    """Hold a batch.

    ``img`` (N, 3, R, R) float32 in [-1, 1]; ``hole`` (N, 1, R, R) float32, 1 = fill; ``answer``
    (N, 3, R / 2, R / 2) float32 in [-1, 1]; ``core`` (N,) float32, 1 where the generator answered.
    """

    img: Tensor
    hole: Tensor
    answer: Tensor
    core: Tensor


def make_answers(core: Generator, crops: CropStore, folder: Path, seed: int = 0) -> None:
    """Draw a hole for every crop and ask the generator; writes ``holes.npy`` and ``answers.npy``.

    Args:
        core: at half the crops' size.
        crops: the squares.
        folder: where both files go.
        seed: of holes and latents.
    """
    n, side = len(crops), crops.resolution
    small = side // 2
    holes = np.lib.format.open_memmap(folder / "holes.npy.part", "w+", np.bool_, (n, side, side))
    answers = np.lib.format.open_memmap(
        folder / "answers.npy.part", "w+", np.uint8, (n, small, small, 3)
    )
    for first in range(0, n, 16):
        part = range(first, min(first + 16, n))
        rngs = [np.random.default_rng([seed, k]) for k in part]
        kinds = ["union" if rng.random() < 0.5 else "mixed" for rng in rngs]
        gaps = [sample_holes(k, 1, side, rng)[0, 0] > 0 for k, rng in zip(kinds, rngs, strict=True)]
        z = np.stack([rng.standard_normal((core.config.z_channels, 4, 4)) for rng in rngs])
        seen = [shrunk(crops.crops[k], gap) for k, gap in zip(part, gaps, strict=True)]
        img = torch.from_numpy(np.stack([a for a, _ in seen])).permute(0, 3, 1, 2) * 2 - 1
        known = torch.from_numpy(np.stack([b for _, b in seen]))[:, None]
        with torch.inference_mode():
            out = core(img, known, torch.from_numpy(z).float())
        holes[part.start : part.stop] = np.stack(gaps)
        answers[part.start : part.stop] = to_bytes(out)
    for name in ("holes", "answers"):
        os.replace(folder / f"{name}.npy.part", folder / f"{name}.npy")


def shrunk(crop: Levels, hole: Mask) -> tuple[Floats, Floats]:
    """Return the mean of the known pixels of each 2 x 2 cell, and 1 where half of it is known.

    Args:
        crop: (S, S, 3) uint8.
        hole: (S, S) bool.

    Returns:
        (S / 2, S / 2, 3) float32 in [0, 1], and (S / 2, S / 2) float32.
    """
    half = (crop.shape[0] // 2, crop.shape[0] // 2)
    known = (~hole).astype(np.float32)
    share = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
    total = cv2.resize(
        crop.astype(np.float32) / 255 * known[..., None], half, interpolation=cv2.INTER_AREA
    )
    sharp = (share >= 0.5).astype(np.float32)
    return np.asarray(
        total / np.maximum(share, 1e-6)[..., None] * sharp[..., None], np.float32
    ), sharp


def to_bytes(img: Tensor) -> Levels:
    """Return (N, 3, R, R) in [-1, 1] as (N, R, R, 3) uint8."""
    values = ((img.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return np.asarray(values.permute(0, 2, 3, 1).numpy())


class PairStore:
    """Give batches from crops, holes and answers."""

    def __init__(self, crops: CropStore, folder: Path, side: int):
        """Open ``holes.npy`` and ``answers.npy`` of ``make_answers``.

        Args:
            crops: the squares.
            folder: of both files.
            side: R, of the samples cut from the squares.
        """
        self.crops, self.side = crops, side
        self.holes = np.load(folder / "holes.npy", mmap_mode="r")
        self.answers = np.load(folder / "answers.npy", mmap_mode="r")

    def __len__(self) -> int:
        """Return the number of squares."""
        return len(self.holes)

    def batch(self, cur_nimg: int, batch: int, seed: int) -> Sample:
        """Return the batch that follows ``cur_nimg`` crops; depends on the arguments alone."""
        indices, flips, rngs = indices_for(len(self), cur_nimg, batch, seed)
        rows = [self._one(*row) for row in zip(indices, flips, rngs, strict=True)]
        img, hole, answer, core = (np.stack(part) for part in zip(*rows, strict=True))
        return Sample(
            _tensor(img) / 127.5 - 1,
            torch.from_numpy(hole.astype(np.float32))[:, None],
            _tensor(answer) * 2 - 1,
            torch.from_numpy(core.astype(np.float32)),
        )

    def _one(
        self, index: int, flip: bool, rng: np.random.Generator
    ) -> tuple[Levels, Mask, Floats, bool]:
        hole = self.holes[index]
        top, left = _place(hole, self.side, rng)
        rows, cols = slice(top, top + self.side), slice(left, left + self.side)
        img, gap = self.crops.crops[index][rows, cols], hole[rows, cols]
        core = bool(rng.random() < 0.5)
        if core:
            half = (
                slice(top // 2, (top + self.side) // 2),
                slice(left // 2, (left + self.side) // 2),
            )
            answer = self.answers[index][half].astype(np.float32) / 255
        else:
            answer = disturbed(img, gap, rng)
        step = -1 if flip else 1
        return img[:, ::step], gap[:, ::step], answer[:, ::step], core


def _place(hole: Mask, side: int, rng: np.random.Generator) -> tuple[int, int]:
    """Return the first of some random places where the hole takes a tenth to nine tenths."""
    room = (hole.shape[0] - side) // 2 + 1
    places = [tuple(2 * rng.integers(0, room, 2)) for _ in range(_TRIES)]
    shares = [float(hole[y : y + side, x : x + side].mean()) for y, x in places]
    good = [i for i, share in enumerate(shares) if 0.1 <= share <= 0.9]
    y, x = places[good[0] if good else int(np.argmin(np.abs(np.array(shares) - 0.5)))]
    return int(y), int(x)


def disturbed(img: Levels, hole: Mask, rng: np.random.Generator) -> Floats:
    """Return the truth at half the size, as wrong in the hole as answers are.

    Args:
        img: (R, R, 3) uint8.
        hole: (R, R) bool.
        rng: the only source of chance.

    Returns:
        (R / 2, R / 2, 3) float32 in [0, 1]; cells without a hole's pixel are exact.
    """
    half = img.shape[0] // 2
    truth = cv2.resize(img.astype(np.float32) / 255, (half, half), interpolation=cv2.INTER_AREA)
    made = truth
    if rng.random() < 0.5:
        move = rng.normal(0, rng.uniform(0, SHIFT), (_CELLS, _CELLS, 2)).astype(np.float32)
        grid = np.stack(np.meshgrid(np.arange(half), np.arange(half)), axis=-1).astype(np.float32)
        place = grid + _smooth(move, half)
        made = cv2.remap(
            made, place[..., 0], place[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
    if rng.random() < 0.6:
        made = cv2.GaussianBlur(made, (0, 0), rng.uniform(0.2, BLUR))
    tone = rng.normal(0, rng.uniform(0, TONE), (_CELLS, _CELLS, 3)).astype(np.float32)
    made = np.clip(made + _smooth(tone, half), 0, 1)
    share = cv2.resize(hole.astype(np.float32), (half, half), interpolation=cv2.INTER_AREA)
    return np.asarray(np.where(share[..., None] > 0, made, truth), np.float32)


def _smooth(cells: Floats, side: int) -> Floats:
    return np.asarray(cv2.resize(cells, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)


def _tensor(images: NDArray[np.generic]) -> Tensor:
    """Return (N, R, R, 3) as (N, 3, R, R) float32, channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float()
