"""Turn the chosen results into commands of the history, and say what a recipe needs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.document.commands import ChangeLines, cover_mask, replace_image
from engine.record.planes import Plane
from engine.record.steps import PART, FilledHole, FillStep, PartOfStep
from engine.removal.choice import Choice, HoleChoice, Kind
from engine.structure.given import NOTHING, still_needed

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoCommand, QUndoStack

    from app.document.document import Document
    from app.document.workspace import Workspace
    from engine.removal.remover import Remover


def accepting(work: Workspace, choice: Choice, removed: Plane | None) -> list[QUndoCommand]:
    """Return what accepting ``choice`` does, made in advance so that a failure changes nothing.

    ``removed``: all that was to be removed when the results were made.
    """
    document = work.document
    made: list[QUndoCommand | None] = []
    holes = tuple(_described(work.remover, hole) for hole in choice.changed)
    about = removed, document.lines, document.sources
    step: FillStep | PartOfStep = FillStep(holes, *about)
    for hole in choice.changed:
        assert hole.chosen is not None
        made.append(replace_image(document, work.store, "", hole.box, hole.chosen.patch, step))
        step = PART
        made.append(cover_mask(document, "", hole.box, hole.mask, fill=False))
    made.append(_without_lines(document, choice))
    return [command for command in made if command is not None]


def called(stack: QUndoStack, codes: str) -> str:
    """Return what the history calls a fill: by its code; of several, by how many there are."""
    several = codes.count(", ") + 1
    return (
        stack.tr("Fill {0} places").format(several)
        if several > 1
        else stack.tr("Fill {0}").format(codes)
    )


def _without_lines(document: Document, choice: Choice) -> ChangeLines | None:
    """Return what takes the lines of the filled holes away; they are in the photo now."""
    if document.lines == NOTHING:
        return None
    filled = [(hole.box, hole.mask) for hole in choice.changed]
    rest = document.mask.copy()
    for box, bits in filled:
        rest[box.slices] &= ~bits
    left = still_needed(document.lines, filled, rest)
    return None if left == document.lines else ChangeLines(document, "", left)


def _described(remover: Remover, hole: HoleChoice) -> FilledHole:
    """Return what a recipe says of the chosen result."""
    answer = hole.chosen
    assert answer is not None
    plane = Plane.of_bits(hole.box, hole.mask)
    if answer.kind != Kind.NETWORK:
        return FilledHole(plane, answer.kind, transforms=answer.transforms)
    snapshot, z = remover.get().snapshot_hash, remover.values(answer.latent)
    how = answer.views, z, answer.context, answer.transforms
    return FilledHole(plane, answer.kind, answer.latent, snapshot, *how)
