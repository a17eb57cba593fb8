"""Fill a photo from itself alone: the classical rival, with the face of the network's engine."""

from __future__ import annotations

from functools import partial

from engine.arrays import Mask, Pixels
from engine.ask import Ask
from engine.detail.guided import looks_at, paint_guided
from engine.geometry import Box, union_all
from engine.pixels import check
from engine.progress import Progress, part_of
from engine.result import Result
from engine.structure.carry import LINES, lay_lines
from engine.windows import planning as windows
from engine.windows.apart import Fill, fill_apart
from engine.windows.canvas import Canvas
from engine.windows.thin import thickened

DEVICE = "CPU: from the photo alone"


def photo_only(
    image: Pixels,
    mask: Mask,
    seed: int = 0,
    on_progress: Progress | None = None,
    box: Box | None = None,
) -> Result:
    """Fill every hole of a mask, or those in one box; see ``fill_alone``."""
    given = None if box is None else [(box, box)]
    return fill_alone(Ask(image, mask, given=given), seed, on_progress)


def fill_alone(ask: Ask, seed: int = 0, on_progress: Progress | None = None) -> Result:
    """Fill by patch synthesis, without a network.

    Args:
        ask: what; where it says which squares to look at, only their boxes count: all that is to be
            filled is filled in one window.
        seed: the same seed, the same fill.
        on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.

    Returns:
        As ``Inpainter.fill``; ``scale`` is 1, for the photo's own pixels are copied.

    Raises:
        ImageError: image and mask do not go together.
    """
    image, mask, unknown, box = ask.image, ask.mask, ask.unknown, ask.box
    check(image, unknown)
    report = on_progress or (lambda fraction: None)
    report(0.0)
    thick = thickened(image, mask)
    if thick is not None:
        return thick.cut(fill_alone(thick.ask(ask), seed, report))
    todo = windows.plan(mask) if box is None else [windows.window_for(mask, box)]
    if not todo:
        report(1.0)
        return Result(Box(0, 0, 0, 0), image[:0, :0].copy(), seed, DEVICE, ())
    box = union_all(window.hole for window in todo)
    canvas = Canvas(image, unknown, box, ask.sources, ask.transforms)
    holes, part = [window.hole for window in todo], part_of(report, 0, LINES)
    [(_, keep)] = lay_lines([canvas], [seed], holes, ask.lines, part, ask.keep)
    todo = [part for window in todo for part in windows.parts(mask, window)]

    def begin() -> Fill:
        apart = canvas.beside()
        return lambda window, part: paint_guided([apart], window, None, [seed], part, keep=keep)

    fill_apart(todo, begin, partial(looks_at, canvas), part_of(report, LINES, 1 - LINES))
    report(1.0)
    seen = tuple(window.box for window in todo)
    return Result(canvas.box, canvas.patch, seed, DEVICE, seen)
