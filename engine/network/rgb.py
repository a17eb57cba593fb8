"""Ways from features to colour: one output per resolution, merged up the decoder.

An RGB head takes the decoder's features of every resolution, from 4 px up, and carries the colour
image ``rgb`` (N, 3, r, r) from one to the next; it returns the one at the top.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.network.config import PYRAMID_GAIN
from engine.network.layers import EqualizedConv, upsample


class RGBHead(nn.Module):
    """Sum one 1 x 1 RGB output per resolution (MSG); ``last`` keeps only the top one.

    out = (sum of upsampled RGB) / levels. No activation.
    """

    def __init__(self, resolutions: Sequence[int], widths: Sequence[int], last: bool = False):
        super().__init__()
        self.top = resolutions[-1]
        self.levels = 1 if last else len(resolutions)
        used = {self.top} if last else set(resolutions)
        self.to_rgb = nn.ModuleDict(
            {
                str(r): EqualizedConv(width, 3, 1)
                for r, width in zip(resolutions, widths, strict=True)
                if r in used
            }
        )

    def forward(self, features: dict[int, Tensor], img: Tensor, known: Tensor) -> Tensor:
        """Return the colour (N, 3, R, R).

        Args:
            features: resolution r -> the decoder's features (N, C, r, r).
            img: (N, 3, R, R) float in [-1, 1]; only its known pixels are used, here none.
            known: (N, 1, R, R) float in [0, 1].
        """
        rgb: Tensor | None = None
        for r, output in self.to_rgb.items():
            out = output(features[int(r)]) / self.levels
            rgb = out if rgb is None else out + upsample(rgb)
        assert rgb is not None
        return rgb


class PyramidHead(RGBHead):
    """Start each level from the known pixels pooled to it; the network adds what they lack.

    rgb = c pooled + (1 - c) (bilinear_up(rgb) + 0.1 to_rgb(x)), where ``pooled`` is the
    certainty-weighted mean of the known pixels in the cell and c' = 1 - (1 - mean c)**4, so that
    a cell with any known pixel counts. At 4 px an unknown cell starts from the mean of the known
    ones. At the top c is the mask, so Equation 12 holds by construction. Not in the paper: an
    option of the configuration ("RGB pyramid merge").
    """

    def forward(self, features: dict[int, Tensor], img: Tensor, known: Tensor) -> Tensor:
        """Return the colour (N, 3, R, R); as in ``RGBHead``."""
        pyramid = known_pyramid(img, known)
        below = mean_of(*pyramid[0])
        for (r, output), (pooled, c) in zip(self.to_rgb.items(), pyramid, strict=True):
            added = output(features[int(r)]).to(pooled.dtype)
            rgb = torch.lerp(below + PYRAMID_GAIN * added, pooled, c.expand_as(pooled))
            if int(r) < self.top:
                below = F.interpolate(rgb, scale_factor=2, mode="bilinear", align_corners=False)
        return rgb


def known_pyramid(img: Tensor, known: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return (pooled (N, 3, r, r), c (N, 1, r, r)) for r = 4 .. top.

    Args:
        img: (N, 3, H, W) float in [-1, 1]; only its known pixels are used.
        known: (N, 1, H, W) float in [0, 1].
    """
    colour, c = img * known, known
    levels = [(colour, c)]
    while colour.shape[-1] > 4:
        share = F.avg_pool2d(c, 2)
        colour = F.avg_pool2d(colour * c, 2) / share.clamp_min(1e-6)
        c = 1 - (1 - share).pow(4)
        levels.append((colour, c))
    return levels[::-1]


def mean_of(pooled: Tensor, c: Tensor) -> Tensor:
    """Return the mean of ``pooled`` (N, 3, H, W) weighed by c (N, 1, H, W), at every pixel."""
    total = c.sum((2, 3), keepdim=True).clamp_min(1e-6)
    return ((pooled * c).sum((2, 3), keepdim=True) / total).expand_as(pooled)


def make_head(kind: str, resolutions: Sequence[int], widths: Sequence[int]) -> RGBHead:
    """Return the head named by ``GeneratorConfig.rgb``."""
    if kind == "pyramid":
        return PyramidHead(resolutions, widths)
    return RGBHead(resolutions, widths, last=kind == "last")
