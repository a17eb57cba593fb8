"""Collect every sentence that the engine makes for people, from its source."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
MADE_BY = {
    *("Sentence", "Refusal", "Bad", "_Foreign", "EngineError", "ImageError", "SnapshotError"),
    *("DeviceError", "PhotoReadError", "PhotoWriteError"),
    *("_error", "_not_opened", "_not_saved", "refused"),
}
"""Calls whose texts people are told."""
SILENT = {
    *("ValueError", "TypeError", "AttributeError", "OSError"),  # for programmers
    *("Crooked", "CorruptTags", "BadProfile", "DamagedJournal"),  # another sentence takes over
    *("warning", "info", "exception", "execute", "executescript", "_write"),  # log, SQL
    "profile_made",  # a profile's name
}
"""Calls whose texts nobody is told."""
ELSEWHERE = ("engine/record/journal.py",)  # SQL
NO_SENTENCE = (
    "3fr ari ",
    "out of memory",
    "%(asctime)s",
    "<TiffData ",
)  # a list of endings, a word looked for
SAME = {"EXIF", "XMP", "IPTC"}  # in every language


def called(node):
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def texts_of(node, inside=""):
    """Yield (text, nearest call it is an argument of), docstrings and f-strings left out."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, inside
    if isinstance(node, ast.Call):
        inside = called(node)
    for child in ast.iter_child_nodes(node):
        yield from texts_of(child, inside)


def is_told(text, inside):
    words = re.findall(r"[^\W\d_]{2,}", text)
    if inside in SILENT or text.startswith(NO_SENTENCE):
        return False
    return (inside in MADE_BY and words) or (len(words) > 2 and " " in text)


def words_of(tree):
    """Yield the words of the list of what was kept."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called(node) not in ("append", "insert"):
            continue
        if getattr(getattr(node.func, "value", None), "attr", "") == "kept":
            yield from (a.value for a in node.args if isinstance(a, ast.Constant))


def told():
    """Return every template, English."""
    out = {"colour profile", "resolution"}
    for path in (ROOT / "engine").rglob("*.py"):
        if path.relative_to(ROOT).as_posix() in ELSEWHERE:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        out |= {text for text, inside in texts_of(tree) if is_told(text, inside)}
        out |= {text for text in words_of(tree) if isinstance(text, str)}
    for path in (ROOT / "app").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        out |= {text for text, inside in texts_of(tree) if inside == "Sentence"}
    return {text for text in out if text not in SAME}
