"""Where no window can be opened, a sentence says why; Qt would abort with a trace."""

import pytest

from app.cli import window
from app.cli.command_line import main


@pytest.fixture
def under_x(monkeypatch):
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(window.sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":0")


@pytest.mark.parametrize("words", [[], ["edit", "photo.png"]])
def test_a_missing_library_is_named_with_its_package(under_x, monkeypatch, capsys, tmp_path, words):
    monkeypatch.setattr(window, "XCB", {"libnowhere.so.9": "libnowhere9"})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photo.png").write_bytes(b"")
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "libnowhere.so.9" in told
    assert "apt install libnowhere9" in told


@pytest.mark.skipif(not window._loads("libxcb.so.1"), reason="this system knows no X")
def test_a_screen_that_is_not_there_is_named(under_x, monkeypatch):
    monkeypatch.setattr(window, "XCB", {})
    monkeypatch.setenv("DISPLAY", ":4711")
    assert ":4711" in window.no_window()


def test_wayland_needs_none_of_them(under_x, monkeypatch):
    monkeypatch.setattr(window, "XCB", {"libnowhere.so.9": "libnowhere9"})
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert window.no_window() == ""


def test_without_any_screen_that_is_said(under_x, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    assert "no screen" in window.no_window()
