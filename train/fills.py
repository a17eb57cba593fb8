"""Fill the holes of a validation set: by a generator, and by the methods it has to beat."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from engine import pixels
from engine.arrays import Mask, Pixels
from engine.geometry import Box
from engine.network.generator import Generator
from engine.network.latent import draw_z
from engine.windows.canvas import Canvas
from engine.windows.scaling import enlarge, shrink
from train.data.validation import ValidationSet
from train.metrics.sets import diversity

WIDE = 1 / 3  # share of the window from which a hole counts as wide
_PATCH = 5  # PatchMatch's patch side
Classical = Callable[[Pixels, Mask], Pixels]


@torch.no_grad()
def fill(
    G: Generator,
    img: Tensor,
    hole: Tensor,
    seeds: Sequence[int],
    pose: Tensor | None = None,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Fill images with the generator, one latent each.

    Images of another size than the generator's are scaled to it and the fill back, as the program
    does with a window of a photo.

    Args:
        G: on any device.
        img: (N, 3, S, S) uint8.
        hole: (N, 1, S, S) float32; 1 = fill.
        seeds: one for each image; 0 is z = 0.
        pose: (N, P) in [0, 1] for a generator that has one.
        dtype: type of the features.

    Returns:
        (N, 3, S, S) uint8 on the CPU, equal to ``img`` outside the hole.
    """
    device = next(G.parameters()).device
    same = img.shape[-1] == G.config.resolution
    small, known = (img.float() / 127.5 - 1, 1 - hole) if same else _shrink(G, img, hole)
    z = torch.from_numpy(draw_z(G.config, seeds))
    pose = pose if pose is None else pose.to(device)
    out = G(small.to(device), known.to(device), z.to(device), pose, dtype)
    if not same:
        whole = Box(0, 0, img.shape[-1], img.shape[-1])
        large = [enlarge(one, whole.width, whole) for one in pixels.to_images(out)]
        out = torch.from_numpy(np.stack(large)).permute(0, 3, 1, 2) * 2 - 1
    found = ((out.float().cpu() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return found if same else torch.where(hole > 0, found, img)


def _shrink(G: Generator, img: Tensor, hole: Tensor) -> tuple[Tensor, Tensor]:
    parts = []
    for one, gap in zip(img, hole, strict=True):
        mask = gap[0].numpy() > 0
        canvas = Canvas(one.permute(1, 2, 0).numpy(), mask, Box.of(mask))
        parts.append(pixels.to_tensors(*shrink(canvas, canvas.box, G.config.resolution)))
    return torch.cat([a for a, _ in parts]), torch.cat([b for _, b in parts])


def fill_set(
    G: Generator, truth: ValidationSet, batch: int = 8, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Return the fills (N, 3, S, S) uint8 of a whole set at z = 0."""
    parts = [slice(start, start + batch) for start in range(0, len(truth), batch)]
    return torch.cat([_fill_part(G, truth, part, dtype) for part in parts])


def _fill_part(G: Generator, truth: ValidationSet, part: slice, dtype: torch.dtype) -> Tensor:
    img, pose = truth.img[part], truth.pose
    pose = None if pose is None else pose[part]
    return fill(G, img, truth.hole[part], [0] * len(img), pose, dtype)


def is_wide(hole: Tensor) -> bool:
    """Tell whether a hole (1, S, S) reaches over more than a third of the window both ways."""
    extent = [int(hole.amax(dim=axis).sum()) for axis in ((0, 1), (0, 2))]
    return min(extent) > WIDE * hole.shape[-1]


def diversity_of(
    make: Callable[[int, Sequence[int]], Tensor], truth: ValidationSet, draws: int
) -> dict[str, float]:
    """Measure how much many fills of one hole differ, over a whole set.

    Args:
        make: gives the fills (Z, 3, S, S) uint8 of image number i for Z seeds.
        truth: the set.
        draws: fills of each hole.

    Returns:
        ``diversity_DRAWS``, the mean over all images (see ``sets.diversity``), and
        ``diversity_DRAWS_wide``, that over wide holes where there are any.
    """
    seeds = range(1, draws + 1)
    each = [diversity(make(i, seeds), truth.hole[i]) for i in range(len(truth))]
    wide = [value for value, hole in zip(each, truth.hole, strict=True) if is_wide(hole)]
    name = f"diversity_{draws}"
    found = {name: float(np.mean(each))}
    return {**found, f"{name}_wide": float(np.mean(wide))} if wide else found


def draws_of(
    G: Generator, truth: ValidationSet, batch: int = 8, dtype: torch.dtype = torch.float32
) -> Callable[[int, Sequence[int]], Tensor]:
    """Return a maker for ``diversity_of`` that draws z from the seeds."""

    def some(index: int, seeds: Sequence[int]) -> Tensor:
        n = len(seeds)
        img, hole = (x[index].expand(n, -1, -1, -1) for x in (truth.img, truth.hole))
        pose = None if truth.pose is None else truth.pose[index].expand(n, -1)
        return fill(G, img, hole, seeds, pose, dtype)

    def make(index: int, seeds: Sequence[int]) -> Tensor:
        starts = range(0, len(seeds), batch)
        return torch.cat([some(index, seeds[start : start + batch]) for start in starts])

    return make


def classical_methods() -> dict[str, Classical]:
    """Return Telea and Navier-Stokes, and PatchMatch where the package pypatchmatch is there.

    Each takes an image (H, W, 3) uint8 with a black hole and the hole (H, W) bool.
    """

    def opencv(flag: int) -> Classical:
        return lambda image, hole: cv2.inpaint(image, hole.astype(np.uint8) * 255, 3, flag)

    found = {"telea": opencv(cv2.INPAINT_TELEA), "navier-stokes": opencv(cv2.INPAINT_NS)}
    patchmatch = _patchmatch()
    if patchmatch is not None:
        found["patchmatch"] = lambda image, hole: patchmatch.inpaint(
            np.ascontiguousarray(image), hole.astype(np.uint8)[..., None] * 255, patch_size=_PATCH
        )
    return found


def _patchmatch() -> Any | None:  # noqa: ANN401  an optional package without types
    try:
        return importlib.import_module("patchmatch")
    except Exception:  # its library may be missing for this system, which it says in its own ways
        return None


def fill_classical(method: Classical, img: Tensor, hole: Tensor) -> Tensor:
    """Fill one image (3, S, S) uint8 with a hole (1, S, S); return it composed, likewise."""
    image, mask = img.permute(1, 2, 0).numpy().copy(), hole[0].numpy() > 0
    truth = image.copy()
    image[mask] = 0
    filled = np.where(mask[..., None], method(image, mask), truth).astype(np.uint8)
    return torch.from_numpy(filled).permute(2, 0, 1)


def restarts_of(truth: ValidationSet) -> Callable[[int, Sequence[int]], Tensor] | None:
    """Return a maker for ``diversity_of`` of PatchMatch's random restarts, None without it."""
    patchmatch = _patchmatch()
    if patchmatch is None:
        return None
    method = classical_methods()["patchmatch"]

    def make(index: int, seeds: Sequence[int]) -> Tensor:
        found = []
        for seed in seeds:
            patchmatch.set_random_seed(seed)
            found.append(fill_classical(method, truth.img[index], truth.hole[index]))
        return torch.stack(found)

    return make
