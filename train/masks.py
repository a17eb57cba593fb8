"""Draw random holes: the paper's masks, object-shaped ones, and the mix of the bundled recipe.

Every kind is a function ``(size, rng) -> (size, size) uint8`` with 255 in the hole; ``KINDS`` is
their table and ``sample_holes`` the one entry. All randomness comes from ``rng``, so a seed names
its masks on every machine. Pixel widths are given at 256 px and scale with the size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from engine.arrays import Floats, Levels
from train.silhouettes import object_hole

Kind = Callable[[int, np.random.Generator], Levels]

_SMALLEST = 32  # side under which shapes cannot be drawn
_WIDE = (0.35, 0.7)  # share of the picture a wide hole takes
MIX = {"object": 0.5, "freeform": 0.3, "union": 0.1, "wire": 0.1}
"""Share of each kind among the ``mixed`` holes."""
WIDE_MIX = {"wide": 0.75, **{kind: share / 4 for kind, share in MIX.items()}}
"""Share of each kind among the ``widened`` holes."""


def freeform(size: int, rng: np.random.Generator) -> Levels:
    """Draw the zigzag brush of Gated Convolution: one to three strokes of 4 to 11 segments."""
    canvas = np.zeros((size, size), np.uint8)
    reach = np.sqrt(2.0) * size / 8
    for _ in range(int(rng.integers(1, 4))):
        count = int(rng.integers(4, 12))
        spread = rng.uniform(0.0, 2 * np.pi / 15, 2)
        angle = rng.uniform(2 * np.pi / 5 - spread[0], 2 * np.pi / 5 + spread[1], count)
        angle[::2] = 2 * np.pi - angle[::2]
        length = np.clip(rng.normal(reach, reach / 2, count), 0.0, 2 * reach)
        width = max(1, int(rng.uniform(12, 40) * size / 256))
        step = np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1).tolist()
        x, y = rng.uniform(0.0, size, 2).tolist()
        path = [(int(x), int(y))]
        for dx, dy in step:
            x, y = min(max(x + dx, 0.0), size), min(max(y + dy, 0.0), size)
            path.append((int(x), int(y)))
        cv2.polylines(canvas, [np.array(path, np.int32)], False, 255, width)
        for vertex in path:
            cv2.circle(canvas, vertex, width // 2, 255, -1)
    return canvas


def box(size: int, rng: np.random.Generator) -> Levels:
    """Draw a square of half the side at a random place."""
    canvas = np.zeros((size, size), np.uint8)
    left, top = rng.integers(0, size - size // 2 + 1, 2).tolist()
    canvas[top : top + size // 2, left : left + size // 2] = 255
    return canvas


def centre(size: int, rng: np.random.Generator) -> Levels:
    """Draw the half-size square in the middle; ``rng`` is not used."""
    canvas = np.zeros((size, size), np.uint8)
    start = (size - size // 2) // 2
    canvas[start : start + size // 2, start : start + size // 2] = 255
    return canvas


def union(size: int, rng: np.random.Generator) -> Levels:
    """Draw the paper's training hole: a random half-size square together with the brush."""
    return box(size, rng) | freeform(size, rng)


def wire(size: int, rng: np.random.Generator) -> Levels:
    """Draw thin things: sagging wires from border to border, scratches and specks of dust."""
    canvas = np.zeros((size, size), np.uint8)
    along = np.linspace(-0.1, 1.1, 16)
    for _ in range(int(rng.integers(1, 4))):
        width = max(1, round(rng.uniform(1.0, 6.0) * size / 256))
        start, slope, sag = rng.uniform((-0.1, -0.6, -0.3), (1.1, 0.6, 0.3))
        across = start + slope * along + sag * 4 * along * (along - 1)
        path = np.stack([along, across], axis=1)
        if rng.random() < 0.5:
            path = path[:, ::-1]
        if rng.random() < 0.4:
            first = int(rng.integers(0, 12))
            path = path[first : first + 4] + rng.normal(
                0.0, 0.01, (len(path[first : first + 4]), 2)
            )
        cv2.polylines(canvas, [np.rint(path * size).astype(np.int32)], False, 255, width)
    for x, y in rng.integers(0, size, (int(rng.integers(1, 4)), 2)).tolist():
        cv2.circle(canvas, (x, y), max(1, round(rng.uniform(1.0, 5.0) * size / 256)), 255, -1)
    return canvas


