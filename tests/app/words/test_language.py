"""Everything the window says is said in German, too, and placeholders survive."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox

from app.canvas.painting import NAMES
from app.widgets import resolution
from app.widgets.actions import ACTIONS
from app.widgets.dialogs import MOUSE, SettingsDialog
from app.widgets.menus import MENUS, Menu
from app.widgets.results import TITLES
from app.words.german import CATALOG
from app.words.language import Catalog, speak
from app.words.numbers import CODE, written
from app.words.saying import all_said, said
from engine.sentence import Sentence, listed
from tests.app.words import sentences

APP = Path(__file__).parents[3] / "app"
MOST_LETTERS = 86


def spoken():
    """Return every text that is translated somewhere."""
    texts = {CODE, *sentences.told(), *resolution.SENTENCES, *TITLES, *NAMES.values()}
    texts |= {text for row in MOUSE for text in row}
    for row in ACTIONS:
        texts |= {row.text, row.tip} - {""}
    for menu in MENUS:
        texts |= {menu.title, *(e.title for e in menu.entries if isinstance(e, Menu))}
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr == "tr" and isinstance(node.args[0], ast.Constant):
                texts.add(node.args[0].value)
    return texts


def test_nothing_is_left_untranslated_and_nothing_is_translated_in_vain():
    assert spoken() - CATALOG.keys() == set()
    assert CATALOG.keys() - spoken() == set()


def test_placeholders_tags_and_access_keys_survive():
    for english, german in CATALOG.items():
        for pattern in (r"\{[^}]*\}", r"</?\w+>", "…$"):
            found = sorted(re.findall(pattern, german))
            assert found == sorted(re.findall(pattern, english)), german
        assert german.count("&") == english.count("&"), german


def test_a_sentence_is_found_wherever_it_is_made():
    """The collector would let everything pass if it saw nothing."""
    told = sentences.told()
    assert {
        "there is no such file",  # an argument
        "the disk is full; free some space or choose another folder",  # a table
        "Kept: {0}.",
        "colour profile",  # a word in a list
        "CMYK was converted to RGB; it will be saved as RGB.",  # a notice
    } <= told
    assert len(told) > 180


def test_a_sentence_is_said_with_its_parts_in_german(qapp):
    reason = Sentence("it is larger than {0} GB", 4)
    text = Sentence("“{0}” cannot be opened: {1}.", "Photo", reason)
    kept = Sentence("Kept: {0}.", listed(["16 bits", "EXIF", "colour profile"]))
    assert said(text) == text == "“Photo” cannot be opened: it is larger than 4 GB."
    translators = speak(qapp, "de")
    try:
        assert said(text) == "„Photo“ lässt sich nicht öffnen: sie ist größer als 4 GB."
        assert said("The embedded thumbnail was removed.").endswith("wurde entfernt.")
        assert all_said([kept, text]) == f"Erhalten: 16 Bit, EXIF, Farbprofil. {said(text)}"
        assert said("") == ""
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_what_goes_wrong_is_told_in_german(qapp, request, tmp_path):
    translators = speak(qapp, "de")
    try:
        window = request.getfixturevalue("empty_window")
        (tmp_path / "Photo.gif").write_bytes(b"GIF89a" + bytes(20))
        told = []
        window.workspace.failed.connect(told.append)
        window.files.open(tmp_path / "Photo.gif")
        request.getfixturevalue("qtbot").waitUntil(lambda: bool(told), timeout=60_000)
        assert told == [
            "„Photo.gif“ lässt sich nicht öffnen: GIF-Bilder werden nicht geöffnet; speichern Sie"
            " es zuerst als PNG."
        ]
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_access_keys_do_not_clash_within_a_menu():
    for menu in MENUS:
        rows = [row.text for row in ACTIONS if row.id in menu.entries]
        rows += [entry.title for entry in menu.entries if isinstance(entry, Menu)]
        for texts in (rows, [CATALOG[text] for text in rows]):
            keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
            assert len(keys) == len(set(keys)), (menu.title, sorted(keys))


def test_the_window_speaks_german(qapp):
    translators = speak(qapp, "de")
    try:
        assert QCoreApplication.translate("actions", "&Fill") == "&Füllen"
        assert QCoreApplication.translate("anything", "not in any catalogue") == (
            "not in any catalogue"
        )
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)
    assert QCoreApplication.translate("actions", "&Fill") == "&Fill"
    assert speak(qapp, "en") == []


def test_a_whole_window_in_german(qapp, request):
    translators = speak(qapp, "de")
    try:
        window = request.getfixturevalue("empty_window")
        assert window.actions_by_id["open"].text() == "Ö&ffnen…"
        assert window.frame.strip.accept_button.text() == "Übernehmen"
        assert window.frame.welcome.lines[0].text().startswith("Foto hierher")
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_numbers_have_a_comma_in_german_whatever_the_system_speaks(qapp, request, tmp_path):
    told = Sentence("“{0}” goes too far: boldness ends at {1:g}, a mix at 100 %.", "A", 1.5)
    assert written(1234.25, 2) == "1234.25"
    assert "1.5," in said(told)
    translators = speak(qapp, "de")
    try:
        assert written(1234.25, 2) == "1234,25"
        assert "1,5," in said(told)
        window = request.getfixturevalue("window")
        window.canvas.zoom_to(0.055)
        assert window.frame.status.zoom_label.text() == "5,5 %"
        assert "0,2 MP" in window.frame.status.size_label.text()
        dialog = SettingsDialog(window.workspace.settings, window)
        (grow,) = dialog.findChildren(QDoubleSpinBox)
        assert grow.text().startswith("1,50")
        dialog.deleteLater()
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_a_tool_says_when_it_is_taken_up_fits_a_small_window(qapp, request, language):
    """Longer lines ended in an ellipsis at 900 x 600, where most of it mattered."""
    translators = speak(qapp, language)
    try:
        window = request.getfixturevalue("window")
        window.resize(900, 600)
        for key in ("W", "F", "P", "V"):
            told = []
            window.workspace.told.connect(told.append)
            QTest.keySequence(window, QKeySequence(key))
            window.workspace.told.disconnect(told.append)
            assert told, key
            assert len(told[0]) <= MOST_LETTERS, told[0]
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_an_empty_catalogue_is_empty():
    assert Catalog({}).isEmpty()
