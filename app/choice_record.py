"""Write an open choice down, so that a fill that took its time outlives a crash; and rebuild it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.choice import Choice, Kind, View
from app.fill_jobs import Answers
from app.latents import Latent
from app.recipe_fields import Bad, Fields
from app.recipe_steps import CONTEXTS, StepReader, views_json
from app.scene import PLAIN, Hole, Scene, make_answer
from app.session_steps import Change, DamagedJournal
from engine.errors import ImageError

if TYPE_CHECKING:
    from app.document import Document

Rows = list[list[Any]]


def recorded(choice: Choice) -> tuple[Rows, list[Change]]:
    """Return kind, code, context and windows of what is chosen for each hole; mask and pixels."""
    rows: Rows = []
    changes = []
    for hole in choice.holes:
        answer = hole.chosen or hole.original
        number = 2 * len(rows)
        rows.append([str(answer.kind), answer.code, answer.context, views_json(answer.views)])
        changes += [Change(number, hole.box, hole.mask)]
        changes += [Change(number + 1, hole.box, answer.patch)]
    return rows, changes


def rebuilt(
    rows: object, commands: list[list[Change]], document: Document
) -> tuple[list[Hole], list[Answers]]:
    """Return the holes and the chosen results, as a fill would hand them over.

    Raises:
        DamagedJournal: the record does not hang together.
    """
    if not isinstance(rows, list) or len(commands) != 2 * len(rows):
        raise DamagedJournal("a choice of another length")
    scene = Scene(document.image, document.colour)
    holes, pieces = [], []
    for number, row in enumerate(rows):
        bits, pixels = commands[2 * number][0], commands[2 * number + 1][0]
        fits = bits.box == pixels.box and bits.data.dtype == np.bool_ and pixels.data.ndim == 3
        if not fits:
            raise DamagedJournal("a choice without its mask")
        kind, latent = _meaning(row)
        context, views = _look(row, bits, document)
        now = document.image[bits.box.slices].copy()
        holes.append(
            Hole(bits.box, bits.data, make_answer(scene, bits.box, bits.data, now, Kind.ORIGINAL))
        )
        about = kind, latent, views, context
        answer = make_answer(scene, bits.box, bits.data, pixels.data, *about)
        role = "only" if kind == Kind.PHOTO else "safe" if latent == PLAIN else "asked"
        if kind != Kind.ORIGINAL:
            pieces.append(Answers(number, role, [answer]))
    return holes, pieces


def _meaning(row: object) -> tuple[Kind, Latent]:
    if not isinstance(row, list) or len(row) not in (2, 4):
        raise DamagedJournal("a choice without a kind")
    kind, code = row[:2]
    try:
        return Kind(kind), Latent.of_code(str(code)) if code else PLAIN
    except (TypeError, ValueError, ImageError) as error:
        raise DamagedJournal("a choice of an unknown kind") from error


def _look(row: list[object], bits: Change, document: Document) -> tuple[float, tuple[View, ...]]:
    """Return how wide and where the network looked; older journals do not say it."""
    if len(row) < 4 or not row[3]:
        return 1.0, ()
    fields = Fields({"context": row[2], "windows": row[3]}, "a choice")
    try:
        context = fields.share("context", *CONTEXTS, 1.0)
        return context, StepReader(document.box).views(fields, bits.box, bits.data)
    except Bad as error:
        raise DamagedJournal(str(error)) from error
