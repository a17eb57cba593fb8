"""``make mutate``: put mistakes into the program, and count those that the tests notice.

A copy of the tree is changed, never the tree itself. Each mutant gets a forked process, which has
the large libraries already and runs the tests that enter the changed function, the quickest first,
until one fails.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from mutants import Mutant, mutants, mutated

ROOT = Path(__file__).parents[2]
MODULES = (
    *("engine/*.py", "engine/[!p]*/*.py", "engine/photo/write.py"),
    *("app/document/commands.py", "app/cli/*.py", "train/losses.py", "train/step.py"),
)
TESTS = (
    "tests/app",
    "tests/engine",
    *(f"tests/train/test_{name}.py" for name in ("losses", "step", "step_gradients")),
)
OFTEN = 5
"""A function that fewer tests enter may run for others too, in what they share."""
MEMORY = 16 << 30


class Known(NamedTuple):
    """Hold what ``reach`` noted."""

    tests: dict[str, list[str]]
    seconds: dict[str, float]

    def of(self, module: str, function: int, most: float) -> list[str]:
        """Return the tests to ask about a function, the quickest first."""
        found = set(self.tests.get(f"{module}:{function}", ())) if function else set()
        if len(found) < OFTEN:
            for key, tests in self.tests.items():
                if key.rpartition(":")[0] == module:
                    found.update(tests)
        chosen, total = [], 0.0
        for test in sorted(found, key=lambda test: self.seconds[test]):
            total += self.seconds[test]
            if chosen and total > most:
                break
            chosen.append(test)
        return chosen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="files; those of docs/testing.md if none")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="those that are to notice")
    parser.add_argument("--share", type=float, default=0.1, help="of each module's mutants")
    parser.add_argument(
        "--least", type=int, default=3, help="mutants of each module, if it has so many"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        help="of tests for each mutant at most, the quickest first",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--reach", type=Path, help="keep here, and take from here, who tests what")
    parser.add_argument("--out", type=Path, default=Path("mutants.jsonl"), help="a line for each")
    parser.add_argument("--again", type=Path, help="only the survivors of an earlier --out")
    args = parser.parse_args()
    out, reach = args.out.resolve(), args.reach and args.reach.resolve()
    again = args.again and [json.loads(line) for line in args.again.read_text().splitlines()]
    with tempfile.TemporaryDirectory(prefix="lacuna-mutants-") as folder:
        tree = Path(folder) / "tree"
        _copy(tree)
        _settle(tree, folder)
        known = _reach(reach or Path(folder) / "reach.json", args.tests)
        names = args.modules or sorted(n for p in MODULES for n in map(str, Path().glob(p)))
        with out.open("a") as lines:
            for name in names:
                for mutant in _drawn(name, args, again):
                    said = _try(name, mutant, known, args.seconds)
                    print(f"{said:9} {name}:{mutant.line} {mutant.change}", flush=True)
                    fact = {"module": name, **mutant._asdict(), "outcome": said}
                    lines.write(json.dumps(fact) + "\n")
                    lines.flush()
    return 0


def _drawn(name: str, args: argparse.Namespace, again: list[dict[str, Any]] | None) -> list[Mutant]:
    """Draw a module's sample, the same for the same seed and text."""
    every = mutants(Path(name).read_text(encoding="utf-8"))
    if again is not None:
        left = {m["change"]: m for m in again if m["module"] == name and m["outcome"] != "killed"}
        return [m for m in every if m.change in left and m.line == left[m.change]["line"]]
    count = min(len(every), max(args.least, round(args.share * len(every))))
    return sorted(random.Random(f"{args.seed} {name}").sample(every, count))


def _copy(tree: Path) -> None:
    git = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in subprocess.check_output(git, cwd=ROOT, text=True).split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def _settle(tree: Path, home: str) -> None:
    """Work in the copy, in a home of its own, and load what takes long to load."""
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    sys.dont_write_bytecode = True
    os.environ |= {"HOME": home, "CI": "1", "OMP_NUM_THREADS": "1"}
    os.environ |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    import cv2  # noqa: F401
    import hypothesis.extra.numpy  # noqa: F401
    import PIL.Image  # noqa: F401
    import PySide6.QtWidgets  # noqa: F401
    import pytest  # noqa: F401
    import pytestqt.plugin  # noqa: F401
    import safetensors.torch  # noqa: F401


def _reach(path: Path, tests: list[str]) -> Known:
    if not path.exists():
        from reach import Reach

        _forked(lambda: _pytest([*tests, "--no-header", "-vv"], [Reach(path)]), 3600, quiet=False)
    return Known(**json.loads(path.read_text()))


def _try(name: str, mutant: Mutant, known: Known, most: float) -> str:
    """Return "killed", "slow" (endless, so killed too), "survived" or "untested"."""
    tests = known.of(name, mutant.function, most)
    if not tests:
        return "untested"
    path = Path(name)
    source = path.read_text(encoding="utf-8")
    path.write_text(mutated(source, mutant.number), encoding="utf-8")
    try:
        limit = 30 + 5 * sum(known.seconds[test] for test in tests)
        code = _forked(lambda: _pytest([*tests, "-x"], []), limit)
    finally:
        path.write_text(source, encoding="utf-8")
    return {0: "survived", None: "slow"}.get(code, "killed")


def _pytest(args: list[str], plugins: list[Any]) -> int:
    import pytest

    return int(pytest.main(["-q", "-p", "no:cacheprovider", "--assert=plain", *args], plugins))


def _forked(work: Callable[[], int], limit: float, quiet: bool = True) -> int | None:
    """Return what ``work`` returns in a process of its own, None if it takes too long."""
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
        if quiet:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


if __name__ == "__main__":
    sys.exit(main())
