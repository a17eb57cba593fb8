"""A plug-in for pytest that notes which functions of the program each test enters."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOTS = tuple(f"{Path.cwd() / name}{os.sep}" for name in ("app", "engine", "train"))


class Reach:
    """Note, for each function, the tests that enter it; and how long each test takes.

    A fixture that several tests share counts for the first of them only, so what runs nowhere
    else counts for the whole of its file. A test that fails while it is watched is left out.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._test = ""
        self._entered: set[tuple[str, int]] = set()
        self._failed: set[str] = set()
        self._tests: dict[str, set[str]] = {}
        self._seconds: dict[str, float] = {}

    def _trace(self, frame: FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        if code.co_filename.startswith(ROOTS):
            self._entered.add((code.co_filename, code.co_firstlineno))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self._entered = set()
        start = time.perf_counter()
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            self._seconds[item.nodeid] = time.perf_counter() - start
            for path, line in self._entered.copy():
                key = f"{Path(path).relative_to(Path.cwd()).as_posix()}:{line}"
                self._tests.setdefault(key, set()).add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        tests = {key: sorted(found - self._failed) for key, found in self._tests.items()}
        self._out.write_text(json.dumps({"tests": tests, "seconds": self._seconds}))
