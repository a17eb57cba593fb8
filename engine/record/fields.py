"""Take values out of untrusted JSON, each checked for its kind and range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.sentence import Sentence, SentenceError


class Bad(SentenceError):
    """Say in half a sentence what is wrong with a file."""


class Fields:
    """Read one JSON object.

    Attributes:
        raw: the object as it was read.
    """

    def __init__(self, raw: Any, name: str) -> None:  # noqa: ANN401
        """Read ``raw``; raises Bad if it is no object. ``name`` is for messages."""
        if not isinstance(raw, dict):
            raise Bad("{0} is no object", name)
        self.raw: dict[str, Any] = raw

    def text(self, key: str, longest: int) -> str:
        """Return a text of at most ``longest`` characters."""
        value = self.raw.get(key)
        if not isinstance(value, str) or len(value) > longest:
            raise Bad("“{0}” is no text, or too long", key)
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``."""
        return _whole(self.raw.get(key), key, low, high)

    def numbers(self, key: str, count: int, low: int, high: int) -> list[int]:
        """Return ``count`` whole numbers from ``low`` to ``high``."""
        return _numbers(self.raw.get(key), key, (count,), low, high)

    def share(self, key: str, low: float, high: float, default: float) -> float:
        """Return a number from ``low`` to ``high``, ``default`` where there is none."""
        value = self.raw.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Bad("“{0}” is no number", key)
        if not low <= value <= high:
            raise Bad("“{0}” is no number from {1} to {2}", key, low, high)
        return float(value)

    def rows(
        self, key: str, most: int, counts: tuple[int, ...], low: int, high: int
    ) -> list[list[int]]:
        """Return at most ``most`` lists of as many whole numbers as one of ``counts`` says."""
        return [_numbers(row, key, counts, low, high) for row in self._list(key, most)]

    def items(self, key: str, most: int) -> Iterator[Fields]:
        """Yield the objects of a list of at most ``most``."""
        for item in self._list(key, most):
            yield Fields(item, Sentence("a row of “{0}”", key))

    def inner(self, key: str) -> Fields:
        """Return the object under ``key``."""
        return Fields(self.raw.get(key), f"“{key}”")

    def _list(self, key: str, most: int) -> list[Any]:
        value = self.raw.get(key)
        if not isinstance(value, list) or len(value) > most:
            raise Bad("“{0}” is no list, or too long", key)
        return value


def _whole(value: Any, key: str, low: int, high: int) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Bad("“{0}” is no number from {1} to {2}", key, low, high)
    return value


def _numbers(value: Any, key: str, counts: tuple[int, ...], low: int, high: int) -> list[int]:  # noqa: ANN401
    if not isinstance(value, list) or len(value) not in counts:
        raise Bad("“{0}” does not have {1} numbers", key, "/".join(map(str, counts)))
    return [_whole(item, key, low, high) for item in value]
