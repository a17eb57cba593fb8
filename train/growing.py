"""Growing: a generator of twice the size that fades in over a smaller one (Karras et al. 2018)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.layers import PLAIN, Act, Operations, upsample


class GrowingGenerator(Generator):
    """Fill as ``Generator``; while it fades, partly by the entries of the half-sized one.

    Attributes:
        fade: the smaller generator's ``from_rgb``; None outside of a fade.
        fade_rgb: its RGB output, where that is the only one.
        alpha: how much of the new resolution is used, 0 to 1.
    """

    def __init__(self, config: GeneratorConfig, operations: Operations = PLAIN):
        super().__init__(config, operations)
        self.fade: Act | None = None
        self.fade_rgb: nn.Module | None = None
        self.alpha = 1.0

    def fade_from(self, smaller: Generator) -> None:
        """Keep the half-sized generator's entries beside the new ones until ``end_fade``."""
        self.fade = smaller.from_rgb
        only = smaller.config.rgb == "last"
        self.fade_rgb = smaller.head.to_rgb[str(smaller.config.resolution)] if only else None
        self.alpha = 0.0

    def end_fade(self) -> None:
        """Forget the half-sized generator's entries."""
        self.fade, self.fade_rgb, self.alpha = None, None, 1.0

    def settled(self) -> Generator:
        """Return a generator without a fade, for users.

        Where less than half of a new resolution is faded in, that is the half-sized generator
        inside it: the new layers alone would not yet fill well.
        """
        if self.fade is None:
            return self
        half = replace(self.config, resolution=self.config.resolution // 2)
        plain = Generator(half if self.alpha < 0.5 else self.config)
        inherit(plain, self)
        if plain.config == half:
            plain.from_rgb.load_state_dict(self.fade.state_dict())
            if self.fade_rgb is not None:
                output = plain.head.to_rgb[str(half.resolution)]
                output.load_state_dict(self.fade_rgb.state_dict())
        return plain.requires_grad_(False)

    def colour(self, features: dict[int, Tensor], img: Tensor, known: Tensor) -> Tensor:
        """Return the colours, those of the smaller generator fading out."""
        rgb = super().colour(features, img, known)
        if self.fade_rgb is None:
            return rgb
        old = self.fade_rgb(features[self.config.resolution // 2])
        return torch.lerp(upsample(old), rgb, self.alpha)

    def _smaller_certainty(self, resolution: int, c: Tensor, known: Tensor) -> Tensor:
        c = super()._smaller_certainty(resolution, c, known)
        if self.fade is None or resolution < self.config.resolution:
            return c
        return torch.lerp(self.fade.certainty(self.pool.certainty(known)), c, self.alpha)

    def _smaller(
        self, resolution: int, x: Tensor, c: Tensor, entry: Tensor, known: Tensor
    ) -> Tensor:
        x = super()._smaller(resolution, x, c, entry, known)
        if self.fade is None or resolution < self.config.resolution:
            return x
        old = self.fade.features(self.pool.features(entry, known), self.pool.certainty(known))
        return torch.lerp(old, x, self.alpha)


def inherit(new: nn.Module, old: nn.Module | Mapping[str, Tensor]) -> int:
    """Copy every parameter of the same name and shape; return how many were copied.

    ``old`` is a network or its state.
    """
    theirs = old.state_dict() if isinstance(old, nn.Module) else old
    ours = new.state_dict()
    common = {
        name: value
        for name, value in theirs.items()
        if name in ours and ours[name].shape == value.shape
    }
    new.load_state_dict(common, strict=False)
    return len(common)
