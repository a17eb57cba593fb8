"""Write what was done to a photo into a small file, and read such a file back.

A recipe is JSON: nothing in it is ever run. Whatever is read is checked for kind, range and size
before it is used; a file of another program, another version or with damage is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.choice import Kind
from app.latents import Latent
from app.planes import Plane
from app.recipe_fields import Bad, Fields
from app.steps import FilledHole, FillStep, RestoreStep, Step
from engine import __version__
from engine.errors import EngineError, PhotoReadError
from engine.geometry import Box

ENDING = ".lacuna"
FORMAT = "lacuna-recipe"
VERSION = 1
MAX_BYTES = 64 << 20
MAX_STEPS = 10_000
MAX_DECODED = 1 << 30
MAX_SIDE = 1 << 20
Z_BYTES = 64 << 10


@dataclass(frozen=True, eq=False)
class Recipe:
    """Hold everything a recipe file says.

    Attributes:
        photo: the name of the photo's file, without its folder.
        size: (width, height) in pixels.
        steps: in the order they were done.
        mask: what was painted and not yet filled, None for nothing.
        program: the release that wrote it.
    """

    photo: str
    size: tuple[int, int]
    steps: tuple[Step, ...]
    mask: Plane | None = None
    program: str = __version__


def recipe_path(photo: Path) -> Path:
    """Return where the recipe of a photo lies: beside it, with one more ending."""
    return photo.with_name(photo.name + ENDING)


def write_recipe(recipe: Recipe, path: Path, *, overwrite: bool = False) -> None:
    """Write the file at once or not at all.

    Raises:
        PhotoWriteError: it could not be written; a file that was there is as it was.
    """
    from engine.photo.atomic import replace_file

    text = json.dumps(_as_json(recipe), indent=1)

    def write(temporary: Path) -> None:
        temporary.write_text(text, encoding="utf-8")

    replace_file(path, write, lambda temporary: None, overwrite=overwrite)


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
        raise PhotoReadError(f"“{name}” cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise PhotoReadError(f"“{name}” is far too large for a recipe; choose another file.")
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PhotoReadError(f"“{name}” is no recipe of Lacuna; choose another file.") from error
    try:
        return _recipe(Fields(whole, "the recipe"))
    except _Foreign as error:
        raise PhotoReadError(f"“{name}” {error}") from error
    except (Bad, EngineError) as error:
        raise PhotoReadError(
            f"“{name}” is damaged ({error}); take another copy, or make the recipe anew."
        ) from error


class _Foreign(Exception):
    """Say that a file is whole but not for this program: the end of a sentence."""


def _as_json(recipe: Recipe) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": recipe.program,
        "photo": recipe.photo,
        "size": list(recipe.size),
        "steps": [_step_json(step) for step in recipe.steps],
        "mask": _plane_json(recipe.mask) if recipe.mask else None,
    }


def _step_json(step: Step) -> dict[str, Any]:
    if isinstance(step, RestoreStep):
        return {"step": "restore", "planes": [_plane_json(plane) for plane in step.planes]}
    return {"step": "fill", "holes": [_hole_json(hole) for hole in step.holes]}


def _hole_json(hole: FilledHole) -> dict[str, Any]:
    out: dict[str, Any] = {**_plane_json(hole.plane), "kind": str(hole.kind)}
    if hole.kind == Kind.NETWORK:
        out |= {"code": hole.latent.code, "snapshot": hole.snapshot}
        out["windows"] = [list(box) for box in hole.windows]
        if hole.z is not None:
            out["z"] = _text(np.ascontiguousarray(hole.z, "<f4").tobytes())
    return out


def _plane_json(plane: Plane) -> dict[str, Any]:
    return {"box": list(plane.box), "pixels": _text(plane.data)}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _recipe(fields: Fields) -> Recipe:
    from engine.photo.limits import MAX_PIXELS

    if fields.raw.get("format") != FORMAT:
        raise _Foreign("is no recipe of Lacuna; choose another file.")
    if fields.whole("version", 1, 1 << 31) != VERSION:
        raise _Foreign("was written by a newer Lacuna; update this one to open it.")
    width, height = fields.numbers("size", 2, 1, MAX_SIDE)
    if width * height > MAX_PIXELS:
        raise Bad("its size is out of range")
    reader = _Reader(Box(0, 0, width, height))
    steps = tuple(reader.step(item) for item in fields.items("steps", MAX_STEPS))
    mask = None if fields.raw.get("mask") is None else reader.bits(fields.inner("mask"))
    name = Path(fields.text("photo", 1024).replace("\\", "/")).name
    return Recipe(name, (width, height), steps, mask, fields.text("program", 64))


class _Reader:
    """Read planes that lie on the photo, and stop once they hold more than is sensible."""

    def __init__(self, photo: Box) -> None:
        self._photo = photo
        self._left = MAX_DECODED

    def step(self, fields: Fields) -> Step:
        kind = fields.text("step", 16)
        if kind == "fill":
            holes = tuple(self._hole(item) for item in fields.items("holes", MAX_STEPS))
            if not holes:
                raise Bad("a fill has no hole")
            return FillStep(holes)
        if kind == "restore":
            return RestoreStep(tuple(self._levels(p) for p in fields.items("planes", MAX_STEPS)))
        raise Bad("it holds a step of an unknown kind")

    def bits(self, fields: Fields) -> Plane:
        plane = self._plane(fields, 8)
        if not _checked(plane.bits).any():
            raise Bad("a hole is empty")
        return plane

    def _levels(self, fields: Fields) -> Plane:
        plane = self._plane(fields, 1)
        _checked(plane.levels)
        return plane

    def _plane(self, fields: Fields, per_byte: int) -> Plane:
        box = Box(*fields.numbers("box", 4, 0, MAX_SIDE))
        if box.empty or not self._photo.holds(box):
            raise Bad("a box lies off the photo")
        self._left -= box.width * box.height // per_byte
        if self._left < 0:
            raise Bad("it holds more pixels than a recipe may")
        return Plane(box, _bytes(fields.text("pixels", MAX_BYTES)))

    def _hole(self, fields: Fields) -> FilledHole:
        plane, kind = self.bits(fields), fields.text("kind", 16)
        if kind == Kind.PHOTO:
            return FilledHole(plane, Kind.PHOTO)
        if kind != Kind.NETWORK:
            raise Bad("a hole was filled in an unknown way")
        windows = tuple(
            Box(*box) for box in fields.rows("windows", MAX_STEPS, 4, -MAX_SIDE, 2 * MAX_SIDE)
        )
        latent = Latent.of_code(fields.text("code", 64))
        z = _z(fields.text("z", Z_BYTES)) if "z" in fields.raw else None
        return FilledHole(plane, Kind.NETWORK, latent, fields.text("snapshot", 64), windows, z)


def _checked(read: Any) -> Any:  # noqa: ANN401
    try:
        return read()
    except ValueError as error:
        raise Bad(str(error)) from error


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Bad("its pixels are no base64") from error


def _z(text: str) -> Any:  # noqa: ANN401
    data = _bytes(text)
    if not data or len(data) % 64:
        raise Bad("a z has no shape")
    z = np.frombuffer(data, "<f4").astype(np.float32).reshape(-1, 4, 4)
    if not np.isfinite(z).all():
        raise Bad("a z holds what is no number")
    return z
