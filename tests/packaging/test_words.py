"""The words of README's glossary are law: what it says not to say is said nowhere.

A word that another trade uses for its own things is allowed where those things are: a TIFF has
tiles, a PNG has samples, a convolution has inputs.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NETWORKS = ("engine/network/", "train/")
PICTURE_FILES = ("engine/photo/",)
NOT_HERE = {
    "image file": ("train/data/",),  # data sets are made of them
    "input": (*NETWORKS, "app/canvas/input.py"),  # what mouse, pen and fingers put in
    "region": (),
    "selection": ("engine/photo/tiff/channels.py",),  # channels that Photoshop calls so
    "matte": (),
    "alpha": (*PICTURE_FILES, "train/"),  # a channel; how far a fade is
    "valid": ("engine/network/rivals.py", "app/settings.py"),  # partial convolution's; of settings
    "background": ("app/canvas/", "engine/views/renderer.py"),  # what surrounds the photo
    "confidence": (),
    "inpainted": (),
    "tone curve": (),
    # TIFF's; those on a wall; squares that something large is worked on by
    "tile": (
        *(*PICTURE_FILES, "engine/detail/", "engine/windows/compose.py", "engine/record/tiling.py"),
        "train/kernels/",
    ),
    "crop": ("train/",),  # of data sets
    "generate": (),
    "heal": (),
    "output": NETWORKS,
    "sample": (
        *("train/", *PICTURE_FILES),
        *("app/canvas/input.py", "engine/views/", "engine/windows/"),  # of a stroke; of a grid
        *("app/startup.py", "app/cli/", "app/selftest_window.py"),  # the photo that ships
    ),
    "candidate": (),
    "random state": (),
    "prompt": (),
    "checkpoint": ("train/", "engine/files.py"),  # where tests let a save die
    "model": (
        *(*PICTURE_FILES, "engine/removal/filled.py", "app/document/jobs.py"),  # IPTC's word
        "app/document/workspace.py",  # what a window shows
    ),
    "snapshot": ("engine/", "train/"),
}
"""What not to say, and where another thing is meant by it."""
NO_NAMES = {
    *("hallucinate", "infill", "artefact", "artifact", "blend", "helper", "util", "manager"),
    *("handler", "misc", "foo", "dummy", "magic", "hack", "stuff"),
}
"""Words that say nothing in a name, or for which the glossary has a better one."""


def named_and_told(path):
    """Yield public names as words and True, docstrings without their code and False."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        name = getattr(node, "name", path.stem)
        if not name.startswith("_"):
            yield re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("_", " "), True
        told = ast.get_docstring(node) or ""
        yield re.sub(r"``.*?``|standard (in|out)put", "", told, flags=re.DOTALL), False


def said(word, text):
    return re.search(rf"\b{word}(s|es|d|ed|ing)?\b", text, re.IGNORECASE)


def sources():
    for top in ("app", "engine", "train"):
        yield from sorted((ROOT / top).rglob("*.py"))


def test_readme_and_this_test_know_the_same_words():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("## Words")[1]
    told = re.findall(r"Not: (.*?)\.(?:\s|$)", readme.replace("\n  ", " "))
    words = {word.strip() for row in told for word in re.split(r"[,;]", row)}
    words = {w for w in words if len(w.split()) < 3}  # others explain
    assert words <= NOT_HERE.keys()
    assert len(words) > 15


def test_nobody_says_what_the_glossary_tells_not_to_say():
    found = []
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for text, is_name in named_and_told(path):
            unwanted = [w for w, places in NOT_HERE.items() if not where.startswith(tuple(places))]
            unwanted += NO_NAMES if is_name else ()
            found += [f"{where}: “{word}” in “{text}”" for word in unwanted if said(word, text)]
    assert found == []


def test_every_allowance_is_needed():
    spared = set()
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for text, _ in named_and_told(path):
            for word, places in NOT_HERE.items():
                if said(word, text):
                    spared |= {(word, place) for place in places if where.startswith(place)}
    given = {(word, place) for word, places in NOT_HERE.items() for place in places}
    assert given - spared == set()
