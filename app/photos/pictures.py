"""Read the small pictures of photos one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.canvas.qimage import to_qimage

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.document.worker import Report, Worker

SIDE = 192


@dataclass(frozen=True)
class ReadPicture:
    """Read a small picture of the photo at ``path``."""

    path: Path

    def __call__(self, report: Report) -> QImage:
        """Return it; raises PhotoReadError."""
        from engine.reader.apart import read_small_apart

        return to_qimage(read_small_apart(self.path, SIDE).pixels)


class Pictures:
    """Read in one thread whichever picture is missed most at the moment.

    Only one is ever under way, and none is begun while a photo is being opened, so that no photo
    waits long for pictures.
    """

    def __init__(
        self,
        worker: Worker,
        missed: Callable[[], Path | None],
        found: Callable[[Path, QImage], object],
        failed: Callable[[Path, str], object],
    ) -> None:
        """Read in ``worker`` what ``missed`` names; tell ``found`` or ``failed`` of each."""
        self._worker, self._missed = worker, missed
        self._found, self._failed = found, failed
        self._busy = False

    def go_on(self) -> None:
        """Read the next picture unless one is being read."""
        path = None if self._busy else self._missed()
        if path is not None:
            self._busy = True
            take, refuse = partial(self._take, path), partial(self._refuse, path)
            self._worker.submit(ReadPicture(path), take, refuse)

    def _take(self, path: Path, image: QImage) -> None:
        self._busy = False
        self._found(path, image)
        self.go_on()

    def _refuse(self, path: Path, text: str) -> None:
        self._busy = False
        self._failed(path, text)
        self.go_on()
