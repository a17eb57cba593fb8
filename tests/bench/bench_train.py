"""``make bench-train``: the bundled preset's step beside a plain one, and beside the machine."""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from measure import in_turns
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from train import kernels, losses, slopes
from train.config import PRESETS, TrainConfig
from train.ema import decay_of, update_ema
from train.loop import train_batch
from train.masks import sample_holes
from train.metrics.perceptual import st_lpips_vgg
from train.metrics.weights import MetricsError
from train.precision import pick_precision
from train.run import Run
from train.step import Images

CPU = torch.device("cpu")
BUNDLED = PRESETS["lacuna-256"]
BATCH = 16
CHANNELS = 64


def adversarial_at(side: int) -> TrainConfig:
    """Return the bundled recipe as one adversarial stage at ``side`` pixels, in small batches.

    Where the network of the perceptual loss was not downloaded, both steps go without it.
    """
    found = next(s for s in BUNDLED.stages if s.resolution == side and s.adversarial)
    try:
        st_lpips_vgg()
    except MetricsError as error:
        print(f"Without the perceptual loss: {error}")
        found = replace(found, perceptual=0.0)
    return replace(BUNDLED, stages=(replace(found, batch=BATCH, fade=0, d_alone=0),))


def period(config: TrainConfig) -> int:
    """Return after how many steps every lazy term has come round."""
    return math.lcm(config.penalty_every, config.mode_seeking_every if config.mode_seeking else 1)


def some_images(config: TrainConfig) -> Images:
    """Return one random batch with the recipe's holes, channels last."""
    stage = config.stages[0]
    g = torch.Generator().manual_seed(0)
    img = torch.rand(stage.batch, 3, stage.resolution, stage.resolution, generator=g) * 2 - 1
    holes = sample_holes(config.masks, stage.batch, stage.resolution, np.random.default_rng(0))
    hole = torch.from_numpy(holes)
    return Images(img.contiguous(memory_format=torch.channels_last), hole)


def plain(config: TrainConfig) -> Run:
    """Return the same run in float32, contiguous, with fresh fills for D and an unfused Adam."""
    run = Run(replace(config, shared_forward=False), CPU, torch.float32)
    players = run.players
    for network in (players.G, players.D, run.G_ema):
        network.to(memory_format=torch.contiguous_format)
    for name, network in (("g_adam", players.G), ("d_adam", players.D)):
        group = getattr(players, name).param_groups[0]
        options = {"lr": group["lr"], "betas": group["betas"], "fused": False}
        setattr(players, name, torch.optim.Adam(network.parameters(), **options))
    return run


def steps(run: Run, images: Images, count: int, fused: bool) -> Callable[[], None]:
    """Return a function that takes ``count`` steps of ``run``."""

    def go() -> None:
        losses.slope = slopes.slope if fused else lambda f, x, dtype: slopes.plain_slope(f, x)
        for _ in range(count):
            train_batch(run, images, run.cur_nimg)
            update_ema(run.G_ema, run.players.G, decay_of(len(images.img), run.config.ema_images))
            run.cur_nimg += len(images.img)

    return go


def conv_rate(dtype: torch.dtype, side: int, batch: int, seconds: float = 2.0) -> float:
    """Return the GFLOP/s of a 3 x 3 convolution, 64 to 64 channels, forward, best of many."""
    x = torch.randn(batch, CHANNELS, side, side).to(dtype, memory_format=torch.channels_last)
    weight = torch.randn(CHANNELS, CHANNELS, 3, 3).to(dtype, memory_format=torch.channels_last)
    work = 2 * batch * side**2 * CHANNELS**2 * 9
    times = []
    with torch.no_grad():
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            F.conv2d(x, weight, padding=1)
            times.append(time.perf_counter() - start)
    return work / min(times) / 1e9


class ConvWork(TorchDispatchMode):
    """Add up the FLOPs of all convolutions, forward, backward and the penalty's.

    ``FlopCounterMode`` would, but its hooks refuse the penalty's second derivative.
    """

    work = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        """Run one operation and count it."""
        out = func(*args, **(kwargs or {}))
        packet = func._overloadpacket
        if "conv" in str(packet) and packet in flop_registry:
            self.work += flop_registry[packet](*args, **(kwargs or {}), out_val=out)
        return out


def conv_work(run: Run, images: Images, count: int) -> int:
    """Return the FLOPs of all convolutions in ``count`` fused steps."""
    with ConvWork() as counter:
        steps(run, images, count, fused=True)()
    return counter.work


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", type=int, default=64, choices=[64, 128, 256])
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    config = adversarial_at(options.side)
    dtype = pick_precision("auto", CPU)
    fused = kernels.fused()
    if fused is None:
        print("There is no C++ compiler here: the bundled step runs without the fused kernels.")
    images, count = some_images(config), period(config)
    contiguous = Images(images.img.contiguous(), images.hole)
    bundled, simple = Run(config, CPU, dtype, fused), plain(config)
    n = count * len(images.img)
    seconds = in_turns(
        {
            "bundled": steps(bundled, images, count, fused=True),
            "plain": steps(simple, contiguous, count, fused=False),
        },
        options.rounds,
    )
    work = conv_work(bundled, images, count)
    peak = conv_rate(dtype, options.side, len(images.img))

    name = str(dtype).removeprefix("torch.")
    print(
        f"\nTraining step at {options.side} px, batch {len(images.img)}, every lazy term included"
    )
    print(
        f"  {torch.get_num_threads()} threads; medians of {options.rounds} rounds of {count} steps"
    )
    for key, title in (
        ("bundled", f"bundled: fused kernels, {name}, channels last"),
        ("plain", "plain: eager, float32, contiguous"),
    ):
        print(f"  {title:<50}{n / statistics.median(seconds[key]):>8.2f} images/s")
    pairs = zip(seconds["plain"], seconds["bundled"], strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    reached = work / statistics.median(seconds["bundled"]) / 1e9
    print(f"  {'ratio (wanted: 3 or more)':<50}{ratio:>8.2f}x")
    print(f"  {'convolutions of one image, forward and backward':<50}{work / n / 1e9:>8.2f} GFLOP")
    print(f"  {'reached by the bundled step':<50}{reached:>8.1f} GFLOP/s")
    print(f"  {f'a 3 x 3 convolution alone, 64 channels, {name}':<50}{peak:>8.1f} GFLOP/s")
    print(f"  {'fraction of it':<50}{reached / peak:>8.2f}")


if __name__ == "__main__":
    main()
