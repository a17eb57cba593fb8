"""Turn steps into JSON values and back, for recipes and the journal; what comes back is checked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.arrays import Mask
from engine.geometry import Box
from engine.record.fields import Bad, Fields
from engine.record.planes import Plane
from engine.record.sources import ANYWHERE, Sources
from engine.record.steps import FilledHole, FillStep, RestoreStep, Step
from engine.removal.choice import Kind, View
from engine.removal.latents import Latent
from engine.structure.given import NOTHING, Given, as_values, from_values
from engine.windows.transforms import Transforms

MAX_STEPS = 10_000
MAX_DECODED = 1 << 30
MAX_SIDE = 1 << 20
MAX_TEXT = 64 << 20
LARGEST_NETWORK = 1024
CONTEXT_RANGE = 0.1, 10.0
_Z_BYTES = 64 << 10


def step_json(step: Step) -> dict[str, Any]:
    """Return ``step`` as JSON values."""
    if isinstance(step, RestoreStep):
        return {"step": "restore", "planes": [plane_json(plane) for plane in step.planes]}
    out: dict[str, Any] = {"step": "fill", "holes": [_hole_json(hole) for hole in step.holes]}
    if step.removed is not None:
        out["removed"] = plane_json(step.removed)
    if step.lines != NOTHING:
        out["lines"] = as_values(step.lines)
    if step.sources != ANYWHERE:
        out["sources"] = sources_json(step.sources)
    return out


def sources_json(sources: Sources) -> dict[str, Any]:
    """Return from where may be copied as JSON values."""
    planes = (("avoid", sources.avoid), ("take", sources.take))
    return {name: plane_json(plane) for name, plane in planes if plane is not None}


def plane_json(plane: Plane) -> dict[str, Any]:
    """Return ``plane`` as JSON values."""
    return {"box": list(plane.box), "pixels": _text(plane.data)}


def views_json(views: Sequence[View]) -> list[list[int]]:
    """Return eight numbers for each square and what it is for; four where that is not known."""
    return [[*view.box, *(view.hole or ())] for view in views]


def _hole_json(hole: FilledHole) -> dict[str, Any]:
    out: dict[str, Any] = {**plane_json(hole.plane), "kind": str(hole.kind)}
    if hole.kind == Kind.NETWORK:
        out |= {"code": hole.latent.code, "snapshot": hole.snapshot}
        out |= {"windows": views_json(hole.views), "context": hole.context}
        if hole.z is not None:
            out["z"] = _text(np.ascontiguousarray(hole.z, "<f4").tobytes())
    if hole.transforms:
        out["transforms"] = hole.transforms.text
    return out


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


class StepReader:
    """Read steps of a photo, and stop once they hold more than is sensible.

    Every method raises ``Bad``, or ``ImageError`` for a code that is none.
    """

    def __init__(self, photo: Box) -> None:
        """Read what lies on ``photo``."""
        self._photo = photo
        self._left = MAX_DECODED

    def step(self, fields: Fields) -> Step:
        """Read a step."""
        kind = fields.text("step", 16)
        if kind == "fill":
            holes = tuple(self._hole(item) for item in fields.items("holes", MAX_STEPS))
            if not holes:
                raise Bad("a fill has no hole")
            removed = "removed" in fields.raw and self.bits(fields.inner("removed"))
            return FillStep(holes, removed or None, self.lines(fields), self.sources(fields))
        if kind == "restore":
            return RestoreStep(tuple(self._levels(p) for p in fields.items("planes", MAX_STEPS)))
        raise Bad("it holds a step of an unknown kind")

    def lines(self, fields: Fields) -> Given:
        """Read what was drawn and dropped; raises LinesError."""
        if "lines" not in fields.raw:
            return NOTHING
        return from_values(fields.inner("lines").raw)

    def sources(self, fields: Fields) -> Sources:
        """Read from where may be copied."""
        if "sources" not in fields.raw:
            return ANYWHERE
        both = fields.inner("sources")
        planes = (self.bits(both.inner(k)) if k in both.raw else None for k in ("avoid", "take"))
        return Sources(*planes)

    def bits(self, fields: Fields) -> Plane:
        """Read a plane of bits, at least one of which is set."""
        plane = self._plane(fields, 8)
        if not _checked(plane.bits).any():
            raise Bad("a hole is empty")
        return plane

    def views(self, fields: Fields, box: Box, bits: Mask) -> tuple[View, ...]:
        """Read the squares that were looked at to fill ``bits`` (box.height, box.width)."""
        rows = fields.rows("windows", MAX_STEPS, (4, 8), -MAX_SIDE, 2 * MAX_SIDE)
        alone = box if len(rows) == 1 else None
        views = tuple(View(Box(*row[:4]), Box(*row[4:]) if row[4:] else alone) for row in rows)
        for view in views:
            self._check(view)
        if views and all(view.hole for view in views):
            _check_cover(views, box, bits)
        return views

    def _check(self, view: View) -> None:
        most = max(self._photo.width, self._photo.height, LARGEST_NETWORK)
        if view.box.width != view.box.height or not 0 < view.box.width <= most:
            raise Bad("a window is no square of a sensible size")
        if view.hole is not None and (
            view.hole.empty or not self._photo.holds(view.hole) or not view.box.holds(view.hole)
        ):
            raise Bad("a window does not hold its hole")

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
        return Plane(box, _bytes(fields.text("pixels", MAX_TEXT)))

    def _hole(self, fields: Fields) -> FilledHole:
        plane, kind = self.bits(fields), fields.text("kind", 16)
        if kind == Kind.PHOTO:
            return FilledHole(plane, Kind.PHOTO, transforms=transforms_in(fields))
        if kind != Kind.NETWORK:
            raise Bad("a hole was filled in an unknown way")
        views = self.views(fields, plane.box, plane.bits())
        latent = Latent.of_code(fields.text("code", 64))
        z = _z(fields.text("z", _Z_BYTES)) if "z" in fields.raw else None
        snapshot = fields.text("snapshot", 64)
        context = fields.share("context", *CONTEXT_RANGE, 1.0)
        how = views, z, context, transforms_in(fields)
        return FilledHole(plane, Kind.NETWORK, latent, snapshot, *how)


def transforms_in(fields: Fields) -> Transforms:
    """Read how what was copied might be changed; raises Bad."""
    if "transforms" not in fields.raw:
        return Transforms.NONE
    try:
        return Transforms.of(fields.text("transforms", 64))
    except KeyError as error:
        raise Bad("a hole was filled in an unknown way") from error


def _check_cover(views: Sequence[View], box: Box, bits: Mask) -> None:
    """Refuse windows that would leave a part of the hole as it is, or fill beside it."""
    rest = bits.copy()
    for view in views:
        assert view.hole is not None
        if not box.holds(view.hole):
            raise Bad("a window is for another hole")
        rest[view.hole.within(box).slices] = False
    if rest.any():
        raise Bad("its windows do not fill a hole")


def _checked(read: Callable[[], Any]) -> Any:  # noqa: ANN401
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
