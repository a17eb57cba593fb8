"""A file of lines comes back as it was written; one that is not understood is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.geometry import Box
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


def line_of(count):
    return {"points": [[i, 0] for i in range(count)]}


@pytest.mark.parametrize(
    ("rows", "allowed"),
    [
        ([line_of(2)] * 1000, True),
        ([line_of(2)] * 1001, False),
        ([line_of(1000)], True),
        ([line_of(1001)], False),
        ([{"points": [[1e6, -1e6], [0, 0.5]]}], True),
        ([{"points": [[1000001, 0], [0, 0]]}], False),
        ([{"points": [[0, -1000001], [0, 0]]}], False),
        ([{"points": [[1, 2, 3], [0, 0]]}], False),
    ],
)
def test_a_file_has_its_limits(rows, allowed):
    text = json.dumps({"kind": "lacuna lines", "version": 1, "drawn": rows})
    if allowed:
        given = from_json(text)
        assert [[list(p) for p in s.points] for s in given.drawn] == [r["points"] for r in rows]
        assert not any(s.curved for s in given.drawn)
        assert given.dropped == ()
    else:
        with pytest.raises(LinesError):
            from_json(text)


def test_a_curve_is_that_of_catmull_and_rom():
    points = np.array([(0.0, 0.0), (10.0, 8.0), (20.0, 0.0), (24.0, 9.0)])
    way = Stroke(tuple(map(tuple, points)), curved=True).polyline()
    assert len(way) == 3 * 16 + 1
    around = np.array([2 * points[0] - points[1], *points, 2 * points[-1] - points[-2]])
    slopes = (around[2:] - around[:-2]) / 2  # each point is left as its neighbours lie
    for piece in range(3):
        for i in range(16):
            t = i / 16
            hermite = (
                (2 * t**3 - 3 * t**2 + 1) * points[piece]
                + (t**3 - 2 * t**2 + t) * slopes[piece]
                + (3 * t**2 - 2 * t**3) * points[piece + 1]
                + (t**3 - t**2) * slopes[piece + 1]
            )
            np.testing.assert_allclose(way[16 * piece + i], hermite, atol=1e-9)
    np.testing.assert_array_equal(way[-1], points[-1])


def test_a_curve_through_two_points_is_straight():
    assert Stroke(((0, 0), (4, 2)), curved=True).polyline().tolist() == [[0, 0], [4, 2]]
    assert len(Stroke(((0, 0), (4, 2), (9, 9))).polyline()) == 3


def test_a_curve_passes_through_its_points():
    way = Stroke(((0, 0), (10, 8), (20, 0)), curved=True).polyline()
    assert len(way) > 20
    for point in ((0, 0), (10, 8), (20, 0)):
        assert np.hypot(*(way - point).T).min() < 1e-9
    turns = np.diff(np.unwrap(np.arctan2(*np.diff(way, axis=0).T)))
    assert np.abs(turns).max() < 0.3


@pytest.mark.parametrize("points", [((-5, 3), (25, 3)), ((4, 30), (4, -9)), ((-3, -3), (40, 40))])
def test_a_stroke_meets_what_it_passes_over_within_a_box(points):
    box, mask = Box(10, 0, 20, 10), np.zeros((10, 10), bool)
    stroke = Stroke(tuple((x + 10, y) for x, y in points))
    assert not stroke.meets(box, mask)
    mask[3, 4 if points[0][0] != -3 else 3] = True
    assert stroke.meets(box, mask)
    assert not Stroke(((0, 0), (9, 9))).meets(box, ~mask)


def test_what_two_say_is_said_once():
    a, b, c = (Stroke(((0, 0), (n, 9))) for n in (1, 2, 3))
    assert Given((a, b), (c,)).with_more(Given((b, c), (a, c))) == Given((a, b, c), (c, a))
