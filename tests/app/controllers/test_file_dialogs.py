"""The dialogs offer every format the table has, and nothing else."""

import pytest
from PySide6.QtWidgets import QFileDialog

from app.cli.command_line import main
from engine.formats import MASK_ENDINGS, OPEN_ENDINGS, WRITABLE
from engine.record.recipe import ENDING


@pytest.fixture
def offered(window, monkeypatch):
    """Return a function that runs an action, cancels its dialog and returns the endings in it."""
    asked = []

    def cancel(_parent, _title, _folder, kinds, **_options):
        asked.append(kinds)
        return "", ""

    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, cancel)

    def run(action):
        asked.clear()
        window.actions_by_id[action].trigger()
        first = asked[0].partition(";;")[0]
        return {part.lstrip("*") for part in first[first.index("(") + 1 : -1].split()}

    return run


@pytest.mark.parametrize(
    ("action", "endings"),
    [
        ("open", {*OPEN_ENDINGS, ENDING}),
        ("save_as", set(WRITABLE)),
        ("import_mask", set(WRITABLE)),
        ("export_mask", set(MASK_ENDINGS)),
    ],
)
def test_a_dialog_offers_what_the_table_has(window, offered, action, endings):
    window.actions_by_id["invert_mask"].trigger()
    assert offered(action) == endings


def test_the_command_line_names_every_ending_it_can_save(capsys):
    with pytest.raises(SystemExit):
        main(["fill", "--help"])
    assert set(WRITABLE) <= {word.strip(",") for word in capsys.readouterr().out.split()}
