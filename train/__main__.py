"""Train from the command line: ``python -m train --preset NAME --data DIR --out RUN``.

Under ``torchrun`` several processes share every batch.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import torch

from engine.errors import EngineError
from train import distributed, kernels
from train.config import PRESETS, TrainConfig
from train.data.batch import Dataset
from train.data.crops import DataError
from train.data.sources import open_dataset
from train.data.validation import ValidationSet, read_validation, validation_of
from train.evaluate import quick_score
from train.loop import Pace, training_loop
from train.metrics.perceptual import st_lpips_vgg
from train.metrics.weights import MetricsError
from train.precision import PRECISIONS, pick_precision
from train.report import Report, open_board
from train.run import Run, parameters, write_json
from train.state import CheckpointError

Open = Callable[[int], Dataset]


class ArgumentsError(EngineError):
    """Report a command line that cannot be followed."""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    p = argparse.ArgumentParser("python -m train", description=str(__doc__).split("\n\n")[0])
    p.add_argument("--preset", required=True, choices=sorted(PRESETS), metavar="NAME",
                   help=", ".join(PRESETS))  # fmt: skip
    p.add_argument("--data", type=Path, nargs="+", help="folders of photos, or a dataset's root")
    p.add_argument("--out", type=Path, help="the run's folder; a checkpoint in it is resumed")
    p.add_argument("--cache", type=Path, help="where crops are kept (default: OUT/crops)")
    p.add_argument(
        "--weigh", nargs="*", default=[], metavar="GLOB=SHARE", help="fewer crops of some"
    )
    p.add_argument("--val", type=Path, nargs=2, metavar=("IMAGES", "MASKS"), help="score on these")
    p.add_argument("--init", type=Path, metavar="SNAPSHOT", help="begin with its generator")
    p.add_argument(
        "--init-critic", type=Path, metavar="FILE",
        help="begin with a run's critic: its checkpoint or critic.safetensors",
    )  # fmt: skip
    p.add_argument("--from-stage", type=int, default=0, metavar="K",
                   help="leave out the recipe's stages before number K (from 0), for an --init "
                   "that has them behind it")  # fmt: skip
    p.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    p.add_argument("--precision", default="auto", choices=["auto", *PRECISIONS])
    p.add_argument("--threads", type=int, default=0, help="CPU threads; 0 takes all")
    p.add_argument("--workers", type=int, default=-1, metavar="N", help="processes that prepare "
                   "data; 0 is a thread (default: its share of the cores with CUDA)")  # fmt: skip
    p.add_argument("--crops", type=int, metavar="N", help="crops of a photo at most")
    p.add_argument("--seed", type=int)
    p.add_argument("--hours", type=float, default=0.0, help="stop in good order after so long")
    p.add_argument("--minutes", type=float, default=0.0, help="the same in minutes; both add up")
    p.add_argument("--images", type=int, default=0, help="stop at so many images")
    p.add_argument("--score-images", type=int, default=0, metavar="N",
                   help="images between scores, samples and snapshots (default: 1/200 of the "
                   "recipe, at least 8000)")  # fmt: skip
    p.add_argument("--save-minutes", type=float, default=10.0, help="between checkpoints")
    p.add_argument("--dry-run", action="store_true", help="print the configuration and stop")
    return p.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Train; return 0, or 2 after a sentence that says what is wrong."""
    args = parse(argv)
    config = PRESETS[args.preset]
    if args.seed is not None:
        config = replace(config, seed=args.seed)
    if args.dry_run:
        print(json.dumps(config.to_dict(), indent=1))
        return 0
    try:
        _train(args, config)
    except (EngineError, DataError, MetricsError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _check(args: argparse.Namespace, config: TrainConfig, world: int) -> None:
    if not args.data or not args.out:
        raise ArgumentsError("Name the photos with --data and the run's folder with --out.")
    if args.device == "cuda" and not torch.cuda.is_available():
        raise ArgumentsError("There is no CUDA device; use --device cpu.")
    if not 0 <= args.from_stage < len(config.stages):
        raise ArgumentsError(f"The recipe has stages 0 to {len(config.stages) - 1}.")
    odd = [stage.batch for stage in config.stages if stage.batch % world]
    if odd:
        raise ArgumentsError(
            f"{world} processes cannot share a batch of {odd[0]}; start a number that divides it."
        )
    if any(stage.perceptual for stage in config.stages):
        st_lpips_vgg()  # a later stage must not be the first to miss it


def _train(args: argparse.Namespace, config: TrainConfig) -> None:
    if args.threads:
        torch.set_num_threads(args.threads)
    _check(args, config, distributed.launched())
    device = distributed.start(args.device != "cpu" and torch.cuda.is_available())
    fused = distributed.first_alone(lambda: kernels.fused(device))
    run = Run(config, device, pick_precision(args.precision, device), fused)
    args.out.mkdir(parents=True, exist_ok=True)
    _begin(run, args)
    cache_dir = args.cache or args.out / "crops"
    workers = args.workers
    if workers < 0:
        workers = distributed.cores() if device.type == "cuda" else 0
    weights = {glob: float(share) for glob, _, share in (w.rpartition("=") for w in args.weigh)}

    @cache
    def open_data(resolution: int) -> Dataset:
        cut = (config.seed, weights, args.crops, workers)
        return open_dataset(config.dataset, args.data, resolution, cache_dir, *cut)

    pace = Pace(
        save_seconds=args.save_minutes * 60,
        score_images=args.score_images or max(8_000, config.images // 200),
        stop_after_seconds=args.hours * 3600 + args.minutes * 60,
        stop_at_images=args.images,
        workers=workers,
    )
    if distributed.rank() > 0:
        training_loop(run, open_data, args.out, pace, lambda status: None)
    else:
        write_json(args.out / "config.json", config.to_dict())
        (args.out / "pid").write_text(f"{os.getpid()}\n")
        print(_headline(args.preset, run, fused is not None), flush=True)
        report = Report(args.out, config.images, open_board(args.out / "board"))
        score = _scorer(args, report, open_data)
        training_loop(run, open_data, args.out, pace, report, score)
        run.snapshot(args.out / "snapshot.safetensors")
        if run.stage.adversarial:
            run.save_critic(args.out)
    distributed.stop()


def _begin(run: Run, args: argparse.Namespace) -> None:
    """Resume the run in its folder, or else take the weights the arguments name."""
    resumed = run.resume(args.out)
    if not distributed.same_everywhere(run.cur_nimg, run.device):
        raise CheckpointError(
            f"Not every process reads the same checkpoint; put {args.out} where all can reach it."
        )
    if resumed:
        return
    if args.from_stage:
        run.skip_to(args.from_stage)
    taken: list[str] = []
    if args.init:
        n, of = run.start_from(args.init), len(run.players.G.state_dict())
        taken.append(f"{n} of the generator's {of} tensors from {args.init}")
    if args.init_critic:
        n, of = run.start_critic_from(args.init_critic), len(run.players.D.state_dict())
        taken.append(f"{n} of the critic's {of} tensors from {args.init_critic}")
    if taken and distributed.rank() == 0:
        print("\n".join(taken))


def _headline(preset: str, run: Run, fused: bool) -> str:
    return (
        f"{preset} at {run.cur_nimg} of {run.config.images} images on {run.device} x "
        f"{distributed.world()}, {str(run.dtype).removeprefix('torch.')}, fused kernels: "
        f"{'yes' if fused else 'no'}, parameters: G {parameters(run.players.G)}, "
        f"D {parameters(run.players.D)}"
    )


def _scorer(
    args: argparse.Namespace, report: Report, open_data: Open
) -> Callable[[Run], dict[str, float]]:
    """Return what happens at every score: a snapshot, samples and, with ``--val``, scores."""

    @cache
    def truth(resolution: int) -> ValidationSet:
        images, masks = args.val
        return read_validation(images, masks, resolution)

    @cache
    def shown(resolution: int) -> ValidationSet:
        if args.val:
            return truth(resolution)
        return validation_of(open_data(resolution), PRESETS[args.preset].masks, 6)

    def score(run: Run) -> dict[str, float]:
        resolution = run.stage.resolution
        scores = quick_score(run.G_ema, truth(resolution)) if args.val else {}
        run.snapshot(args.out / f"snapshot-{run.cur_nimg // 1000:06d}.safetensors")
        report.samples(run.G_ema, shown(resolution), run.cur_nimg)
        return scores

    return score


if __name__ == "__main__":
    raise SystemExit(main())
