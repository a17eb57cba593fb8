"""Every release is pinned, once, and nothing is installed that is not."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> list[tuple[str, str]]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition("==") for line in lines if line and not line.startswith("#")]
    return [(canonical(name), release) for name, _, release in pinned]


def test_every_line_pins_one_release_once():
    names = [name for name, _ in pins()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"\d[\w.]*", release) for _, release in pins())


def test_every_direct_dependency_is_pinned():
    wanted = [*PROJECT["dependencies"]]
    for extra in PROJECT["optional-dependencies"].values():
        wanted += extra
    names = {canonical(re.match(r"[\w.-]+", wish)[0]) for wish in wanted}
    assert names <= {name for name, _ in pins()}


def test_every_dependency_of_what_is_installed_is_pinned():
    """Walk the installed metadata from Lacuna's own wishes; platform markers are honoured."""
    from importlib import metadata

    from packaging.requirements import Requirement

    pinned = {name for name, _ in pins()}
    queue = [Requirement(wish) for wish in PROJECT["dependencies"]]
    queue += [Requirement(wish) for wish in PROJECT["optional-dependencies"]["test"]]
    seen = set()
    while queue:
        wish = queue.pop()
        name = canonical(wish.name)
        gpu = name.startswith(("nvidia-", "cuda-", "triton"))  # come pinned by torch itself
        if name in seen or gpu or (wish.marker and not wish.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        assert name in pinned, f"{wish} is not in constraints.txt"
        try:
            queue += [Requirement(text) for text in metadata.requires(name) or []]
        except metadata.PackageNotFoundError:
            continue
