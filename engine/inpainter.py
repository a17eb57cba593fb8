"""The engine as the program sees it: numpy in, numpy out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from engine import pixels
from engine.answering.network import load_network
from engine.arrays import Floats, Mask, Pixels
from engine.ask import Ask, Views
from engine.detail.guided import looks_at, paint_guided, paint_small
from engine.device import pick_device
from engine.geometry import Box, union_all
from engine.kept import NEVER, Keep
from engine.network.config import doublings
from engine.network.latent import draw_z
from engine.network.maps import reach_of
from engine.progress import Meter, Progress, part_of
from engine.result import Result
from engine.structure.carry import LINES, lay_lines
from engine.structure.given import NOTHING, Given
from engine.windows import compose
from engine.windows import planning as windows
from engine.windows.apart import Fill, Task, fill_apart, side_by_side
from engine.windows.canvas import Canvas
from engine.windows.scaling import shrink
from engine.windows.thin import thickened

AT_ONCE = 1536
"""Windows of at most so many pixels a side are filled in two readings of their lines at once."""
FINEST = 256
"""Answers are doubled up to this side in pixels."""
ANSWERED = 0.2
"""Progress of one window when the network has answered and its texture is to come."""


class Inpainter:
    """Fill holes of photos with one generator on one device.

    Attributes:
        device_reason: such as "CPU: no CUDA device".
        snapshot_hash: SHA-256 of the weights file.
        resolution: the network's side in pixels.
    """

    def __init__(self, snapshot: Path, device: str = "auto", expected_sha256: str | None = None):
        """Load the weights.

        Args:
            snapshot: a file of ``engine.network.snapshot``.
            device: "auto", "cpu" or "cuda".
            expected_sha256: refuse any other file.

        Raises:
            SnapshotError: the weights cannot be used.
            DeviceError: the device is not there.
        """
        chosen = pick_device(device)
        self.network, header = load_network(snapshot, chosen, expected_sha256)
        self._reach = reach_of(self.network.branch)
        self.device_reason = chosen.reason
        self.snapshot_hash: str = header["sha256"]
        self.resolution = self.network.config.resolution

    def inpaint(
        self, image: Pixels, mask: Mask, seed: int = 0, on_progress: Progress | None = None
    ) -> Result:
        """Fill every hole of the mask once; see ``inpaint_many``."""
        return self.inpaint_many(image, mask, [seed], on_progress)[0]

    def inpaint_many(
        self,
        image: Pixels,
        mask: Mask,
        seeds: Sequence[int],
        on_progress: Progress | None = None,
        latents: Floats | None = None,
        *,
        detail: bool = True,
        context: float = 1.0,
        given: Views | None = None,
        lines: Given = NOTHING,
    ) -> list[Result]:
        """Fill every hole of the mask once per seed; see ``fill`` and ``Ask``."""
        ask = Ask(image, mask, None, context, given, lines)
        return self.fill(ask, seeds, on_progress, latents, detail=detail)

    def fill(
        self,
        ask: Ask,
        seeds: Sequence[int],
        on_progress: Progress | None = None,
        latents: Floats | None = None,
        *,
        detail: bool = True,
    ) -> list[Result]:
        """Fill what is asked for once per seed, in one network call per window.

        Each hole is filled as if all others were not to be looked at.

        Args:
            ask: what to fill.
            seeds: one result each; 0 is z = 0.
            on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
            latents: (len(seeds), z_channels, 4, 4), in place of those the seeds draw.
            detail: give the answers the photo's own texture; otherwise they are only scaled up.

        Returns:
            One result per seed, all with the same box.

        Raises:
            ImageError: image and mask do not go together.
            EngineError: the network's answer is not finite.
        """
        image, unknown = ask.image, ask.unknown
        pixels.check(image, unknown)
        report = on_progress or (lambda fraction: None)
        report(0.0)
        if thick := thickened(image, ask.mask):
            results = self.fill(thick.ask(ask), seeds, report, latents, detail=detail)
            return [thick.cut(result) for result in results]
        todo = self._views(unknown, ask) if ask.given is None else ask.given
        if not todo:
            report(1.0)
            return [self._nothing(image, seed) for seed in seeds]
        z = draw_z(self.network.config, seeds) if latents is None else latents
        box = union_all(hole for _, hole in todo)
        canvases = [Canvas(image, unknown, box, ask.sources, ask.transforms) for _ in seeds]
        pairs = [windows.Window(*pair) for pair in todo]
        seen, of = zip(*todo, strict=True)
        alike = lay_lines(canvases, seeds, of, ask.lines, part_of(report, 0, LINES), ask.keep)
        meter = Meter(part_of(report, LINES, 1 - LINES), len(seeds))
        groups = []
        for own, keep in alike:
            some, latent = [canvases[n] for n in own], [seeds[n] for n in own]
            begin = partial(self._begin, some, z[own], latent, detail, keep)
            look = partial(looks_at, some[0])
            groups.append(partial(fill_apart, pairs, begin, look, meter.part(len(own))))
        _do(groups, max(square.width for square in seen) <= AT_ONCE)
        scale = min(min(1.0, self.finest(square.width) / square.width) for square in seen)
        return [
            Result(box, canvas.patch, seed, self.device_reason, seen, scale, of)
            for canvas, seed in zip(canvases, seeds, strict=True)
        ]

    def _begin(
        self,
        canvases: Sequence[Canvas],
        z: Floats,
        seeds: Sequence[int],
        detail: bool,
        keep: Keep,
    ) -> Fill:
        """Return how to fill windows whose holes touch, on canvases that see no others."""
        apart = [canvas.beside() for canvas in canvases]
        return partial(self._fill, apart, z, seeds, detail, keep)

    def _fill(
        self,
        canvases: Sequence[Canvas],
        z: Floats,
        seeds: Sequence[int],
        detail: bool,
        keep: Keep,
        window: windows.Window,
        report: Progress,
    ) -> None:
        """Fill the hole of one window in every canvas."""
        if detail and windows.rim_tells(canvases[0].mask, window.hole):
            paint_small(canvases, window, seeds, report, keep)
            return
        answers = self.answer(canvases, window.box, z, keep)
        painted = self.paint(canvases, window.box, answers)
        if detail:
            report(ANSWERED)
            rest = part_of(report, ANSWERED, 1 - ANSWERED)
            paint_guided(canvases, window, answers, seeds, rest, painted, keep)
        else:
            finest = answers if painted is None else painted
            compose.paint_each(canvases, window, finest, report)

    def _views(self, unknown: Mask, ask: Ask) -> Views:
        """Choose the windows of every hole, long thin ones in parts."""
        holes = self.holes(ask.mask)
        return [view for hole in holes for view in self.look(unknown, hole, ask.context)]

    def holes(self, mask: Mask) -> list[Box]:
        """Return the boxes of the holes that are filled together; they hold every True."""
        return windows.together(mask)

    def look(self, mask: Mask, hole: Box, context: float = 1.0) -> Views:
        """Return what to look at for the holes in one box, as ``Ask.given``.

        Args:
            mask: (H, W) bool, everything unknown.
            hole: one of ``holes``.
            context: as for ``Ask``.
        """
        look = self.resolution, context, self._reach
        window = windows.window_for(mask, hole, *look)
        return windows.parts(mask, window, *look)

    def squares(self, mask: Mask, context: float = 1.0, step: int = 1) -> list[Box]:
        """Return the squares it looks at for a mask, long thin holes not yet cut into parts.

        Args:
            mask: (h, w) bool, True = fill.
            context: as for ``Ask``.
            step: photo pixels per pixel of the mask, where it is a smaller copy.
        """
        found = windows.plan(mask, self.resolution, context, self._reach, step)
        return [window.box for window in found]

    def answer(self, canvases: Sequence[Canvas], box: Box, z: Floats, keep: Keep = NEVER) -> Floats:
        """Ask the network about one square window of every canvas.

        Args:
            canvases: one per latent, of the same photo, filled in the same places.
            box: a square at least as wide as the network; it may reach beyond the photo.
            z: (N, z_channels, 4, 4) float32.
            keep: what it saw there before.

        Returns:
            (N, R, R, 3) float32 in [0, 1], known pixels as given.
        """
        network = self.network
        if canvases[0].touched(box):
            looks = [network.see(*shrink(canvas, box, self.resolution)) for canvas in canvases]
            parts = [network.fill(look, z[i : i + 1]) for i, look in enumerate(looks)]
            return np.concatenate(parts)
        look = keep.get(
            (self, box), lambda: network.see(*shrink(canvases[0], box, self.resolution))
        )
        return network.fill(look, z)

    def paint(self, canvases: Sequence[Canvas], box: Box, answers: Floats) -> Floats | None:
        """Double the answers about one window with the upper level, as often as it takes.

        Args:
            canvases, box: as for ``answer``.
            answers: (N, R, R, 3) float32 in [0, 1], what it said.

        Returns:
            (N, S, S, 3) float32 in [0, 1], S twice R or more, at most ``FINEST`` and no finer than
            the window; None without an upper level, or where the answers are that fine.
        """
        if self.finest(box.width) == self.resolution:
            return None
        sizes, found = doublings(self.resolution, self.finest(box.width)), []
        for canvas, answer in zip(canvases, answers, strict=True):
            x = answer
            for size in sizes:
                x = self.network.double(x, *shrink(canvas, box, size))
            found.append(x)
        return np.stack(found)

    def finest(self, side: int) -> int:
        """Return the side in pixels of the finest picture painted for a window of ``side``."""
        sizes = doublings(self.resolution, min(side, FINEST)) if self.network.doubles else []
        return max([self.resolution, *sizes])

    def _nothing(self, image: Pixels, seed: int) -> Result:
        return Result(Box(0, 0, 0, 0), image[:0, :0].copy(), seed, self.device_reason, ())


def _do(groups: Sequence[Callable[[], None]], at_once: bool) -> None:
    """Fill one reading after the other, or two at a time."""
    if at_once and len(groups) > 1:
        side_by_side([Task(group, []) for group in groups])
        return
    for group in groups:
        group()
