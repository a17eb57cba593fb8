"""Find the lines that a fill would carry, to show them before: runs in a worker thread.

The search for lines is loaded there, late: compiled loops come with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from engine.geometry import Box
from engine.removal.panorama import at_edge
from engine.structure.given import Given, Stroke
from engine.views.growth import grown_by_width
from engine.windows.planning import holes

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.progress import Report
    from engine.removal.scene import Scene

Place = tuple[float, float]
_NEAR: Final = 64
"""Pixels around the mask that it may grow into, beyond what it grows by for sure."""


@dataclass(frozen=True)
class Shown:
    """Describe a line as it is shown.

    Attributes:
        way: the line through the hole, in photo pixels; (0, 0) is the middle of the first.
        drawn: the stroke it was made of, None for one that was found.
        dropped: why it is not carried: what was dropped; none where it is carried.
        carried: whether the fill carries it.
        doubtful: whether some variants do not.
    """

    way: Stroke
    drawn: Stroke | None = None
    dropped: tuple[Stroke, ...] = ()
    carried: bool = True
    doubtful: bool = False


@dataclass(frozen=True)
class LinesFound:
    """Hold the lines to show, and the places at the rim where an edge runs into a hole."""

    lines: tuple[Shown, ...]
    ends: tuple[Place, ...]


@dataclass(frozen=True, eq=False)
class FindLines:
    """Find what a fill of the mask would carry.

    Attributes:
        scene: the photo, and what was drawn and dropped.
        box: around the mask.
        mask: (box.height, box.width) bool, as it was painted.
        grow: how far it is grown before it is filled, as a share of its width.
    """

    scene: Scene
    box: Box
    mask: Mask
    grow: float

    def __call__(self, report: Report) -> LinesFound:
        """Look where the fill looks; what is far from the mask is never touched."""
        from engine.structure.drawn import drawn_line
        from engine.structure.find import is_same, search
        from engine.structure.line import limited

        reach = round(self.grow * max(self.mask.shape)) + _NEAR
        near = self.box.grow(reach).clip(Box.of(self.scene.image))
        asked = np.zeros((near.height, near.width), bool)
        asked[self.box.within(near).slices] = self.mask
        asked = grown_by_width(asked, self.grow)
        report.check()
        seen = self._seen(near, asked)
        given, by, width = self.scene.lines, seen.by, seen.photo.shape[1]
        found = search(seen.photo, seen.unknown, lambda _: report.check(), seen.boxes)
        shown = []
        for line in found.lines:
            if not limited([line], seen.sources):
                continue
            dropped = tuple(s for s in given.dropped if is_same(line, s.rolled(by, width)))
            way, doubtful = line.stroke.rolled(-by, width), found.doubtful(line)
            shown.append(Shown(way, None, dropped, carried=not dropped, doubtful=doubtful))
        for stroke in given.drawn:
            made = drawn_line(seen.photo, seen.unknown, stroke.rolled(by, width), 0.0)
            report.check()
            if made is not None and limited([made], seen.sources):
                shown.append(Shown(made.stroke.rolled(-by, width), stroke))
            elif stroke.meets(near, asked):
                shown.append(Shown(stroke, stroke, carried=False))
        ends = ((float(x) - by, float(y)) for x, y in found.ends)
        return LinesFound(tuple(shown), tuple((x + width * (x < -0.5), y) for x, y in ends))

    def _seen(self, near: Box, asked: Mask) -> _Seen:
        """Return what the fill of ``asked`` in ``near`` sees, which may meet at the edges."""
        scene, boxes = self.scene, [hole.shift(near.left, near.top) for hole in holes(asked)]
        photo, unknown, sources = (
            scene.for_network(near),
            scene.unknown(near, asked),
            scene.allowed(),
        )
        if not (scene.around and any(at_edge(hole, photo.shape[1]) for hole in boxes)):
            return _Seen(photo, unknown, sources, boxes)
        by = photo.shape[1] // 2
        photo, unknown = np.roll(photo, by, axis=1), np.roll(unknown, by, axis=1)
        sources = None if sources is None else np.roll(sources, by, axis=1)
        moved = [hole.shift(by + way, 0) for hole in boxes for way in (0, -photo.shape[1])]
        together = [hole for hole in holes(unknown) if any(hole.meets(own) for own in moved)]
        return _Seen(photo, unknown, sources, together, by)


class _Seen(NamedTuple):
    """Hold a photo, what of it is unknown and may be copied, the holes, all turned by ``by``."""

    photo: Pixels
    unknown: Mask
    sources: Mask | None
    boxes: list[Box]
    by: int = 0


def toggled(given: Given, chosen: Sequence[Shown]) -> Given:
    """Return lines after a click: carried and drawn ones go, dropped ones come back if alone.

    Args:
        given: what was drawn and dropped.
        chosen: the lines in the place of the click.
    """
    away = {one.drawn for one in chosen if one.drawn is not None}
    drawn = tuple(stroke for stroke in given.drawn if stroke not in away)
    found = [one for one in chosen if one.drawn is None]
    if any(one.carried for one in found) or away:
        more = tuple(one.way for one in found if one.carried)
        return Given(drawn, given.dropped + more)
    back = {stroke for one in found for stroke in one.dropped}
    return Given(drawn, tuple(stroke for stroke in given.dropped if stroke not in back))
