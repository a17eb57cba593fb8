"""Keep what was made, so that whoever asks for the same again need not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Final, Protocol, TypeVar

MOST: Final = 256 << 20


class Sized(Protocol):
    """Say how many bytes it takes; it may grow."""

    @property
    def nbytes(self) -> int:
        """Return the bytes."""


Made = TypeVar("Made", bound=Sized)


class Kept:
    """Keep values by what they are of, up to so many bytes; what was used longest ago goes first.

    Any thread may ask. The value just asked for is always there, however large it is.
    """

    def __init__(self, most: int = MOST) -> None:
        """Keep nothing yet; with ``most`` 0 never."""
        self._most = most
        self._values: dict[Hashable, Sized] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made for an equal key, or make it; errors of ``make`` are passed on."""
        with self._lock:
            found = self._values.pop(key, None)
            if found is not None:
                self._values[key] = found
                return found  # type: ignore[return-value]
        made = make()
        if self._most:
            with self._lock:
                self._values[key] = made
                self._drop()
        return made

    def _drop(self) -> None:
        """Let go of the oldest values beyond the limit, but for the newest of all."""
        total = sum(value.nbytes for value in self._values.values())
        for key in list(self._values)[:-1]:
            if total <= self._most:
                break
            total -= self._values.pop(key).nbytes

    def of(self, owner: Hashable) -> Keep:
        """Return how to keep what belongs to ``owner``: something that is never changed."""
        return Keep(self, owner)


class Keep:
    """Keep what is known of one question: a photo, what is unknown in it, the lines given."""

    def __init__(self, kept: Kept, owner: Hashable) -> None:
        """Keep it in ``kept`` under the name of ``owner``."""
        self._kept, self._owner = kept, owner

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what ``make`` made for this question and key, now or earlier."""
        return self._kept.get((self._owner, key), make)

    def part(self, name: Hashable) -> Keep:
        """Return how to keep what is known of one form of the question."""
        return Keep(self._kept, (self._owner, name))


NEVER: Final = Keep(Kept(0), None)
"""Keep nothing: for a question that is asked once."""
