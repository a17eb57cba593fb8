"""The ten lines of docs/python.md run as they stand, and do what is said about them."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from assets import SAMPLE_MASK, SAMPLE_PHOTO

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def example() -> str:
    """Return the first indented block."""
    lines = TEXT.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("    "))
    block = []
    for line in lines[start:]:
        if line and not line.startswith("    "):
            break
        block.append(line[4:])
    return "\n".join(block)


def test_it_has_ten_lines_at_most():
    assert len([line for line in example().splitlines() if line]) <= 10


def test_it_fills_the_mask_and_nothing_else(tmp_path):
    with Image.open(SAMPLE_PHOTO) as photo, Image.open(SAMPLE_MASK) as mask:
        size = photo.width // 4, photo.height // 4
        photo.resize(size).save(tmp_path / "photo.jpg", quality=95)
        mask.convert("L").resize(size, Image.Resampling.NEAREST).save(tmp_path / "mask.png")
    done = subprocess.run(
        [sys.executable, "-c", example()],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    before, after = (
        np.asarray(Image.open(tmp_path / name)).astype(int) for name in ("photo.jpg", "filled.jpg")
    )
    hole = np.asarray(Image.open(tmp_path / "mask.png")) >= 128
    changed = np.abs(before - after).max(axis=2) > 0
    near = cv2.dilate(hole.astype(np.uint8), np.ones((33, 33))) > 0
    assert changed[hole].mean() > 0.5
    assert not changed[~near].any()


def test_engine_tells_what_it_has_not():
    import engine

    assert not hasattr(engine, "Outpainter")
    assert engine.Inpainter.__module__ == "engine.inpainter"
