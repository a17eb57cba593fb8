"""Ways from features to colour: one output per resolution, merged up the decoder.

An RGB head is asked once per resolution, from 4 px up. It carries the colour image ``rgb``
(N, 3, r, r) from level to level and gives the final colour at the top.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.network.layers import EqualizedConv, upsample

PYRAMID_GAIN = 0.1


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

    def start(self, img: Tensor, known: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Prepare what the levels need of the input; nothing here."""
        return []

    def fading(self, smaller: RGBHead) -> nn.Module | None:
        """Return the output to fade out after growing: the only one that is replaced."""
        return smaller.to_rgb[str(smaller.top)] if self.levels == 1 else None

    def level(
        self, resolution: int, x: Tensor, rgb: Tensor | None, pyramid: list[tuple[Tensor, Tensor]]
    ) -> Tensor | None:
        """Return the colour carried on from this resolution (N, 3, r, r)."""
        key = str(resolution)
        if key not in self.to_rgb:
            return None
        out: Tensor = self.to_rgb[key](x) / self.levels
        return out if rgb is None else out + upsample(rgb)


class PyramidHead(RGBHead):
    """Start each level from the known pixels pooled to it; the network adds what they lack.

    rgb = c pooled + (1 - c) (bilinear_up(rgb) + 0.1 to_rgb(x)), where ``pooled`` is the
    certainty-weighted mean of the known pixels in the cell and c' = 1 - (1 - mean c)**4, so that
    a cell with any known pixel counts. At 4 px an unknown cell starts from the mean of the known
    ones. At the top c is the mask, so Equation 12 holds by construction. Not in the paper: an
    option of the configuration ("RGB pyramid merge").
    """

    def start(self, img: Tensor, known: Tensor) -> list[tuple[Tensor, Tensor]]:
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

    def level(
        self, resolution: int, x: Tensor, rgb: Tensor | None, pyramid: list[tuple[Tensor, Tensor]]
    ) -> Tensor:
        """Return the merged colour (N, 3, r, r) of this resolution."""
        pooled, c = pyramid[(resolution // 4).bit_length() - 1]
        if rgb is None:
            total = c.sum((2, 3), keepdim=True)
            below = ((pooled * c).sum((2, 3), keepdim=True) / total.clamp_min(1e-6)).expand_as(
                pooled
            )
        else:
            below = F.interpolate(rgb, scale_factor=2, mode="bilinear", align_corners=False)
        added = self.to_rgb[str(resolution)](x).to(pooled.dtype)
        return torch.lerp(below + PYRAMID_GAIN * added, pooled, c.expand_as(pooled))


def make_head(kind: str, resolutions: Sequence[int], widths: Sequence[int]) -> RGBHead:
    """Return the head named by ``GeneratorConfig.rgb``."""
    if kind == "pyramid":
        return PyramidHead(resolutions, widths)
    return RGBHead(resolutions, widths, last=kind == "last")
