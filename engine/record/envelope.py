"""Say in a file what it holds: ``{"kind": "lacuna lines", "version": 1, ...}``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from engine.errors import EngineError
from engine.sentence import Sentence

VERSION: Final = 1


class Envelope(NamedTuple):
    """Know the files that hold "lines", say, and the ``error`` to raise of one that does not."""

    holds: Sentence
    error: type[EngineError]

    def around(self, values: dict[str, Any], indent: int | None = None) -> str:
        """Return the text of a file that holds JSON ``values``."""
        kind = f"lacuna {self.holds}"
        return json.dumps({"kind": kind, "version": VERSION, **values}, indent=indent)

    def opened(self, text: str) -> dict[str, Any]:
        """Return the JSON object of a file; raises ``error`` if it is none, or of a later one."""
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.error("This is not JSON. Give a file that Lacuna wrote.") from error
        kind = f"lacuna {self.holds}"
        if not isinstance(raw, dict) or raw.get("kind") != kind:
            raise self.error("This is no file of {0}. It must say “kind”: “{1}”.", self.holds, kind)
        if raw.get("version") != VERSION:
            raise self.error("This is of another version of Lacuna. Use that one to read it.")
        return raw

    def text_of(self, path: Path) -> str:
        """Return the text of the file at ``path``; raises ``error`` if it cannot be read."""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise self.error("{0} cannot be read as a file of {1}.", path, self.holds) from error
