"""Run jobs in one thread beside the window; whoever asks is answered by calls of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread, Signal, Slot

from engine.errors import Cancelled, EngineError
from engine.progress import Progress, part_of
from engine.removal.fallback import out_of_memory
from engine.running.memory import trim
from engine.sentence import Sentence

log = logging.getLogger(__name__)


LONG_SECONDS = 0.3
"""Work of that length leaves memory behind that is worth giving back."""


class Report:
    """Let a running job tell how far it is, hand over parts, and learn that it is not wanted."""

    def __init__(self, worker: Worker, ticket: int) -> None:
        """Report for the job with ``ticket``."""
        self._worker = worker
        self._ticket = ticket

    def progress(self, fraction: float) -> None:
        """Show ``fraction`` in [0, 1] of the job as done.

        Raises:
            Cancelled: a newer request came or the job was cancelled.
        """
        self.check()
        self._worker.progressed.emit(self._ticket, fraction)

    def part(self, start: float, end: float) -> Progress:
        """Return a progress callback for the share of the job from ``start`` to ``end``."""
        return part_of(self.progress, start, end - start)

    def deliver(self, piece: object) -> None:
        """Hand over a part of the answer at once."""
        self.check()
        self._worker.delivered.emit(self._ticket, piece)

    def check(self) -> None:
        """Raise ``Cancelled`` if the job is not wanted any more."""
        if not self._worker.is_current(self._ticket):
            raise Cancelled


T = TypeVar("T")
Job = Callable[[Report], T]


def _ignore(_what: object) -> None:
    pass


@dataclass(frozen=True)
class _Asker:
    """Hold whom to call, in the thread that made the worker, with what comes of a request."""

    answered: Callable[[Any], object]
    refused: Callable[[str], object]
    delivered: Callable[[Any], object]
    progressed: Callable[[float], object]


class _Runner(QObject):
    """Live in the thread and run one job after the other."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker

    @Slot(int, object)
    def run(self, ticket: int, job: Job[Any]) -> None:
        """Run ``job`` unless a newer request came meanwhile, and answer by a signal."""
        begun = time.monotonic()
        if self._worker.is_current(ticket):
            self._do(ticket, job)
        if time.monotonic() - begun > LONG_SECONDS:
            trim()

    def _do(self, ticket: int, job: Job[Any]) -> None:
        worker = self._worker
        try:
            answer = job(Report(worker, ticket))
        except Cancelled:
            log.info("job %d was cancelled", ticket)
        except EngineError as error:
            log.warning("job %d failed: %s", ticket, error)
            worker.failed.emit(ticket, error.sentence)
        except MemoryError:
            log.exception("job %d ran out of memory", ticket)
            worker.failed.emit(ticket, OUT_OF_MEMORY)
        except Exception as error:
            log.exception("job %d failed", ticket)
            worker.failed.emit(ticket, sentence_of(error))
        else:
            worker.finished.emit(ticket, answer)


class Worker(QObject):
    """Own one thread, in which the newest request takes the place of all before it.

    Every request has a number, its ticket; cancelling merely takes a new one. Nobody hears of older
    ones any more. The signals carry what comes from the thread, for whoever made the request.

    Signals:
        progressed(int, float), delivered(int, object), finished(int, object)
        failed(int, Sentence): ticket and what happened.
    """

    progressed = Signal(int, float)
    delivered = Signal(int, object)
    finished = Signal(int, object)
    failed = Signal(int, object)
    _requested = Signal(int, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """Start the thread; ``name`` shows in debuggers."""
        super().__init__(parent)
        self.current = 0
        self._asking: dict[int, _Asker] = {}
        self.progressed.connect(self._on_progressed)
        self.delivered.connect(self._on_delivered)
        self.finished.connect(self._on_finished)
        self.failed.connect(self._on_failed)
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._runner = _Runner(self)
        self._runner.moveToThread(self._thread)
        self._requested.connect(self._runner.run)
        self._thread.start()

    def submit(
        self,
        job: Job[T],
        answered: Callable[[T], object] = _ignore,
        refused: Callable[[str], object] = _ignore,
        delivered: Callable[[Any], object] = _ignore,
        progressed: Callable[[float], object] = _ignore,
    ) -> int:
        """Run ``job`` as soon as the thread is free, and return its ticket.

        Args:
            job: what to do.
            answered: called with what it returns.
            refused: called with a sentence if it fails.
            delivered: called with each part it hands over before its end.
            progressed: called with the share in [0, 1] that is done.
        """
        self.cancel()
        self._asking[self.current] = _Asker(answered, refused, delivered, progressed)
        self._requested.emit(self.current, job)
        return self.current

    def cancel(self) -> None:
        """Stop what is running at its next report; nobody is called."""
        self._asking.clear()
        self.current += 1

    @property
    def busy(self) -> bool:
        """Tell whether a job is waiting or running whose answer is wanted."""
        return bool(self._asking)

    def is_current(self, ticket: int) -> bool:
        """Tell whether the request with this ticket is still wanted."""
        return ticket == self.current

    def close(self) -> None:
        """Stop the thread and wait for it; a job stops at its next report."""
        self.cancel()
        self._thread.quit()
        self._thread.wait()

    def _on_progressed(self, ticket: int, share: float) -> None:
        if ticket in self._asking:
            self._asking[ticket].progressed(share)

    def _on_delivered(self, ticket: int, piece: object) -> None:
        if ticket in self._asking:
            self._asking[ticket].delivered(piece)

    def _on_finished(self, ticket: int, answer: object) -> None:
        if ticket in self._asking:
            self._asking.pop(ticket).answered(answer)

    def _on_failed(self, ticket: int, text: str) -> None:
        if ticket in self._asking:
            self._asking.pop(ticket).refused(text)


class Queue(Worker):
    """Run every job that was ever asked for, one after the other; nothing takes its place.

    For what must not be lost: saving, exporting, copying.
    """

    def is_current(self, ticket: int) -> bool:
        """Tell that the job is wanted: every one is."""
        return True

    def cancel(self) -> None:
        """Stop nothing."""
        self.current += 1

    def close(self) -> None:
        """Do what is still waiting, then stop the thread; nobody is called any more."""
        self.submit(lambda report: self._thread.quit())
        self._thread.wait()


OUT_OF_MEMORY = Sentence(
    "There was not enough memory. The photo and the mask are as they were; "
    "close other programs or fill smaller areas one by one."
)


def sentence_of(error: BaseException) -> Sentence:
    """Return what to tell the user of an error nobody foresaw."""
    if out_of_memory(error):
        return OUT_OF_MEMORY
    return Sentence(
        "Something unexpected happened ({0}: {1}). The photo is as it was. "
        "Help > Copy diagnostics collects what is needed to report it.",
        type(error).__name__,
        error,
    )
