"""An engine that paints flat colours, for tests of what surrounds the engine."""

import sys
from types import ModuleType
from typing import ClassVar

from engine.ask import Ask
from engine.geometry import Box
from engine.result import Result


class FlatInpainter:
    """Fill every hole with one colour that follows from the seed."""

    device_reason = "CPU: no CUDA device"
    snapshot_hash = "0" * 64
    refuse: Exception | None = None
    interrupt: BaseException | None = None
    made = 0
    asks: ClassVar[list[Ask]] = []

    def __init__(self, snapshot, device="auto", expected_sha256=None):
        type(self).made += 1
        if self.refuse:
            raise self.refuse

    def fill(self, ask, seeds, on_progress=None, latents=None, *, detail=True):
        type(self).asks.append(ask)
        on_progress(0.5)
        if self.interrupt is not None:
            raise self.interrupt
        return [self.inpaint(ask.image, ask.mask, seed) for seed in seeds]

    def inpaint(self, image, mask, seed=0):
        box = Box.around(mask) or Box(0, 0, 0, 0)
        patch = image[box.slices].copy()
        patch[mask[box.slices]] = [255, 0, 10 + seed % 100]
        return Result(
            box=box,
            patch=patch,
            seed=seed,
            scale=0.25,
            device=self.device_reason,
            windows=(box.grow(5),),
        )


def put_in_place(monkeypatch):
    """Put a fresh flat engine where the command line looks for the real one; return its class."""
    kind = type("Inpainter", (FlatInpainter,), {"asks": []})
    module = ModuleType("engine.inpainter")
    module.Inpainter = kind
    monkeypatch.setitem(sys.modules, "engine.inpainter", module)
    return kind
