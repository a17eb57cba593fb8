"""The window is there before torch is, and nothing of the network is loaded without need."""

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

from app import startup

ROOT = Path(__file__).parents[2]

SCRIPT = """
import sys
from app.startup import before_qt, dress
before_qt()
from PySide6.QtWidgets import QApplication
app = QApplication([])
dress(app)
from app.shipped import shipped_remover
from app.main_window import MainWindow
from app.settings import Settings
from app.document.workspace import Workspace
window = MainWindow(Workspace(Settings(), shipped_remover()))
window.show()
app.processEvents()
assert window.isVisible()
early = {"torch", "numba"} & set(sys.modules)
assert not early, f"{early} imported before the window"
window.close()
"""


def test_the_window_shows_without_torch(tmp_path):
    env = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    env["PYTHONPATH"] = ":".join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


FILL = """
import sys
from app.cli.command_line import main
assert main(sys.argv[1:]) == 0
assert "torch" not in sys.modules, "a fill on the processor imports torch"
"""


def test_a_fill_without_a_graphics_card_imports_no_torch(tmp_path):
    photo, mask = ROOT / "assets/samples/sample.jpg", ROOT / "assets/samples/sample-mask.png"
    words = ["fill", photo, "--mask", mask, "--out", tmp_path / "o.jpg", "--device", "cpu"]
    done = subprocess.run(
        [sys.executable, "-c", FILL, *map(str, words)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o.jpg").exists()


def test_on_windows_torch_comes_before_qt(monkeypatch):
    seen = []

    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name == "torch":
                seen.append(name)
                raise ModuleNotFoundError(name)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("engine.device.has_driver", lambda: True)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with contextlib.suppress(ModuleNotFoundError):
        startup.before_qt()
    assert seen == ["torch"]


def test_the_window_opens_its_photo_then_loads_the_engine(empty_window, qtbot, photo_file):
    with qtbot.waitSignals(
        [empty_window.workspace.document.opened, empty_window.fills.device_known], timeout=60_000
    ):
        startup.begin(empty_window, photo_file)
    assert empty_window.workspace.document.path == photo_file
    assert empty_window.frame.status.device_label.toolTip() == "CPU: a fake"


def test_the_exit_code_is_the_loops(monkeypatch, qapp, host, photo_file):
    import app.shipped

    monkeypatch.setattr(app.shipped, "shipped_remover", lambda *_: host)
    monkeypatch.setattr(startup, "watch_for_errors", lambda tell: None)
    monkeypatch.setattr(type(qapp), "exec", lambda self: _close_all(self))
    assert startup.run_window([]) == 7


def _close_all(app):
    for window in app.topLevelWidgets():
        window.close()
    return 7


def test_errors_that_nobody_caught_are_told_and_remembered(monkeypatch, capsys):
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    told = []
    startup.watch_for_errors(told.append)
    sys.excepthook(ZeroDivisionError, ZeroDivisionError("by zero"), None)
    sys.excepthook(MemoryError, MemoryError(), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    def fail():
        raise OSError("gone")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert [word in text for word, text in zip(("Zero", "memory", "gone"), told, strict=True)] == (
        [True] * 3
    )
    assert "ZeroDivisionError: by zero" in capsys.readouterr().err
