"""The generator: a U-Net of imputed convolutions with gamma skips (paper, Section 3.3, Figure 3).

The mask alone decides every certainty, so ``certainties`` comes first; ``encode`` and ``decode``
take the features through the same blocks by it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from engine.network.config import GeneratorConfig
from engine.network.layers import (
    PLAIN,
    Act,
    GammaSkip,
    IConv,
    Layer,
    Operations,
    WeightedPool,
    composite,
    upsample,
)
from engine.network.pose import PoseBank, onehot_pose
from engine.network.rgb import make_head
from engine.network.rivals import CONVS, ConcatSkip, PlainPool, ValidPool
from engine.network.seen import BlockCertainty, Certainties, Seen


class Block(nn.Module):
    """Run two 3 x 3 convolution blocks at one resolution."""

    def __init__(self, act: Callable[[int, int], Act], inputs: int, middle: int, outputs: int):
        super().__init__()
        self.first = act(inputs, middle)
        self.second = act(middle, outputs)

    def certainty(self, c: Tensor) -> BlockCertainty:
        """Follow certainty c (N, 1, H, W) through both."""
        between = self.first.certainty(c)
        return BlockCertainty(c, between, self.second.certainty(between))

    def forward(self, x: Tensor, certain: BlockCertainty) -> Tensor:
        """Return the features after both."""
        return self.second.features(self.first.features(x, certain.before), certain.between)


class Generator(nn.Module):
    """Fill the hole of an image, G(I, C0, z) composed by Equation 12.

    Encoder from the top resolution to 4 px, latent (and pose) joined at 4 px, decoder back up with
    a gamma skip and an RGB output per resolution.

    Args:
        config: what to build.
        operations: faster equals of the layers' operations, for training.
    """

    def __init__(self, config: GeneratorConfig, operations: Operations = PLAIN):
        super().__init__()
        self.config, self.operations = config, operations
        n, sizes = config.width, config.resolutions
        top = config.resolution
        self.from_rgb = self._act(top, 1, 3 if config.conv == "iconv" else 5, n(top))
        self.encoder = nn.ModuleDict(
            {str(r): Block(partial(self._act, r, 3), n(r), n(r), n(max(r // 2, 4))) for r in sizes}
        )
        wide = n(4) + config.z_channels + config.pose_channels(4)
        self.decoder = nn.ModuleDict({"4": Block(partial(self._act, 4, 3), wide, wide, n(4))})
        self.skips = nn.ModuleDict()
        for r in sizes[1:]:
            below = n(r // 2)
            wide = below + config.pose_channels(r)
            self.decoder[str(r)] = Block(partial(self._act, r, 3), wide, wide, n(r))
            self.skips[str(r)] = GammaSkip() if config.skip == "gamma" else ConcatSkip(below)
        self.head = make_head(config.rgb, sizes, [n(r) for r in sizes])
        self.pose = PoseBank(config) if config.pose and config.pose_kind == "bank" else None
        self.pool = self._make_pool()

    def _act(self, resolution: int, kernel: int, inputs: int, outputs: int) -> Act:
        config, operations = self.config, self.operations
        conv: Layer
        if config.conv == "iconv":
            imputation = 3 if resolution <= 8 else 5
            conv = IConv(inputs, outputs, kernel, imputation, config.released, operations)
        else:
            conv = CONVS[config.conv](inputs, outputs, kernel)
        return Act(conv, operations)

    def _make_pool(self) -> Layer:
        if self.config.conv == "partial":
            return ValidPool()
        weighted = self.config.conv == "iconv" and not self.config.released
        return WeightedPool(self.operations) if weighted else PlainPool(self.operations)

    def certainties(self, known: Tensor) -> Certainties:
        """Follow the certainty through the network (Equations 5 to 7).

        Args:
            known: C0, (N, 1, R, R) float in [0, 1]; 1 = known.
        """
        c = self.from_rgb.certainty(known)
        encoder: dict[int, BlockCertainty] = {}
        for r in reversed(self.config.resolutions):
            encoder[r] = _block(self.encoder, r).certainty(c)
            if r > 4:
                c = self._smaller_certainty(r, encoder[r].after, known)
        decoder = {4: _block(self.decoder, 4).certainty(encoder[4].after)}
        gamma: dict[int, Tensor] = {}
        for r in self.config.resolutions[1:]:
            skip = _skip(self.skips, r)
            shallow, deep = encoder[r].after, upsample(decoder[r // 2].after)
            gamma[r] = skip.gamma(shallow, deep)
            c = skip.certainty(shallow, deep, gamma[r])
            decoder[r] = _block(self.decoder, r).certainty(c)
        return Certainties(encoder, decoder, gamma)

    def encode(self, img: Tensor, known: Tensor, certain: Certainties) -> dict[int, Tensor]:
        """Return the encoder's features of every resolution, for the skips.

        Args:
            img: (N, 3, R, R) float in [-1, 1].
            known: (N, 1, R, R) float in [0, 1]; 1 = known.
            certain: ``certainties(known)``.
        """
        entry = img * known.to(img.dtype)
        if self.config.conv != "iconv":
            entry = torch.cat([entry, known.to(entry.dtype), 1 - known.to(entry.dtype)], dim=1)
        x = self.from_rgb.features(entry, known)
        skips: dict[int, Tensor] = {}
        for r in reversed(self.config.resolutions):
            x = skips[r] = self.encoder[str(r)](x, certain.encoder[r])
            if r > 4:
                x = self._smaller(r, x, certain.encoder[r].after, entry, known)
        return skips

    def _smaller_certainty(self, resolution: int, c: Tensor, known: Tensor) -> Tensor:
        """Return what certainty enters the encoder below ``resolution``."""
        return self.pool.certainty(c)

    def _smaller(
        self, resolution: int, x: Tensor, c: Tensor, entry: Tensor, known: Tensor
    ) -> Tensor:
        """Return what features enter the encoder below ``resolution``."""
        return self.pool.features(x, c)

    def decode(
        self, skips: dict[int, Tensor], certain: Certainties, z: Tensor, pose: Tensor | None
    ) -> dict[int, Tensor]:
        """Return the decoder's features of every resolution.

        Args:
            skips: what ``encode`` returns.
            certain: ``certainties`` of the same mask.
            z: (N, z_channels, 4, 4).
            pose: as in ``forward``.
        """
        bottom = skips[4]
        if self.config.z_channels:
            bottom = torch.cat([bottom, z.to(bottom.dtype)], dim=1)
        x = self.decoder["4"](self._with_pose(bottom, pose, 4), certain.decoder[4])
        features = {4: x}
        for r in self.config.resolutions[1:]:
            x = _skip(self.skips, r).features(skips[r], upsample(x), certain.gamma[r])
            x = features[r] = self.decoder[str(r)](self._with_pose(x, pose, r), certain.decoder[r])
        return features

    def _with_pose(self, x: Tensor, pose: Tensor | None, resolution: int) -> Tensor:
        if not self.config.pose_channels(resolution):
            return x
        if pose is None:
            raise ValueError("this generator needs the pose of every face")
        maps = self.pose(pose) if self.pose else onehot_pose(pose, resolution)
        return torch.cat([x, maps.to(x.dtype)], dim=1)

    def colour(self, features: dict[int, Tensor], img: Tensor, known: Tensor) -> Tensor:
        """Return the network's own colours (N, 3, R, R) of the decoder's features."""
        return self.head(features, img, known)  # type: ignore[no-any-return]

    def forward(
        self,
        img: Tensor,
        known: Tensor,
        z: Tensor,
        pose: Tensor | None = None,
        dtype: torch.dtype | None = None,
        composed: bool = True,
    ) -> Tensor:
        """Return the filled image.

        Args:
            img: (N, 3, R, R) float32 in [-1, 1]; pixels of the hole are ignored.
            known: (N, 1, R, R) float32 in [0, 1]; 1 = known, 0 = hole.
            z: (N, z_channels, 4, 4).
            pose: (N, pose) in [0, 1] where the configuration has one.
            dtype: compute features in this type; colours stay float32.
            composed: apply Equation 12; without it the network's own colours are returned.

        Returns:
            (N, 3, R, R) float32; composed, it equals ``img`` to the bit wherever ``known`` is 1.
        """
        certain = self.certainties(known)
        skips = self.encode(img.to(dtype or img.dtype), known, certain)
        fake = self.colour(self.decode(skips, certain, z, pose), img, known).to(img.dtype)
        return composite(fake, img, known) if composed else fake

    def see(self, img: Tensor, known: Tensor, dtype: torch.dtype) -> Seen:
        """Look at ONE image: all that no latent changes.

        Args:
            img, known: (1, 3, R, R) and (1, 1, R, R) as in ``forward``.
            dtype: compute features in this type.
        """
        certain = self.certainties(known)
        return Seen(img, known, certain, self.encode(img.to(dtype), known, certain))

    def fill_seen(self, seen: Seen, z: Tensor) -> Tensor:
        """Return len(z) fills of what was seen, (N, 3, R, R).

        On a CPU the decoder takes one latent at a time: a batch is no faster there, needs more
        memory, and would let the result of a seed depend on its company.

        Args:
            seen: of ``see``.
            z: (N, z_channels, 4, 4).
        """
        n = 1 if seen.img.device.type == "cpu" else len(z)
        wide = {r: x.expand(n, -1, -1, -1) for r, x in seen.skips.items()}
        img, known = (each.expand(n, -1, -1, -1) for each in (seen.img, seen.known))
        fakes = [
            self.colour(self.decode(wide, seen.certain, part, None), img, known).to(img.dtype)
            for part in torch.split(z, n)
        ]
        return torch.cat([composite(fake, img, known) for fake in fakes])


def _block(blocks: nn.ModuleDict, resolution: int) -> Block:
    block = blocks[str(resolution)]
    assert isinstance(block, Block)
    return block


def _skip(skips: nn.ModuleDict, resolution: int) -> GammaSkip | ConcatSkip:
    skip = skips[str(resolution)]
    assert isinstance(skip, GammaSkip | ConcatSkip)
    return skip
