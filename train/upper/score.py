"""Score the upper level: the generator's answers doubled until they have the photos' size."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.network.generator import Generator
from engine.network.upper import Upper
from train.data.validation import ValidationSet
from train.metrics.judge import Judge, offline_judges
from train.upper.pairs import shrunk


class Scorer:
    """Keep a validation set with what the generator answers for each photo."""

    def __init__(self, core: Generator, truth: ValidationSet):
        """Ask the generator at z = 0; the photos are a power of two times its size."""
        perceptual, features, _ = offline_judges()
        self._judge = Judge(truth, perceptual, features)
        self.img, self.hole = truth.img.float() / 127.5 - 1, truth.hole
        self.sizes = _sizes(core.config.resolution, truth.img.shape[-1])
        small = [halved(a, b, self.sizes[0]) for a, b in zip(self.img, self.hole, strict=True)]
        img, known = (torch.stack(parts) for parts in zip(*small, strict=True))
        z = torch.zeros(len(img), core.config.z_channels, 4, 4)
        with torch.inference_mode():
            parts = zip(*(torch.split(part, 8) for part in (img, known, z)), strict=True)
            self.answers = torch.cat([core(*part) for part in parts])
        self.truths = F.adaptive_avg_pool2d(self.img, self.sizes[0])

    def __call__(self, level: Upper) -> dict[str, float]:
        """Return the scores of the doubled answers and, named ``truth_``, of the true ones."""
        found = self._judge.score(self.fills(level, self.answers), frechet=False)
        best = self._judge.score(self.fills(level, self.truths), frechet=False)
        kept = ("hole_l1", "st_lpips_alex", "kid_efflite0_x1000")
        return found | {f"truth_{name}": best[name] for name in kept if name in best}

    def fills(self, level: Upper, answers: Tensor) -> Tensor:
        """Return (N, 3, S, S) uint8."""
        out = []
        for img, hole, answer in zip(self.img, self.hole, answers, strict=True):
            x = answer[None]
            for size in self.sizes[1:]:
                seen, known = halved(img, hole, size)
                with torch.inference_mode():
                    x = level(seen[None], known[None], x)
            out.append(((x[0] + 1) * 127.5).round().clamp(0, 255).to(torch.uint8))
        return torch.stack(out)


def _sizes(least: int, most: int) -> list[int]:
    sizes = [least]
    while sizes[-1] < most:
        sizes.append(2 * sizes[-1])
    return sizes


def halved(img: Tensor, hole: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return an image (3, S, S) in [-1, 1] and what is known of it (1, S, S) at a smaller size."""
    pixels = ((img.permute(1, 2, 0) + 1) * 127.5).round().to(torch.uint8).numpy()
    gap = hole[0].numpy() > 0
    seen = (pixels * np.float32(1 / 255) * ~gap[..., None]).astype(np.float32)
    known = (~gap).astype(np.float32)
    while seen.shape[0] > size:
        seen, known = shrunk((seen * 255).round().astype(np.uint8), known == 0)
    return torch.from_numpy(seen).permute(2, 0, 1) * 2 - 1, torch.from_numpy(known)[None]
