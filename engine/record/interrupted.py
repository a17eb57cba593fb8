"""Find the sessions that a crash interrupted, and read them; damaged ones are set aside."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from engine.record.journal import ENDING, VERSION, connect, delete_files, remove
from engine.record.session_steps import DamagedJournal

log = logging.getLogger(__name__)

ASIDE = ".damaged"
_YOUNG = 60.0


class Interrupted:
    """Hold one session of a program that died; nobody else can take it meanwhile.

    Attributes:
        path: its journal.
        notes: what was written down about the photo.
        steps: how many steps there are.
    """

    def __init__(self, path: Path) -> None:
        """Claim the journal at ``path``.

        Raises:
            BlockingIOError: its program is alive, or another one has claimed it.
            DamagedJournal: it cannot be read.
        """
        self.path = path
        try:
            self._base = connect(path)
            self._base.execute("commit")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise BlockingIOError from error
            raise DamagedJournal(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise DamagedJournal(str(error)) from error
        try:
            self.notes = self._notes()
            (self.steps,) = self._base.execute("select count(*) from step").fetchone()
        except (sqlite3.Error, ValueError, TypeError, DamagedJournal) as error:
            self._base.close()
            raise DamagedJournal(str(error)) from error

    def _notes(self) -> dict[str, object]:
        rows = dict(self._base.execute("select key, value from note"))
        notes = {key: json.loads(value) for key, value in rows.items()}
        if notes and notes.get("version") != VERSION:
            raise DamagedJournal("the journal is of another version")
        return notes

    @property
    def worth_while(self) -> bool:
        """Tell whether something would be lost without it."""
        return self.steps > 0 and self.index != self.number("saved")

    @property
    def index(self) -> int:
        """Return how many of the steps were done, the others were taken back."""
        return self.number("index")

    @property
    def photo(self) -> Path | None:
        """Return where the photo lies; None for one that came from the clipboard."""
        path = self.notes.get("path")
        return Path(path) if isinstance(path, str) else None

    def number(self, key: str) -> int:
        """Return a number that was written down, -1 if there is none."""
        value = self.notes.get(key)
        return value if isinstance(value, int) else -1

    def all_steps(self) -> Iterator[tuple[str, bytes, str]]:
        """Yield (text, data, what recipes say) of every step in order; older journals say nothing.

        Raises:
            DamagedJournal: one is missing or not as it was written; those before it are sound.
        """
        try:
            rows = self._base.execute(
                "select step.n, text, step.crc, data, told.crc, coalesce(steps, '')"
                " from step left join told on told.n = step.n order by step.n"
            )
            for expected, (n, text, crc, data, told_crc, told) in enumerate(rows):
                if n != expected or not isinstance(data, bytes) or zlib.crc32(data) != crc:
                    raise DamagedJournal("a step is damaged")
                if zlib.crc32(str(told).encode()) != (told_crc or 0):
                    raise DamagedJournal("what a step did is damaged")
                yield str(text), data, str(told)
        except sqlite3.Error as error:
            raise DamagedJournal(str(error)) from error

    def pixels(self) -> bytes:
        """Return the photo that came from the clipboard; raises DamagedJournal."""
        return self._whole("photo")

    def choice(self) -> bytes:
        """Return the choice that was open; empty if there was none; raises DamagedJournal."""
        return self._whole("choice") if self.notes.get("choice") else b""

    def _whole(self, table: str) -> bytes:
        try:
            row = self._base.execute(f"select crc, data from {table}").fetchone()
        except sqlite3.Error as error:
            raise DamagedJournal(str(error)) from error
        if row is None or not isinstance(row[1], bytes) or zlib.crc32(row[1]) != row[0]:
            raise DamagedJournal(f"the {table} in the journal is damaged")
        return row[1]

    def delete(self) -> None:
        """Remove every trace of the session."""
        remove(self._base, self.path)

    def set_aside(self) -> None:
        """Keep the file under another name; it is never offered again."""
        self._base.close()
        set_aside(self.path)

    def release(self) -> None:
        """Leave the session for the next start."""
        self._base.close()


def set_aside(path: Path) -> None:
    """Give a damaged journal a name nobody looks for."""
    log.warning("a damaged journal was set aside")
    delete_files(path.with_name(path.name + ASIDE))
    for ending in ("-wal", ""):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).rename(path.with_name(path.name + ASIDE + ending))
    delete_files(path)


def interrupted(folder: Path) -> list[Interrupted]:
    """Return the sessions worth bringing back, the newest first; tidy up the others."""
    found = []
    for path in sorted(folder.glob(f"*{ENDING}"), key=_age):
        if _being_made(path):
            continue
        try:
            session = Interrupted(path)
        except BlockingIOError:
            continue
        except (DamagedJournal, OSError):
            set_aside(path)
            continue
        if session.worth_while:
            found.append(session)
        else:
            session.delete()
    return found


def forget_all(folder: Path) -> int:
    """Delete everything in ``folder`` that no living program uses; return how many journals."""
    count = 0
    for path in [*folder.glob(f"*{ENDING}"), *folder.glob(f"*{ENDING}{ASIDE}")]:
        try:
            if path.name.endswith(ENDING):
                Interrupted(path).release()
        except BlockingIOError:
            continue
        except (DamagedJournal, OSError):
            pass
        delete_files(path)
        count += 1
    return count


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return -path.stat().st_mtime
    return 0.0


def _being_made(path: Path) -> bool:
    """Tell whether the file is so new that its program may not have locked it yet."""
    with contextlib.suppress(OSError):
        state = path.stat()
        return state.st_size == 0 and abs(time.time() - state.st_mtime) < _YOUNG
    return True
