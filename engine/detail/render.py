"""Make the full-size pixels of a field that was found at a smaller size."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.loops import copies
from engine.detail.nnf import Field
from engine.pixels import peak
from engine.progress import Step
from engine.running.parallel import in_halves

_ROWS = 128


def enlarge_copies(
    field: Field, factor: int, tone: Floats, window: Pixels, hole: Mask, step: Step
) -> Pixels:
    """Copy the photo's own pixels from where a smaller field says, pieces fading into each other.

    Every full-size pixel asks the four nearest patches of the field and weighs them bilinearly;
    inside a piece all four propose the same pixel.

    Args:
        field: of a level that is ``factor`` times smaller than the window.
        factor: a power of two.
        tone: (h / factor, w / factor, 3) float32, added to the copies.
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, True = fill.
        step: called with 0 now and then; may raise ``Cancelled``.

    Returns:
        (h, w, 3) of the window's type, equal to ``window`` outside the hole.
    """
    out, window, hole = window.copy(), *(np.ascontiguousarray(a) for a in (window, hole))
    m, top = field.matcher, np.float32(peak(window))
    index = m.index.reshape(m.height, m.width)
    busy = np.flatnonzero(hole.any(axis=1))
    for first in range(int(busy[0]), int(busy[-1]) + 1, _ROWS):
        step(0)
        count = min(first + _ROWS, int(busy[-1]) + 1) - first

        def copy(part: slice, first: int = first) -> None:
            rows = first + part.start, first + part.stop
            copies.copy_pieces(window, hole, index, field.places, tone, factor, top, rows, out)

        in_halves(copy, count, 2)
    return out
