"""Turn steps of the history into bytes for the journal and back; what comes back is checked.

A step is a list of commands, a command a list of changes: bits of the mask to flip, or pixels to
put. Nothing is unpickled; whatever does not fit the photo raises ``DamagedJournal``.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Pixels
from engine.errors import EngineError
from engine.geometry import Box
from engine.record.fields import Bad, Fields
from engine.record.planes import inflate
from engine.record.recipe_steps import StepReader, step_json
from engine.record.sources import Paint
from engine.record.steps import PART, PartOfStep, Step
from engine.structure.given import Given, LinesError, from_json, to_json

MASK, PIXELS, LINES, AVOID, TAKE = range(5)
BITS: Final = {MASK: Paint.MASK, AVOID: Paint.AVOID, TAKE: Paint.TAKE}
"""Kinds of changes that flip bits, and what these are painted for."""
KINDS: Final = {paint: kind for kind, paint in BITS.items()}
MOST_PACKED = 4 << 20
_HEAD = struct.Struct("<HBB4IQ")
_PART = "part"


Told = Step | PartOfStep | None
"""What a recipe says of a command: nothing, a step, or that the command before tells it."""


class DamagedJournal(Exception):
    """Report a journal, or a step of one, that cannot be used."""


@dataclass(frozen=True, eq=False)
class Change:
    """Hold one change of a step.

    Attributes:
        command: the number of the command within the step it belongs to.
        box: where.
        data: (box.height, box.width) bool, the bits to flip, or
            (box.height, box.width, 3) of the photo's type, the pixels after the step, or
            (N,) uint8, the text of the lines after it, whatever the box.
        paint: what the bits are painted for.
    """

    command: int
    box: Box
    data: NDArray[Any]
    paint: Paint = Paint.MASK

    @classmethod
    def of_lines(cls, command: int, lines: Given) -> Change:
        """Return the change after which these lines are drawn and dropped."""
        return cls(
            command, Box(0, 0, 1, 1), np.frombuffer(to_json(lines).encode("ascii"), np.uint8)
        )

    @property
    def lines(self) -> Given | None:
        """Return the lines after the step, None if it is about something else.

        Raises:
            DamagedJournal: they are none.
        """
        if self.data.ndim != 1:
            return None
        try:
            return from_json(self.data.tobytes().decode("ascii"))
        except (LinesError, UnicodeDecodeError) as error:
            raise DamagedJournal("a step has no lines") from error


def pack(changes: Sequence[Change]) -> bytes:
    """Return the changes of a step as bytes; up to ``MOST_PACKED`` of them compressed."""
    out = []
    for change in changes:
        kind = LINES if change.data.ndim == 1 else PIXELS
        kind = KINDS[change.paint] if change.data.dtype == np.bool_ else kind
        raw = np.packbits(change.data).tobytes() if kind in BITS else change.data.tobytes()
        small = kind != LINES and len(raw) <= MOST_PACKED
        body = zlib.compress(raw, 1) if small else raw
        out += [_HEAD.pack(change.command, kind, small, *change.box, len(body)), body]
    return b"".join(out)


def unpack(data: bytes, photo: Pixels) -> list[list[Change]]:
    """Return the commands of a step that was made on such a photo as ``photo`` (H, W, 3).

    Raises:
        DamagedJournal: the bytes are no step of this photo.
    """
    commands: list[list[Change]] = []
    at = 0
    while at < len(data):
        try:
            number, kind, small, *sides, size = _HEAD.unpack_from(data, at)
        except struct.error as error:
            raise DamagedJournal("a step is cut off") from error
        at += _HEAD.size
        box, body = Box(*sides), data[at : at + size]
        at += size
        if len(body) < size or number > len(commands) or not _inside(box, Box.of(photo)):
            raise DamagedJournal("a step does not fit the photo")
        if number == len(commands):
            commands.append([])
        change = Change(number, box, _array(kind, small, box, body, photo))
        commands[number].append(replace(change, paint=BITS.get(kind, Paint.MASK)))
    if not commands:
        raise DamagedJournal("a step is empty")
    return commands


def _inside(box: Box, bounds: Box) -> bool:
    return box.left < box.right and box.top < box.bottom and bounds.holds(box)


def _array(kind: int, small: int, box: Box, body: bytes, photo: Pixels) -> NDArray[Any]:
    if kind == LINES and not small:
        return np.frombuffer(body, np.uint8)
    area = box.width * box.height
    dtype = photo.dtype
    size = -(-area // 8) if kind in BITS else area * 3 * dtype.itemsize
    raw = inflated(body, size) if small else body
    if kind not in (*BITS, PIXELS) or len(raw) != size:
        raise DamagedJournal("a step has another size than it says")
    if kind in BITS:
        bits = np.unpackbits(np.frombuffer(raw, np.uint8), count=area)
        return bits.reshape(box.height, box.width).view(np.bool_)
    return np.frombuffer(raw, dtype).reshape(box.height, box.width, 3)


def inflated(body: bytes, size: int) -> bytes:
    """Return what ``body`` was before it was compressed; never more than ``size`` bytes.

    Raises:
        DamagedJournal: it is no compressed data of exactly that size.
    """
    try:
        return inflate(body, size)
    except ValueError as error:
        raise DamagedJournal(str(error)) from error


def pack_told(told: Sequence[Told]) -> bytes:
    """Return what recipes say of the commands of a step, as JSON in ASCII."""
    rows = [_PART if isinstance(s, PartOfStep) else s if s is None else step_json(s) for s in told]
    return json.dumps(rows).encode("ascii")


def unpack_told(text: str, photo: Box) -> list[Told]:
    """Return what ``pack_told`` was given; empty where nothing was written.

    Raises:
        DamagedJournal: it is nothing that could have been written.
    """
    try:
        rows = json.loads(text or "[]")
        if not isinstance(rows, list):
            raise Bad("a step is told in no list")
        reader = StepReader(photo)
        return [_told(row, reader) for row in rows]
    except (ValueError, RecursionError, Bad, EngineError) as error:
        raise DamagedJournal(str(error)) from error


def _told(row: object, reader: StepReader) -> Told:
    if row is None:
        return None
    return PART if row == _PART else reader.step(Fields(row, "a step"))
