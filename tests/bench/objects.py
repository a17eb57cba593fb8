"""Measure how much better than a loose loop, a rough stroke or a click the object tool selects.

    python -m tests.bench.objects [FOLDER OF PHOTOS] [LABELS.json]

Twenty things are composed: shapes with the texture of one photo, softly joined into another, so
that their outlines are known. Without a folder the textures are drawn. LABELS adds things outlined
by hand: {"photo.jpg": [[[x, y], ...], ...]}.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from engine.selecting.cutting import Marks
from engine.selecting.objects import select

SIDE = 900


def textures(folder):
    """Return pictures of at least 900 pixels a side, from a folder or drawn."""
    if folder:
        for path in sorted(Path(folder).glob("*.jpg"))[::2]:
            picture = cv2.imread(str(path))[..., ::-1]
            scale = SIDE / min(picture.shape[:2])
            yield cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return
    chance = np.random.default_rng(0)
    for _ in range(24):
        octaves = [chance.normal(0, 1, (2**n, 2**n, 3)) * 0.6**n for n in range(2, 8)]
        drawn = sum(
            cv2.resize(octave, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for octave in octaves
        )
        base = chance.uniform(60, 200, 3)
        yield np.clip(base + 45 * drawn, 0, 255).astype(np.uint8)


def shape(chance):
    """Return (SIDE, SIDE) float32, a smooth or cornered shape somewhere in the middle."""
    count = int(chance.integers(5, 12))
    angles = np.sort(
        chance.uniform(0, 2 * np.pi, count) * 0.2 + np.arange(count) * 2 * np.pi / count
    )
    radii = chance.uniform(0.5, 1.0, count) * chance.uniform(70, 220)
    middle = chance.uniform(260, SIDE - 260, 2)
    points = middle + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
    out = np.zeros((SIDE, SIDE), np.float32)
    cv2.fillPoly(out, [np.rint(points * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    if chance.random() < 0.6:
        out = (cv2.GaussianBlur(out, (0, 0), 14) > 0.5).astype(np.float32)
    return cv2.GaussianBlur(out, (0, 0), chance.uniform(0.7, 1.6))


def composed(folder):
    """Yield (name, photo, mask) of twenty composed things."""
    pictures = list(textures(folder))
    chance = np.random.default_rng(7)
    for number in range(20):
        ground, thing = (pictures[int(n)] for n in chance.choice(len(pictures), 2, replace=False))
        ground, thing = ground[:SIDE, :SIDE].astype(np.float32), thing[:SIDE, :SIDE][::-1]
        cover = shape(chance)[..., None]
        photo = ground * (1 - cover) + thing * cover + chance.normal(0, 1.5, ground.shape)
        yield f"composed {number + 1}", np.clip(photo, 0, 255).astype(np.uint8), cover[..., 0] > 0.5


def labelled(folder, path):
    """Yield (name, photo, mask) of things that were outlined by hand."""
    for name, outlines in json.loads(Path(path).read_text(encoding="utf-8")).items():
        photo = cv2.imread(str(Path(folder) / name))[..., ::-1].copy()
        for number, outline in enumerate(outlines):
            mask = np.zeros(photo.shape[:2], np.uint8)
            cv2.fillPoly(mask, [np.array(outline, np.int32)], 1)
            yield f"{Path(name).stem} {number + 1}", photo, mask > 0


def loose_loop(mask, chance):
    """Return a loop around ``mask`` as a hand draws it: 4 to 14 % of its size away, unsteady."""
    size = np.sqrt(mask.sum())
    away = max(round(0.14 * size), 3)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * away + 1,) * 2)
    padded = np.pad(mask.astype(np.uint8), 2 * away)
    wide = cv2.GaussianBlur(cv2.dilate(padded, disc).astype(np.float32), (0, 0), away)
    bits = (wide > 0.5).astype(np.uint8)
    loops, _ = cv2.findContours(bits, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    loop = max(loops, key=len)
    loop = loop[:: max(len(loop) // 40, 1), 0, :].astype(float) - 2 * away
    loop += chance.normal(0, 0.025 * size, loop.shape)
    return np.clip(loop, 0, [mask.shape[1] - 1, mask.shape[0] - 1])


def rough_stroke(mask):
    """Return a stroke through the middle of ``mask`` along its longer axis, and how wide it is."""
    depth = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    deep = np.argwhere(depth > 0.45 * depth.max())[:, ::-1].astype(float)
    middle = deep.mean(axis=0)
    axis = np.linalg.svd(deep - middle, full_matrices=False)[2][0]
    along = (deep - middle) @ axis
    order = np.quantile(along, np.linspace(0.02, 0.98, 12))
    way = [deep[np.abs(along - at) <= 4].mean(axis=0) for at in order]
    return np.array(way), max(float(depth.max()) * 0.4, 4.0)


def overlap(one, other):
    """Return intersection over union."""
    return float((one & other).sum() / max((one | other).sum(), 1))


def selected(photo, marks):
    """Return the mask, and the seconds of processor it took."""
    started = time.process_time()
    stamp = select(photo, marks)
    seconds = time.process_time() - started
    out = np.zeros(photo.shape[:2], bool)
    if stamp is not None:
        out[stamp.box.slices] = stamp.cover
    return out, seconds


def rows_of(photo, mask, chance):
    """Return overlap before and after, and seconds, for a loop, a stroke and a click."""
    loop = loose_loop(mask, chance)
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(drawn, [np.rint(loop).astype(np.int32)], 1)
    way, width = rough_stroke(mask)
    struck = np.zeros(mask.shape, np.uint8)
    cv2.polylines(struck, [np.rint(way).astype(np.int32)], False, 1, round(width))
    click = [tuple(way[len(way) // 2])]
    cases = (
        (drawn > 0, Marks(loop=loop.tolist())),
        (struck > 0, Marks(on=(way.tolist(),), size=width)),
        (np.zeros_like(mask), Marks(on=(click,), size=width / 2)),
    )
    out = []
    for before, marks in cases:
        after, seconds = selected(photo, marks)
        out.append((overlap(before, mask), overlap(after, mask), seconds))
    return out


def main(folder="", labels=""):
    """Print a table."""
    things = [*composed(folder), *(labelled(folder, labels) if labels else ())]
    chance = np.random.default_rng(3)
    print(
        "| Thing | Loop | after | Stroke | after | Click |\n| --- | --- | --- | --- | --- | --- |"
    )
    table = []
    for name, photo, mask in things:
        loop, stroke, click = rows = rows_of(photo, mask, chance)
        table.append(rows)
        told = loop[0], loop[1], stroke[0], stroke[1], click[1]
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in told) + " |", flush=True)
    means = np.array(table).mean(axis=0)
    told = means[0, 0], means[0, 1], means[1, 0], means[1, 1], means[2, 1]
    print("| mean | " + " | ".join(f"{value:.2f}" for value in told) + " |")
    print("seconds of processor: loop {:.2f}, stroke {:.2f}, click {:.2f}".format(*means[:, 2]))


if __name__ == "__main__":
    main(*sys.argv[1:])
