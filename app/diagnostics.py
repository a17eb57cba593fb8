"""Keep the last messages of the program, for the day something goes wrong."""

from __future__ import annotations

import logging
from collections import deque

KEPT = 60


class RecentLog(logging.Handler):
    """Remember the last lines that were logged.

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
        self.lines.append(self.format(record))


LOG = RecentLog()


def start_logging() -> None:
    """Let everything the program logs be remembered; warnings also go to the terminal."""
    root = logging.getLogger()
    if LOG not in root.handlers:
        root.addHandler(LOG)
        root.setLevel(logging.INFO)
