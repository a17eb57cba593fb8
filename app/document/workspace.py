"""Hold what the window's controllers share: the document and everything around it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.document.document import Document
from app.document.worker import Job, Queue, T, Worker
from app.settings import Settings
from app.words.saying import said
from engine.record.patches import PatchStore
from engine.removal.remover import Remover

STEPS = 200


class Fact(StrEnum):
    """Name what can hold at a moment; that decides which actions are enabled.

    Attributes:
        PHOTO: a photo is open.
        MASK: something is painted.
        STEPS, REMOVALS: something was done to the photo; something was removed from it.
        UNDO, REDO: there is something to take back, or to do again.
        FILLING, REPLAYING: the engine is at work, on a recipe.
        SAVING, KEEPING: the photo, or the mask, is being written.
        CHOOSING: results are open; HOLES: for several holes; DRAWS: there are draws among them.
        SEVERAL: several photos were given together.
        LEFT: results were left and can be brought back.
        LINES: lines that a fill would carry on are shown.
        SPOTS: the tool that finds spots is in use.
        SOURCES: it is marked from where fills may copy.
        REFINING: another outline of the mask is shown, to be applied or not.
    """

    PHOTO = "photo"
    MASK = "mask"
    STEPS = "steps"
    REMOVALS = "removals"
    UNDO = "undo"
    REDO = "redo"
    FILLING = "filling"
    REPLAYING = "replaying"
    SAVING = "saving"
    KEEPING = "keeping"
    CHOOSING = "choosing"
    HOLES = "holes"
    DRAWS = "draws"
    SEVERAL = "several"
    LEFT = "left"
    LINES = "lines"
    SPOTS = "spots"
    SOURCES = "sources"
    REFINING = "refining"


class Workspace(QObject):
    """Own the model of one window; made once, passed to whoever needs it.

    Attributes:
        facts: what holds at the moment; decides which actions are enabled.

    Signals:
        told(str): something worth a line in the status bar.
        failed(str): something did not work; the text says what and what to do.
        facts_changed(): actions may have become enabled or disabled.
    """

    told = Signal(str)
    failed = Signal(str)
    facts_changed = Signal()

    def __init__(self, settings: Settings, remover: Remover) -> None:
        """Build an empty document, its history, and its threads."""
        super().__init__()
        self.settings = settings
        settings.setParent(self)
        self.remover = remover
        self.document = Document(self)
        self.store = PatchStore()
        self.stack = QUndoStack(self, undoLimit=STEPS)
        self.files = Worker("files", self)
        self.writer = Queue("writer", self)
        self.engine = Worker("engine", self)
        self.maps = Worker("maps", self)
        self.lines = Worker("lines", self)
        self.pictures = Worker("pictures", self)
        self.selecting = Queue("selecting", self)
        self.facts: set[Fact] = set()
        self._later: list[Callable[[], object]] = []

    def select(self, job: Job[T], answered: Callable[[T], object]) -> None:
        """Look for something in the open photo; no answer comes once another one is open."""
        photo = self.document.photo

        def take(found: T) -> None:
            if self.document.photo is photo:
                answered(found)
            self._go_on()

        def refuse(sentence: str) -> None:
            self.fail(sentence)
            self._go_on()

        self.selecting.submit(job, take, refuse)

    def once_selected(self, go_on: Callable[[], object]) -> None:
        """Call ``go_on`` as soon as nothing is looked for in the photo: now, as a rule."""
        photo = self.document.photo
        self._later.append(lambda: go_on() if self.document.photo is photo else None)
        self._go_on()

    def _go_on(self) -> None:
        if not self.selecting.busy:
            later, self._later = self._later, []
            for go_on in later:
                go_on()

    def fail(self, sentence: str) -> None:
        """Say in the user's language what did not work."""
        self.failed.emit(said(sentence))

    def state(self, fact: Fact, holds: bool) -> None:
        """Note that ``fact`` holds or not."""
        if holds != (fact in self.facts):
            (self.facts.add if holds else self.facts.discard)(fact)
            self.facts_changed.emit()

    def close(self) -> None:
        """Stop the threads and remove temporary files."""
        workers = (self.engine, self.maps, self.lines, self.files, self.pictures)
        for worker in workers:
            worker.cancel()
        for worker in (*workers, self.selecting, self.writer):
            worker.close()
        self.stack.clear()
        self.store.close()
