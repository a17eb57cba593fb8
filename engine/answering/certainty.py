"""The certainty branch: what the mask alone decides, the same on every device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.answering.layers import halved
from engine.arrays import Floats
from engine.network.config import GeneratorConfig

Tensors = Mapping[str, Floats]
"""A generator's state by its names (``engine.network.snapshot``), float32."""
BOTH: Final = ("first", "second")


class BlockCertainty(NamedTuple):
    """Hold the certainty (r, r) before, between and after a block's two convolutions."""

    before: Floats
    between: Floats
    after: Floats


class Certainties(NamedTuple):
    """Hold what a mask decides before any picture is looked at.

    Attributes:
        encoder, decoder: resolution r -> certainties of its blocks.
        gamma: resolution from 8 -> gamma (r, r) of its skip.
    """

    encoder: dict[int, BlockCertainty]
    decoder: dict[int, BlockCertainty]
    gamma: dict[int, Floats]


class CertaintyBranch:
    """Follow certainty through a network that imputes and has gamma skips."""

    def __init__(self, config: GeneratorConfig, tensors: Tensors):
        """Take its few weights from the state of a network that ``explains``."""
        self._sizes = config.resolutions
        self._steps = {
            (part, r): [tensors[f"{part}.{r}.{n}.conv.certainty.weight"][0, 0] for n in BOTH]
            for part in ("encoder", "decoder")
            for r in self._sizes
        }
        self._betas = {
            r: [np.maximum(tensors[f"skips.{r}.beta{n}"], 0) for n in (1, 2)]
            for r in self._sizes[1:]
        }

    @property
    def resolution(self) -> int:
        """Return the network's side in pixels."""
        return self._sizes[-1]

    def certainties(self, known: Floats) -> Certainties:
        """Follow the certainty from C0, known (R, R) in [0, 1] (Equations 5 to 7)."""
        c = known
        encoder: dict[int, BlockCertainty] = {}
        for r in reversed(self._sizes):
            encoder[r] = self._block("encoder", r, c)
            c = halved(encoder[r].after)
        decoder = {4: self._block("decoder", 4, encoder[4].after)}
        gamma: dict[int, Floats] = {}
        for r in self._sizes[1:]:
            one, two = self._betas[r]
            shallow, deep = encoder[r].after, decoder[r // 2].after.repeat(2, 0).repeat(2, 1)
            near = shallow * one
            gamma[r] = near / (near + deep * two + np.float32(1e-8))
            decoder[r] = self._block("decoder", r, gamma[r] * shallow + (1 - gamma[r]) * deep)
        return Certainties(encoder, decoder, gamma)

    def _block(self, part: str, r: int, c: Floats) -> BlockCertainty:
        first, second = self._steps[part, r]
        between = _next(c, first)
        return BlockCertainty(c, between, _next(between, second))


def explains(config: GeneratorConfig) -> bool:
    """Tell whether a network imputes and has gamma skips."""
    return config.conv == "iconv" and config.skip == "gamma"


def _next(c: Floats, weight: Floats) -> Floats:
    """Return C' = clip(2 (sigmoid(W_C * C) - 1/2) + 1e-6, 0, 1) (Equation 5)."""
    logits = cv2.filter2D(c, -1, weight, borderType=cv2.BORDER_CONSTANT)
    return np.clip(2 / (1 + np.exp(-logits)) - 1 + np.float32(1e-6), 0, 1).astype(np.float32)
