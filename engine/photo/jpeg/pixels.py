"""From changed pixels to changed coefficients: which blocks, and what they become."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import cv2
import numpy as np

from engine.arrays import Flags, Longs, Pixels
from engine.photo.jpeg.blocks import Blocks
from engine.photo.jpeg.layout import Layout
from engine.photo.jpeg.segments import ZIGZAG

RGB_TO_YCC = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32
)
"""JFIF 1.02; chroma is centred on 0."""

_N = np.arange(8)
DCT = (np.sqrt((2 - (_N == 0)) / 8) * np.cos(np.outer(2 * _N + 1, _N) * np.pi / 16)).T.astype(
    np.float32
)
"""The orthonormal 8-point cosine transform: row u holds frequency u (T.81, A.3.3)."""


def changed_cells(old: Pixels, new: Pixels, tolerance: int = 0) -> Flags:
    """Return which cells of 8 x 8 pixels differ by more, (ceil(H / 8), ceil(W / 8))."""
    height, width = old.shape[:2]
    cells = np.zeros((-(-height // 8), -(-width // 8)), bool)
    borders = np.arange(0, width, 8)
    for row in range(cells.shape[0]):
        rows = slice(8 * row, 8 * row + 8)
        if not np.array_equal(old[rows], new[rows]):
            most = cv2.absdiff(old[rows], new[rows]).max(axis=(0, 2))
            cells[row] = np.maximum.reduceat(most, borders) > tolerance
    return cells


def slot_changes(layout: Layout, cells: Flags) -> Flags:
    """Return which blocks cover a changed cell, (MCUs, blocks of an MCU)."""
    wide, tall = (side // 8 for side in layout.mcu_size)
    grid = np.zeros((layout.rows * tall, layout.columns * wide), bool)
    grid[: cells.shape[0], : cells.shape[1]] = cells
    grid4 = grid.reshape(layout.rows, tall, layout.columns, wide)
    out = np.empty((layout.mcus, len(layout.slots)), bool)
    for number, slot in enumerate(layout.slots):
        h, v = layout.sampling[slot.component]
        down, right = tall // v, wide // h
        part = grid4[:, slot.row * down : (slot.row + 1) * down]
        part = part[..., slot.column * right : (slot.column + 1) * right]
        out[:, number] = part.any(axis=(1, 3)).ravel()
    return out


def replace_blocks(
    layout: Layout, pixels: Pixels, mcus: Longs, changed: Flags, blocks: Blocks
) -> None:
    """Compute the changed blocks of some MCUs anew, in place.

    Args:
        layout: the scan's layout.
        pixels: (H, W, 3) uint8 RGB.
        mcus: (n,) the numbers of the MCUs, rising.
        changed: (n, blocks of an MCU), which blocks to compute.
        blocks: (n, blocks of an MCU, 64) coefficients, with absolute DC values.
    """
    work = np.flatnonzero(changed.any(axis=1))
    for start, end in _runs(mcus[work], layout.columns):
        which = work[start:end]
        row, column = divmod(int(mcus[which[0]]), layout.columns)
        fresh = _blocks_of(layout, pixels, row, column, which.size)
        blocks[which] = np.where(changed[which][..., None], fresh, blocks[which])


def _runs(mcus: Longs, columns: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of neighbours in the same row."""
    breaks = np.flatnonzero((np.diff(mcus) != 1) | (mcus[1:] % columns == 0)) + 1
    borders = [0, *breaks.tolist(), mcus.size] if mcus.size else [0]
    yield from itertools.pairwise(borders)


def _blocks_of(layout: Layout, pixels: Pixels, row: int, column: int, count: int) -> Blocks:
    """Return all blocks (count, blocks of an MCU, 64) of ``count`` neighbouring MCUs."""
    wide, tall = layout.mcu_size
    region = pixels[row * tall : (row + 1) * tall, column * wide : (column + count) * wide]
    missing = (tall - region.shape[0], count * wide - region.shape[1])
    region = np.pad(region, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    planes = region.astype(np.float32) @ RGB_TO_YCC.T
    planes[..., 0] -= 128
    out = []
    for component, (h, v) in enumerate(layout.sampling):
        down, right = tall // 8 // v, wide // 8 // h
        plane = planes[..., component].reshape(v * 8, down, count * h * 8, right).mean(axis=(1, 3))
        square = plane.reshape(v, 8, count, h, 8).transpose(2, 0, 3, 1, 4)
        waves = (DCT @ square @ DCT.T).reshape(count, v * h, 64)[..., ZIGZAG]
        out.append(np.rint(waves / layout.quantisation[component]))
    blocks = np.concatenate(out, axis=1)
    return np.asarray(np.clip(blocks, -1023, 1023), np.int16)
