"""Say the engine's sentences in the language of the window."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from app.words.numbers import Written
from engine.sentence import Sentence


def said(text: str) -> str:
    """Return ``text`` in the language of the window; of a sentence its parts, too."""
    if not isinstance(text, Sentence):
        return QCoreApplication.translate("engine", text) if text else text
    template = QCoreApplication.translate("engine", text.template)
    if not text.values:
        return template
    return template.format(*map(_in_words, text.values))


def _in_words(value: object) -> object:
    """Return a value of a sentence in the language of the window."""
    if isinstance(value, Sentence):
        return said(value)
    return Written(value) if isinstance(value, float) else value


def all_said(texts: Iterable[str]) -> str:
    """Return several sentences, one after the other."""
    return " ".join(said(text) for text in texts)
