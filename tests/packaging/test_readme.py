"""The README tells the truth: its tree is real, its commands exist, its links lead somewhere."""

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import pytest

from app.cli.command_line import COMMANDS, main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = re.findall(r"^    (.+)$", README, flags=re.MULTILINE)


def tree() -> set[str]:
    """Return the paths of the README's file tree, folders with a slash at the end."""
    block = README.partition("## Where things are\n\n")[2].partition("\n\n")[0]
    paths, folder = set(), ""
    for line in block.splitlines():
        name = line.split()[0]
        if line.startswith(" " * 6):
            name = folder + name
        else:
            folder = name
        paths.add(name)
    return paths


def ignored(path: Path) -> bool:
    """Tell whether a path is hidden, or git would not keep it."""
    rules = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    names = path.relative_to(ROOT).parts
    return any(
        name.startswith(".") or any(fnmatch(name, rule.rstrip("/")) for rule in rules)
        for name in names
    )


def folders(top: Path) -> set[str]:
    """Return the folders right below ``top`` that hold a file git would keep."""
    return {
        f"{path.relative_to(ROOT).as_posix()}/"
        for path in top.iterdir()
        if path.is_dir() and any(file.is_file() and not ignored(file) for file in path.rglob("*"))
    }


def test_the_file_tree_is_the_real_tree():
    files = {path.name for path in ROOT.iterdir() if path.is_file() and not ignored(path)}
    tops = folders(ROOT)
    inner = set().union(*(folders(ROOT / top) for top in tops))
    assert tree() | {"README.md"} == files | tops | inner


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z-]+)", "\n".join(CODE)))))
def test_each_make_command_is_a_target(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("line", [line for line in CODE if line.startswith("lacuna ")])
def test_each_lacuna_command_is_understood(line, capsys):
    words = shlex.split(line)[1:]
    assert words[0] in COMMANDS or words[0].startswith("-")
    with pytest.raises(SystemExit) as end:
        main([*words[:1], "--help"] if words[0] in COMMANDS else ["--help"])
    assert end.value.code == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert {word for word in words if word.startswith("--")} <= known


def test_each_local_link_leads_somewhere():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_contributing_and_the_page_of_changes_name_files_that_exist():
    page = (ROOT / "docs" / "layout.md").read_text(encoding="utf-8")
    rows = [row.split("|")[3] for row in page.splitlines() if row.startswith("| ")]
    told = "\n".join([(ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), *rows])
    paths = set(re.findall(r"`((?:app|engine|train|docs|tests|packaging)/[\w./]*)`", told))
    assert len(paths) > 40
    missing = {p for p in paths if not (ROOT / p).exists() and not (ROOT / f"{p}.py").is_file()}
    assert missing == set()
