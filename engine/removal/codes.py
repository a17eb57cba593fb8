"""Short codes that name one result for good: ``7F3A-02`` is draw 2 of set 7F3A.

A *seed* is the integer behind a code, ``set * 100 + draw``. Seed 0, written ``SAFE``, is the
result at z = 0.
"""

from __future__ import annotations

import re
import secrets

from engine.errors import ImageError

SAFE = 0
DRAWS = 100
SETS = 0x10000
_CODE = re.compile(r"^\s*([0-9A-Fa-f]{4})-(\d{2})\s*$")


def code_of(seed: int) -> str:
    """Return the code of ``seed``, such as ``7F3A-02``; ``SAFE`` for 0."""
    return "SAFE" if seed == SAFE else f"{seed // DRAWS:04X}-{seed % DRAWS:02d}"


def seed_of(code: str) -> int:
    """Return the seed a code names.

    Args:
        code: ``SAFE`` or four hexadecimal digits, a dash and two digits; case is ignored.

    Raises:
        ImageError: the text is no code.
    """
    if code.strip().upper() in {"SAFE", "0"}:
        return SAFE
    match = _CODE.match(code)
    if not match:
        raise ImageError("“{0}” is not a result code; a code looks like 7F3A-02, or SAFE.", code)
    return int(match[1], 16) * DRAWS + int(match[2])


def draws_of_set(number: int, count: int = 16) -> list[int]:
    """Return the seeds of the draws 1..``count`` of set ``number`` (1..65535)."""
    return [number * DRAWS + draw for draw in range(1, count + 1)]


def fresh_set() -> int:
    """Return a random set number in 1..65535."""
    return 1 + secrets.randbelow(SETS - 1)
