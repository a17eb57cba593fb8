"""Say the engine's sentences in the language of the window."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from engine.sentence import Sentence


def said(text: str) -> str:
    """Return ``text`` in the language of the window; of a sentence its parts, too."""
    if not isinstance(text, Sentence):
        return QCoreApplication.translate("engine", text) if text else text
    template = QCoreApplication.translate("engine", text.template)
    if not text.values:
        return template
    values = (said(value) if isinstance(value, Sentence) else value for value in text.values)
    return template.format(*values)


def all_said(texts: Iterable[str]) -> str:
    """Return several sentences, one after the other."""
    return " ".join(said(text) for text in texts)
