"""Fill the holes of photographs with the imputed-convolution generator.

The flow, top to bottom: a photo (H, W, 3) and a mask (H, W) enter ``Inpainter.inpaint``;
``windows`` groups the mask's holes, puts a square window with enough context around each and cuts
long thin holes into parts; ``scaling`` shrinks a window, ``pixels`` turns it into tensors;
``Generator`` (built from the equations in ``layers``) answers at its own resolution; ``compose``
scales the answer back and blends it inside the mask onto a ``canvas``, where the next window sees
it; the result is one ``Result``: a box, the finished pixels of that box, and the seed that
brings it back. ``photo`` reads and writes files. Nothing here knows of Qt or of training.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.inpainter import Inpainter

__all__ = ["DECODE_WORD", "Inpainter", "__version__"]
__version__ = "0.1.0"

DECODE_WORD = "decode-photos"
"""The hidden command with which a frozen program becomes the process that reads photos."""


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Find ``Inpainter`` when it is asked for, so that ``import engine`` does not load torch."""
    if name == "Inpainter":
        from engine.inpainter import Inpainter

        return Inpainter
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
