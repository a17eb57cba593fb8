"""What the benchmarks share: fair turns, medians, child processes, a table."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def in_turns(rivals: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every rival in every round, after one round that is not counted.

    Rivals take turns within a round, so that whatever else the machine does hits all alike.
    """
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for turn in range(rounds + 1):
        for name, run in rivals.items():
            start = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def print_ratios(title: str, seconds: Mapping[str, Sequence[float]], base: str) -> None:
    """Print each rival's median and range in milliseconds and its ratio to ``base``.

    The ratio is the median of the rounds' own ratios, which a busy machine disturbs less than a
    ratio of medians.
    """
    print(f"\n{title}")
    print(f"  {'':<34}{'median':>10}{'lowest':>10}{'highest':>10}{'ratio':>9}")
    for name, values in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(values, seconds[base], strict=True))
        row = [1000 * f(values) for f in (statistics.median, min, max)]
        print(f"  {name:<34}" + "".join(f"{v:>7.1f} ms" for v in row) + f"{ratio:>8.2f}x")


def peak_mib() -> float:
    """Return the most memory this process has held so far, in MiB.

    Linux hands ``ru_maxrss`` down from the process that started this one; VmHWM is its own.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 2**10 for line in lines if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def in_child(script: Path, *args: str) -> dict[str, Any]:
    """Run ``script`` in a process with a home of its own; return the JSON object it prints last."""
    with tempfile.TemporaryDirectory() as home:
        env = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPATH": str(ROOT)}
        env["QT_LOGGING_RULES"] = "default.warning=false"
        env |= dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), home)
        command = [sys.executable, script, *args]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
