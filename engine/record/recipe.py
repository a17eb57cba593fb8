"""Write what was done to a photo into a small file, and read such a file back.

A recipe is JSON: nothing in it is ever run. Whatever is read is checked for kind, range and size
before it is used; a file of another program, another version or with damage is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import __version__
from engine.errors import EngineError, PhotoReadError
from engine.geometry import Box
from engine.record.fields import Bad, Fields
from engine.record.planes import Plane
from engine.record.recipe_steps import (
    MAX_SIDE,
    MAX_STEPS,
    MAX_TEXT,
    StepReader,
    plane_json,
    sources_json,
    step_json,
)
from engine.record.sources import ANYWHERE, Sources
from engine.record.steps import FillStep, Step
from engine.sentence import Sentence, SentenceError
from engine.structure.given import NOTHING, Given, as_values

ENDING = ".lacuna"
FORMAT = "lacuna-recipe"
VERSION = 6
"""Version 1 does not say what each of several windows is for, version 2 not what else was to be
removed at the time, version 3 nothing of lines, version 4 nothing of where may be copied from,
version 5 nothing of transforms; all are read, and a recipe is written in the oldest from 3 on that
says everything, for older programs.
"""
MAX_BYTES = MAX_TEXT


@dataclass(frozen=True, eq=False)
class Recipe:
    """Hold everything a recipe file says.

    Attributes:
        photo: the name of the photo's file, without its folder.
        size: (width, height) in pixels.
        steps: in the order they were done.
        mask: what was painted and not yet filled, None for nothing.
        program: the release that wrote it.
        lines: what was drawn and dropped and not yet filled.
        sources: from where the next fill may copy.
    """

    photo: str
    size: tuple[int, int]
    steps: tuple[Step, ...]
    mask: Plane | None = None
    program: str = __version__
    lines: Given = NOTHING
    sources: Sources = ANYWHERE

    @property
    def version(self) -> int:
        """Return the oldest version that says everything."""
        fills = [step for step in self.steps if isinstance(step, FillStep)]
        if any(hole.transforms for step in fills for hole in step.holes):
            return VERSION
        if self.sources != ANYWHERE or any(step.sources != ANYWHERE for step in fills):
            return 5
        lines = self.lines != NOTHING or any(step.lines != NOTHING for step in fills)
        return 4 if lines else 3


def recipe_path(photo: Path) -> Path:
    """Return where the recipe of a photo lies: beside it, with one more ending."""
    return photo.with_name(photo.name + ENDING)


def write_recipe(recipe: Recipe, path: Path, *, overwrite: bool = False) -> None:
    """Write the file at once or not at all.

    Raises:
        PhotoWriteError: it could not be written; a file that was there is as it was.
    """
    from engine.files import replace_file

    text = json.dumps(_as_json(recipe), indent=1)

    def write(temporary: Path) -> None:
        temporary.write_text(text, encoding="utf-8")

    replace_file(path, write, overwrite=overwrite)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        PhotoReadError: it cannot be read, is no recipe, is damaged, or needs a newer program.
    """
    name = path.name
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoReadError("“{0}” cannot be read: {1}.", name, error.strerror) from error
    if len(data) > MAX_BYTES:
        raise PhotoReadError("“{0}” is far too large for a recipe; choose another file.", name)
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PhotoReadError("“{0}” is no recipe of Lacuna; choose another file.", name) from error
    try:
        return _recipe(Fields(whole, Sentence("the recipe")))
    except _Foreign as error:
        raise PhotoReadError("“{0}” {1}", name, error) from error
    except (Bad, EngineError) as error:
        raise PhotoReadError(
            "“{0}” is damaged ({1}); take another copy, or make the recipe anew.", name, error
        ) from error


class _Foreign(SentenceError):
    """Say that a file is whole but not for this program: the end of a sentence."""


def _as_json(recipe: Recipe) -> dict[str, Any]:
    out = {
        "format": FORMAT,
        "version": recipe.version,
        "program": recipe.program,
        "photo": recipe.photo,
        "size": list(recipe.size),
        "steps": [step_json(step) for step in recipe.steps],
        "mask": plane_json(recipe.mask) if recipe.mask else None,
    }
    if recipe.sources != ANYWHERE:
        out["sources"] = sources_json(recipe.sources)
    return out if recipe.lines == NOTHING else out | {"lines": as_values(recipe.lines)}


def _recipe(fields: Fields) -> Recipe:
    from engine.photo.limits import MAX_PIXELS

    if fields.raw.get("format") != FORMAT:
        raise _Foreign("is no recipe of Lacuna; choose another file.")
    if fields.whole("version", 1, 1 << 31) > VERSION:
        raise _Foreign("was written by a newer Lacuna; update this one to open it.")
    width, height = fields.numbers("size", 2, 1, MAX_SIDE)
    if width * height > MAX_PIXELS:
        raise Bad("its size is out of range")
    reader = StepReader(Box(0, 0, width, height))
    steps = tuple(reader.step(item) for item in fields.items("steps", MAX_STEPS))
    mask = None if fields.raw.get("mask") is None else reader.bits(fields.inner("mask"))
    name = Path(fields.text("photo", 1024).replace("\\", "/")).name
    more = fields.text("program", 64), reader.lines(fields), reader.sources(fields)
    return Recipe(name, (width, height), steps, mask, *more)
