"""Start the window: first what needs no photo and no network, then everything else behind it."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from engine.reader.apart import warm
from engine.removal.head_start import load_ahead, no_collecting

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.main_window import MainWindow
    from app.settings import Settings


def run_window(photos: Sequence[Path], device: str = "auto", in_place: bool = False) -> int:
    """Open the window, with ``photos`` if there are any, and return the exit code at its end.

    Args:
        photos: the photos to begin with.
        device: auto, cpu or cuda; auto leaves it to the settings.
        in_place: another program waits for the only photo; see ``app.controllers.contract``.
    """
    warm()
    with no_collecting():
        app = start_qt()
        from PySide6.QtCore import QTimer

        from app.settings import Settings
        from app.words.language import speak

        settings = Settings()
        translators = speak(app, settings.get("language"))
        window = furnish(settings, device)
        watch_for_errors(window.workspace.failed.emit)
        contract = None
        if in_place:
            from app.controllers.contract import Contract, report

            contract = Contract(window, photos[0])
        window.show()
    QTimer.singleShot(0, window, lambda: window.recovery.start(sessions_folder()))
    QTimer.singleShot(0, window, lambda: begin(window, *photos))
    code = app.exec()
    del translators
    return report(contract.outcome()) if contract and not code else code


def run_selftest(device: str) -> str:
    """Remove something from the sample photo in a window; return what went wrong, if anything."""
    warm()
    with no_collecting():
        start_qt()
        from app.selftest_window import walk
        from app.shipped import shipped_remover
        from assets import SAMPLE_MASK, SAMPLE_PHOTO

    remover = shipped_remover(device)
    return walk(remover, SAMPLE_PHOTO, SAMPLE_MASK, begin)


def start_qt() -> QApplication:
    """Load Qt and return the application, dressed."""
    before_qt()
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    dress(app)
    return app


def furnish(settings: Settings, device: str) -> MainWindow:
    """Build the window over the trained network, which is not loaded yet."""
    from app.document.workspace import Workspace
    from app.main_window import MainWindow
    from app.shipped import shipped_remover

    remover = shipped_remover()
    remover.use(device if device != "auto" else settings.get("device"), settings.get("threads"))
    return MainWindow(Workspace(settings, remover))


def before_qt() -> None:
    """Do what must be done before Qt is loaded.

    On Windows torch's libraries do not load after Qt's (WinError 1114), so where a graphics card
    may want it, torch comes first there; elsewhere it waits until the window is up.
    """
    from engine.device import has_driver
    from engine.diagnostics import start_logging
    from engine.running.memory import give_back_large

    start_logging()
    give_back_large()
    if sys.platform == "win32" and has_driver():
        with contextlib.suppress(ModuleNotFoundError):
            import torch  # noqa: F401


def dress(app: QApplication) -> None:
    """Give the application its name, its icon and a style that looks the same everywhere."""
    from app import APP_NAME, ORGANISATION
    from app.widgets.icons import app_icon
    from engine import __version__

    app.setApplicationName(APP_NAME)
    app.setOrganizationName(ORGANISATION)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("lacuna")  # Wayland finds the icon by it
    app.setStyle("Fusion")
    app.setWindowIcon(app_icon())


def watch_for_errors(tell: Callable[[str], object]) -> None:
    """Let errors that nobody caught, in any thread, be told and remembered; the window stays."""
    from app.document.worker import sentence_of
    from app.words.saying import said

    def on_error(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        logging.getLogger(__name__).error("an error nobody caught", exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        if not isinstance(error, KeyboardInterrupt):
            tell(said(sentence_of(error)))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_error(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_error
    threading.excepthook = in_thread


def sessions_folder() -> Path:
    """Return where journals are kept, beside the user's other application data."""
    from PySide6.QtCore import QStandardPaths

    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "sessions"


def begin(window: MainWindow, *photos: Path) -> None:
    """Open the first photo, then load the engine, now that the window is there."""
    load_ahead()
    if not photos:
        window.fills.warm_up()
        return
    files = window.workspace.files
    for done in (files.finished, files.failed):
        done.connect(window.fills.warm_up_once)
    window.row.open(photos)
