"""Offer at the start what a crash interrupted, bring it back step by step, or forget it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from app.controllers.file_actions import FileActions
from app.controllers.fill_actions import FillActions
from app.document.commands import ChangeLines, FlipMask, SwapPixels, pack_flips
from app.document.workspace import Workspace
from app.recovery.session import Session
from engine.record.choice_record import rebuilt
from engine.record.interrupted import Interrupted, forget_all, interrupted
from engine.record.journal import private_folder
from engine.record.leftovers import sweep
from engine.record.session_steps import Change, DamagedJournal, Told, unpack, unpack_told
from engine.removal.scene import Scene

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoCommand, QUndoStack


class Recovery(QObject):
    """Hold the interrupted sessions that were found and serve the bar that offers them.

    Signals:
        offered(str): a sentence about the newest one; empty when there is none (any more).
    """

    offered = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        session: Session,
        files: FileActions,
        fills: FillActions,
        window: QWidget,
    ) -> None:
        """Bring sessions back into ``workspace`` through ``files`` and ``fills``."""
        super().__init__(window)
        self._fills = fills
        self._work, self._session, self._files, self._window = workspace, session, files, window
        self._found: list[Interrupted] = []
        self._coming: Interrupted | None = None
        queued = Qt.ConnectionType.QueuedConnection
        workspace.document.opened.connect(self._on_opened, queued)
        session.stopped.connect(self._on_stopped, queued)

    def start(self, folder: Path) -> None:
        """Look for interrupted sessions in ``folder``, then keep a journal there."""
        sweep()
        try:
            self._found = interrupted(private_folder(folder))
        except OSError:
            self._found = []
        self._session.start(folder)
        self._offer()

    def bring_back(self) -> None:
        """Open the photo of the newest interrupted session; its steps follow."""
        if not self._found:
            return
        self._coming = session = self._found[0]
        path = session.photo
        if path is not None:
            self._files.open(path)
            return
        try:
            pixels = np.frombuffer(session.pixels(), np.uint8)
            shape = session.number("height"), session.number("width"), 3
            self._files.open_pixels(pixels.reshape(shape))
        except (DamagedJournal, ValueError):
            self._set_aside()

    def discard(self) -> None:
        """Delete the newest interrupted session."""
        if self._found:
            self._found.pop(0).delete()
            self._offer()

    def forget(self) -> None:
        """Delete all recovery data but that of windows that are open, after a yes."""
        buttons = QMessageBox.StandardButton
        text = self.tr(
            "Delete everything that was kept to bring interrupted work back? What is open now"
            " stays protected until it is closed."
        )
        title = self.tr("Delete recovery data")
        asked = QMessageBox.question(
            self._window, title, text, buttons.Yes | buttons.No, buttons.No
        )
        if asked != buttons.Yes:
            return
        for session in self._found:
            session.delete()
        self._found = []
        if self._session.folder is not None:
            forget_all(self._session.folder)
        self._offer()
        self._work.told.emit(self.tr("The recovery data is deleted."))

    def close(self) -> None:
        """Leave what was not answered for the next start."""
        for session in self._found:
            session.release()
        self._found = []

    def _offer(self) -> None:
        if not self._found:
            self.offered.emit("")
            return
        session = self._found[0]
        name = session.photo.name if session.photo else self.tr("pasted photo")
        text = self.tr("Lacuna ended unexpectedly while you worked on “{0}” (steps: {1}).")
        self.offered.emit(text.format(name, session.index))

    def _on_opened(self) -> None:
        """Replay, if this is the photo that was waited for."""
        session, self._coming = self._coming, None
        document = self._work.document
        if session is None or document.photo is None or document.path != session.photo:
            return
        same = document.photo.source.sha256 == session.notes.get("sha256")
        size = session.number("width"), session.number("height")
        if (session.photo and not same) or size != (document.box.width, document.box.height):
            text = self.tr(
                "“{0}” has been changed since the work on it was interrupted; nothing was"
                " brought back."
            )
            self._work.failed.emit(text.format(document.path.name if document.path else ""))
            return
        self._replay(session)

    def _replay(self, session: Interrupted) -> None:
        stack, done = self._work.stack, 0
        try:
            document = self._work.document
            for text, data, told in session.all_steps():
                changes = unpack(data, document.image)
                push(self._work, text, changes, unpack_told(told, document.box))
                done += 1
                if done == session.number("saved"):
                    stack.setClean()
            if session.number("saved") < 0:
                stack.resetClean()
            for _ in range(done - min(max(session.index, 0), done)):
                stack.undo()
            self._offer_choice(session)
        except DamagedJournal:
            self._set_aside(done)
            return
        self._session.flush()
        self._found.remove(session)
        session.delete()
        self._work.told.emit(
            self.tr("Your work was brought back (steps: {0}).").format(session.index)
        )
        self._offer()

    def _offer_choice(self, session: Interrupted) -> None:
        """Open the choice that was open, with the results that were chosen."""
        data = session.choice()
        if data:
            document = self._work.document
            about = document.image, document.colour
            scene = Scene(*about, clear=document.clear, around=document.around)
            commands = unpack(data, document.image)
            self._fills.offer(*rebuilt(session.notes["choice"], commands, scene))

    def _set_aside(self, done: int = 0) -> None:
        session = self._found.pop(0)
        text = self.tr(
            "The record of the interrupted work is damaged: {0} of {1} steps could be brought"
            " back. It was set aside."
        )
        self._work.failed.emit(text.format(done, session.steps))
        session.set_aside()
        self._offer()

    def _on_stopped(self) -> None:
        self._work.failed.emit(
            self.tr(
                "What you do is not kept for recovery any more: the disk refused it. Save your"
                " work now and then."
            )
        )


def push(
    work: Workspace, text: str, commands: list[list[Change]], told: Sequence[Told] = ()
) -> None:
    """Do a step again: one command, or several that are undone together.

    ``told``: what recipes say of each command; nothing where a journal does not tell.
    """
    each = zip_longest(commands, told[: len(commands)])
    made = [_command(work, text if len(commands) == 1 else "", *one) for one in each]
    stack: QUndoStack = work.stack
    if len(made) == 1:
        stack.push(made[0])
        return
    stack.beginMacro(text)
    for command in made:
        stack.push(command)
    stack.endMacro()


def _command(work: Workspace, text: str, changes: list[Change], step: Told) -> QUndoCommand:
    lines = changes[0].lines
    if lines is not None:
        return ChangeLines(work.document, text, lines)
    if changes[0].data.dtype == np.bool_:
        flips = [pack_flips(change.box, change.data) for change in changes]
        return FlipMask(work.document, text, flips, done=False, paint=changes[0].paint)
    patches = [(change.box, work.store.put(change.data)) for change in changes]
    return SwapPixels(work.document, text, patches, done=False, step=step)
