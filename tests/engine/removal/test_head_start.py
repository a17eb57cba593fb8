"""Torch's libraries are loaded ahead, once, from where torch lies."""

import os
import sys
import threading
from types import SimpleNamespace

from engine.removal import head_start


def test_torch_is_loaded_ahead_in_a_thread_of_its_own(monkeypatch):
    loaded = threading.Event()
    monkeypatch.setattr(head_start, "load_torch_libraries", loaded.set)
    head_start.load_ahead()
    assert loaded.wait(10)


def test_the_libraries_that_are_there_are_loaded(monkeypatch, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libc10.so").write_bytes(b"")
    found = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    loaded = []

    def dlopen(name, flags):
        loaded.append((name, flags))

    monkeypatch.setattr(head_start.ctypes, "CDLL", lambda name: SimpleNamespace(dlopen=dlopen))
    monkeypatch.setattr(head_start.importlib.util, "find_spec", lambda name: found)
    monkeypatch.setattr(head_start.sys, "platform", "linux")
    head_start.load_torch_libraries()
    assert loaded == []  # torch is here already
    monkeypatch.delitem(sys.modules, "torch")
    head_start.load_torch_libraries()
    path = os.fsencode(tmp_path / "lib" / "libc10.so")
    assert loaded == [(path, os.RTLD_GLOBAL | os.RTLD_LAZY)]
