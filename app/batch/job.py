"""Do the removals of a recipe on photo after photo: runs in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.document.worker import Report
    from engine.record.recipe import Recipe
    from engine.removal.remover import Remover


@dataclass(frozen=True)
class Begun:
    """Say that the work on photo ``number`` begins."""

    number: int


@dataclass(frozen=True)
class Ended:
    """Say what became of photo ``number``: ``out`` is None where it failed, ``said`` says why."""

    number: int
    out: Path | None
    said: Sequence[str]


@dataclass(frozen=True, eq=False)
class ReplayOnPhotos:
    """Replay ``recipe`` on each of ``photos``; one that fails does not stop the others.

    ``sidecars``: copy those of the photos, too.
    """

    recipe: Recipe
    photos: tuple[Path, ...]
    remover: Remover
    sidecars: bool

    def __call__(self, report: Report) -> int:
        """Deliver ``Begun`` and ``Ended`` for every photo; return how many were written."""
        written = 0
        for number in range(len(self.photos)):
            report.deliver(Begun(number))
            ended = self._one(number, report)
            written += ended.out is not None
            report.deliver(ended)
        return written

    def _one(self, number: int, report: Report) -> Ended:
        from engine.removal.replayed import replay_on

        share = report.part(number / len(self.photos), (number + 1) / len(self.photos))
        try:
            done = replay_on(
                self.photos[number],
                self.recipe,
                self.remover,
                None,
                overwrite=False,
                on_progress=share,
                sidecars=self.sidecars,
            )
        except EngineError as error:
            return Ended(number, None, (error.sentence,))
        except MemoryError:
            return Ended(number, None, (Sentence("The memory does not suffice."),))
        return Ended(number, done.out, done.remarks)
