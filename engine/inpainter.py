"""The engine as the program sees it: numpy in, numpy out."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

import torch

from engine import pixels
from engine.arrays import Floats, Mask, Pixels
from engine.detail.guided import paint_guided
from engine.device import one_thread, pick_device
from engine.errors import EngineError, SnapshotError
from engine.geometry import Box, union_all
from engine.network.generator import draw_z
from engine.network.maps import reach_of
from engine.network.snapshot import load_generator
from engine.progress import Progress, part_of
from engine.result import Result
from engine.windows import compose
from engine.windows import planning as windows
from engine.windows.canvas import Canvas
from engine.windows.scaling import shrink
from engine.windows.thin import thickened

Latents = torch.Tensor
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
        with one_thread():
            self.generator, header = load_generator(snapshot, expected_sha256)
            here = self.generator
            self._reach = reach_of(here if chosen.device.type == "cpu" else copy.deepcopy(here))
            self.generator.to(chosen.device)
            self.generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self.generator.config.pose:
            raise SnapshotError(
                "{0} fills faces whose pose is given; Lacuna cannot use it.", snapshot.name
            )
        self.device, self.dtype, self.device_reason = chosen.device, chosen.dtype, chosen.reason
        self.snapshot_hash: str = header["sha256"]
        self.resolution = self.generator.config.resolution

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
        latents: Latents | None = None,
        context: float = 1.0,
        detail: bool = True,
        given: Sequence[tuple[Box, Box]] | None = None,
    ) -> list[Result]:
        """Fill every hole of the mask once per seed, in one network call per window.

        Args:
            image: (H, W, 3) uint8 or uint16 RGB, sRGB.
            mask: (H, W) bool, True = fill.
            seeds: one result each; 0 is z = 0.
            on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
            latents: (len(seeds), z_channels, 4, 4), in place of those the seeds draw.
            context: more than 1 looks wider around each hole than it takes to explain it.
            detail: give the answers the photo's own texture; otherwise they are only scaled up.
            given: squares to look at and the box to fill from each, in that order, as a result
                names them; in place of those that would be chosen. What is True beside these
                boxes stays unknown: it is neither filled nor looked at.

        Returns:
            One result per seed, all with the same box.

        Raises:
            ImageError: image and mask do not go together.
            EngineError: the network's answer is not finite.
        """
        pixels.check(image, mask)
        report = on_progress or (lambda fraction: None)
        report(0.0)
        thick = thickened(image, mask)
        if thick is not None:
            how = latents, context, detail, thick.given(given)
            many = self.inpaint_many(thick.image, thick.mask, seeds, report, *how)
            return [thick.cut(result) for result in many]
        todo = self._windows(mask, context) if given is None else given
        if not todo:
            report(1.0)
            return [self._nothing(image, seed) for seed in seeds]
        z = draw_z(self.generator.config, list(seeds)) if latents is None else latents
        box = union_all(hole for _, hole in todo)
        canvases = [Canvas(image, mask, box) for _ in seeds]
        for i, window in enumerate(windows.Window(*pair) for pair in todo):
            answers = self.answer(canvases, window.box, z)
            done, share = i / len(todo), 1 / len(todo)
            if detail:
                part = part_of(report, done + ANSWERED * share, (1 - ANSWERED) * share)
                paint_guided(canvases, window, answers, seeds, part)
            else:
                self._draft(canvases, window, answers, part_of(report, done, share))
            report(done + share)
        seen, of = zip(*todo, strict=True)
        scale = min(1.0, self.resolution / max(square.width for square in seen))
        return [
            Result(box, canvas.patch, seed, self.device_reason, seen, scale, of)
            for canvas, seed in zip(canvases, seeds, strict=True)
        ]

    @staticmethod
    def _draft(
        canvases: Sequence[Canvas], window: windows.Window, answers: Floats, report: Progress
    ) -> None:
        """Scale the answers up and leave it at that."""
        for n, (canvas, answer) in enumerate(zip(canvases, answers, strict=True), 1):
            compose.paint(canvas, window, answer)
            canvas.finish(window.hole)
            report(n / len(canvases))

    def _windows(self, mask: Mask, context: float) -> Sequence[tuple[Box, Box]]:
        """Choose the windows of every hole, long thin ones in parts."""
        look = self.resolution, context, self._reach
        return [
            part
            for window in windows.plan(mask, *look)
            for part in windows.parts(mask, window, *look)
        ]

    def holes(self, mask: Mask, context: float = 1.0) -> list[Box]:
        """Return the boxes of the holes that are filled together; they hold every True."""
        return [window.hole for window in windows.plan(mask, self.resolution, context, self._reach)]

    def look(self, mask: Mask, hole: Box, context: float = 1.0) -> Sequence[tuple[Box, Box]]:
        """Return what to look at for the holes in one box, as ``given`` of ``inpaint_many``.

        Args:
            mask: (H, W) bool, everything unknown.
            hole: one of ``holes``.
            context: as for ``inpaint_many``.
        """
        look = self.resolution, context, self._reach
        window = windows.window_for(mask, hole, *look)
        return windows.parts(mask, window, *look)

    def squares(self, mask: Mask, context: float = 1.0, step: int = 1) -> list[Box]:
        """Return the squares it looks at for a mask, long thin holes not yet cut into parts.

        Args:
            mask: (h, w) bool, True = fill.
            context: as for ``inpaint_many``.
            step: photo pixels per pixel of the mask, where it is a smaller copy.
        """
        found = windows.plan(mask, self.resolution, context, self._reach, step)
        return [window.box for window in found]

    def answer(self, canvases: Sequence[Canvas], box: Box, z: torch.Tensor) -> Floats:
        """Ask the network about one square window of every canvas.

        Args:
            canvases: one per latent, of the same photo, filled in the same places.
            box: a square at least as wide as the network; it may reach beyond the photo.
            z: (N, z_channels, 4, 4).

        Returns:
            (N, R, R, 3) float32 in [0, 1], known pixels as given.
        """
        alike = not canvases[0].touched(box)
        looks = [
            pixels.to_tensors(*shrink(canvas, box, self.resolution))
            for canvas in (canvases[:1] if alike else canvases)
        ]
        img, known = (torch.cat(parts).to(self.device) for parts in zip(*looks, strict=True))
        z = z.to(self.device)
        with torch.inference_mode():
            if alike:
                out = self.generator.fill_many(img, known, z, self.dtype)
            else:
                out = self._each(img, known, z)
        if not bool(torch.isfinite(out).all()):
            raise EngineError("The network's answer is not a picture; the weights are unusable.")
        return pixels.to_images(out)

    def _each(self, img: torch.Tensor, known: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """Fill images of their own; one at a time on a CPU, which is no slower and takes less."""
        batch = 1 if self.device.type == "cpu" else len(z)
        outs = [
            self.generator(*group, dtype=self.dtype)
            for group in zip(*(torch.split(t, batch) for t in (img, known, z)), strict=True)
        ]
        return torch.cat(outs)

    def _nothing(self, image: Pixels, seed: int) -> Result:
        return Result(Box(0, 0, 0, 0), image[:0, :0].copy(), seed, self.device_reason, ())
