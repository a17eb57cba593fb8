"""``lacuna selftest --window`` walks a whole removal, and notices when it does not work."""

import cv2
import numpy as np
import pytest

from app.cli.command_line import main
from app.selftest_window import walk
from app.startup import begin
from engine.errors import SnapshotError


@pytest.fixture
def mask_file(tmp_path):
    path = tmp_path / "mask.png"
    levels = np.zeros((400, 600), np.uint8)
    levels[100:160, 200:280] = 255
    cv2.imwrite(str(path), levels)
    return path


def test_it_opens_fills_and_saves_and_leaves_the_photo(host, photo_file, mask_file, capsys):
    before = photo_file.read_bytes()
    assert walk(host, photo_file, mask_file, begin) == ""
    told = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert told[0] == "Window"
    assert told[-2:] == ["Filled", "Saved"]
    assert {"Photo", "Engine"} < set(told)
    assert photo_file.read_bytes() == before


def test_it_tells_what_failed(host, filler, photo_file, mask_file):
    filler.error = SnapshotError("The weights are damaged.")
    host.photo_only = lambda *a, **k: (_ for _ in ()).throw(SnapshotError("Nor can the photo."))
    assert "weights are damaged" in walk(host, photo_file, mask_file, begin)


def test_an_engine_that_changes_nothing_is_a_fault(host, filler, photo_file, mask_file):
    answer = filler.fill

    def same(ask, *rest, **more):
        results = answer(ask, *rest, **more)
        for result in results:
            result.patch = ask.image[result.box.slices].copy()
        return results

    filler.fill = same
    host.photo_only = lambda ask, seed, *_: same(ask, [seed])[0]
    assert "changed nothing" in walk(host, photo_file, mask_file, begin)


def test_the_command_says_so_without_a_screen(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert main(["selftest", "--window"]) == 2
    assert "no screen" in capsys.readouterr().err


@pytest.mark.parametrize(("fault", "code"), [("", 0), ("It is broken.", 1)])
def test_the_commands_code_tells_whether_it_worked(monkeypatch, capsys, fault, code):
    import app.startup

    monkeypatch.setattr(app.startup, "run_selftest", lambda device: fault)
    assert main(["selftest", "--window"]) == code
    assert (fault or "Sound.") in capsys.readouterr().out
