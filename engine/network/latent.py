"""Draw latents from seeds, so that a seed means the same z on every device."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats
from engine.network.config import GeneratorConfig


def draw_z(config: GeneratorConfig, seeds: Sequence[int]) -> Floats:
    """Draw one latent per seed.

    The numbers are those of ``torch.randn`` with a generator of that seed on the processor, up to
    rounding: the codes of earlier versions keep their meaning.

    Args:
        config: the generator's configuration.
        seeds: one integer from 0 to 2**32 - 1 per latent; 0 gives z = 0.

    Returns:
        (len(seeds), z_channels, 4, 4) float32, N(0, 1).
    """
    found = np.zeros((len(seeds), config.z_channels, 4, 4), np.float32)
    for z, seed in zip(found, seeds, strict=True):
        if seed:
            z[:] = _normal(z.size, seed).reshape(z.shape)
    return found


def _normal(count: int, seed: int) -> Floats:
    """Return ``count`` numbers, a multiple of 16, by the method of Box and Muller.

    torch takes 24 bits of a Mersenne twister's word for each, and of sixteen words the first eight
    for the lengths of eight pairs, the last eight for their angles.
    """
    words = np.random.RandomState(seed).randint(0, 2**32, count, np.uint32)
    length, angle = ((words & 0xFFFFFF) / 2**24).reshape(-1, 2, 8).swapaxes(0, 1)
    radius = np.sqrt(-2 * np.log(1 - length))
    pairs = radius * np.cos(2 * np.pi * angle), radius * np.sin(2 * np.pi * angle)
    return np.stack(pairs, axis=1).astype(np.float32).ravel()
