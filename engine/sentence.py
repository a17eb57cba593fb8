"""Sentences for people that can be said again in another language."""

from __future__ import annotations


class Sentence(str):
    """Hold a sentence in English and how it was made.

    It is a ``str`` like any other; whoever speaks another language looks up ``template`` and puts
    ``values`` in again, each of which may be a sentence itself.

    Attributes:
        template: the sentence with ``{0}``, ``{1}`` ... where values go.
        values: what goes there.
    """

    template: str
    values: tuple[object, ...]

    def __new__(cls, template: str, *values: object) -> Sentence:
        """Make the sentence in English."""
        made = super().__new__(cls, template.format(*values) if values else template)
        made.template, made.values = template, values
        return made
