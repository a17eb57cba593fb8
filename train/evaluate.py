"""Score a snapshot: ``python -m train.evaluate SNAPSHOT --data DIR --masks DIR``.

DIR holds images, and masks of the same names, white = hole. Prints one table and, with ``--out``,
writes the same numbers as JSON. What could not be measured, and how to make it measurable, is said
below the table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from engine.device import pick_device
from engine.errors import EngineError
from engine.files import replace_file
from engine.network.generator import Generator
from engine.network.snapshot import load_generator
from train.data.crops import DataError
from train.data.sources import LAYOUTS, open_dataset
from train.data.validation import ValidationSet, read_validation, validation_of
from train.fills import (
    classical_methods,
    diversity_of,
    draws_of,
    fill_classical,
    fill_set,
    restarts_of,
)
from train.masks import KINDS
from train.metrics.inception import Inception
from train.metrics.judge import Features, Judge, offline_judges
from train.metrics.perceptual import Perceptual, lpips
from train.metrics.weights import MetricsError

Scores = dict[str, dict[str, float]]
_offline = cache(offline_judges)


@lru_cache(maxsize=2)  # a run validates the same set again and again
def _quick_judge(truth: ValidationSet) -> Judge:
    perceptual, features, _ = _offline()
    return Judge(truth, perceptual, features)


def quick_score(G: Generator, truth: ValidationSet) -> dict[str, float]:
    """Score the fills at z = 0 during training, in seconds.

    Args:
        G: the averaged generator, on any device.
        truth: a small set, at the generator's resolution or another.

    Returns:
        The means of ``Judge.score`` without FID; ``st_lpips_alex`` and ``kid_efflite0_x1000`` are
        there when their weight files are.
    """
    return _quick_judge(truth).score(fill_set(G, truth, 8), frechet=False)


def table(scores: Scores) -> str:
    """Return the scores as text: a row for each metric, a column for each method."""
    metrics = list(dict.fromkeys(name for row in scores.values() for name in row))
    width = max(14, *(len(name) + 2 for name in scores))
    lines = ["".join([f"{'':24s}", *(f"{name:>{width}s}" for name in scores)])]
    for metric in metrics:
        cells = (f"{row[metric]:.5g}" if metric in row else "–" for row in scores.values())
        lines.append("".join([f"{metric:24s}", *(f"{cell:>{width}s}" for cell in cells)]))
    return "\n".join(lines)


def evaluate(
    G: Generator, name: str, truth: ValidationSet, judge: Judge, options: argparse.Namespace
) -> Scores:
    """Score the snapshot and, where asked, the methods it has to beat.

    Args:
        G: the generator.
        name: its column's title.
        truth: the set.
        judge: of that set.
        options: see ``parser``; ``batch``, ``z``, ``fills`` and ``classical`` are used.
    """
    filled = fill_set(G, truth, options.batch, options.dtype)
    if options.fills:
        write_fills(options.fills, truth, filled)
    scores = {name: judge.score(filled)}
    if options.z > 1:
        make = draws_of(G, truth, options.batch, options.dtype)
        scores[name] |= diversity_of(make, truth, options.z)
    for method, run in classical_methods().items() if options.classical else ():
        pairs = zip(truth.img, truth.hole, strict=True)
        scores[method] = judge.score(torch.stack([fill_classical(run, *pair) for pair in pairs]))
    restarts = restarts_of(truth) if options.classical and options.z > 1 else None
    if restarts is not None:
        scores["patchmatch"] |= diversity_of(restarts, truth, options.z)
    return scores


def write_fills(folder: Path, truth: ValidationSet, filled: Tensor) -> None:
    """Write the fills (N, 3, R, R) uint8 as ``folder/NAME.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, img in zip(truth.names, filled, strict=True):
        Image.fromarray(img.permute(1, 2, 0).numpy().copy()).save(folder / f"{name}.png")


