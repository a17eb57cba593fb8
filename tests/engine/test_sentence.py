"""A sentence knows how it was made; templates from elsewhere reach into nothing."""

from pathlib import Path

import pytest

from engine.errors import PhotoReadError
from engine.sentence import Sentence, is_template, listed


def test_a_sentence_is_text_and_knows_its_parts():
    reason = Sentence("it is larger than {0} GB", 4)
    text = Sentence("“{0}” cannot be opened: {1}.", Path("a.png"), reason)
    assert text == "“a.png” cannot be opened: it is larger than 4 GB."
    assert text.template == "“{0}” cannot be opened: {1}."
    assert text.values == (Path("a.png"), reason)
    assert Sentence.of(text) is text


def test_text_without_values_is_left_as_it_is():
    assert Sentence("{braces} stay") == "{braces} stay"
    assert Sentence.of("100 %").values == ()


def test_an_error_in_a_sentence_keeps_its_own():
    inner = PhotoReadError("“{0}” cannot be read: {1}.", "b", "no")
    text = Sentence("It failed ({0}).", inner)
    assert text == "It failed (“b” cannot be read: no.)."
    assert text.values == (inner.sentence,)


def test_a_list_is_a_sentence_of_sentences():
    assert listed(["a"]) == "a"
    text = listed(["a", Sentence("{0} bits", 16), "c"])
    assert text == "a, 16 bits, c"
    assert text.template == "{0}, {1}"


@pytest.mark.parametrize(
    ("template", "count", "fine"),
    [
        ("“{0}” cannot be opened: {1}.", 2, True),
        ("ends at {0:g}", 1, True),
        ("{1} and {0}", 2, True),
        ("{any} braces", 0, True),
        ("{2}", 2, False),
        ("{}", 1, False),
        ("{name}", 1, False),
        ("{0.__class__}", 1, False),
        ("{0[0]}", 1, False),
        ("{0!r}", 1, False),
        ("{0:>999999999}", 1, False),
        ("{0:{1}}", 2, False),
        ("{0", 1, False),
    ],
)
def test_a_template_may_only_name_places(template, count, fine):
    assert is_template(template, count) == fine
