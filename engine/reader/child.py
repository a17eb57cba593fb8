"""Be the process that decodes: read paths from standard input, answer with photos.

A decoder that crashes, loops or asks for endless memory takes this process with it and nothing
else. Where the system knows limits (not on Windows), it may use ``CPU_SECONDS`` for one photo and
``MEMORY`` in all, makes no core dumps, and starts no program.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from typing import Any, BinaryIO

import numpy as np

from engine.errors import PhotoReadError
from engine.photo.read import read_photo
from engine.photo.small import read_small
from engine.reader.wire import Packer
from engine.running.memory import trim
from engine.sentence import Sentence

CPU_SECONDS = 120
MEMORY = 8 << 30


def serve() -> int:
    """Answer requests until standard input ends; return the exit code."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a decoder prints must not be taken for an answer
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program itself decides what to stop
        _limit_memory()
        _say(answers, {"ready": True})
        for line in sys.stdin.buffer:
            _limit_time()
            _answer(json.loads(line), answers)
    return 0


def _answer(request: dict[str, Any], answers: BinaryIO) -> None:
    try:
        path, small = request["path"], request.get("small")
        photo = read_small(path, small) if small else read_photo(path)
        packer = Packer()
        node = packer.pack(photo)
    except PhotoReadError as error:
        _say(answers, {"error": Packer().pack(error.sentence)})
        return
    except MemoryError:
        name = os.path.basename(request["path"])
        reason = Sentence("the memory does not suffice; close other programs")
        text = Sentence("“{0}” cannot be opened: {1}.", name, reason)
        _say(answers, {"error": Packer().pack(text)})
        return
    if "file" in request:
        area = os.open(request["file"], os.O_RDWR | getattr(os, "O_BINARY", 0))
    else:
        area = os.memfd_create("lacuna-photo", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        _lay_out(area, packer)
        _seal(area, "file" not in request)
        del photo
        _say(answers, {"photo": node, "size": packer.size, "fd": area})
        sys.stdin.buffer.readline()  # the other side has it now
    finally:
        os.close(area)
    trim()


def _lay_out(area: int, packer: Packer) -> None:
    os.ftruncate(area, packer.size)
    for at, part in packer.parts:
        os.lseek(area, at, os.SEEK_SET)
        left = memoryview(part.data if isinstance(part, np.ndarray) else part)
        left = left.cast("B") if left.nbytes else memoryview(b"")
        while left:
            left = left[os.write(area, left[: 1 << 30]) :]
    packer.parts.clear()


def _seal(area: int, sealable: bool) -> None:
    """Promise that the area stays as it is; the other side checks."""
    if sealable:
        import fcntl

        fcntl.fcntl(area, fcntl.F_ADD_SEALS, SEALS)


def _say(answers: BinaryIO, message: dict[str, object]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _limit_time() -> None:
    """Allow ``CPU_SECONDS`` from now on; the signal at their end kills."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


SEALS = 0x1 | 0x2 | 0x4 | 0x8
"""F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE of Linux."""
