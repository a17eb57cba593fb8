"""Write an open choice down, so that a fill that took its time outlives a crash; and rebuild it."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.errors import ImageError
from engine.geometry import Box
from engine.record.fields import Bad, Fields
from engine.record.recipe_steps import CONTEXT_RANGE, StepReader, transforms_in, views_json
from engine.record.session_steps import Change, DamagedJournal
from engine.removal.choice import Choice, Kind, Role, View
from engine.removal.jobs import Answers
from engine.removal.latents import Latent
from engine.removal.scene import PLAIN, Hole, Scene, make_answer
from engine.windows.transforms import Transforms

Rows = list[list[Any]]
Look = tuple[tuple[View, ...], float, float, Transforms]


def recorded(choice: Choice) -> tuple[Rows, list[Change]]:
    """Return a row about what is chosen for each hole, and its mask and pixels.

    A row is kind, code, context, scale, windows and transforms.
    """
    rows: Rows = []
    changes = []
    for hole in choice.holes:
        answer = hole.chosen or hole.original
        number = 2 * len(rows)
        look = answer.context, answer.scale, views_json(answer.views), answer.transforms.text
        rows.append([str(answer.kind), answer.code, *look])
        changes += [Change(number, hole.box, hole.mask)]
        changes += [Change(number + 1, hole.box, answer.patch)]
    return rows, changes


def rebuilt(
    rows: object, commands: list[list[Change]], scene: Scene
) -> tuple[list[Hole], list[Answers]]:
    """Return the holes and the chosen results, as a fill would hand them over.

    Raises:
        DamagedJournal: the record does not hang together.
    """
    if not isinstance(rows, list) or len(commands) != 2 * len(rows):
        raise DamagedJournal("a choice of another length")
    holes, pieces = [], []
    for number, row in enumerate(rows):
        bits, pixels = commands[2 * number][0], commands[2 * number + 1][0]
        fits = bits.box == pixels.box and bits.data.dtype == np.bool_ and pixels.data.ndim == 3
        if not fits:
            raise DamagedJournal("a choice without its mask")
        kind, latent = _meaning(row)
        now = scene.image[bits.box.slices].copy()
        holes.append(
            Hole(bits.box, bits.data, make_answer(scene, bits.box, bits.data, now, Kind.ORIGINAL))
        )
        about = kind, latent, *_look(row, bits, Box.of(scene.image))
        answer = make_answer(scene, bits.box, bits.data, pixels.data, *about)
        role = Role.ASKED if latent != PLAIN else Role.SAFE
        role = Role.ONLY if kind == Kind.PHOTO else role
        if kind != Kind.ORIGINAL:
            pieces.append(Answers(number, role, [answer]))
    return holes, pieces


def _meaning(row: object) -> tuple[Kind, Latent]:
    if not isinstance(row, list) or len(row) not in (2, 5, 6):
        raise DamagedJournal("a choice without a kind")
    kind, code = row[:2]
    try:
        return Kind(kind), Latent.of_code(str(code)) if code else PLAIN
    except (TypeError, ValueError, ImageError) as error:
        raise DamagedJournal("a choice of an unknown kind") from error


def _look(row: list[object], bits: Change, photo: Box) -> Look:
    """Return where, how wide and how finely the network looked; older journals do not say it."""
    names = "context", "scale", "windows", "transforms"
    fields = Fields(dict(zip(names, row[2:], strict=False)), "a choice")
    try:
        transforms = transforms_in(fields)
        if not fields.raw.get("windows"):
            return (), 1.0, 0.0, transforms
        views = StepReader(photo).views(fields, bits.box, bits.data)
        context = fields.share("context", *CONTEXT_RANGE, 1.0)
        return views, context, fields.share("scale", 0.0, 1.0, 0.0), transforms
    except Bad as error:
        raise DamagedJournal(str(error)) from error
