"""Fill a photo from itself alone: the classical rival, with the face of the network's engine."""

from __future__ import annotations

from collections.abc import Sequence

from engine.arrays import Mask, Pixels
from engine.detail.guided import paint_guided
from engine.geometry import Box, union_all
from engine.pixels import check
from engine.progress import Progress, part_of
from engine.result import Result
from engine.structure.carry import lay_lines
from engine.structure.given import NOTHING, Given
from engine.windows import planning as windows
from engine.windows.apart import fill_apart
from engine.windows.canvas import Canvas
from engine.windows.thin import thickened

DEVICE = "CPU: from the photo alone"


def photo_only(
    image: Pixels,
    mask: Mask,
    seed: int = 0,
    on_progress: Progress | None = None,
    box: Box | None = None,
    lines: Given = NOTHING,
    hidden: Mask | None = None,
) -> Result:
    """Fill every hole of the mask by patch synthesis, without a network.

    Args:
        image: (H, W, 3) uint8 or uint16 RGB.
        mask: (H, W) bool, True = fill.
        seed: the same seed, the same fill.
        on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
        box: fill only the holes in here, in one window; the others stay unknown.
        lines: what a user drew and dropped.
        hidden: (H, W) bool, what is unknown too but not to be filled.

    Returns:
        As ``Inpainter.inpaint``; ``scale`` is 1, for the photo's own pixels are copied.

    Raises:
        ImageError: image and mask do not go together.
    """
    check(image, mask)
    report = on_progress or (lambda fraction: None)
    report(0.0)
    thick = thickened(image, mask)
    if thick is not None:
        inside = None if box is None else thick.inside(box)
        how = inside, NOTHING, None if hidden is None else thick.mirrored(hidden)
        return thick.cut(photo_only(thick.image, thick.mask, seed, report, *how))
    todo = windows.plan(mask) if box is None else [windows.window_for(mask, box)]
    if not todo:
        report(1.0)
        return Result(Box(0, 0, 0, 0), image[:0, :0].copy(), seed, DEVICE, ())
    unknown = mask if hidden is None else mask | hidden
    canvas = Canvas(image, unknown, union_all(window.hole for window in todo))
    lay_lines([canvas], [window.hole for window in todo], lines, report)
    todo = [part for window in todo for part in windows.parts(mask, window)]

    def fill(chain: Sequence[windows.Window], report: Progress) -> None:
        apart = canvas.beside()
        for i, window in enumerate(chain):
            part = part_of(report, i / len(chain), 1 / len(chain))
            paint_guided([apart], window, None, [seed], part)

    fill_apart(todo, fill, report)
    report(1.0)
    seen = tuple(window.box for window in todo)
    return Result(canvas.box, canvas.patch, seed, DEVICE, seen)
