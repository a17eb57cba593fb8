"""Sentences for people that can be said again in another language."""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter


class Sentence(str):
    """Hold a sentence, or a part of one, in English and how it was made.

    It is a ``str`` like any other; whoever speaks another language looks up ``template`` and puts
    ``values`` in again, each of which may be a sentence itself.

    Attributes:
        template: the sentence with ``{0}``, ``{1}`` ... where values go.
        values: what goes there.
    """

    template: str
    values: tuple[object, ...]

    def __new__(cls, template: str, *values: object) -> Sentence:
        """Make the sentence in English; of an error its sentence is taken."""
        told = tuple(getattr(value, "sentence", value) for value in values)
        made = super().__new__(cls, template.format(*told) if told else template)
        made.template, made.values = template, told
        return made

    @classmethod
    def of(cls, text: str) -> Sentence:
        """Return ``text`` as a sentence without values, unless it is one already."""
        return text if isinstance(text, Sentence) else cls(text)


def listed(parts: Iterable[str]) -> Sentence:
    """Return "a, b, c" of one or more parts."""
    first, *rest = (Sentence.of(part) for part in parts)
    for part in rest:
        first = Sentence("{0}, {1}", first, part)
    return first


def is_template(text: str, count: int) -> bool:
    """Tell whether ``text`` asks for nothing but the places of ``count`` values, formatted simply.

    Templates that come from another process must not reach into what they are given.
    """
    try:
        parts = list(Formatter().parse(text)) if count else []
    except ValueError:
        return False
    return all(
        name is None
        or (name.isdigit() and int(name) < count and spec in ("", "g", ",") and not conversion)
        for _, name, spec, conversion in parts
    )


class SentenceError(Exception):
    """Be raised with a sentence, or a part of one, that people are told.

    Attributes:
        sentence: it, in English; it knows how to be said otherwise.
    """

    def __init__(self, text: str, *values: object) -> None:
        """Say ``text`` with ``values`` in the places of ``{0}``, ``{1}`` ..."""
        self.sentence = text if isinstance(text, Sentence) else Sentence(text, *values)
        super().__init__(self.sentence)
