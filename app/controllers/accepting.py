"""Turn the chosen results into commands of the history, and say what a recipe needs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.document.commands import change_mask, replace_image
from engine.record.planes import Plane
from engine.record.steps import PART, FilledHole, FillStep, PartOfStep
from engine.removal.choice import Choice, HoleChoice, Kind

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoCommand

    from app.document.workspace import Workspace
    from engine.removal.remover import Remover


def accepting(work: Workspace, choice: Choice, removed: Plane | None) -> list[QUndoCommand]:
    """Return what accepting ``choice`` does, made in advance so that a failure changes nothing.

    ``removed``: all that was to be removed when the results were made.
    """
    document = work.document
    made: list[QUndoCommand | None] = []
    step: FillStep | PartOfStep = FillStep(
        tuple(_described(work.remover, hole) for hole in choice.changed), removed
    )
    for hole in choice.changed:
        assert hole.chosen is not None
        made.append(replace_image(document, work.store, "", hole.box, hole.chosen.patch, step))
        step = PART
        rest = document.mask[hole.box.slices] & ~hole.mask
        made.append(change_mask(document, "", hole.box, rest))
    return [command for command in made if command is not None]


def _described(remover: Remover, hole: HoleChoice) -> FilledHole:
    """Return what a recipe says of the chosen result."""
    answer = hole.chosen
    assert answer is not None
    plane = Plane.of_bits(hole.box, hole.mask)
    if answer.kind != Kind.NETWORK:
        return FilledHole(plane, answer.kind)
    snapshot, z = remover.get().snapshot_hash, remover.values(answer.latent)
    return FilledHole(plane, answer.kind, answer.latent, snapshot, answer.views, z, answer.context)
