"""Let the window speak the user's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from app.words.german import CATALOG as GERMAN

CATALOGS = {"de": GERMAN}
LANGUAGES = {"system": "", "en": "English", "de": "Deutsch"}


KEYS = {"de": {"Return": "Eingabe", "Enter": "Eingabe"}}
"""Names of keys that Qt leaves in English."""


class Keys(QTranslator):
    """Translate names of keys, and leave everything else to others."""

    def __init__(self, names: dict[str, str]) -> None:
        """Use ``names``, English to the other language."""
        super().__init__()
        self._names = names

    def isEmpty(self) -> bool:
        """Tell Qt that there is something to look up."""
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        """Return the name of a key; None for what is no such key."""
        return self._names.get(text) if context == "QShortcut" else None


class Catalog(QTranslator):
    """Translate by looking the English text up."""

    def __init__(self, texts: dict[str, str]) -> None:
        """Use ``texts``, English to the other language."""
        super().__init__()
        self._texts = texts

    def isEmpty(self) -> bool:
        """Tell Qt that there is something to look up."""
        return not self._texts

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """Return the translation of ``text``, the text itself if there is none."""
        return self._texts.get(text, text)


def speak(app: QCoreApplication, language: str) -> list[QTranslator]:
    """Translate the program, and Qt's own dialogs, into ``language``.

    Args:
        app: where the translators are installed.
        language: system, or a key of ``LANGUAGES``.

    Returns:
        the translators; they work as long as somebody keeps them.
    """
    if language == "system":
        language = QLocale.system().name()[:2]
    if language not in CATALOGS:
        return []
    own, qts = Catalog(CATALOGS[language]), QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    qts.load(QLocale(language), "qtbase", "_", folder)
    keys = Keys(KEYS[language])
    for translator in (own, qts, keys):  # the last one is asked first
        app.installTranslator(translator)
    return [keys, qts, own]
