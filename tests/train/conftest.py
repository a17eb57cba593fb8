"""Small recipes and datasets that train in seconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.network.config import GeneratorConfig
from train.config import Stage, TrainConfig
from train.data.batch import Batch


class Colours:
    """A dataset of smooth random pictures."""

    def __init__(self, resolution: int, count: int = 64) -> None:
        rng = np.random.default_rng(7)
        small = rng.integers(0, 256, (count, 3, 4, 4)).astype(np.uint8)
        self._img = np.kron(small, np.ones((resolution // 4, resolution // 4), np.uint8))

    def __len__(self) -> int:
        return len(self._img)

    def batch(self, indices, flips, rngs=()) -> Batch:
        img = self._img[indices]
        img[flips] = img[flips][..., ::-1]
        return Batch(torch.from_numpy(np.ascontiguousarray(img)))


@pytest.fixture(scope="session")
def open_colours():
    """Return resolution -> dataset."""
    return Colours


@pytest.fixture
def tiny_config() -> TrainConfig:
    """Return a recipe with every kind of stage: L1 alone, adversarial, grown with a fade."""
    return TrainConfig(
        GeneratorConfig(resolution=16, base=8, rgb="pyramid", z_channels=4),
        stages=(
            Stage(16, 8, 4, adversarial=0.0, l1=1.0, l1_end=0.5),
            Stage(32, 8, 4, l1=1.0, d_alone=8),
            Stage(64, 16, 4, fade=24),
        ),
        masks="mixed",
        penalty_every=2,
        ema_images=50.0,
        shared_forward=True,
        minibatch_std=True,
    )


@pytest.fixture
def paper_config(tiny_config: TrainConfig) -> TrainConfig:
    """Return the paper's way at a small size: one adversarial stage, fresh fills for D."""
    generator = GeneratorConfig(resolution=16, base=8, z_channels=4)
    return replace(
        tiny_config,
        generator=generator,
        stages=(Stage(64, 16, 4),),
        masks="union",
        shared_forward=False,
        minibatch_std=False,
    )
