"""Measure the start of the packaged program beside the start from source, in turns.

Run with ``make bench-start``, after ``make package``. Both open the sample photo in a real window
(``selftest --window``) without a screen; a line of theirs is a moment reached. The fill that would
follow is the same code in both and is cut short.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

from measure import ROOT, print_ratios

ROUNDS = 5
MOMENTS = {
    "Window": "exec until the window is painted",
    "Engine": "exec until the network is loaded",
}


def walk(command: Sequence[str]) -> dict[str, float]:
    """Return the seconds from the start of ``command`` until it says each of ``MOMENTS``."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
        env |= {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "default.warning=false"}
        started, reached = time.perf_counter(), {}
        with subprocess.Popen(
            [*command, "selftest", "--window"], stdout=subprocess.PIPE, text=True, env=env
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                reached.setdefault(line.split()[0], time.perf_counter() - started)
                if set(reached) >= set(MOMENTS):
                    process.kill()
    if not set(reached) >= set(MOMENTS):
        raise SystemExit(f"{command[0]} selftest --window ended with {process.returncode}")
    return {name: reached[name] for name in MOMENTS}


def main() -> None:
    """Measure, or say what is missing."""
    packaged = ROOT / "dist" / "lacuna" / ("lacuna.exe" if os.name == "nt" else "lacuna")
    if not packaged.exists():
        raise SystemExit("There is no packaged program; make package makes it.")
    programs: Mapping[str, Sequence[str]] = {
        "from source": [sys.executable, str(ROOT / "main.py")],
        "packaged": [str(packaged)],
    }
    rounds = [
        {name: walk(command) for name, command in programs.items()} for _ in range(ROUNDS + 1)
    ]
    for moment, text in MOMENTS.items():
        seconds = {name: [turn[name][moment] for turn in rounds[1:]] for name in programs}
        print_ratios(text, seconds, "from source")


if __name__ == "__main__":
    main()
