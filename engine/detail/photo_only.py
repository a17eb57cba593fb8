"""Fill a photo from itself alone: the classical rival, with the face of the network's engine."""

from __future__ import annotations

from engine import windows
from engine.canvas import Canvas
from engine.detail.guided import lay, sources
from engine.detail.transfer import Progress, transfer_detail
from engine.geometry import Box, union_all
from engine.pixels import Image, Mask, check
from engine.result import Result

DEVICE = "CPU: from the photo alone"


def photo_only(
    image: Image, mask: Mask, seed: int = 0, on_progress: Progress | None = None
) -> Result:
    """Fill every hole of the mask by patch synthesis, without a network.

    Args:
        image: (H, W, 3) uint8 or uint16 RGB.
        mask: (H, W) bool, True = fill.
        seed: the same seed, the same fill.
        on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.

    Returns:
        As ``Inpainter.inpaint``; ``scale`` is 1, for the photo's own pixels are copied.

    Raises:
        ImageError: image and mask do not go together.
    """
    check(image, mask)
    report = on_progress or (lambda fraction: None)
    report(0.0)
    todo = windows.plan(mask)
    if not todo:
        report(1.0)
        return Result(Box(0, 0, 0, 0), image[:0, :0].copy(), seed, DEVICE, ())
    canvas = Canvas(image, mask, union_all(window.hole for window in todo))
    todo = [part for window in todo for part in windows.parts(mask, window)]
    for i, window in enumerate(todo):
        around = window.box.clip(canvas.extent)
        pixels, hole = canvas.read(around)
        filled = transfer_detail(
            pixels,
            hole,
            None,
            seed + i,
            _part_of(report, i, len(todo)),
            sources(canvas, around),
        )
        lay(canvas, window, around, filled)
    report(1.0)
    seen = tuple(window.box for window in todo)
    return Result(canvas.box, canvas.patch, seed, DEVICE, seen)


def _part_of(report: Progress, done: int, total: int) -> Progress:
    return lambda fraction: report((done + fraction) / total)
