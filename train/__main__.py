"""Train from the command line: ``python -m train --preset NAME --data DIR --out RUN``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import torch

from engine.errors import EngineError
from train import kernels
from train.config import PRESETS, TrainConfig
from train.data.crops import DataError
from train.data.sources import open_dataset
from train.data.validation import ValidationSet, read_validation
from train.evaluate import quick_score
from train.loop import Pace, Status, training_loop
from train.run import Run, parameters, write_json

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    p = argparse.ArgumentParser(prog="python -m train", description=__doc__)
    p.add_argument("--preset", required=True, choices=sorted(PRESETS))
    p.add_argument("--data", type=Path, nargs="+", help="folders of photos, or a dataset's root")
    p.add_argument("--out", type=Path, help="the run's folder; a checkpoint in it is resumed")
    p.add_argument("--cache", type=Path, help="where crops are kept (default: OUT/crops)")
    p.add_argument(
        "--weigh", nargs="*", default=[], metavar="GLOB=SHARE", help="fewer crops of some"
    )
    p.add_argument("--val", type=Path, nargs=2, metavar=("IMAGES", "MASKS"), help="score on these")
    p.add_argument("--init", type=Path, metavar="SNAPSHOT", help="begin from its weights")
    p.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    p.add_argument("--precision", default="auto", choices=["auto", *PRECISIONS])
    p.add_argument("--threads", type=int, default=0, help="CPU threads; 0 takes all")
    p.add_argument("--seed", type=int)
    p.add_argument("--hours", type=float, default=0.0, help="stop in good order after so long")
    p.add_argument("--images", type=int, default=0, help="stop at so many images")
    p.add_argument("--score-images", type=int, default=8_000, help="images between validations")
    p.add_argument("--save-minutes", type=float, default=10.0)
    p.add_argument("--dry-run", action="store_true", help="print the configuration and stop")
    return p.parse_args(argv)


def pick_precision(wish: str, device: torch.device) -> torch.dtype:
    """Return the type features are computed in: bfloat16 where the device has it.

    CUDA devices without it train in float16 with loss scaling; CPUs without it in float32.
    """
    if wish != "auto":
        return PRECISIONS[wish]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32


def main(argv: Sequence[str] | None = None) -> int:
    """Train; return 0, or 2 after a sentence that says what is wrong."""
    args = parse(argv)
    config = PRESETS[args.preset]
    if args.seed is not None:
        config = replace(config, seed=args.seed)
    if args.dry_run:
        print(json.dumps(config.to_dict(), indent=1))
        return 0
    if not args.data or not args.out:
        print("Name the photos with --data and the run's folder with --out.", file=sys.stderr)
        return 2
    try:
        _train(args, config)
    except (EngineError, DataError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _train(args: argparse.Namespace, config: TrainConfig) -> None:
    if args.threads:
        torch.set_num_threads(args.threads)
    cuda = args.device != "cpu" and torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    fused = device.type == "cpu" and kernels.install()
    run = Run(config, device, pick_precision(args.precision, device))
    args.out.mkdir(parents=True, exist_ok=True)
    if not run.resume(args.out) and args.init:
        print(f"{run.start_from(args.init)} tensors taken from {args.init}")
    write_json(args.out / "config.json", config.to_dict())
    (args.out / "pid").write_text(f"{os.getpid()}\n")
    print(
        f"{args.preset} at {run.cur_nimg} of {config.images} images on {device}, {run.dtype}, "
        f"fused kernels: {'yes' if fused else 'no'}, G {parameters(run.players.G)}, "
        f"D {parameters(run.players.D)} parameters",
        flush=True,
    )
    cache = args.cache or args.out / "crops"
    weights = {glob: float(share) for glob, _, share in (w.rpartition("=") for w in args.weigh)}
    training_loop(
        run,
        lambda r: open_dataset(config.dataset, args.data, r, cache, config.seed, weights),
        args.out,
        Pace(
            save_seconds=args.save_minutes * 60,
            score_images=args.score_images,
            stop_after_seconds=args.hours * 3600,
            stop_at_images=args.images,
        ),
        Log(args.out / "log.jsonl", config.images),
        _scorer(args),
    )


def _scorer(args: argparse.Namespace) -> Callable[[Run], dict[str, float]] | None:
    if not args.val:
        return None
    images, masks = args.val

    @cache
    def truth(resolution: int) -> ValidationSet:
        return read_validation(images, masks, resolution)

    def score(run: Run) -> dict[str, float]:
        scores = quick_score(run.G_ema, truth(run.stage.resolution))
        run.snapshot(args.out / f"snapshot-{run.cur_nimg // 1000:06d}.safetensors")
        return scores

    return score


class Log:
    """Print each status as one line and append it to a JSON-lines file."""

    def __init__(self, path: Path, images: int):
        """Append to ``path``; ``images`` is the recipe's length."""
        self._path, self._images = path, images

    def __call__(self, status: Status) -> None:
        """Take one status."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"time": int(time.time()), **status}) + "\n")
        parts = [f"{status['images']:>9.0f} images"]
        parts += [f"{k} {v:.4g}" for k, v in status.items() if k != "images"]
        if rate := status.get("rate"):
            left = (self._images - status["images"]) / rate / 3600
            parts.append(f"{left:.1f} h left")
        print("  ".join(parts), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
