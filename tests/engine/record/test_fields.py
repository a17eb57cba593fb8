"""Nothing from a file is taken that is not of its kind and in its range."""

import pytest

from engine.record.fields import Bad, Fields


def of(value):
    return Fields({"it": value}, "a thing")


@pytest.mark.parametrize("raw", [None, [], "text", 3])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(Bad, match="a thing is no object"):
        Fields(raw, "a thing")
    with pytest.raises(Bad, match="“it” is no object"):
        of(raw).inner("it")


def test_objects_within_are_read():
    assert of({"more": 3}).inner("it").whole("more", 3, 3) == 3
    rows = of([{"n": 1}, {"n": 2}]).items("it", 2)
    assert [row.whole("n", 0, 9) for row in rows] == [1, 2]
    with pytest.raises(Bad, match="a row of “it” is no object"):
        list(of([3]).items("it", 2))


def test_texts_have_a_longest():
    assert of("four").text("it", 4) == "four"
    for wrong in ("fives", None, 3, ["four"]):
        with pytest.raises(Bad, match="no text, or too long"):
            of(wrong).text("it", 4)


def test_whole_numbers_have_a_range():
    assert [of(n).whole("it", -1, 2) for n in (-1, 0, 2)] == [-1, 0, 2]
    for wrong in (-2, 3, 1.0, True, "1", None):
        with pytest.raises(Bad, match="“it” is no number from -1 to 2"):
            of(wrong).whole("it", -1, 2)


def test_lists_of_numbers_have_a_length():
    assert of([1, 2]).numbers("it", 2, 1, 2) == [1, 2]
    for wrong in ([1], [1, 2, 1], None, "12", [1, 3], [1, True]):
        with pytest.raises(Bad):
            of(wrong).numbers("it", 2, 1, 2)
    assert of([[1], [1, 2, 2]]).rows("it", 2, (1, 3), 1, 2) == [[1], [1, 2, 2]]
    for wrong in ([[1], [2], [1]], [[1, 2]], [1], {}, [[0]]):
        with pytest.raises(Bad):
            of(wrong).rows("it", 2, (1, 3), 1, 2)
    with pytest.raises(Bad, match="does not have 1/3 numbers"):
        of([[1, 2]]).rows("it", 2, (1, 3), 1, 2)


def test_shares_have_a_range_and_a_default():
    assert [of(n).share("it", 0.5, 2, 1) for n in (0.5, 1, 2.0)] == [0.5, 1.0, 2.0]
    assert isinstance(of(1).share("it", 0, 2, 1), float)
    assert Fields({}, "a thing").share("it", 0, 2, 1.5) == 1.5
    for wrong in (0.4, 2.1, float("nan"), True, "1", None):
        with pytest.raises(Bad, match="“it” is no number"):
            of(wrong).share("it", 0.5, 2, 1)
