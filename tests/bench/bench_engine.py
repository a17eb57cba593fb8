"""``make bench``: the engine beside its rivals, its memory, and the time to a first fill."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch
from fills import HOLE, whole_fills
from measure import in_child, in_turns, print_ratios
from numpy.typing import NDArray

from assets import SAMPLE_MASK, SAMPLE_PHOTO, SNAPSHOT
from engine.answering.by_torch import TorchNetwork
from engine.answering.compiled import CompiledNetwork
from engine.answering.network import Network
from engine.device import pick_device
from engine.geometry import Box
from engine.network.config import PRESETS
from engine.network.generator import Generator
from engine.network.latent import draw_z
from engine.network.stored import arrays_of, read_stored
from engine.pixels import to_float
from engine.running.threads import at_most

HERE = Path(__file__).parent
BUNDLED = PRESETS["lacuna-256"]


def crop_of_sample(size: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return image and mask of the sample's hole, a third of a square of ``size`` pixels wide."""
    image = cv2.cvtColor(cv2.imread(str(SAMPLE_PHOTO)), cv2.COLOR_BGR2RGB)
    mask = cv2.imread(str(SAMPLE_MASK), cv2.IMREAD_GRAYSCALE) > 127
    box = Box.around(mask)
    assert box is not None
    side = min(3 * max(box.width, box.height), *mask.shape)
    left = min(max((box.left + box.right - side) // 2, 0), mask.shape[1] - side)
    top = min(max((box.top + box.bottom - side) // 2, 0), mask.shape[0] - side)
    part = Box(left, top, left + side, top + side).slices
    small = cv2.resize(image[part], (size, size), interpolation=cv2.INTER_AREA)
    hole = cv2.resize(mask[part].astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return small, hole > 0


def forwards() -> dict[str, Callable[[], object]]:
    """Return the rivals of the forward pass, all on the same crop."""
    image, mask = crop_of_sample(BUNDLED.resolution)
    img = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 127.5 - 1
    known = 1 - torch.from_numpy(mask)[None, None].float()
    z = torch.zeros(1, BUNDLED.z_channels, 4, 4)

    def forward(**changes: str) -> Callable[[], object]:
        network = Generator(replace(BUNDLED, **changes)).eval()

        @torch.inference_mode()
        def run() -> object:
            return network(img, known, z)

        return run

    bgr, hole = np.ascontiguousarray(image[..., ::-1]), mask.astype(np.uint8)
    return {
        "imputed convolutions": forward(),
        "plain convolutions, same U-Net": forward(conv="plain", skip="concat"),
        "cv2.inpaint, Telea, radius 5": lambda: cv2.inpaint(bgr, hole, 5, cv2.INPAINT_TELEA),
    }


def ways() -> dict[str, Callable[[], object]]:
    """Return the two ways to compute the network that ships, on the same crop."""
    stored = read_stored(SNAPSHOT)
    image, mask = crop_of_sample(stored.config.resolution)
    picture, known = to_float(image), 1 - mask.astype(np.float32)
    z = draw_z(stored.config, [0])

    def answer(network: Network) -> Callable[[], object]:
        return lambda: network.fill(network.see(picture, known), z)

    return {
        "by torch": answer(TorchNetwork(stored, pick_device("cpu"))),
        "by compiled loops": answer(CompiledNetwork(stored.config, arrays_of(stored))),
    }


def peak_of_fill(megapixels: int) -> float:
    """Return the peak in MiB of ``lacuna fill``, opening and saving included.

    The photo is the sample scaled to ``megapixels``, as JPEG, with a hole of 300 pixels.
    """
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    size = height * 3 // 2, height
    mask = np.zeros(size[::-1], np.uint8)
    middle = slice(height // 2, height // 2 + 300)
    mask[middle, middle] = 255
    with tempfile.TemporaryDirectory() as folder:
        photo, hole = (str(Path(folder, name)) for name in ("photo.jpg", "hole.png"))
        cv2.imwrite(photo, cv2.resize(cv2.imread(str(SAMPLE_PHOTO)), size))
        cv2.imwrite(hole, mask)
        report = in_child(HERE / "child_memory.py", photo, "--mask", hole, "--device", "cpu")
    return float(report["peak_mib"])


def print_memory(megapixels: int) -> None:
    """Print what filling a large photo needs, and what each of its pixels adds to that."""
    small, large = peak_of_fill(1), peak_of_fill(megapixels)
    each = (large - small) * 2**20 / ((megapixels - 1) * 1e6)
    print("\nHighest memory of `lacuna fill`, whole process, 300 px hole")
    print(f"  {'1 megapixel':<34}{small:>7.0f} MiB")
    print(f"  {f'{megapixels} megapixels':<34}{large:>7.0f} MiB")
    print(f"  {'each further pixel':<34}{each:>7.1f} bytes")


def print_start(rounds: int) -> None:
    """Print how long a cold process takes to show a window, and to have filled the sample."""
    window, fill = [], []
    for _ in range(rounds):
        report = in_child(HERE / "child_start.py", str(time.time()))
        window.append(report["window_s"])
        fill.append(report["first_fill_s"])
    print(f"\nFrom the start of the process (median of {rounds})")
    for name, values in (("window on the screen", window), ("first fill finished", fill)):
        print(f"  {name:<34}{statistics.median(values):>7.2f} s")


def main() -> None:
    """Run all of it, or what the arguments leave of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="counted rounds of the forward pass")
    parser.add_argument("--starts", type=int, default=3, help="processes started")
    parser.add_argument("--megapixels", type=int, default=24, help="size of the large photo")
    parser.add_argument("--threads", type=int, default=1, help="more only on an idle machine")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"PyTorch {torch.__version__}, forward passes on {args.threads} thread(s), float32")
    print_ratios(
        f"One forward pass at {BUNDLED.resolution} px, the rivals in turns, {args.rounds} rounds",
        in_turns(forwards(), args.rounds),
        base="imputed convolutions",
    )
    with at_most(args.threads):
        print_ratios(
            f"The network that ships, the ways in turns, {args.rounds} rounds",
            in_turns(ways(), args.rounds),
            base="by torch",
        )
    print_ratios(
        f"A hole of {HOLE} px in {args.megapixels} megapixels, rivals in turns, 3 rounds",
        in_turns(whole_fills(args.megapixels), 3),
        base="Safe: network and texture",
    )
    print_memory(args.megapixels)
    print_start(args.starts)


if __name__ == "__main__":
    main()
