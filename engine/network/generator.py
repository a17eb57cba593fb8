"""The generator: a U-Net of imputed convolutions with gamma skips (paper, Section 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.network.config import GeneratorConfig
from engine.network.layers import (
    Act,
    ConcatSkip,
    GammaSkip,
    GatedConv,
    IConv,
    Pair,
    PartialConv,
    PlainConv,
    composite,
    upsample,
)
from engine.network.pooling import plain_pool, valid_pool, weighted_pool
from engine.network.pose import PoseBank, onehot_pose
from engine.network.rgb import make_head

__all__ = ["Generator", "draw_z"]


def draw_z(config: GeneratorConfig, seeds: list[int]) -> Tensor:
    """Draw one latent per seed on the CPU, so that a seed means the same z on every device.

    Args:
        config: the generator's configuration.
        seeds: one integer per latent; 0 gives z = 0.

    Returns:
        (len(seeds), z_channels, 4, 4) float32, N(0, 1).
    """
    shape = (config.z_channels, 4, 4)

    def draw(seed: int) -> Tensor:
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed))

    return torch.stack([draw(seed) if seed else torch.zeros(shape) for seed in seeds])


class Block(nn.Module):
    """Run two 3 x 3 convolution blocks at one resolution."""

    def __init__(self, act: Callable[[int, int], Act], inputs: int, middle: int, outputs: int):
        super().__init__()
        self.first = act(inputs, middle)
        self.second = act(middle, outputs)

    def forward(self, x: Tensor, c: Tensor) -> Pair:
        """Return (features, certainty) after both."""
        return self.second(*self.first(x, c))  # type: ignore[no-any-return]


class Generator(nn.Module):
    """Fill the hole of an image, G(I, C0, z) composed by Equation 12.

    Encoder from the top resolution to 4 px, latent (and pose) joined at 4 px, decoder back up with
    a gamma skip and an RGB output per resolution.
    """

    def __init__(self, config: GeneratorConfig):
        super().__init__()
        self.config = config
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
        self.fade: Act | None = None
        self.fade_rgb: nn.Module | None = None
        self.alpha = 1.0
        pools = {"iconv": plain_pool if config.released else weighted_pool, "partial": valid_pool}
        self._pool = pools.get(config.conv, plain_pool)

    def _act(self, resolution: int, kernel: int, inputs: int, outputs: int) -> Act:
        kind = self.config.conv
        if kind == "iconv":
            imputation = 3 if resolution <= 8 else 5
            return Act(IConv(inputs, outputs, kernel, imputation, self.config.released))
        rivals: dict[str, type[PlainConv | PartialConv | GatedConv]] = {
            "plain": PlainConv,
            "partial": PartialConv,
            "gated": GatedConv,
        }
        return Act(rivals[kind](inputs, outputs, kernel))

    def encode(self, img: Tensor, known: Tensor) -> dict[int, Pair]:
        """Return the (features, certainty) skip of every resolution.

        Args:
            img: (N, 3, R, R) float in [-1, 1].
            known: (N, 1, R, R) float in [0, 1]; 1 = known.
        """
        x = img * known.to(img.dtype)
        if self.config.conv != "iconv":
            x = torch.cat([x, known.to(x.dtype), 1 - known.to(x.dtype)], dim=1)
        entry = x, known
        x, c = self.from_rgb(x, known)
        skips: dict[int, Pair] = {}
        for r in reversed(self.config.resolutions):
            x, c = self.encoder[str(r)](x, c)
            skips[r] = x, c
            if r > 4:
                x, c = self._pool(x, c)
            if r == self.config.resolution and self.fade is not None:
                old, share = self.fade(*self._pool(*entry))
                x, c = torch.lerp(old, x, self.alpha), torch.lerp(share, c, self.alpha)
        return skips

    def fade_from(self, smaller: Generator) -> None:
        """Keep the half-sized generator's entry beside the new one until ``end_fade``.

        ``alpha`` in [0, 1] says how much of the new resolution is used (Karras et al., ICLR 2018).
        """
        self.fade = smaller.from_rgb
        self.fade_rgb = self.head.fading(smaller.head)
        self.alpha = 0.0

    def end_fade(self) -> None:
        """Forget the half-sized generator's entry."""
        self.fade, self.fade_rgb, self.alpha = None, None, 1.0

    def decode(
        self, img: Tensor, known: Tensor, skips: dict[int, Pair], z: Tensor, pose: Tensor | None
    ) -> Tensor:
        """Return the raw colour (N, 3, R, R) for the encoder's ``skips`` and latent ``z``."""
        bottom, c = skips[4]
        x = self.decoder["4"](self._join(bottom, z, pose), c)
        pyramid = self.head.start(img, known)
        rgb = self.head.level(4, x[0], None, pyramid)
        below = x[0]
        for r in self.config.resolutions[1:]:
            below = x[0]
            deep = upsample(x[0]), upsample(x[1])
            joined, c = self.skips[str(r)](skips[r], deep)
            x = self.decoder[str(r)](self._with_pose(joined, pose, r), c)
            rgb = self.head.level(r, x[0], rgb, pyramid)
        assert rgb is not None
        if self.fade_rgb is not None:
            rgb = torch.lerp(upsample(self.fade_rgb(below)), rgb, self.alpha)
        return rgb

    def _join(self, bottom: Tensor, z: Tensor, pose: Tensor | None) -> Tensor:
        if self.config.z_channels:
            bottom = torch.cat([bottom, z.to(bottom.dtype)], dim=1)
        return self._with_pose(bottom, pose, 4)

    def _with_pose(self, x: Tensor, pose: Tensor | None, resolution: int) -> Tensor:
        if not self.config.pose_channels(resolution):
            return x
        if pose is None:
            raise ValueError("this generator needs the pose of every face")
        maps = self.pose(pose) if self.pose else onehot_pose(pose, resolution)
        return torch.cat([x, maps.to(x.dtype)], dim=1)

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
        dtype = dtype or img.dtype
        skips = self.encode(img.to(dtype), known)
        fake = self.decode(img, known, skips, z, pose).to(img.dtype)
        return composite(fake, img, known) if composed else fake

    def fill_many(self, img: Tensor, known: Tensor, z: Tensor, dtype: torch.dtype) -> Tensor:
        """Return len(z) fills of ONE image; its encoder runs once.

        On a CPU the decoder takes one latent at a time: a batch is no faster there, needs more
        memory, and would let the result of a seed depend on its company.

        Args:
            img, known: (1, 3, R, R) and (1, 1, R, R) as in ``forward``.
            z: (N, z_channels, 4, 4).
            dtype: compute features in this type.
        """
        skips = self.encode(img.to(dtype), known)
        batch = 1 if img.device.type == "cpu" else len(z)
        outs = [self._fill_batch(img, known, skips, part) for part in torch.split(z, batch)]
        return torch.cat(outs)

    def _fill_batch(self, img: Tensor, known: Tensor, skips: dict[int, Pair], z: Tensor) -> Tensor:
        n = len(z)
        wide = {
            r: (x.expand(n, -1, -1, -1), c.expand(n, -1, -1, -1)) for r, (x, c) in skips.items()
        }
        img, known = img.expand(n, -1, -1, -1), known.expand(n, -1, -1, -1)
        return composite(self.decode(img, known, wide, z, None).to(img.dtype), img, known)

    def certainties(self, known: Tensor) -> tuple[dict[int, Tensor], dict[int, Tensor]]:
        """Return certainty and gamma of every resolution from the mask alone.

        Args:
            known: (N, 1, R, R) float in [0, 1].

        Returns:
            encoder certainty by resolution, (N, 1, r, r) in [0, 1], and gamma (Equation 7) of
            every skip, likewise; both empty unless the network imputes and has gamma skips.
        """
        if self.config.conv != "iconv" or self.config.skip != "gamma":
            return {}, {}
        shallow: dict[int, Tensor] = {}
        c = known
        for r in reversed(self.config.resolutions):
            c = _certainty(self.encoder[str(r)], c)
            shallow[r] = c
            if r > 4:
                c = F.avg_pool2d(c, 2)
        gammas: dict[int, Tensor] = {}
        c = _certainty(self.decoder["4"], shallow[4])
        for r in self.config.resolutions[1:]:
            deep = upsample(c)
            skip = self.skips[str(r)]
            assert isinstance(skip, GammaSkip)
            gamma = gammas[r] = skip.gamma(shallow[r], deep)
            if r < self.config.resolution:  # nothing is asked after the last gamma
                c = _certainty(self.decoder[str(r)], gamma * shallow[r] + (1 - gamma) * deep)
        return shallow, gammas


def _certainty(block: nn.Module, c: Tensor) -> Tensor:
    assert isinstance(block, Block)
    for act in (block.first, block.second):
        assert isinstance(act.conv, IConv)
        c = act.conv.certainty(c)
    return c
