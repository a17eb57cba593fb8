"""What cannot be seen is not known: colours hidden under full transparency stay out of fills."""

from __future__ import annotations

from engine.arrays import Mask, Pixels


def clear_of(alpha: Pixels | None) -> Mask | None:
    """Return (H, W) bool, True where nothing can be seen; None where everything can."""
    if alpha is None:
        return None
    clear: Mask = alpha == 0
    return clear if clear.any() else None
