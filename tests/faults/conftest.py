"""The window's fixtures for the faults that need one, and the table at the end."""

import pytest
from PySide6.QtWidgets import QMessageBox

from tests.app.conftest import *  # noqa: F403
from tests.faults.share import FIGURES, LONG


def pytest_terminal_summary(terminalreporter):
    """Print every figure beside its goal."""
    if not FIGURES:
        return
    share = "the whole" if LONG else "the quick share"
    terminalreporter.section(f"faults, {share}: measured beside its goal")
    for what, measured, goal in FIGURES:
        terminalreporter.write_line(f"{what:<52} {measured:<38} goal: {goal}")


@pytest.fixture(autouse=True)
def discarding(no_questions, monkeypatch):
    """Discard what closing a window asks about: here it is the machine that fails."""
    discard = QMessageBox.StandardButton.Discard
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: discard)
