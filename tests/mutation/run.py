"""``make mutate``: put mistakes into the program, and count those that the tests notice.

A copy of the tree is changed, never the tree itself. Each mutant gets a forked process, which has
the large libraries already and runs the tests that enter the changed function, the quickest first,
until one fails.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import entered
from mutants import Mutant, mutants, mutated

ROOT = Path(__file__).parents[2]
MODULES = (
    *("engine/*.py", "engine/[!p]*/*.py", "engine/photo/write.py"),
    *("app/document/commands.py", "app/cli/*.py", "train/losses.py", "train/step.py"),
)
TESTS = (
    *(f"tests/app/{room}" for room in ("cli", "document", "recovery")),
    "tests/engine",
    "tests/faults/test_odd_disks.py",
    *(f"tests/train/test_{name}.py" for name in ("losses", "step", "step_gradients")),
)
OFTEN = 5
"""A function that fewer tests enter may run for others too, in what they share."""
MEMORY = 16 << 30
NOTICED = ("killed", "slow")


class Known(NamedTuple):
    """Hold, for each file of tests, its hash, and of each test its seconds and what it enters."""

    files: dict[str, tuple[str, dict[str, tuple[float, list[str]]]]]

    def of(self, module: str, function: str, most: float) -> list[str]:
        """Return the tests to ask about a function, those that enter it first, quickest first."""
        own = found = self._entering({f"{module}:{function}"})
        if len(found) < OFTEN:
            found = found | self._entering({module, *_users(module)}, whole=True)
        chosen, total = [], 0.0
        for test in sorted(found, key=lambda test: (test not in own, found[test])):
            total += found[test]
            if chosen and total > most:
                break
            chosen.append(test)
        return chosen

    def seconds(self, tests: Iterable[str]) -> float:
        """Return how long some tests take together."""
        return sum(self.files[test.partition("::")[0]][1][test][0] for test in tests)

    def _entering(self, keys: set[str], whole: bool = False) -> dict[str, float]:
        """Return the tests that enter one of some functions, or any function of some modules."""
        return {
            test: seconds
            for _, tests in self.files.values()
            for test, (seconds, entered_) in tests.items()
            if any((key.partition(":")[0] if whole else key) in keys for key in entered_)
        }


def _users(module: str) -> set[str]:
    """Return who imports a module that numba compiles: nothing is noted in the module itself."""
    if "engine.running.compiled import" not in Path(module).read_text(encoding="utf-8"):
        return set()
    name = module.removesuffix(".py").replace("/", ".")
    package, _, last = name.rpartition(".")
    said = re.compile(rf"from ({name} import|{package} import .*\b{last}\b)")
    around = Path(module).parent.parent.rglob("*.py")
    return {str(p) for p in around if said.search(p.read_text(encoding="utf-8"))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="files; those of docs/testing.md if none")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="those that are to notice")
    parser.add_argument("--count", type=int, default=120, help="mutants to draw, 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument(
        "--only",
        type=int,
        nargs=2,
        default=(0, 1),
        metavar=("I", "N"),
        help="every N-th of the draw, from the I-th (0, 1, ...) on, to share the work",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        help="of tests for each mutant at most, the quickest first",
    )
    parser.add_argument("--reach", type=Path, help="keep here, and take from here, who tests what")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("mutants.jsonl"),
        help="a line for each; those that are there already are not tried again",
    )
    parser.add_argument("--again", type=Path, help="only the survivors of an earlier --out")
    args = parser.parse_args()
    out, reach = args.out.resolve(), args.reach and args.reach.resolve()
    again = args.again and [json.loads(line) for line in args.again.read_text().splitlines()]
    facts = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    done = {(fact["module"], fact["number"]) for fact in facts}
    with tempfile.TemporaryDirectory(prefix="lacuna-mutants-") as folder:
        tree = Path(folder) / "tree"
        _copy(tree)
        _settle(tree, folder)
        known = _reach(reach or Path(folder) / "reach.json", args.tests, Path(folder))
        names = args.modules or sorted({n for p in MODULES for n in map(str, Path().glob(p))})
        todo = _drawn(names, args.seed, args.count, again)[args.only[0] :: args.only[1]]
        random.Random(args.seed).shuffle(todo)  # what is done of a run that is stopped is a sample
        with out.open("a") as lines:
            for name, mutant in todo:
                if (name, mutant.number) in done:
                    continue
                said = _try(name, mutant, known, args.seconds)
                print(f"{said:9} {name}:{mutant.line} {mutant.change}", flush=True)
                facts.append({"module": name, **mutant._asdict(), "outcome": said})
                lines.write(json.dumps(facts[-1]) + "\n")
                lines.flush()
    print(table(facts))
    return 0


def _drawn(
    names: list[str], seed: int, count: int, again: list[dict[str, Any]] | None
) -> list[tuple[str, Mutant]]:
    """Draw a sample, the same for the same seed and text; each room has its share in it.

    All mutants stand in one row, which is cut into ``count`` equal pieces; one of each is drawn.
    """
    every = [(n, m) for n in names for m in mutants(Path(n).read_text(encoding="utf-8"))]
    if again is not None:
        left = {(m["module"], m["line"], m["change"]) for m in again if m["outcome"] not in NOTICED}
        return [(name, m) for name, m in every if (name, m.line, m.change) in left]
    if not 0 < count < len(every):
        return every
    rng, size = random.Random(seed), len(every) / count
    return [every[rng.randrange(int(i * size), int((i + 1) * size))] for i in range(count)]


def table(facts: list[dict[str, Any]]) -> str:
    """Return a line for each room: its mutants and those noticed; and one for all."""
    tried = Counter(str(Path(fact["module"]).parent) for fact in facts)
    noticed = Counter(str(Path(f["module"]).parent) for f in facts if f["outcome"] in NOTICED)
    rows = [f"| `{room}/` | {tried[room]} | {noticed[room]} |" for room in sorted(tried)]
    total, won = tried.total(), noticed.total()
    share = f"{won / max(total, 1):.0%}"
    head = ["| Modules | Drawn | Noticed |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows, f"| all | {total} | {won} ({share}) |"])


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
    import numba  # noqa: F401
    import PIL.Image  # noqa: F401
    import PySide6.QtWidgets  # noqa: F401
    import pytest  # noqa: F401
    import pytestqt.plugin  # noqa: F401
    import safetensors.torch  # noqa: F401


def _reach(path: Path, tests: list[str], home: Path) -> Known:
    """Return which test enters what; only files of tests that are new or changed are watched."""
    old = json.loads(path.read_text())["files"] if path.exists() else {}
    now = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in _files(tests)}
    new = [name for name in now if old.get(name, [None])[0] != now[name]]
    if new:
        sources = {p: p.read_text(encoding="utf-8") for top in ("app", "engine", "train")
                   for p in Path(top).rglob("*.py")}  # fmt: skip
        for source, text in sources.items():
            source.write_text(entered.watched(text, source.as_posix()), encoding="utf-8")
        found = home / "found.json"
        if _forked(lambda: _watch(new, found, home), 3600, quiet=False) not in (0, 1):
            sys.exit("Not all tests ran while they were watched; mend them first.")
        for source, text in sources.items():
            source.write_text(text, encoding="utf-8")
        for name in new:
            old[name] = now[name], {}
        for test, fact in json.loads(found.read_text()).items():
            old[test.partition("::")[0]][1][test] = fact
        path.write_text(json.dumps({"files": old}))
    return Known({name: old[name] for name in now})


def _files(tests: list[str]) -> list[Path]:
    return sorted({f for t in map(Path, tests) for f in (t.rglob("test_*.py"), [t])[t.is_file()]})


def _watch(tests: list[str], out: Path, home: Path) -> int:
    from reach import Reach

    notes = home / "notes"
    notes.mkdir(exist_ok=True)
    path = os.pathsep.join([str(Path(entered.__file__).parent), os.environ.get("PYTHONPATH", "")])
    os.environ |= {entered.OWNER: str(os.getpid()), entered.FOLDER: str(notes), "PYTHONPATH": path}
    reach = Reach()
    code = _pytest([*tests, "--no-header", "-v"], [reach])
    out.write_text(json.dumps(reach.tests))
    return code


def _try(name: str, mutant: Mutant, known: Known, most: float) -> str:
    """Return "killed", "slow" (endless, so killed too), "survived" or "untested"."""
    tests = known.of(name, mutant.function, most)
    if not tests:
        return "untested"
    path = Path(name)
    source = path.read_text(encoding="utf-8")
    path.write_text(mutated(source, mutant.number), encoding="utf-8")
    try:
        limit = 30 + 3 * known.seconds(tests)
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
