"""Write numbers as the language of the window does."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

CODE = "en"
"""The language of the window; a catalogue translates it into its own."""


def own_locale() -> QLocale:
    """Return the rules of the language that the window speaks, whatever the system's are."""
    return QLocale(QCoreApplication.translate("numbers", CODE))


def written(value: float, digits: int) -> str:
    """Return ``value`` with ``digits`` behind the decimal mark, thousands not set apart."""
    locale = own_locale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "f", digits)


class Written(float):
    """Be a number that a template formats as it likes, but with the window's decimal mark."""

    def __format__(self, spec: str) -> str:
        """Return the number in figures."""
        return format(float(self), spec).replace(".", own_locale().decimalPoint())
