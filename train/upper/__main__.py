"""Train the upper level: ``python -m train.upper --data DIR --core SNAPSHOT --out RUN``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from engine.errors import EngineError
from engine.network.generator import Generator
from engine.network.snapshot import load_generator, save_snapshot
from train import kernels
from train.data.crops import CropStore, DataError
from train.data.validation import read_validation
from train.loop import Means
from train.metrics.weights import MetricsError
from train.upper.pairs import PairStore, make_answers
from train.upper.recipe import PRESETS, UpperRecipe
from train.upper.run import UpperRun
from train.upper.score import Scorer


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    p = argparse.ArgumentParser("python -m train.upper", description=str(__doc__))
    p.add_argument("--preset", default="upper", choices=sorted(PRESETS))
    p.add_argument("--data", type=Path, nargs="+", required=True, help="folders of photos")
    p.add_argument("--core", type=Path, required=True, help="snapshot whose answers are doubled")
    p.add_argument("--out", type=Path, required=True, help="the run's folder; resumed if it is one")
    p.add_argument("--cache", type=Path, help="where crops and answers are kept (default: OUT)")
    p.add_argument("--weigh", nargs="*", default=[], metavar="GLOB=SHARE")
    p.add_argument("--val", type=Path, nargs=2, metavar=("IMAGES", "MASKS"), help="score on these")
    p.add_argument("--val-side", type=int, default=256, help="size they are scored at, pixels")
    p.add_argument("--threads", type=int, default=0, help="CPU threads; 0 takes all")
    p.add_argument("--minutes", type=float, default=0.0, help="stop in good order after so long")
    p.add_argument("--images", type=int, default=0, help="stop at so many crops")
    p.add_argument("--crops", type=int, default=12, metavar="N", help="squares of a photo at most")
    p.add_argument("--score-images", type=int, default=8_000, metavar="N")
    p.add_argument("--save-minutes", type=float, default=10.0)
    return p.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Train; return 0, or 2 after a sentence that says what is wrong."""
    args = parse(argv)
    if args.threads:
        torch.set_num_threads(args.threads)
    try:
        _train(args, PRESETS[args.preset])
    except (EngineError, DataError, MetricsError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _train(args: argparse.Namespace, recipe: UpperRecipe) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    core, header = load_generator(args.core)
    weights = {glob: float(share) for glob, _, share in (w.rpartition("=") for w in args.weigh)}
    cache = args.cache or args.out
    crops = CropStore.build(
        args.data, cache / "crops", 2 * core.config.resolution, args.crops, 0, weights
    )
    if not (cache / "answers.npy").exists():
        make_answers(core, crops, cache, recipe.seed)
    pairs = PairStore(crops, cache, recipe.side)
    run = UpperRun(recipe, kernels.fused())
    run.resume(args.out)
    scorer = None
    if args.val:
        images, masks = args.val
        scorer = Scorer(core, read_validation(images, masks, args.val_side))
    (args.out / "pid").write_text(f"{os.getpid()}\n")
    (args.out / "config.json").write_text(json.dumps(asdict(recipe), indent=1) + "\n")
    _loop(args, run, pairs, scorer)
    _publish(args.out / "snapshot.safetensors", core, header["notes"], run)


def _publish(path: Path, core: Generator, notes: dict[str, Any], run: UpperRun) -> None:
    """Write the averaged level for users, beside the generator whose answers it doubles."""
    score = run.scores[-1] if run.scores else {}
    notes = {**notes, "upper_images": run.cur_nimg, "upper_score": score}
    save_snapshot(path, core, notes, upper=run.G_ema)


def _loop(args: argparse.Namespace, run: UpperRun, pairs: PairStore, scorer: Scorer | None) -> None:
    recipe, means = run.recipe, Means()
    began = saved = told = time.monotonic()
    seen = run.cur_nimg
    while not args.images or run.cur_nimg < args.images:
        before = run.cur_nimg
        means.add(run.train(pairs.batch(before, recipe.batch, recipe.seed)))
        now = time.monotonic()
        if scorer and before // args.score_images != run.cur_nimg // args.score_images:
            run.scores.append({"images": float(run.cur_nimg), **scorer(run.G_ema)})
            _tell(args.out, run.scores[-1])
        if now - told >= 30:
            _tell(
                args.out,
                {
                    "images": run.cur_nimg,
                    "rate": (run.cur_nimg - seen) / (now - told),
                    **means.take(),
                },
            )
            told, seen = now, run.cur_nimg
        if now - saved >= args.save_minutes * 60:
            run.save(args.out)
            saved = now
        if args.minutes and now - began >= args.minutes * 60:
            break
    run.save(args.out)


def _tell(folder: Path, status: dict[str, float]) -> None:
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"time": int(time.time()), **status}) + "\n")
    print("  ".join(f"{name} {value:.4g}" for name, value in status.items()), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
