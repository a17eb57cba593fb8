"""``make bench-speed``: the table of what photographers wait for; with ``--write`` docs/speed.md.

Times are of the machine as it is: run it on one that does nothing else. It takes some minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from fills import scene
from measure import ROOT, in_child, in_turns
from plots import plot
from speed import growth, search_in_crop, seconds, tasks

from assets import SAMPLE_MASK, SAMPLE_PHOTO, SNAPSHOT
from engine.detail import warm_up
from engine.inpainter import Inpainter
from engine.running.threads import threads

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "speed.md"
BEGIN, END = "<!-- table, made by make bench-speed -->\n", "<!-- end of the table -->\n"
HEAD = (
    "| what | before | goal | now | now / before | pypatchmatch | it / us |\n"
    "|---|---:|---:|---:|---:|---:|---:|\n"
)


def row(
    name: str, before: float | None, goal: float, now: float, rival: float | None, unit: str
) -> str:
    """Return one line of the table; nobody knows what was before where that is None."""
    other = ("", "") if rival is None else (f"{rival:.2f} s", f"{rival / now:.1f}x")
    old, ratio = ("", "") if before is None else (f"{before:g} {unit}", f"{now / before:.2f}")
    found = (old, f"{goal:g} {unit}", f"{now:.2f} {unit}", ratio)
    return f"| {' | '.join((name, *found, *other))} |"


def rows(inpainter: Inpainter) -> Iterator[str]:
    """Yield the lines of the table as they are measured."""
    for task in tasks():
        inpainter.inpaint(task.photo[:200, :300], task.mask[:200, :300])
        now = seconds(lambda t=task: inpainter.inpaint(t.photo, t.mask), task.rounds)
        other = search_in_crop(task) if task.rival else None
        rival = None if other is None else seconds(other, task.rounds)
        yield row(task.name, task.before, task.goal, now, rival, "s")
    image, mask = scene(24)
    turns = in_turns(
        {
            "one": lambda: inpainter.inpaint(image, mask),
            "four": lambda: inpainter.inpaint_many(image, mask, [1, 2, 3, 4]),
        },
        3,
    )
    ratios = sorted(a / b for a, b in zip(turns["four"], turns["one"], strict=True))
    yield row("four fills / one, 24 MP, 300 px", 2.8, 2.0, ratios[len(ratios) // 2], None, "x")
    starts = sorted(
        in_child(HERE / "child_start.py", str(time.time()))["first_fill_s"] for _ in range(3)
    )
    yield row("first fill in the window, cold", 5.1, 2.5, starts[1], None, "s")
    yield row("`lacuna fill`, the sample photo", None, 2.0, whole_command(), None, "s")


def whole_command() -> float:
    """Return how long a process of ``lacuna fill`` lives, the median of three."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder, "out.jpg"))
        words = (str(SAMPLE_PHOTO), "--mask", str(SAMPLE_MASK), "--out", out, "--overwrite")
        return seconds(lambda: in_child(HERE / "child_memory.py", *words, "--device", "cpu"), 3)


def machine() -> str:
    """Return in a line what was measured on, and how busy it was before."""
    load = f", load before {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    about = f"{os.cpu_count()} processors{load}; {threads()} threads"
    return f"Measured on {platform.system()} {platform.machine()}, {about}."


def main() -> None:
    """Print the table; with ``--write`` put it and the plots into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="renew docs/speed.md and its plots")
    args = parser.parse_args()
    told = machine()
    inpainter = Inpainter(SNAPSHOT, "cpu")
    warm_up()
    print(told, HEAD, sep="\n\n", end="", flush=True)
    lines = []
    for line in rows(inpainter):
        print(line, flush=True)
        lines.append(line + "\n")
    if not args.write:
        return
    for name, title, points in growth(inpainter):
        path = PAGE.parent / "speed" / f"{name}.svg"
        path.write_text(plot(title, points), encoding="utf-8")
        print(f"{path.name}: {points}", file=sys.stderr)
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    table = f"\n{told}\n\n{HEAD}{''.join(lines)}\n"
    PAGE.write_text(before + BEGIN + table + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
