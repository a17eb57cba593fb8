"""Correlate pictures by their spectra."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engine.arrays import Floats


def spectrum(picture: Floats, size: Sequence[int]) -> Floats:
    """Return the spectrum of a picture (h, w) float32 with zeros up to ``size`` (H, W), packed."""
    room = np.zeros(size, np.float32)
    room[: picture.shape[0], : picture.shape[1]] = picture
    return np.asarray(cv2.dft(room, dst=room, nonzeroRows=picture.shape[0]), np.float32)


def correlated(one: Floats, other: Floats) -> Floats:
    """Return (H, W), for every shift the sum of ``other`` times ``one`` as far away; cyclic.

    Args:
        one, other: as ``spectrum`` returns them, of one size.
    """
    product = cv2.mulSpectrums(one, other, 0, conjB=True)
    return np.asarray(cv2.dft(product, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE), np.float32)
