"""Do again what a recipe says, on any photo of its size; no widgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.progress import Progress, part_of
from engine.record.steps import FilledHole, FillStep, Step, reach, restored
from engine.removal.choice import Kind
from engine.removal.fallback import Say
from engine.removal.jobs import patch_from_photo
from engine.removal.panorama import fill_hole
from engine.removal.remover import Remover
from engine.removal.scarce import little_left
from engine.removal.scene import Scene
from engine.sentence import Sentence

if TYPE_CHECKING:
    from engine.arrays import Pixels

OTHER_WEIGHTS = Sentence(
    "The recipe was made with other weights than the installed ones; results may look different."
)
OTHER_WINDOWS = Sentence(
    "The recipe was made by a release that looked at other surroundings; results may differ."
)

Patches = list[tuple[Box, "Pixels"]]


@dataclass(frozen=True, eq=False)
class Done:
    """Hold what one step changes, and what should be said about it."""

    step: Step
    patches: Patches
    remarks: tuple[str, ...] = ()


def replay(
    steps: Sequence[Step],
    scene: Scene,
    original: Pixels,
    remover: Remover,
    on_progress: Progress = lambda fraction: None,
) -> Iterator[Done]:
    """Do ``steps`` one after the other and yield what each one changes.

    Args:
        steps: as a recipe holds them.
        scene: its image is written to, so that each step sees the ones before it.
        original: (H, W, 3) the photo before the first step, for what was painted back.
        remover: fills the holes.
        on_progress: called with a share in [0, 1]; may raise ``Cancelled``.

    Raises:
        EngineError: the engine cannot be loaded or cannot fill.
    """
    for number, step in enumerate(steps):
        begin, length = number / len(steps), 1 / len(steps)
        if isinstance(step, FillStep):
            report = part_of(on_progress, begin, length)
            done = _fill(step, scene, remover, report)
        else:
            done = _restore(step, scene, original)
        for box, patch in done.patches:
            scene.image[box.slices] = patch
        on_progress(begin + length)
        yield done


def _restore(step: Step, scene: Scene, original: Pixels) -> Done:
    assert not isinstance(step, FillStep)
    return Done(
        step,
        [
            (
                plane.box,
                restored(scene.image[plane.box.slices], original[plane.box.slices], plane.levels()),
            )
            for plane in step.planes
        ],
    )


def _fill(step: FillStep, scene: Scene, remover: Remover, on_progress: Progress) -> Done:
    """Fill every hole of the step from the photo as it is before it."""
    scene = replace(scene, removed=step.removed, lines=step.lines, sources=step.sources)
    patches: Patches = []
    remarks: list[str] = [*_little_left(step, scene)]
    for number, hole in enumerate(step.holes):
        report = part_of(on_progress, number / len(step.holes), 1 / len(step.holes))
        if hole.kind == Kind.NETWORK:
            patch = _by_network(hole, scene, remover, report, remarks.append)
        else:
            how = replace(scene, transforms=hole.transforms)
            ask = how.ask_photo(hole.box, hole.plane.bits())
            patch = patch_from_photo(remover, scene, ask, hole.plane.bits(), report)
        patches.append((hole.box, patch))
    return Done(step, patches, tuple(dict.fromkeys(remarks)))


def _little_left(step: FillStep, scene: Scene) -> list[Sentence]:
    """Return what a fill of the same holes says where hardly anything is left to fill from."""
    mask = np.zeros(scene.image.shape[:2], bool)
    for box, bits in reach(step):
        mask[box.slices] |= bits
    if step.removed is not None:
        mask[step.removed.box.slices] |= step.removed.bits()
    return little_left(mask, scene.clear, [hole.box for hole in step.holes])


def _by_network(
    hole: FilledHole, scene: Scene, remover: Remover, on_progress: Progress, say: Say
) -> Pixels:
    filler, mask = remover.get(), hole.plane.bits()
    z = remover.given(hole.z)
    z = remover.draw([hole.latent]) if z is None else z
    unknown = scene.unknown(hole.box, mask)
    given = hole.given(filler.resolution) or filler.look(unknown, hole.box, hole.context)
    how = replace(scene, context=hole.context, transforms=hole.transforms)
    ask = how.ask(hole.box, mask, given)
    fill, seeds = partial(remover.remove, say=say), [hole.latent.seed]
    [result] = fill_hole(fill, scene, ask, mask, seeds, on_progress, z)
    if hole.snapshot and hole.snapshot != filler.snapshot_hash:
        say(OTHER_WEIGHTS)
    elif hole.views and tuple(view.box for view in hole.views) != result.windows:
        say(OTHER_WINDOWS)
    return scene.filled_in(hole.box, mask, result)


def touched(shape: tuple[int, ...], done: Sequence[Done]) -> np.ndarray:
    """Return (H, W) bool: every pixel that a step may have changed."""
    out = np.zeros(shape[:2], bool)
    for one in done:
        for box, bits in reach(one.step):
            out[box.slices] |= bits
    return out
