"""No text is cut, and no two of them stick together."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QMessageBox

from app.widgets.dialogs import SettingsDialog, ShortcutSheet
from app.words.language import speak

KEYS = "W", "F", "C", "Shift+C", "P"


@pytest.fixture(params=["en", "de"])
def language(qapp, request):
    translators = speak(qapp, request.param)
    yield request.param
    for translator in translators:
        qapp.removeTranslator(translator)


@pytest.mark.parametrize("name", KEYS)
def test_what_a_tool_advises_is_not_cut_in_the_smallest_window(language, painted, name):
    painted.resize(900, 600)
    QTest.keySequence(painted, QKeySequence(name))
    QApplication.processEvents()
    message = painted.frame.status._message
    assert message.text()
    assert message.wanted <= message.width()


def test_facts_on_the_photo_come_back_after_a_long_message(painted):
    status = painted.frame.status
    painted.resize(900, 600)
    status.tell("A sentence without end. " * 8)
    QApplication.processEvents()
    assert not status.size_label.isVisible()
    status.tell("")
    QApplication.processEvents()
    assert status.size_label.isVisible()


def test_the_page_on_the_program_is_not_cut(language, window):
    found = []

    def look():
        box = QApplication.activeModalWidget()
        label = box.findChild(QLabel, "qt_msgbox_label")
        page = QTextDocument()
        page.setDefaultFont(label.font())
        page.setHtml(label.text())
        page.setTextWidth(label.width())
        found.append((isinstance(box, QMessageBox), page.size().width(), label.width()))
        box.close()

    QTimer.singleShot(0, look)
    window.actions_by_id["about"].trigger()
    [(is_box, wanted, there)] = found
    assert is_box
    assert wanted <= there


def test_boxes_in_a_row_are_apart(language, window):
    dialog = SettingsDialog(window.workspace.settings, window)
    dialog.show()
    QApplication.processEvents()
    boxes = sorted(dialog.findChildren(QCheckBox), key=lambda box: (box.y(), box.x()))
    pairs = [(a, b) for a, b in pairwise(boxes) if a.y() == b.y()]
    assert len(pairs) == 2
    assert all(b.x() - a.geometry().right() >= 12 for a, b in pairs)
    dialog.close()


def test_keys_have_german_names_on_the_page(qapp, window):
    translators = speak(qapp, "de")
    text = "".join(label.text() for label in ShortcutSheet(window).findChildren(QLabel))
    for translator in translators:
        qapp.removeTranslator(translator)
    assert "Eingabe" in text
    assert "Strg+Eingabe" in text
    assert "Return" not in text
