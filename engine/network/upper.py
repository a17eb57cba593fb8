"""The upper level: doubles an answer inside the hole, beside the photo's own pixels.

The generator answers at 64 px. One set of weights then doubles any answer, 64 px to 128, 128 to
256, as the upper levels of the paper's U-Net would (Section 3.3), but each doubling is a local
task of its own: it sees the known pixels at the new size and the answer at half of it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.network.config import DEPTH, PYRAMID_GAIN, UpperConfig
from engine.network.layers import (
    PLAIN,
    Act,
    EqualizedConv,
    GammaSkip,
    IConv,
    Operations,
    Pair,
    WeightedPool,
    composite,
    upsample,
)
from engine.network.rivals import PlainConv


class Pairs(nn.Module):
    """Run blocks one after another on (features, certainty)."""

    def __init__(self, *acts: Act):
        super().__init__()
        self.acts = nn.ModuleList(acts)

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, certainty) after all."""
        for act in self.acts:
            x, c = act(x, c)
        return x, c


class Upper(nn.Module):
    """Double an answer, I' = M I + (1 - M) (up(A) + g W x), from x of a small U-Net.

    The encoder reads the known pixels with certainty M, as the generator's does; a second reads the
    answer A, which is certain everywhere, so that neither its convolutions nor the decoder's impute
    anything. At each size both are joined to what comes from below by gamma skips (Equation 6):
    near the rim the photo speaks, deep inside the answer.
    """

    def __init__(self, config: UpperConfig, operations: Operations = PLAIN):
        """Build it with fresh weights.

        Args:
            config: what to build.
            operations: faster equals of the layers' operations, for training.
        """
        super().__init__()
        self.config = config
        self.pool, self.halve = WeightedPool(operations), operations.halve
        n, k = config.width, config.imputation
        sizes = range(DEPTH)

        def act(inputs: int, outputs: int, kernel: int = 3) -> Act:
            return Act(IConv(inputs, outputs, kernel, k, operations=operations), operations)

        def plain(inputs: int, outputs: int) -> Act:
            return Act(PlainConv(inputs, outputs, 3), operations)

        self.from_rgb = act(3, n(0), 1)
        self.encoder = nn.ModuleList(
            [Pairs(act(n(0), n(0)))]
            + [Pairs(act(n(d - 1), n(d)), act(n(d), n(d))) for d in sizes[1:]]
        )
        self.reader = nn.ModuleList([plain(3, n(1))] + [plain(n(d - 1), n(d)) for d in sizes[2:]])
        self.decoder = nn.ModuleList(
            [Pairs(plain(n(d), n(d)), plain(n(d), n(max(d - 1, 0)))) for d in sizes]
        )
        self.skips = nn.ModuleList([GammaSkip() for _ in sizes])
        self.reads = nn.ModuleList([GammaSkip() for _ in sizes[1:-1]])
        self.to_rgb = EqualizedConv(n(0), 3, 1)

    def forward(
        self, img: Tensor, known: Tensor, answer: Tensor, dtype: torch.dtype | None = None
    ) -> Tensor:
        """Return the answer at twice its size.

        Args:
            img: (N, 3, R, R) float32 in [-1, 1]; pixels of the hole are ignored. R is a multiple
                of 8.
            known: (N, 1, R, R) float32 in [0, 1]; 1 = known, 0 = hole.
            answer: (N, 3, R / 2, R / 2) float32 in [-1, 1].
            dtype: compute features in this type; colours stay float32.

        Returns:
            (N, 3, R, R) float32, equal to ``img`` to the bit wherever ``known`` is 1.
        """
        dtype = dtype or img.dtype
        shallow = self._encode((img * known).to(dtype), known)
        read = self._read(answer.to(dtype), known)
        x, c = self._join(DEPTH - 1, shallow, read[-1])
        for d in reversed(range(DEPTH)):
            x, c = self.decoder[d](x, c)
            if d:
                deep = upsample(x), upsample(c)
                if d > 1:
                    deep = self.reads[d - 2](read[d - 2], deep)
                x, c = self._join(d - 1, shallow, deep)
        return composite(enlarged(answer) + PYRAMID_GAIN * self.to_rgb(x).to(img.dtype), img, known)

    def _encode(self, x: Tensor, c: Tensor) -> list[Pair]:
        """Return what the photo says at R, R / 2, R / 4, R / 8."""
        x, c = self.from_rgb(x, c)
        found: list[Pair] = []
        for d, block in enumerate(self.encoder):
            if d:
                x, c = self.pool(x, c)
            x, c = block(x, c)
            found.append((x, c))
        return found

    def _read(self, x: Tensor, known: Tensor) -> list[Pair]:
        """Return what the answer says at R / 2, R / 4, R / 8; all of it is certain."""
        found: list[Pair] = []
        for d, act in enumerate(self.reader):
            x = act(x if d == 0 else self.halve(x), known)[0]
            found.append((x, torch.ones_like(x[:, :1], dtype=known.dtype)))
        return found

    def _join(self, d: int, shallow: list[Pair], deep: Pair) -> Pair:
        joined: Pair = self.skips[d](shallow[d], deep)
        return joined


def enlarged(answer: Tensor) -> Tensor:
    """Return (N, 3, 2 S, 2 S), the answer (N, 3, S, S) scaled up smoothly."""
    return F.interpolate(answer, scale_factor=2, mode="bilinear", align_corners=False)
