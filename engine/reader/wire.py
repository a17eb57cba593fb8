"""Carry a photo from one process to another without pickle: plain JSON, and the bytes beside it.

Only what a photo is made of travels: numbers, texts, sentences, bytes, arrays, containers of these,
and the plain records (dataclasses, named tuples) of ``engine.photo``. Rebuilding a record fills in
its fields and runs nothing else, so a reader that has been taken over can lie, but not act.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.sentence import Sentence, is_template

if TYPE_CHECKING:
    import mmap

Node = Any
_RECORD = re.compile(r"(engine\.photo(?:\.[a-z_]+)+):(\w+)")
_ALIGN = 64
_KINDS = "buif"


class Crooked(ValueError):
    """Report an answer that is not what a reader sends."""


class Packer:
    """Turn values into JSON nodes; bytes and arrays are laid out one after the other.

    Attributes:
        parts: (offset, bytes or array) in order.
        size: bytes of the whole layout.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.parts: list[tuple[int, bytes | np.ndarray]] = []
        self.size = 0

    def pack(self, value: Any) -> Node:  # noqa: ANN401
        """Return the node for ``value``; raises TypeError for what does not travel."""
        if isinstance(value, Sentence):
            return {"w": [value.template, [self.pack(_plain(item)) for item in value.values]]}
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, bytes):
            return {"b": [self._lay(value, len(value)), len(value)]}
        if isinstance(value, np.ndarray):
            array = np.ascontiguousarray(value)
            at = self._lay(array, array.nbytes)
            return {"a": [at, array.dtype.str, list(array.shape)]}
        if isinstance(value, Path):
            return {"p": str(value)}
        if isinstance(value, dict):
            return {"d": [[self.pack(k), self.pack(v)] for k, v in value.items()]}
        if _is_record(type(value)):
            name = f"{type(value).__module__}:{type(value).__qualname__}"
            return {"r": [name, [self.pack(getattr(value, f)) for f in _fields(type(value))]]}
        for key, kind in (("t", tuple), ("l", list), ("s", frozenset)):
            if isinstance(value, kind):
                return {key: [self.pack(item) for item in value]}
        raise TypeError(f"{type(value).__name__} does not travel")

    def _lay(self, part: bytes | np.ndarray, size: int) -> int:
        at = self.size
        self.parts.append((at, part))
        self.size = -(-(at + size) // _ALIGN) * _ALIGN
        return at


def unpack(node: Node, area: mmap.mmap | memoryview | None) -> Any:  # noqa: ANN401
    """Return the value of a node; arrays are views of ``area`` and not to be written to.

    Raises:
        Crooked: the node is none that ``Packer`` makes, or points outside of ``area``.
    """
    whole = memoryview(area) if area is not None else memoryview(b"")
    try:
        return _value(node, whole)
    except Crooked:
        raise
    except Exception as error:
        raise Crooked(f"{type(error).__name__}: {error}") from error


def _value(node: Node, area: memoryview) -> Any:  # noqa: ANN401
    if node is None or isinstance(node, bool | int | float | str):
        return node
    ((key, body),) = node.items()
    match key:
        case "b":
            return bytes(_slice(area, *body))
        case "a":
            at, name, shape = body
            return _array(area, at, np.dtype(name), tuple(shape))
        case "p":
            return Path(body)
        case "d":
            return {_value(k, area): _value(v, area) for k, v in body}
        case "r":
            name, fields = body
            return _record(name)(*(_value(field, area) for field in fields))
        case "w":
            template, values = body
            return _sentence(template, [_value(item, area) for item in values])
        case "t" | "l" | "s":
            kind = {"t": tuple, "l": list, "s": frozenset}[key]
            return kind(_value(item, area) for item in body)
    raise Crooked(f"an unknown kind {key!r}")


def _plain(value: object) -> object:
    """Return a value of a sentence as it travels: what is no number or sentence, as text."""
    return value if isinstance(value, Sentence | int | float) else str(value)


def _sentence(template: object, values: list[object]) -> Sentence:
    if not isinstance(template, str) or not is_template(template, len(values)):
        raise Crooked("no template")
    if not all(isinstance(value, str | int | float) for value in values):
        raise Crooked("a sentence of something else")
    return Sentence(template, *values)


def _slice(area: memoryview, at: int, size: int) -> memoryview:
    if at < 0 or size < 0 or at + size > len(area):
        raise Crooked("a part outside the area")
    return area[at : at + size]


def _array(area: memoryview, at: int, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Any:  # noqa: ANN401
    if dtype.kind not in _KINDS or any(side < 0 for side in shape):
        raise Crooked("an array of no numbers")
    count = 1
    for side in shape:
        count *= side
    part = _slice(area, at, count * dtype.itemsize)
    array = np.frombuffer(part, dtype).reshape(shape)
    array.flags.writeable = False
    return array


def _is_record(kind: type) -> bool:
    ours = kind.__module__.startswith("engine.photo.")
    return ours and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"))


def _fields(kind: type) -> tuple[str, ...]:
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(kind._fields)  # type: ignore[attr-defined]


def _record(name: str) -> type:
    found = _RECORD.fullmatch(name)
    if found is None:
        raise Crooked("a record from elsewhere")
    kind = getattr(importlib.import_module(found[1]), found[2])
    if not isinstance(kind, type) or not _is_record(kind):
        raise Crooked("no record")
    return kind
