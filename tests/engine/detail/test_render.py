"""Full-size pixels from a field of a smaller level, held to a slow loop over pixels."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail import render
from engine.detail.render import enlarge_copies
from tests.engine.detail.fields import field_of, matcher_of

HEIGHT, WIDTH = 26, 24


def scene(factor: int, dtype: type, hole: tuple[slice, slice], size=(HEIGHT, WIDTH)):
    """Return a field, tones of its level, and a window ``factor`` times as large with its hole."""
    height, width = size
    field = field_of(matcher_of(height, width, hole))
    rng = np.random.default_rng(2)
    tone = rng.uniform(-0.1, 0.1, (height, width, 3)).astype(np.float32)
    top = np.iinfo(dtype).max
    window = rng.integers(0, top, (height * factor, width * factor, 3), dtype, endpoint=True)
    mask = np.zeros(window.shape[:2], bool)
    mask[tuple(slice(s.start * factor, s.stop * factor) for s in hole)] = True
    return field, tone, window, mask


def slow(field, factor, tone, window, hole) -> np.ndarray:
    m, top = field.matcher, np.iinfo(window.dtype).max
    out = window.copy()
    for row, col in zip(*np.nonzero(hole), strict=True):
        y, x = (row + 0.5) / factor - 0.5, (col + 0.5) / factor - 0.5
        copied, toned, share = np.zeros(3), np.zeros(3), 0.0
        for cy in (int(np.floor(y)), int(np.floor(y)) + 1):
            for cx in (int(np.floor(x)), int(np.floor(x)) + 1):
                weight = (1 - abs(y - cy)) * (1 - abs(x - cx))
                ny, nx = min(max(cy, 0), m.height - 1), min(max(cx, 0), m.width - 1)
                toned += weight * tone[ny, nx]
                n = m.index[ny * m.width + nx]
                if n < 0:
                    continue
                from_y, from_x = divmod(int(field.places[n]), m.width)
                sy = min(max((from_y - ny) * factor + row, 0), len(window) - 1)
                sx = min(max((from_x - nx) * factor + col, 0), window.shape[1] - 1)
                copied += weight * window[sy, sx]
                share += weight
        out[row, col] = np.clip(np.rint(copied / share + top * toned), 0, top)
    return out


@pytest.mark.parametrize(
    "hole",
    [np.s_[9:15, 8:14], np.s_[0:6, 18:24], np.s_[20:26, 0:6]],
    ids=["inner", "top", "bottom"],
)
@pytest.mark.parametrize(("factor", "dtype"), [(1, np.uint8), (2, np.uint8), (4, np.uint16)])
@pytest.mark.parametrize("rows", [5, 128])
def test_every_pixel_is_copied_from_where_its_nearest_patches_are(
    monkeypatch, hole, factor, dtype, rows
):
    monkeypatch.setattr(render, "_ROWS", rows)
    field, tone, window, mask = scene(factor, dtype, hole)
    before = window.copy()
    calls = []
    found = enlarge_copies(field, factor, tone, window, mask, calls.append)
    assert found.dtype == dtype
    assert (found[~mask] == before[~mask]).all()
    assert (window == before).all()
    # remap interpolates between thirty-two places in a pixel
    near = 1 if dtype == np.uint8 else 257
    wanted = slow(field, factor, tone, window, mask).astype(int)
    assert np.abs(found.astype(int) - wanted).max() <= near
    assert calls == [0] * -(-6 * factor // rows)


def test_a_band_of_many_pixels_is_copied_like_a_small_one():
    field, tone, window, mask = scene(4, np.uint8, np.s_[12:42, 12:42], (54, 54))
    assert mask.sum() > 8192  # more than one line of points for remap
    found = enlarge_copies(field, 4, tone, window, mask, lambda done: None)
    wanted = slow(field, 4, tone, window, mask).astype(int)
    assert np.abs(found.astype(int) - wanted).max() <= 1
