"""Fill holes over known lines, with and without carrying them; tell how far off they are.

``python -m tests.bench.bench_lines [PHOTOS]`` makes the tables and the pictures of
``docs/structure.md``: of forty drawn holes, or of those over photos of the folder ``PHOTOS``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray

from assets import SNAPSHOT
from engine.inpainter import Inpainter
from tests.bench.line_cases import Case, Points, cases
from tests.bench.line_photos import photo_cases
from tests.engine.structure.looks import none_laid

FOLDER = Path(__file__).parents[2] / "docs" / "structure"
HALF, STEP, LOST = 8, 4, 8.0
"""Profiles reach so far to each side, one for every so many pixels; a lost one counts so much."""
ALIKE = 0.7
FLAT = 5.0
TILE, COLUMNS = 150, 4


def sections(line: Points, mask: NDArray[np.bool_]) -> Iterator[tuple[Points, Points]]:
    """Yield (place, way) of every section of a line that lies in the hole."""
    steps = np.diff(line, axis=0)
    lengths = np.hypot(*steps.T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    for far in np.arange(STEP / 2, along[-1], STEP):
        n = int(np.searchsorted(along, far) - 1)
        place = line[n] + steps[n] * (far - along[n]) / lengths[n]
        x, y = np.rint(place).astype(int)
        if 0 <= x < mask.shape[1] and 0 <= y < mask.shape[0] and mask[y, x]:
            yield place, steps[n] / lengths[n]


def profile(grey: NDArray[np.float32], place: Points, way: Points, half: int) -> Points:
    """Return brightness across a line, mean over some pixels along it."""
    side = np.array([-way[1], way[0]])
    across, along = np.arange(-half, half + 0.1, 0.5), np.arange(-1.5, 2)
    at = place + along[:, None, None] * way + across[None, :, None] * side
    x, y = np.float32(at[..., 0]), np.float32(at[..., 1])
    seen = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen.mean(axis=0), float)


def miss(fill: NDArray[np.uint8], case: Case) -> float:
    """Return by how many pixels the lines are beside where they were, on average."""
    found = []
    now, was = (np.float32(image.mean(axis=2)) for image in (fill, case.photo))
    for line in case.lines:
        for place, way in sections(line, case.mask):
            truth = profile(was, place, way, HALF)
            if truth.std() < FLAT:  # something in front hides the line here
                continue
            wide = profile(now, place, way, HALF + int(LOST))
            shifts = np.arange(len(wide) - len(truth) + 1)
            parts = np.stack([wide[s : s + len(truth)] for s in shifts])
            parts, mean = parts - parts.mean(axis=1, keepdims=True), truth - truth.mean()
            size = np.sqrt((parts**2).sum(axis=1) * (mean**2).sum()) + 1e-6
            match = parts @ mean / size - 1e-3 * np.abs(shifts / 2 - LOST)
            strong = (parts.std(axis=1) > truth.std() / 2) & (parts.std(axis=1) < truth.std() * 2)
            best = int(np.where(strong, match, -1).argmax())
            good = match[best] > ALIKE and strong[best]
            found.append(abs(best / 2 - LOST) if good else LOST)
    return float(np.mean(found))


def filled(engine: Inpainter, case: Case) -> NDArray[np.uint8]:
    """Return the photo with its hole filled."""
    hidden = case.photo.copy()
    hidden[case.mask] = 0
    result = engine.inpaint(hidden, case.mask)
    hidden[result.box.slices] = np.where(
        case.mask[result.box.slices][..., None], result.patch, hidden[result.box.slices]
    )
    return hidden


def row(pictures: Sequence[NDArray[np.uint8]], case: Case, text: str) -> NDArray[np.uint8]:
    """Return pictures side by side, around the hole, with a line of text below."""
    y, x = np.nonzero(case.mask)
    middle = (int(x.min() + x.max()) // 2, int(y.min() + y.max()) // 2)
    left, top = middle[0] - TILE // 2, middle[1] - TILE // 2
    cut = [p[top : top + TILE, left : left + TILE] for p in pictures]
    rim = cv2.morphologyEx(
        case.mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)
    )
    first = cut[0].copy()
    first[rim[top : top + TILE, left : left + TILE] > 0] = (255, 60, 40)
    strip = np.full((TILE + 18, 3 * TILE + 8, 3), 255, np.uint8)
    for n, picture in enumerate([first, *cut[1:]]):
        strip[:TILE, n * (TILE + 2) : n * (TILE + 2) + TILE] = picture
    cv2.putText(strip, text, (2, TILE + 13), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1)
    return strip


def sheet(rows: list[NDArray[np.uint8]], path: Path) -> None:
    """Write rows as one small JPEG."""
    blank = np.full_like(rows[0], 255)
    rows = rows + [blank] * (-len(rows) % 2)
    lines = [np.hstack(rows[n : n + 2]) for n in range(0, len(rows), 2)]
    data = np.vstack(lines)[..., ::-1]
    cv2.imwrite(str(path), data, [cv2.IMWRITE_JPEG_QUALITY, 80])


def main(photos: Path | None) -> None:
    """Print the table and write a sheet for each group: truth, without lines, with them."""
    FOLDER.mkdir(exist_ok=True)
    engine = Inpainter(SNAPSHOT, "cpu")
    groups: dict[str, list[NDArray[np.uint8]]] = {}
    means: dict[str, list[tuple[float, float]]] = {}
    for case in cases() if photos is None else photo_cases(photos):
        with patch("engine.inpainter.lay_lines", none_laid):
            before = filled(engine, case)
        after = filled(engine, case)
        errors = miss(before, case), miss(after, case)
        text = f"{case.name.replace('°', ' deg')}: {errors[0]:.1f} -> {errors[1]:.1f} px"
        picture = row([case.photo, before, after], case, text)
        groups.setdefault(case.group if photos is None else "photos", []).append(picture)
        means.setdefault(case.group, []).append(errors)
        print(f"| {case.group}: {case.name} | {errors[0]:.1f} | {errors[1]:.1f} |", flush=True)
    for group, errors_of in means.items():
        before_mean, after_mean = np.mean(errors_of, axis=0)
        print(f"| **{group}**, {len(errors_of)} | {before_mean:.1f} | {after_mean:.1f} |")
    for group, rows in groups.items():
        sheet(rows, FOLDER / f"{group.lower().replace(' ', '-')}.jpg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
