"""Convolve 3 x 3 in few multiplications, compiled: the layer that takes most of an answer's time.

A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016): of each 2 x 2
pixels y = A^T [(G w G^T) * (B^T d B)] A, where d are the 4 x 4 pixels they depend on. All that is
summed over the channels is the product in the middle, sixteen small matrix products for a row.
Every number is added up in the same order however many threads share the rows.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from engine.answering.loops import convolving
from engine.answering.loops.convolving import BY
from engine.arrays import Floats
from engine.running.parallel import in_halves

HALVED: Final = 8
"""With fewer rows of 2 x 2 pixels a second thread would only be waited for."""
_G: Final = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])


def room_for(channels: int) -> int:
    """Return how many channels ``convolve`` is given for so many: the next multiple of ``BY``."""
    return -(-channels // BY) * BY


def turned(weight: Floats) -> Floats:
    """Return G w G^T of every pair of channels, for ``convolve``.

    Args:
        weight: (O, C, 3, 3) float32.

    Returns:
        (16, ``room_for(C)``, O) float32.
    """
    outputs, inputs = weight.shape[:2]
    whole = np.zeros((16, room_for(inputs), outputs), np.float32)
    product = _G @ weight.astype(np.float64) @ _G.T
    whole[:, :inputs] = product.transpose(2, 3, 1, 0).reshape(16, inputs, outputs)
    return whole


def convolve(padded: Floats, weight: Floats, bias: Floats) -> Floats:
    """Return phi(W * x + b): convolved, leaky ReLU 0.2, pixel norm (Equation 2).

    Args:
        padded: (H + 2, W + 2, ``room_for(C)``) float32, a border of zeros around x; H and W
            are multiples of 4.
        weight: of ``turned``.
        bias: (O,) float32.

    Returns:
        (H, W, O) float32.
    """
    h, w = padded.shape[0] - 2, padded.shape[1] - 2
    out = np.empty((h, w, len(bias)), np.float32)
    in_halves(partial(_rows, padded, weight, bias, out), h // 2, HALVED)
    return out


def _rows(padded: Floats, weight: Floats, bias: Floats, out: Floats, rows: slice) -> None:
    convolving.convolve(padded, weight, bias, out, rows.start, rows.stop)
