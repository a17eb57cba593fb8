"""What is kept of the log says what happened, not to which of the user's files."""

import logging
import sys
from pathlib import Path

import pytest

from engine.diagnostics import RecentLog, anonymous


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("“Anna at home.jpg” cannot be opened: it is empty.", "“…” cannot be opened: it is empty."),
        ("The file /home/anna/w.safetensors cannot be read", "The file … cannot be read"),
        ('File "/home/anna/lacuna/app/worker.py", line 7', 'File "…/worker.py", line 7'),
        (r"open C:\Users\Anna\x.png failed", "open … failed"),
        ("job 3 failed: 4/5 of 1.5 s", "job 3 failed: 4/5 of 1.5 s"),
        ("nothing to hide", "nothing to hide"),
    ],
)  # fmt: skip
def test_names_of_files_are_left_out(text, kept):
    assert anonymous(text) == kept


def test_tracebacks_are_kept_without_folders():
    log = RecentLog()
    try:
        Path("/home/anna/holiday/beach.jpg").read_bytes()
    except OSError:
        record = logging.LogRecord("app", logging.ERROR, "", 0, "failed", (), None)
        record.exc_info = sys.exc_info()
        log.emit(record)
    (line,) = log.lines
    assert "FileNotFoundError" in line
    assert "test_diagnostics.py" in line
    assert not {"anna", "holiday", "beach"} & set(line.replace("/", " ").replace(".", " ").split())
