"""A plug-in for pytest that notes which functions of the program each test enters."""

from __future__ import annotations

import time
from typing import Any

import entered
import pytest


class Reach:
    """Note, for each test, the functions that it enters, and how long it takes.

    A fixture that several tests share counts for the first of them only, so what runs nowhere
    else counts for the whole of its file. A test that fails while it is watched is left out.
    """

    def __init__(self) -> None:
        self.tests: dict[str, tuple[float, list[str]]] = {}
        self._failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        entered.taken()
        start = time.perf_counter()
        try:
            return (yield)
        finally:
            seconds = time.perf_counter() - start
            found = sorted(entered.taken())
            if item.nodeid not in self._failed:
                self.tests[item.nodeid] = seconds, found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.add(report.nodeid)