def wide(size: int, rng: np.random.Generator) -> Levels:
    """Draw brushes and, at times, half-size squares until 35 to 70 % of the picture is hole."""
    least, most = _WIDE
    while True:
        canvas = np.zeros((size, size), np.uint8)
        while np.mean(canvas > 0) < least:
            kind = box if rng.random() < 0.25 else freeform
            canvas |= _turned(kind(size, rng), rng)
        if np.mean(canvas > 0) <= most:
            return canvas


def _turned(canvas: Levels, rng: np.random.Generator) -> Levels:
    """Mirror and turn what has a direction at random."""
    flip_x, flip_y, swap = rng.random(3) < 0.5
    canvas = canvas.T if swap else canvas
    return canvas[:: -1 if flip_y else 1, :: -1 if flip_x else 1]


def _one_of(mix: dict[str, float], size: int, rng: np.random.Generator) -> Levels:
    """Draw one of ``mix``; objects stay upright."""
    name = str(rng.choice(list(mix), p=list(mix.values())))
    canvas = KINDS[name](size, rng)
    return canvas if name == "object" else _turned(canvas, rng)


def mixed(size: int, rng: np.random.Generator) -> Levels:
    """Draw one of ``MIX``."""
    return _one_of(MIX, size, rng)


def widened(size: int, rng: np.random.Generator) -> Levels:
    """Draw one of ``WIDE_MIX``, for a generator that does well on small holes already."""
    return _one_of(WIDE_MIX, size, rng)


def soft(size: int, rng: np.random.Generator) -> Levels:
    """Draw a ``mixed`` hole whose rim fades into the known pixels over up to a sixteenth."""
    hole = np.ascontiguousarray(mixed(size, rng))
    away = cv2.distanceTransform(255 - hole, cv2.DIST_L2, 3)
    ramp = rng.uniform(1.0, max(2.0, size / 16))
    faded: Levels = np.rint(np.clip(1.0 - away / ramp, 0.0, 1.0) * 255).astype(np.uint8)
    return faded


KINDS: dict[str, Kind] = {
    "freeform": freeform,
    "box": box,
    "centre": centre,
    "union": union,
    "object": object_hole,
    "wire": wire,
    "wide": wide,
    "mixed": mixed,
    "widened": widened,
    "soft": soft,
}


def _draw(kind: Kind, size: int, rng: np.random.Generator) -> Levels:
    """Draw at ``_SMALLEST`` or more; a smaller hole is where a drawn one covers half a cell."""
    if size >= _SMALLEST:
        return kind(size, rng)
    large = np.ascontiguousarray(kind(_SMALLEST, rng))
    small = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA)
    return np.where(small >= min(128, int(small.max())), 255, 0).astype(np.uint8)


def sample_holes(
    kind: str, n: int, size: int, rng: np.random.Generator | Sequence[np.random.Generator]
) -> Floats:
    """Return ``n`` random holes of one kind.

    Args:
        kind: a key of ``KINDS``.
        n: how many.
        size: side in pixels.
        rng: the only source of randomness; or ``n`` of them, one for each hole.

    Returns:
        (n, 1, size, size) float32; 1 = hole, 0 = known; only ``soft`` holds values in between.
        No hole is empty.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no mask kind “{kind}”; choose one of {', '.join(KINDS)}.")
    rngs = [rng] * n if isinstance(rng, np.random.Generator) else rng
    holes = np.empty((n, 1, size, size), np.float32)
    for hole, own in zip(holes, rngs, strict=True):
        np.multiply(
            _draw(KINDS[kind], size, own), np.float32(1 / 255), out=hole[0], casting="unsafe"
        )
    return holes
