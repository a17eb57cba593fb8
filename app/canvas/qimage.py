"""Carry pixels between numpy arrays and QImage, with the stride respected on both ways."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from engine.arrays import Levels


def to_qimage(pixels: Levels) -> QImage:
    """Return a QImage that owns a copy of ``pixels`` (H, W, 3) uint8 RGB."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def rgba(pixels: Levels) -> QImage:
    """Return a QImage that owns a copy of ``pixels`` (H, W, 4) uint8 RGBA."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def to_array(image: QImage) -> Levels:
    """Return the pixels of ``image`` as an own (H, W, 3) uint8 RGB array."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def view32(pixels: Levels) -> QImage:
    """Return a QImage that looks at ``pixels`` (H, W, 4) uint8 BGRX; keep the array alive."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def view8(pixels: Levels, table: list[int]) -> QImage:
    """Return a QImage that looks at (H, W) uint8 indices into ``table``; keep the array alive."""
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return image
