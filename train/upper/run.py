"""One run of the upper level: its players, its steps, its checkpoint."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.network.upper import Upper
from train.discriminator import Discriminator
from train.ema import decay_of, update_ema
from train.kernels import Kernels
from train.losses import between, d_wasserstein, g_wasserstein, gradient_penalty, hole_l1, hole_mean
from train.metrics.perceptual import Perceptual, st_lpips_vgg
from train.run import CHECKPOINT
from train.state import CheckpointError, load_checkpoint, save_checkpoint
from train.upper.pairs import Sample
from train.upper.recipe import UpperRecipe

Stats = dict[str, Tensor]


class UpperRun:
    """Hold everything that changes while the upper level learns.

    Attributes:
        recipe: what it follows.
        cur_nimg: crops seen so far.
        G, D: the level and its critic.
        G_ema: the averaged level, the one users get.
        scores: the validation scores so far, newest last.
    """

    def __init__(self, recipe: UpperRecipe, kernels: Kernels | None = None):
        """Build a new run."""
        self.recipe, kernels = recipe, kernels or Kernels()
        torch.manual_seed(recipe.seed)
        self.G = Upper(recipe.upper, kernels.network)
        self.D = Discriminator(recipe.critic_config(), kernels.network)
        for network in (self.G, self.D):
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.G_ema = copy.deepcopy(self.G).requires_grad_(False)
        c = recipe.penalty_every / (recipe.penalty_every + 1)
        self.g_adam = torch.optim.Adam(self.G.parameters(), recipe.lr[0], (0.9, 0.99), fused=True)
        self.d_adam = torch.optim.Adam(
            self.D.parameters(), recipe.d_lr * c, (0.0, 0.99**c), fused=True
        )
        self.cur_nimg = 0
        self.scores: list[dict[str, float]] = []
        self._perceptual: Perceptual | None = None
        if recipe.perceptual:
            self._perceptual = st_lpips_vgg().using(kernels.perceptual)

    def train(self, batch: Sample) -> Stats:
        """Learn from one batch; a pure function of the run and the batch."""
        recipe, step = self.recipe, self.cur_nimg // self.recipe.batch
        beside = self.cur_nimg >= recipe.alone
        only_d = beside and self.cur_nimg < recipe.alone + recipe.d_alone
        for group in self.g_adam.param_groups:
            group["lr"], group["betas"] = recipe.lr[beside], (recipe.momentum[beside], 0.99)
        if only_d:
            with torch.no_grad():
                fake = self.G(batch.img, 1 - batch.hole, batch.answer)
            stats: Stats = {}
        else:
            fake, stats = self._g_step(batch, beside, step)
        if beside:
            stats |= self._d_step(batch, fake, step)
        self.cur_nimg += len(batch.img)
        update_ema(self.G_ema, self.G, decay_of(recipe.batch, recipe.ema_images))
        return stats

    def _judge(self, img: Tensor, batch: Sample) -> Tensor:
        known = 1 - batch.hole
        logits: Tensor = self.D(img, batch.img * known, known)
        return logits

    def _g_step(self, batch: Sample, beside: bool, step: int) -> tuple[Tensor, Stats]:
        recipe = self.recipe
        self.D.requires_grad_(False)
        fake = self.G(batch.img, 1 - batch.hole, batch.answer)
        free = 1 - batch.core[:, None, None, None]
        near = hole_l1(fake, batch.img, batch.hole * free)
        gap = F.avg_pool2d(batch.hole, 2) * (1 - free)
        apart = hole_l1(F.avg_pool2d(fake, 2), batch.answer, gap)
        loss = recipe.l1 * near + recipe.agree * apart
        stats = {"l1": near.detach(), "apart": apart.detach()}
        if beside:
            loss = loss + recipe.adversarial * g_wasserstein(self._judge(fake, batch))
        if self._perceptual is not None and step % recipe.perceptual_every == 0:
            rows = (batch.core == 0).nonzero().squeeze(1)
            values = self._perceptual.loss(fake[rows], batch.img[rows])
            distance = hole_mean(values, batch.hole[rows], batch.hole[rows].sum())
            loss = loss + recipe.perceptual * recipe.perceptual_every * distance
            stats["perceptual"] = distance.detach()
        self.g_adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.g_adam.step()
        return fake.detach(), stats

    def _d_step(self, batch: Sample, fake: Tensor, step: int) -> Stats:
        recipe = self.recipe
        self.D.requires_grad_(True)
        real, made = self._judge(batch.img, batch), self._judge(fake, batch)
        loss = d_wasserstein(real, made)
        stats = {"wasserstein": (real.mean() - made.mean()).detach()}
        if step % recipe.penalty_every == 0:
            t = torch.rand(
                len(fake),
                generator=torch.Generator().manual_seed(recipe.seed * 7919 + self.cur_nimg),
            )
            penalty = gradient_penalty(
                lambda x: self._judge(x, batch), between(batch.img, fake, t), batch.hole
            )
            loss = loss + 10.0 * recipe.penalty_every * penalty
            stats["penalty"] = penalty.detach()
        self.d_adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.d_adam.step()
        return stats

    def _parts(self) -> list[Any]:
        return [self.G, self.D, self.G_ema, self.g_adam, self.d_adam]

    def save(self, folder: Path) -> None:
        """Write the checkpoint into the run's folder; raises DivergedError."""
        parts = [part.state_dict() for part in self._parts()]
        state = {"cur_nimg": self.cur_nimg, "scores": self.scores, "parts": parts}
        save_checkpoint(folder / CHECKPOINT, state, self.G, self.D)

    def resume(self, folder: Path) -> bool:
        """Go on from the folder's checkpoint; False when it has none.

        Raises:
            CheckpointError: there is one, and it cannot be used.
        """
        if not (folder / CHECKPOINT).exists():
            return False
        state = load_checkpoint(folder / CHECKPOINT)
        try:
            for part, values in zip(self._parts(), state["parts"], strict=True):
                part.load_state_dict(values)
            self.cur_nimg, self.scores = state["cur_nimg"], state["scores"]
        except (RuntimeError, ValueError, KeyError) as error:
            raise CheckpointError(
                f"{folder / CHECKPOINT} is of another recipe; name another folder."
            ) from error
        return True
