"""The training loop: one readable function, counted in images."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from train import distributed
from train.data.batch import Batch, Dataset
from train.data.loader import Loader
from train.ema import decay_of, update_ema
from train.recorded import CudaTape, Recorder, Update
from train.run import Run, draw_mixing, draw_noise
from train.step import Images, Noise, d_step, g_step

Z_G, Z_G2, Z_D, T_D = range(4)
Status = Mapping[str, Any]


@dataclass(frozen=True)
class Pace:
    """Say how often things happen; none of it changes the weights.

    Attributes:
        report_seconds: between status lines.
        save_seconds: between checkpoints.
        score_images: between validations; a whole number of batches should divide it.
        workers: processes that prepare batches; 0 leaves it to one thread.
        stop_after_seconds: stop in an orderly way after so long; 0 never.
        stop_at_images: stop there; 0 at the recipe's end.
    """

    report_seconds: float = 30.0
    save_seconds: float = 600.0
    score_images: int = 8_000
    stop_after_seconds: float = 0.0
    stop_at_images: int = 0
    workers: int = 0


def sent(value: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return ``value`` on the device, without waiting for what the device is still busy with."""
    if device.type == "cuda":
        value = value.pin_memory()
    return value.to(device, non_blocking=True)


def to_device(batch: Batch, device: torch.device) -> Images:
    """Return a loader's batch as float images in [-1, 1] on the device, channels last."""
    img = sent(batch.img, device).float() / 127.5 - 1
    assert batch.hole is not None
    pose = None if batch.pose is None else sent(batch.pose, device)
    img = img.contiguous(memory_format=torch.channels_last)
    return Images(img, sent(batch.hole, device), pose)


def draw(run: Run, n: int, cur_nimg: int) -> Noise:
    """Draw this process's part of the noise of one step over ``n`` images.

    It is drawn for the whole batch and shared out like the images, so that the number of processes
    changes no result.
    """
    config, stage = run.config, run.stage
    step = run.seen // stage.batch
    alone = run.seen < stage.d_alone

    def latents(purpose: int) -> torch.Tensor:
        return sent(distributed.part(draw_noise(config, n, cur_nimg, purpose)), run.device)

    sought = stage.adversarial and not alone and config.mode_seeking
    seek = sought and step % config.mode_seeking_every == 0
    anew = stage.adversarial and (alone or not config.shared_forward)
    lazy = stage.adversarial and step % config.penalty_every == 0
    t = distributed.part(draw_mixing(config, n, cur_nimg, T_D)) if lazy else None
    return Noise(
        None if alone else latents(Z_G),
        latents(Z_G2) if seek else None,
        latents(Z_D) if anew else None,
        None if t is None else sent(t, run.device),
    )


def update(run: Run, images: Images, noise: Noise) -> dict[str, torch.Tensor]:
    """Update G, then D, with one batch and the noise drawn for it; return the losses.

    With ``shared_forward`` D learns from the fills G has just made; otherwise G fills anew with
    other latents, as the paper does.
    """
    config, stage, players = run.config, run.stage, run.players
    if players.G.fade_rgb is not None:  # G's detail fades in, and the truth's with it
        images = images.faded(players.G.alpha)
    stats: dict[str, torch.Tensor] = {}
    fake = None
    if noise.z is not None:
        l1 = stage.l1_at(run.seen)
        stats, fake = g_step(players, images, noise.z, noise.z2, stage, l1, config)
    if stage.adversarial:
        if noise.z_d is not None:
            with torch.no_grad():
                fake = players.fill(images, noise.z_d, config.composed)
        assert fake is not None
        stats |= d_step(players, images, fake, noise.t, config)
    return stats


def train_batch(
    run: Run, images: Images, cur_nimg: int, take: Update = update
) -> dict[str, torch.Tensor]:
    """Update both players once; a pure function of the run, the batch and ``cur_nimg``.

    ``images`` is this process's part of the batch; ``take`` is ``update`` or a recording of it.
    """
    return take(run, images, draw(run, len(images.img) * distributed.world(), cur_nimg))


def training_loop(
    run: Run,
    open_data: Callable[[int], Dataset],
    folder: Path,
    pace: Pace,
    on_status: Callable[[Status], None],
    score: Callable[[Run], dict[str, float]] | None = None,
) -> None:
    """Train until the recipe, or ``pace``, ends; checkpoints lie in ``folder``.

    Of several processes only the first reports, scores and saves; the losses it reports are those
    of its part of the batch.

    Args:
        run: new or resumed.
        open_data: resolution in pixels -> dataset.
        folder: where the checkpoint, snapshots and the log go.
        pace: how often to report, save and score.
        on_status: receives images, images/s and the losses' means since the last time.
        score: validates the averaged generator; its result is kept with the checkpoint.
    """
    config, first = run.config, distributed.rank() == 0
    began = saved = reported = time.monotonic()
    means = Means()
    loader = _loader(run, open_data, pace.workers)
    take = Recorder(update, CudaTape()) if run.device.type == "cuda" else update
    reported_nimg = run.cur_nimg
    end = pace.stop_at_images or config.images
    while run.cur_nimg < end:
        if run.advance():
            loader.close()
            loader = _loader(run, open_data, pace.workers)
        batch = run.stage.batch
        images = to_device(loader.next(run.cur_nimg, batch), run.device)
        means.add(train_batch(run, images, run.cur_nimg, take))
        update_ema(run.G_ema, run.players.G, decay_of(batch, config.ema_images))
        before, run.cur_nimg = run.cur_nimg, run.cur_nimg + batch

        now = time.monotonic()
        if first and score and before // pace.score_images != run.cur_nimg // pace.score_images:
            run.scores.append({"images": float(run.cur_nimg), **score(run)})
            on_status(run.scores[-1])
        if first and now - reported >= pace.report_seconds:
            rate = (run.cur_nimg - reported_nimg) / (now - reported)
            on_status({"images": run.cur_nimg, "rate": rate, **means.take()})
            reported, reported_nimg = now, run.cur_nimg
        if first and now - saved >= pace.save_seconds:
            run.save(folder)
            saved = now
        late = now - began >= pace.stop_after_seconds
        if pace.stop_after_seconds and distributed.agreed(late, run.device):
            break
    loader.close()
    if first:
        run.save(folder)


def _loader(run: Run, open_data: Callable[[int], Dataset], workers: int) -> Loader:
    dataset = distributed.first_alone(lambda: open_data(run.stage.resolution))
    place = distributed.rank(), distributed.world()
    several = workers > 0
    return Loader(dataset, run.config.masks, run.config.seed, *place, workers or 1, several)


class Means:
    """Average scalars between two reports without waiting for the device at every step."""

    def __init__(self) -> None:
        """Start empty."""
        self._sums: dict[str, torch.Tensor] = {}
        self._counts: dict[str, int] = {}

    def add(self, stats: Mapping[str, torch.Tensor]) -> None:
        """Take one step's scalars."""
        for name, value in stats.items():
            self._sums[name] = self._sums.get(name, 0) + value
            self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> dict[str, float]:
        """Return the means since the last call."""
        means = {name: float(total) / self._counts[name] for name, total in self._sums.items()}
        self._sums, self._counts = {}, {}
        return means
