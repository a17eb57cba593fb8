"""Features of Inception v3 as the Fréchet Inception Distance defines them.

The weights are those of the 2015 graph under torchvision's names. Two of its poolings differ from
the usual network: averages leave the padding out, and the very last block pools by maximum.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.metrics.weights import MetricsError, Weights, folded, read_weights

SIDE = 299


class Inception:
    """Turn images into the 2048 pooled features.

    Args:
        weights: a file, or named tensors.

    Raises:
        MetricsError: the file is missing or holds another network.
    """

    name = "inception"

    def __init__(self, weights: Path | Weights) -> None:
        found = read_weights(weights) if isinstance(weights, Path) else weights
        names = [n[: -len(".conv.weight")] for n in found if n.endswith(".conv.weight")]
        try:
            self._conv = {n: folded(found, f"{n}.conv", f"{n}.bn") for n in names}
            self(torch.zeros(1, 3, 8, 8))
        except (KeyError, RuntimeError) as error:
            raise MetricsError(f"The weights are not those of Inception v3: {error}") from error

    @torch.no_grad()
    def __call__(self, img: Tensor) -> Tensor:
        """Return (N, 2048) float32 features of images (N, 3, H, W) float in [-1, 1]."""
        x = F.interpolate(img, (SIDE, SIDE), mode="bilinear", align_corners=False)
        x = self._run(x, "Conv2d_1a_3x3:2", "Conv2d_2a_3x3:1", "Conv2d_2b_3x3")
        x = self._run(F.max_pool2d(x, 3, 2), "Conv2d_3b_1x1", "Conv2d_4a_3x3:1")
        x = F.max_pool2d(x, 3, 2)
        for name in ("Mixed_5b.", "Mixed_5c.", "Mixed_5d."):
            x = self._block_35(x, name)
        x = self._halve(
            x, "Mixed_6a.", "branch3x3:2", "branch3x3dbl_1 branch3x3dbl_2 branch3x3dbl_3:2"
        )
        for name in ("Mixed_6b.", "Mixed_6c.", "Mixed_6d.", "Mixed_6e."):
            x = self._block_17(x, name)
        sevens = "branch7x7x3_1 branch7x7x3_2 branch7x7x3_3 branch7x7x3_4:2"
        x = self._halve(x, "Mixed_7a.", "branch3x3_1 branch3x3_2:2", sevens)
        x = self._block_8(x, "Mixed_7b.", _average(x))
        x = self._block_8(x, "Mixed_7c.", F.max_pool2d(x, 3, 1, 1))
        return x.mean(dim=(2, 3))

    def _run(self, x: Tensor, *names: str) -> Tensor:
        """Apply convolutions one after the other; ``:S`` = stride S without padding."""
        for name in names:
            key, _, stride = name.partition(":")
            weight, bias = self._conv[key]
            pad = (0, 0) if stride else (weight.shape[2] // 2, weight.shape[3] // 2)
            x = F.relu(F.conv2d(x, weight, bias, int(stride or 1), pad))
        return x

    def _branch(self, x: Tensor, block: str, names: str) -> Tensor:
        return self._run(x, *(block + name for name in names.split()))

    def _halve(self, x: Tensor, block: str, *branches: str) -> Tensor:
        found = [self._branch(x, block, names) for names in branches]
        return torch.cat([*found, F.max_pool2d(x, 3, 2)], dim=1)

    def _block_35(self, x: Tensor, block: str) -> Tensor:
        branches = (
            "branch1x1",
            "branch5x5_1 branch5x5_2",
            "branch3x3dbl_1 branch3x3dbl_2 branch3x3dbl_3",
        )
        found = [self._branch(x, block, names) for names in branches]
        return torch.cat([*found, self._branch(_average(x), block, "branch_pool")], dim=1)

    def _block_17(self, x: Tensor, block: str) -> Tensor:
        branches = (
            "branch1x1",
            "branch7x7_1 branch7x7_2 branch7x7_3",
            " ".join(f"branch7x7dbl_{i}" for i in range(1, 6)),
        )
        found = [self._branch(x, block, names) for names in branches]
        return torch.cat([*found, self._branch(_average(x), block, "branch_pool")], dim=1)

    def _block_8(self, x: Tensor, block: str, pooled: Tensor) -> Tensor:
        single = self._branch(x, block, "branch3x3_1")
        double = self._branch(x, block, "branch3x3dbl_1 branch3x3dbl_2")
        found = [
            self._branch(x, block, "branch1x1"),
            *(self._branch(single, block, f"branch3x3_2{side}") for side in "ab"),
            *(self._branch(double, block, f"branch3x3dbl_3{side}") for side in "ab"),
            self._branch(pooled, block, "branch_pool"),
        ]
        return torch.cat(found, dim=1)


def _average(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