def write_json(path: Path, report: dict[str, Any]) -> None:
    """Write a report; the file appears whole or not at all."""
    text = json.dumps(report, indent=1)
    replace_file(
        path, lambda temporary: temporary.write_text(text, encoding="utf-8"), overwrite=True
    )


def make_judge(truth: ValidationSet, options: argparse.Namespace) -> tuple[Judge, list[str]]:
    """Return a judge with the weights at hand and those the options name, and what is missing.

    Raises:
        MetricsError: a file named in the options cannot be used.
    """
    found, at_hand, missing = _offline()
    perceptual: list[Perceptual] = [*found, *(lpips(*files) for files in options.lpips)]
    features: list[Features] = list(at_hand)
    missing = list(missing)
    if options.inception:
        features.append(Inception(options.inception))
    else:
        missing.append("FID over Inception: name its weight file with --inception.")
    if not options.lpips:
        missing.append("LPIPS: name a backbone and its heads with --lpips.")
    return Judge(truth, perceptual, features), missing


def parser() -> argparse.ArgumentParser:
    """Return the command line of ``python -m train.evaluate``."""
    p = argparse.ArgumentParser("train.evaluate", description=str(__doc__).split("\n\n")[0])
    p.add_argument("snapshot", type=Path, help="weights, as training writes them")
    p.add_argument("--data", type=Path, required=True, help="folder of images, or a dataset's root")
    p.add_argument("--masks", type=Path, help="folder of masks named as the images, white = hole")
    p.add_argument("--layout", choices=LAYOUTS[1:], help="the paper's dataset that --data holds")
    p.add_argument("--mask-kind", choices=KINDS, default="centre", help="holes for --layout")
    p.add_argument("--limit", type=int, default=50_000, help="take only so many images")
    p.add_argument("--resolution", type=int, help="side of the images; the network's if not given")
    p.add_argument(
        "--z", type=int, default=16, help="fills of each hole for the diversity; 0 = none"
    )
    p.add_argument("--batch", type=int, default=8, help="images at a time")
    p.add_argument("--device", default="auto", help="auto, cpu or cuda")
    p.add_argument("--classical", action="store_true", help="score Telea, NS and PatchMatch too")
    p.add_argument("--lpips", type=Path, nargs=2, action="append", default=[],
                   metavar=("BACKBONE", "HEADS"), help="standard weight files")  # fmt: skip
    p.add_argument("--inception", type=Path, help="standard weight file for FID")
    p.add_argument("--fills", type=Path, help="write the fills at z = 0 into this folder")
    p.add_argument("--out", type=Path, help="write the scores into this JSON file")
    return p


def read_truth(options: argparse.Namespace, resolution: int) -> ValidationSet:
    """Return the validation set the options name.

    Raises:
        DataError: it cannot be read, or neither masks nor a layout are named.
    """
    if options.layout:
        dataset = open_dataset(options.layout, [options.data], resolution, options.data)
        return validation_of(dataset, options.mask_kind, options.limit)
    if options.masks is None:
        raise DataError("Name a folder of masks with --masks, or a dataset with --layout.")
    return read_validation(options.data, options.masks, resolution, options.limit)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after saying what went wrong."""
    options = parser().parse_args(arguments)
    try:
        G, header = load_generator(options.snapshot)
        device = pick_device(options.device)
        options.dtype = device.dtype
        truth = read_truth(options, options.resolution or G.config.resolution)
        judge, missing = make_judge(truth, options)
        scores = evaluate(G.to(device.device), options.snapshot.stem, truth, judge, options)
    except (EngineError, DataError, MetricsError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(truth)} images at {truth.img.shape[-1]} px; {device.reason}\n{table(scores)}")
    print("".join(f"\nNot measured. {reason}" for reason in missing))
    if options.out:
        named = {k: str(v) for k, v in vars(options).items() if v is not None}
        report = {"options": named, "sha256": header["sha256"], "images": len(truth)}
        write_json(options.out, {**report, "scores": scores, "missing": missing})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
