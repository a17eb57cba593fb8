"""Lines a user gives reach the fill, with the network and without; other files are refused."""

import cv2
import numpy as np
import pytest

from app.cli.command_line import main
from app.cli.exit import Exit
from engine.structure.given import Given, Stroke, to_json
from tests.app.cli.flat import put_in_place

DRAWN = Given((Stroke(((0.0, 30.0), (119.0, 30.0))),), ())


@pytest.fixture
def files(tmp_path):
    """Return a photo with an edge that ends at the hole, its mask, and a file that draws it on."""
    image = np.full((80, 120, 3), 200, np.uint8)
    image[30:, :50] = 40
    mask = np.zeros((80, 120), np.uint8)
    mask[10:60, 50:110] = 255
    paths = tmp_path / "a.png", tmp_path / "mask.png", tmp_path / "lines.json"
    cv2.imwrite(str(paths[0]), image)
    cv2.imwrite(str(paths[1]), mask)
    paths[2].write_text(to_json(DRAWN), encoding="utf-8")
    return paths


def fill(files, *words):
    photo, mask, _ = files
    return main(["fill", str(photo), "--mask", str(mask), *map(str, words)])


def test_they_reach_the_network_s_fill(files, monkeypatch):
    inpainter = put_in_place(monkeypatch)
    assert fill(files, "--lines", files[2]) == Exit.DONE
    assert [ask.lines for ask in inpainter.asks] == [DRAWN]


def test_they_are_carried_by_a_fill_from_the_photo(files, tmp_path):
    plain, drawn = tmp_path / "plain.png", tmp_path / "drawn.png"
    assert fill(files, "--photo-only", "--out", plain) == Exit.DONE
    assert fill(files, "--photo-only", "--out", drawn, "--lines", files[2]) == Exit.DONE
    rows = cv2.imread(str(drawn), cv2.IMREAD_GRAYSCALE)[:, 55:100].mean(axis=1)
    assert rows[26] > 150
    assert rows[34] < 90
    assert (cv2.imread(str(plain)) != cv2.imread(str(drawn))).any()


def test_another_file_is_refused_before_the_work(files, monkeypatch, capsys):
    inpainter = put_in_place(monkeypatch)
    files[2].write_text("{}", encoding="utf-8")
    assert fill(files, "--lines", files[2]) != Exit.DONE
    assert "no file of lines" in capsys.readouterr().err
    assert inpainter.asks == []


def test_lines_go_along_where_a_panorama_is_turned(files, monkeypatch):
    inpainter = put_in_place(monkeypatch)
    edge = cv2.imread(str(files[1]), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(files[1]), np.roll(edge, 10, axis=1))
    assert fill(files, "--lines", files[2], "--panorama") == Exit.DONE
    [ask] = inpainter.asks
    assert not ask.mask[:, [0, -1]].any()
    (first, y), (last, _) = ask.lines.drawn[0].points
    assert (last - first, y) == (119.0, 30.0)
    assert first != 0.0
