"""Write down what is done to a photo as it is done, so that a crash loses at most one step.

One SQLite file (write-ahead log) for each running program, in a folder that only its user may
enter. The file stays locked as long as its program lives; one that can be locked belongs to a
program that has died. A thread writes: the window waits for a step only if the one before is not
down yet.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import secrets
import sqlite3
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engine.record.session_steps import Change, Told, pack, pack_told

log = logging.getLogger(__name__)

VERSION = 1
ENDING = ".journal"
LIMIT_BYTES = 2 << 30

_TABLES = (
    "create table if not exists note (key text primary key, value text) without rowid",
    "create table if not exists step (n integer primary key, text text, crc integer, data blob)",
    "create table if not exists told (n integer primary key, crc integer, steps text)",
    "create table if not exists photo (crc integer, data blob)",
    "create table if not exists choice (crc integer, data blob)",
)
TABLES = "step", "told", "photo", "choice", "note"

Do = Callable[[sqlite3.Connection], None]


def private_folder(folder: Path) -> Path:
    """Make ``folder`` if need be, for its user only (0700), and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def connect(path: Path) -> sqlite3.Connection:
    """Open a journal and lock it until it is closed.

    Raises:
        sqlite3.OperationalError: another program holds it.
        sqlite3.DatabaseError: it is damaged.
    """
    base = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        base.execute("pragma locking_mode = exclusive")
        base.execute("pragma journal_mode = wal")
        base.execute("pragma synchronous = normal")
        base.execute("begin immediate")
        for table in _TABLES:
            base.execute(table)
    except BaseException:
        base.close()
        raise
    return base


class Journal:
    """Record one session; every method returns at once unless the last step is still on its way.

    Attributes:
        path: the file; it appears with the first photo.
        working: whether anything is written down; ends with the first failure.
    """

    def __init__(self, folder: Path, on_failure: Callable[[Exception], None]) -> None:
        """Write into ``folder``; ``on_failure`` is called once, from the writing thread."""
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(6)}{ENDING}"
        self.working = True
        self._on_failure = on_failure
        self._base: sqlite3.Connection | None = None
        self._bytes = 0
        self._waiting: queue.Queue[Do | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def begin(self, notes: Mapping[str, object], pixels: bytes = b"") -> None:
        """Forget the photo before and begin with another one.

        Args:
            notes: JSON values; what recovery needs to know of the photo.
            pixels: the photo itself where no file holds it.
        """

        def do(base: sqlite3.Connection) -> None:
            for table in TABLES:
                base.execute(f"delete from {table}")
            if pixels:
                row = zlib.crc32(pixels), pixels
                base.execute("insert into photo values (?, ?)", row)
            self._bytes = len(pixels)
            _note(base, {"version": VERSION, "index": 0, "saved": 0, **notes})

        self._submit(do)

    def append(
        self, n: int, text: str, changes: Sequence[Change], told: Sequence[Told] = ()
    ) -> None:
        """Write down step number ``n``; steps from there on are forgotten.

        ``told`` is what a recipe says of each of its commands.
        """

        def do(base: sqlite3.Connection) -> None:
            data, words = pack(changes), pack_told(told)
            self._bytes += len(data) + len(words)
            if self._bytes > LIMIT_BYTES:
                raise OSError(f"the journal has reached {LIMIT_BYTES >> 30} GB")
            for table in ("step", "told"):
                base.execute(f"delete from {table} where n >= ?", (n,))
            row = n, text, zlib.crc32(data), data
            base.execute("insert into step values (?, ?, ?, ?)", row)
            base.execute(
                "insert into told values (?, ?, ?)", (n, zlib.crc32(words), words.decode("ascii"))
            )
            _note(base, {"index": n + 1})

        self._submit(do)

    def choose(self, rows: object, changes: Sequence[Change]) -> None:
        """Write down what is chosen at the moment, in place of the choice before; or nothing."""

        def do(base: sqlite3.Connection) -> None:
            base.execute("delete from choice")
            if changes:
                data = pack(changes)
                base.execute("insert into choice values (?, ?)", (zlib.crc32(data), data))
            _note(base, {"choice": rows})

        self._submit(do)

    def note(self, **values: object) -> None:
        """Write down JSON values, such as how many steps are done (``index``)."""
        self._submit(lambda base: _note(base, values))

    def flush(self) -> None:
        """Wait until everything is written down."""
        self._waiting.join()

    def close(self) -> None:
        """End the session properly: nothing of it stays on the disk."""
        self._waiting.put(None)
        self._thread.join()
        if self._base is not None:
            remove(self._base, self.path)
            self._base = None

    def _submit(self, do: Do) -> None:
        if self.working:
            self._waiting.join()
            self._waiting.put(do)

    def _run(self) -> None:
        while (do := self._waiting.get()) is not None:
            try:
                self._write(do)
            except Exception as error:
                self._give_up(error)
            finally:
                self._waiting.task_done()
        self._waiting.task_done()

    def _write(self, do: Do) -> None:
        if not self.working:
            return
        if self._base is None:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            self._base = connect(self.path)
        else:
            self._base.execute("begin immediate")
        do(self._base)
        self._base.execute("commit")

    def _give_up(self, error: Exception) -> None:
        """Stop recording; what is down already stays, for it is still good."""
        log.warning("the journal has stopped: %s", type(error).__name__)
        self.working = False
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.execute("rollback")
        self._on_failure(error)


def _note(base: sqlite3.Connection, values: Mapping[str, object]) -> None:
    rows = [(key, json.dumps(value)) for key, value in values.items()]
    base.executemany("insert or replace into note values (?, ?)", rows)


def remove(base: sqlite3.Connection, path: Path) -> None:
    """Empty and delete a journal that this program holds; whoever looks meanwhile finds nothing."""
    with contextlib.suppress(sqlite3.Error):
        for table in TABLES:
            base.execute(f"delete from {table}")
    base.close()
    delete_files(path)


def delete_files(path: Path) -> None:
    """Delete a journal's file and what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).unlink()
