"""A file of lines comes back as it was written; one that is not understood is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.structure.given import Given, LinesError, Stroke, from_json, read_given, to_json

SOME = Given(
    drawn=(Stroke(((1.5, 2), (30, 40)), True), Stroke(((0, 0), (9, 9), (12, 3)))),
    dropped=(Stroke(((5, 5), (6, 60))),),
)


def test_lines_come_back_from_a_file(tmp_path):
    path = tmp_path / "lines.json"
    path.write_text(to_json(SOME), encoding="utf-8")
    assert read_given(path) == SOME


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "mask"},
        {"version": 2},
        {"drawn": 3},
        {"drawn": [{"points": [[1, 2]]}]},
        {"drawn": [{"points": [[1, 2], [1, 2]]}]},
        {"drawn": [{"points": [[1, 2], ["3", 4]]}]},
        {"drawn": [{"points": [[1, 2], [True, 4]]}]},
        {"drawn": [{"points": [[1, 2], [1e9, 4]]}]},
        {"drawn": [{"points": [[1, 2], [3, 4]], "curved": "yes"}]},
        {"dropped": [[1, 2]]},
    ],
)
def test_what_is_not_understood_is_refused_with_a_sentence(change):
    raw = {**json.loads(to_json(SOME)), **change}
    with pytest.raises(LinesError) as error:
        from_json(json.dumps(raw))
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"points": NaN}', "[" * 100_000])
def test_text_that_is_no_file_of_lines_is_refused(text):
    with pytest.raises(LinesError):
        from_json(text)


def test_numbers_that_are_no_places_are_refused():
    for value in ("NaN", "Infinity"):
        text = to_json(SOME).replace("1.5", value)
        with pytest.raises(LinesError):
            from_json(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LinesError, match=r"x\.json"):
        read_given(tmp_path / "x.json")


def test_a_curve_passes_through_its_points():
    way = Stroke(((0, 0), (10, 8), (20, 0)), curved=True).polyline()
    assert len(way) > 20
    for point in ((0, 0), (10, 8), (20, 0)):
        assert np.hypot(*(way - point).T).min() < 1e-9
    turns = np.diff(np.unwrap(np.arctan2(*np.diff(way, axis=0).T)))
    assert np.abs(turns).max() < 0.3
