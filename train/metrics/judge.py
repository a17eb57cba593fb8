"""Score the fills of a validation set with every judge that is at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from engine.arrays import Doubles
from train.data.validation import ValidationSet
from train.metrics.efflite import EffLite0
from train.metrics.perceptual import Perceptual, st_lpips
from train.metrics.pixels import pixel_metrics
from train.metrics.sets import fid, kid, paired_kid
from train.metrics.weights import MetricsError

_BATCH = 8


class Features(Protocol):
    """Turn images (N, 3, H, W) float in [-1, 1] into features (N, C)."""

    name: str

    def __call__(self, img: Tensor) -> Tensor:
        """Return (N, C) float32."""
        ...


def to_float(img: Tensor) -> Tensor:
    """Return uint8 images as float32 in [-1, 1]."""
    return img.float() / 127.5 - 1


def batches(images: Tensor) -> list[Tensor]:
    """Cut (N, ...) into parts that are judged at once."""
    return [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]


class Judge:
    """Compare fills with the truth of one validation set.

    Args:
        truth: the set.
        perceptual: distances to measure on every image.
        features: backbones for KID and FID of the whole set.
    """

    def __init__(
        self, truth: ValidationSet, perceptual: Sequence[Perceptual], features: Sequence[Features]
    ) -> None:
        self._truth, self._perceptual, self._features = truth, perceptual, features
        self._known: dict[str, Doubles] = {}

    def score(self, fills: Tensor, frechet: bool = True) -> dict[str, float]:
        """Return the means of all metrics.

        Args:
            fills: (N, 3, R, R) uint8, in the order of the set.
            frechet: measure FID too, the slowest of all.

        Returns:
            The keys of ``pixel_metrics``; one for each perceptual distance; ``kid_..._x1000`` and
            ``fid_...`` for each backbone, given two images or more; ``changed_outside``, the
            number of pixels outside holes that differ from the photo.
        """
        found = self._pixels(fills)
        for measure in self._perceptual:
            pairs = zip(batches(self._truth.img), batches(fills), strict=True)
            each = [measure(to_float(a), to_float(b)) for a, b in pairs]
            found[measure.name] = float(torch.cat(each).mean())
        for features in self._features if len(fills) > 1 else ():
            truth, got = self._of_truth(features), _features_of(features, fills)
            distance = paired_kid if isinstance(features, EffLite0) else kid
            found[f"kid_{features.name}_x1000"] = 1000 * distance(truth, got)
            if frechet:
                found[f"fid_{features.name}"] = fid(truth, got)
        return found

    def _pixels(self, fills: Tensor) -> dict[str, float]:
        rows = [
            pixel_metrics(
                a.permute(1, 2, 0).numpy(), b.permute(1, 2, 0).numpy(), hole[0].numpy() > 0
            )
            for a, b, hole in zip(self._truth.img, fills, self._truth.hole, strict=True)
        ]
        means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        changed = (fills != self._truth.img).any(dim=1, keepdim=True) & (self._truth.hole == 0)
        return {**means, "changed_outside": float(changed.sum())}

    def _of_truth(self, features: Features) -> Doubles:
        if features.name not in self._known:
            self._known[features.name] = _features_of(features, self._truth.img)
        return self._known[features.name]


def _features_of(features: Features, images: Tensor) -> Doubles:
    parts = [features(to_float(part)) for part in batches(images)]
    return torch.cat(parts).double().numpy()


def offline_judges() -> tuple[list[Perceptual], list[Features], list[str]]:
    """Return the judges whose weights come inside packages, and why others are missing."""
    perceptual: list[Perceptual] = []
    features: list[Features] = []
    missing: list[str] = []

    def attempt(add: Callable[[], None]) -> None:
        try:
            add()
        except MetricsError as error:
            missing.append(str(error))

    attempt(lambda: perceptual.append(st_lpips()))
    attempt(lambda: features.append(EffLite0()))
    return perceptual, features, missing
