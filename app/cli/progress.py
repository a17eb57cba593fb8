"""A progress bar on one line of a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TextIO

_CELLS = 32


class ProgressBar:
    """Draw fractions in [0, 1] on ``stream``, standard error by default, if that is a terminal.

    Use it as a context manager: the line is gone when the block ends, however it ends.
    """

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._shown = -1
        self._live = self._stream.isatty()

    def __enter__(self) -> ProgressBar:
        """Show an empty bar."""
        self(0.0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the bar."""
        self._write("\r\x1b[K")

    def __call__(self, fraction: float) -> None:
        """Move the bar to ``fraction``; a step that would not show is not drawn."""
        percent = int(100 * min(max(fraction, 0.0), 1.0))
        if percent == self._shown:
            return
        self._shown = percent
        cells = percent * _CELLS // 100
        self._write(f"\r{self._label} [{'#' * cells}{'.' * (_CELLS - cells)}] {percent:3d} %")

    def _write(self, text: str) -> None:
        if self._live:
            self._stream.write(text)
            self._stream.flush()
