"""Name the arrays that everything passes on; no torch here.

A *photo's pixels* are (H, W, 3) uint8 or uint16, RGB, upright; a *mask* is (H, W) bool, True
where to fill, *flags* are any other bool; *levels* are one byte a pixel or channel; *floats* are
float32, mostly in [0, 1]; *ints* are int32, mostly places; *longs* are int64, mostly counts;
*doubles* are float64, mostly sums and matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

AnyArray = NDArray[Any]
Pixels = NDArray[Any]
Mask = NDArray[np.bool_]
Flags = NDArray[np.bool_]
Levels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

Place = NDArray[np.float64]
"""(2, 3), from x, y here to x, y there; (2, 2) without the move."""
