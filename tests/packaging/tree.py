"""Measure the tree: who imports whom, how much lies where, how long functions are.

``python -m tests.packaging.tree [FOLDER]`` prints it for a checkout, older ones too.
"""

import ast
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "engine", "train", "assets")


def modules_of(root: Path) -> dict[str, ast.Module]:
    """Return every module of the program, parsed, by its dotted name."""
    found = [root / "main.py", *(path for top in PACKAGES for path in (root / top).rglob("*.py"))]
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in sorted(found)
    }


def imports_of(modules: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Return which of our modules, and of Qt's, each one imports anywhere, for types alone too."""
    found = {}
    for name, tree in modules.items():
        wanted = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                module = str(node.module)
                for alias in node.names:
                    inside = f"{module}.{alias.name}"
                    wanted |= {inside} if inside in modules else {module, f"{module}.__init__"}
        found[name] = {w for w in wanted if w in modules or w.startswith("PySide6")} - {name}
    return found


def loads_of(modules: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Return which of our modules each one loads as it is loaded itself.

    A module of another package brings that package's ``__init__`` along.
    """
    found = {}
    for name, tree in modules.items():
        wanted = set()
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                module = str(node.module)
                wanted |= {f"{module}.{alias.name}" for alias in node.names} | {module}
                parts = module.split(".")
                packages = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
                wanted |= {f"{one}.__init__" for one in packages if not name.startswith(f"{one}.")}
        found[name] = wanted & modules.keys() - {name}
    return found


def circles(loads: dict[str, set[str]]) -> list[str]:
    """Return the modules that load themselves by way of others, so that order would matter."""

    def reached(name: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(loads[name])
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += loads[one]
        return seen

    return sorted(name for name in loads if name in reached(name))


def mutual(imports: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Return the pairs of modules that import each other."""
    return sorted(
        (one, other)
        for one, theirs in imports.items()
        for other in theirs
        if one < other and one in imports.get(other, ())
    )


def functions_of(tree: ast.Module) -> list[tuple[str, int]]:
    """Return the name and the lines of every function and method."""
    return [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def main(root: Path) -> None:
    """Print what the tree at ``root`` measures."""
    modules = modules_of(root)
    print("modules that import each other:", len(mutual(imports_of(modules))))
    folders = Counter(name.rpartition(".")[0] for name in modules)
    print("files in the largest folder: {1} ({0})".format(*folders.most_common(1)[0]))
    lines: defaultdict[str, int] = defaultdict(int)
    for name in modules:
        path = root.joinpath(*name.split(".")).with_suffix(".py")
        count = len(path.read_text(encoding="utf-8").splitlines())
        for room in {"", name.partition(".")[0], name.rpartition(".")[0]}:
            lines[room] += count
    for top in PACKAGES:  # what lies in the folder itself was counted once, with the whole
        print(f"{top}: {lines[top]:,} lines", end="")
        rooms = sorted(room for room in lines if room.startswith(f"{top}.") and room != top)
        print("", *(f"{room.partition('.')[2]} {lines[room]:,}" for room in rooms), sep="  ")
    lengths = sorted(size for tree in modules.values() for _, size in functions_of(tree))
    p90 = lengths[int(0.9 * len(lengths))]
    print(f"all: {lines['']:,} lines; {len(lengths):,} functions,", end=" ")
    print(f"median {statistics.median(lengths):g}, 90 % up to {p90}, longest {lengths[-1]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
