"""XML as a tree that knows where each of its parts stands, so that edits leave the rest as it is.

Whether it is well-formed, expat decides; document types are refused, so nothing can be expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

_TOKEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>"
    r"|<(?P<end>/?)(?P<name>[^\s/>]+)(?P<rest>(?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"\s+(?P<name>[^\s=]+)\s*=\s*(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.S
)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
"""The ampersand last: what it makes is not read again."""
_DEEPEST = 256


class NotXml(ValueError):
    """Report text that is no XML, or XML that is not believed."""


class Span(NamedTuple):
    """Hold where something begins and ends in the text."""

    start: int
    end: int


class Edit(NamedTuple):
    """Hold a part of the text and what takes its place."""

    span: Span
    text: str = ""


@dataclass(frozen=True)
class Attribute:
    """Hold an attribute: namespace, name, value, where it stands with the blank before it."""

    space: str
    name: str
    value: str
    span: Span
    value_span: Span


@dataclass(eq=False)
class Node:
    """Hold an element: namespace, name, attributes, children, where it and its content stand."""

    space: str
    name: str
    attributes: list[Attribute]
    start: int
    content: Span
    end: int = 0
    children: list[Node] = field(default_factory=list)

    @property
    def span(self) -> Span:
        """Return where the whole element stands."""
        return Span(self.start, self.end)

    @property
    def is_empty(self) -> bool:
        """Tell whether the element has no end tag and so no content."""
        return self.content.end == self.end

    def walk(self) -> Iterator[Node]:
        """Yield the element and all inside it, each before its children."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


def parse(text: str, usual: Mapping[str, str] | None = None) -> Node:
    """Return the root element.

    Args:
        text: the XML.
        usual: the namespaces of prefixes that programs use without declaring them.

    Raises:
        NotXml: it is not well-formed, has a document type, or is absurdly deep.
    """
    _check(text)
    stack = [Node("", "", [], 0, Span(0, len(text)))]
    spaces: list[dict[str, str]] = [dict(usual or {})]
    for token in _TOKEN.finditer(text):
        if token["name"] is None:
            continue
        if token["end"]:
            node = stack.pop()
            spaces.pop()
            node.content, node.end = Span(node.content.start, token.start()), token.end()
            continue
        found = list(_ATTRIBUTE.finditer(token["rest"]))
        known = spaces[-1] | {
            match["name"].partition(":")[2]: _value(match["value"])
            for match in found
            if match["name"].split(":")[0] == "xmlns"
        }
        node = _node(token, found, known)
        stack[-1].children.append(node)
        if not token["empty"]:
            stack.append(node)
            spaces.append(known)
        if len(stack) > _DEEPEST:
            raise NotXml("too deep")
    return stack[0].children[0]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with ``edits`` made; those inside a part that is replaced are left out."""
    out, at = [], 0
    for span, new in sorted(edits, key=lambda edit: (edit.span.start, -edit.span.end)):
        if span.start >= at:
            out += [text[at : span.start], new]
            at = span.end
    return "".join([*out, text[at:]])


def _check(text: str) -> None:
    def refuse(*_: object) -> None:
        raise NotXml("it has a document type")

    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise NotXml(str(error)) from error


def _node(token: re.Match[str], found: list[re.Match[str]], known: dict[str, str]) -> Node:
    at = token.start("rest")
    attributes = []
    for match in found:
        prefix, _, name = match["name"].rpartition(":")
        space = "xmlns" if match["name"].split(":")[0] == "xmlns" else known.get(prefix, "")
        attributes.append(
            Attribute(
                space if prefix or space == "xmlns" else "",
                name,
                _value(match["value"]),
                Span(at + match.start(), at + match.end()),
                Span(at + match.start("value"), at + match.end("value")),
            )
        )
    prefix, _, name = token["name"].rpartition(":")
    end = token.end()
    return Node(known.get(prefix, ""), name, attributes, token.start(), Span(end, end), end)


def _value(raw: str) -> str:
    def character(match: re.Match[str]) -> str:
        digits = match[1]
        return chr(int(digits[1:], 16) if digits[0] in "xX" else int(digits))

    text = re.sub(r"&#(x[0-9A-Fa-f]+|[0-9]+);", character, raw)
    for entity, said in _ENTITIES.items():
        text = text.replace(entity, said)
    return text


def value_of(text: str) -> str:
    """Return what a piece of text without elements means, its entities replaced."""
    return _value(text).strip()
