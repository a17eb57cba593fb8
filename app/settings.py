"""Remember what the user chose between runs: one row for each thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from engine.formats import WRITABLE
from engine.windows.transforms import Transforms

Value = Any  # whatever the row says


@dataclass(frozen=True)
class Setting:
    """Describe one remembered value; anything stored that is not valid becomes the default."""

    default: Any
    cast: Callable[[Any], Any]
    valid: Callable[[Any], bool] = lambda value: True


def _flag(value: Value) -> bool:
    return value if isinstance(value, bool) else str(value).lower() in {"true", "1", "yes"}


def _strings(value: Value) -> list[str]:
    return [value] if isinstance(value, str) and value else [str(item) for item in value or []]


def _between(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: low <= value <= high


CONTEXTS = {"closer": 2 / 3, "automatic": 1.0, "wider": 1.5}
"""How wide the network looks around a hole, beside what its shape suggests."""

SETTINGS = {
    "brush_size": Setting(60, int, _between(1, 2000)),
    "brush_hardness": Setting(80, int, _between(0, 100)),
    "spot_sensitivity": Setting(40, int, _between(0, 100)),
    "pen_pressure": Setting(True, _flag),
    "tint_colour": Setting("#ff3b30", str, lambda text: text.startswith("#") and len(text) == 7),
    "tint_opacity": Setting(50, int, _between(5, 100)),
    "show_lines": Setting(True, _flag),
    "show_photos": Setting(True, _flag),
    "fill_on_release": Setting(False, _flag),
    "one_result": Setting(False, _flag),
    "provenance": Setting(False, _flag),
    "sidecars": Setting(True, _flag),
    "export_ending": Setting(".jpg", str, lambda text: text in WRITABLE),
    "export_quality": Setting(90, int, _between(30, 100)),
    "export_longest": Setting(0, int, _between(0, 65_500)),
    "export_suffix": Setting("-export", str, lambda text: "/" not in text),
    "export_folder": Setting("", str),
    "accept_on_stroke": Setting(True, _flag),
    "details": Setting(False, _flag),
    "recipe_beside": Setting(False, _flag),
    "keep_journal": Setting(True, _flag),
    "grow_percent": Setting(1.5, float, _between(0, 10)),
    "mirror": Setting(False, _flag),
    "rotate": Setting(False, _flag),
    "scale": Setting(False, _flag),
    "context": Setting("automatic", str, lambda text: text in CONTEXTS),
    "device": Setting("auto", str, lambda text: text in {"auto", "cpu", "cuda"}),
    "threads": Setting(0, int, _between(0, 256)),
    "theme": Setting("system", str, lambda text: text in {"system", "dark", "light"}),
    "language": Setting("system", str, lambda text: text in {"system", "en", "de"}),
    "recent_files": Setting([], _strings),
    "last_folder": Setting("", str),
    "window_geometry": Setting(QByteArray(), QByteArray),
    "window_state": Setting(QByteArray(), QByteArray),
}


class Settings(QObject):
    """Read and write the rows of ``SETTINGS`` in the system's place for settings.

    Signals:
        changed(str): the value of this row changed.
    """

    changed = Signal(str)

    def __init__(self, store: QSettings | None = None) -> None:
        """Use ``store``, by default the one of the running application."""
        super().__init__()
        self._store = store if store is not None else QSettings(self)
        self._read: dict[str, Value] = {}

    def get(self, key: str) -> Value:
        """Return the value of row ``key``, its default if none or a bad one is stored."""
        if key not in self._read:
            self._read[key] = self._stored(key)
        return self._read[key]

    def _stored(self, key: str) -> Value:
        row = SETTINGS[key]
        stored = self._store.value(key)
        if stored is None:
            return row.default
        try:
            value = row.cast(stored)
        except (TypeError, ValueError):
            return row.default
        return value if row.valid(value) else row.default

    @property
    def transforms(self) -> Transforms:
        """Return how what a fill copies may be changed."""
        allowed = [key for key in ("mirror", "rotate", "scale") if self.get(key)]
        return Transforms.of(",".join(allowed))

    @property
    def context(self) -> float:
        """Return how wide the network is to look, a factor."""
        return CONTEXTS[self.get("context")]

    def set(self, key: str, value: Value) -> None:
        """Store ``value`` in row ``key``.

        Raises:
            ValueError: the value is not valid for the row.
        """
        row = SETTINGS[key]
        value = row.cast(value)
        if not row.valid(value):
            raise ValueError(f"{value!r} is no value for the setting {key}")
        if value != self.get(key):
            self._store.setValue(key, value)
            self._read[key] = value
            self.changed.emit(key)
