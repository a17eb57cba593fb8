"""Keep the last messages of the program, for the day something goes wrong."""

from __future__ import annotations

import logging
import re
from collections import deque

KEPT = 60
_QUOTED = re.compile(r"[“„][^”“\n]*[”“]")
_STEP = r"[^\s\"':;,()<>|/\\]"
_PATH = re.compile(rf"(?<![\w.…])(?:[A-Za-z]:[\\/]|/)(?:{_STEP}+[\\/])*({_STEP}*)")


class RecentLog(logging.Handler):
    """Remember the last lines that were logged, without the names of the user's files.

    Attributes:
        lines: oldest first.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        super().__init__(logging.INFO)
        self.lines: deque[str] = deque(maxlen=KEPT)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Remember ``record``."""
        self.lines.append(anonymous(self.format(record)))


def anonymous(text: str) -> str:
    """Return ``text`` without file names; of the program's own files the last part stays."""
    text = _QUOTED.sub("“…”", text)
    return _PATH.sub(lambda found: f"…/{found[1]}" if found[1].endswith(".py") else "…", text)


LOG = RecentLog()


def start_logging() -> None:
    """Let everything the program logs be remembered; warnings also go to the terminal."""
    root = logging.getLogger()
    if LOG not in root.handlers:
        root.addHandler(LOG)
        root.setLevel(logging.INFO)
