"""Open, save, paste and copy photos; the reading and writing happens in a thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.canvas.qimage import to_array
from app.controllers.dropped import dropped_files
from app.controllers.replacing import may_replace, same_file
from app.document.commands import changes_photo
from app.document.jobs import CopyPhoto, Opened, OpenPhoto, PastePhoto, Saved, SavePhoto
from app.document.workspace import Fact, Workspace
from app.words.saying import all_said
from engine.arrays import Levels
from engine.formats import WRITABLE, patterns
from engine.record.recipe import ENDING

if TYPE_CHECKING:
    from engine.photo import Photo

RECENT = 10


class FileActions(QObject):
    """Bring photos in and out of the workspace.

    Signals:
        recent_changed(): the list of recent files changed.
        title_changed(): another name or another saved state.
        saved(Path): a save is done.
        refused(Path, str): this file could not be opened or saved, and why.
        recipe_wanted(Path): a recipe is to be opened instead of a photo.

    Attributes:
        pinned: the file that saving always writes, whatever copies are saved besides.
        settle: is called before the photo is saved or copied, so that what is seen is written.
        pending: tells whether something is seen that is not in the photo yet.
        mask_waits: tells whether there is a mask that nothing has kept.
        keep_mask: asks where to keep the mask.
    """

    recent_changed = Signal()
    title_changed = Signal()
    saved = Signal(object)
    refused = Signal(object, str)
    recipe_wanted = Signal(object)

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        """Work on ``workspace``; dialogs belong to ``window``."""
        super().__init__(window)
        self._work, self._window = workspace, window
        self._own: Path | None = None
        self.pinned: Path | None = None
        self.settle: Callable[[], None] = lambda: None
        self.pending: Callable[[], bool] = lambda: False
        self.mask_waits: Callable[[], bool] = lambda: False
        self.keep_mask: Callable[[], object] = lambda: None
        self._after: Callable[[], object] | None = None
        workspace.stack.cleanChanged.connect(lambda _clean: self.title_changed.emit())
        workspace.stack.indexChanged.connect(lambda _index: self.title_changed.emit())

    @property
    def unsaved(self) -> bool:
        """Tell whether the photo as it is seen differs from what was last saved."""
        changed = changes_photo(self._work.stack) or self.pending()
        return self._work.document.is_open and changed

    def open(self, path: Path) -> bool:
        """Open the photo or recipe at ``path`` unless the user wants to keep the unsaved one.

        Returns whether it is on its way; after "Save" it comes once that is done.
        """
        if path.suffix.lower() == ENDING:
            self.recipe_wanted.emit(path)
            return True
        question = self.tr("Save the changes before opening another photo?")
        if not self.may_go_on(question, lambda: self.open(path)):
            return False
        self._work.told.emit(self.tr("Opening {0} …").format(path.name))
        refused = partial(self._on_refused, path)
        self._work.files.submit(OpenPhoto(path), self.take, refused)
        return True

    def save(self) -> None:
        """Save to the file saved to before; the first time ask for a name."""
        if self._own is None:
            self.ask_save_as()
        elif self._own == self.pinned and not self.unsaved:
            self._work.told.emit(self.tr("There is nothing to save."))
        else:
            self.save_to(self._own, overwrite=True)

    def ask_save_as(self) -> None:
        """Ask for a name and save there; an existing file is replaced only after a yes."""
        dialog = QFileDialog.Option.DontConfirmOverwrite
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save photo as"),
            str(self.proposal()),
            self.tr("Photos ({0})").format(patterns(WRITABLE)),
            options=dialog,
        )
        if name:
            path = Path(name)
            path = path if path.suffix else path.with_suffix(self.proposal().suffix)
            if not path.exists() or may_replace(self._window, path, self._work.document.path):
                self.save_to(path, overwrite=path.exists())

    def proposal(self) -> Path:
        """Return the name proposed for saving: NAME-edited beside the photo, never taken yet."""
        if self._own is not None and self._own != self.pinned:
            return self._own
        photo, path = self._work.document.photo, self._work.document.path
        if path is None or photo is None:
            return Path(self._work.settings.get("last_folder") or Path.home()) / "pasted.png"
        from engine.photo import propose_name

        return propose_name(photo)

    def copy(self) -> None:
        """Put the photo as it is now on the clipboard."""
        self.settle()
        self._work.told.emit(self.tr("Copying …"))
        job = CopyPhoto(self._work.document.frozen())
        self._work.writer.submit(job, self._on_copied, self._work.fail)

    def paste(self) -> None:
        """Open what is on the clipboard: a file or a picture."""
        clipboard = QGuiApplication.clipboard()
        paths = dropped_files(clipboard.mimeData())
        image = clipboard.image()
        if paths:
            self.open(paths[0])
        elif image.isNull():
            self._work.told.emit(self.tr("There is no picture on the clipboard."))
        else:
            self.open_pixels(to_array(image))

    def open_pixels(self, pixels: Levels) -> None:
        """Open pixels (H, W, 3) that come from no file."""
        question = self.tr("Save the changes before pasting another photo?")
        if self.may_go_on(question, lambda: self.open_pixels(pixels)):
            self._work.told.emit(self.tr("Pasting …"))
            self._work.files.submit(PastePhoto(pixels), self.take, self._work.fail)

    def may_go_on(self, question: str, then: Callable[[], object]) -> bool:
        """Return whether the photo may be left; asks where work would be lost.

        After "Save" ``then`` is called once that is done.
        """
        if self.unsaved:
            keep: Callable[[], object] = self.save
        elif self.mask_waits():
            keep = self.keep_mask
            question = self.tr(
                "The mask is not filled yet and would be lost. Save it as a file first?"
            )
        else:
            return True
        buttons = QMessageBox.StandardButton
        choices = buttons.Save | buttons.Discard | buttons.Cancel
        title = self.tr("Unsaved changes")
        answer = QMessageBox.question(self._window, title, question, choices, buttons.Save)
        if answer == buttons.Save:
            keep()
            self._after = then if {Fact.SAVING, Fact.KEEPING} & self._work.facts else None
        return answer == buttons.Discard

    def may_close(self) -> bool:
        """Return whether the window may close now; after "Save" it closes once that is done."""
        return self.may_go_on(self.tr("Save the changes before closing?"), self._window.close)

    def close_when_saved(self) -> None:
        """Close the window once the save that is under way is done."""
        self._after = self._window.close

    def go_on(self) -> None:
        """Do what waited for something to be kept."""
        after, self._after = self._after, None
        if after is not None:
            after()

    def save_to(self, path: Path, *, overwrite: bool) -> None:
        """Save the photo as ``path``, without a question."""
        self.settle()
        document = self._work.document
        assert document.photo is not None
        edited = frozenset(document.edited)
        wishes = [self._work.settings.get(key) for key in ("provenance", "sidecars")]
        photo, state = document.photo, self._work.stack.index()
        job = SavePhoto(photo, document.frozen(), edited, path, overwrite, *wishes)
        self._work.told.emit(self.tr("Saving {0} …").format(path.name))
        self._work.writer.submit(
            job,
            lambda done: self._on_saved(done, photo, state),
            lambda text: self._on_not_saved(path, text),
        )
        self._work.state(Fact.SAVING, True)

    def _on_copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._work.told.emit(self.tr("The photo is on the clipboard."))

    def _on_refused(self, path: Path, text: str) -> None:
        self._work.fail(text)
        self.refused.emit(path, text)

    def _on_not_saved(self, path: Path, text: str) -> None:
        self._after = None
        self._work.state(Fact.SAVING, False)
        self._on_refused(path, text)

    def take(self, opened: Opened) -> None:
        """Work on a photo that was read, in place of the one before."""
        work = self._work
        self._own = None
        work.document.open(opened.photo, opened.path, opened.image, opened.levels, opened.colour)
        if opened.path == self.pinned:
            self._own = self.pinned
        work.stack.clear()
        work.state(Fact.PHOTO, True)
        if opened.path is not None:
            self._remember(opened.path)
        work.told.emit(all_said(opened.photo.notices))
        self.title_changed.emit()

    def _on_saved(self, done: Saved, photo: Photo, state: int) -> None:
        """Know what was saved: ``photo`` as it was ``state`` steps into the history."""
        report = done.report
        if self._work.document.photo is photo:  # else another one was opened meanwhile
            self._note_saved(done, state)
        self._work.state(Fact.SAVING, False)
        rest = self.tr("The rest of the photo is unchanged.") if report.exact else ""
        said = f"{rest} {all_said((*report.sentences, *done.beside))}".strip()
        told = self.tr("Saved {0}. {1}").format(report.path.name, said)
        self._work.told.emit(told.strip())
        self._remember(report.path)
        self.title_changed.emit()
        self.saved.emit(report.path)
        self.go_on()

    def _note_saved(self, done: Saved, state: int) -> None:
        self._work.document.photo = done.photo
        if self._own is None or self._own != self.pinned:
            self._own = done.report.path
        copied = not same_file(done.report.path, self._own)  # and the pinned file waits still
        if not copied and self._work.stack.index() == state:
            self._work.stack.setClean()

    def _remember(self, path: Path) -> None:
        if path == self.pinned:
            return  # another program's file, which may be gone tomorrow
        settings = self._work.settings
        names = [str(path), *(n for n in settings.get("recent_files") if n != str(path))]
        settings.set("recent_files", names[:RECENT])
        settings.set("last_folder", str(path.parent))
        self.recent_changed.emit()
