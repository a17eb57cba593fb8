"""What is remembered comes back, and nonsense in the file becomes the default."""

import pytest
from PySide6.QtCore import QSettings

from app.settings import SETTINGS, Settings


def test_every_row_has_a_valid_default(settings):
    for key, row in SETTINGS.items():
        assert row.valid(row.cast(row.default))
        assert settings.get(key) == row.default


def test_values_survive_a_restart(settings):
    settings.set("brush_size", 123)
    settings.set("fill_on_release", True)
    settings.set("recent_files", ["/a.jpg", "/b.jpg"])
    settings._store.sync()
    again = Settings(QSettings())
    assert again.get("brush_size") == 123
    assert again.get("fill_on_release") is True
    assert again.get("recent_files") == ["/a.jpg", "/b.jpg"]


@pytest.mark.parametrize(
    ("key", "junk"),
    [("brush_size", "many"), ("brush_size", -5), ("theme", "pink"), ("tint_colour", "red"),
     ("grow_percent", "nan-ish")],
)  # fmt: skip
def test_junk_becomes_the_default(key, junk):
    store = QSettings()
    store.setValue(key, junk)
    assert Settings(store).get(key) == SETTINGS[key].default


def test_a_wrong_value_is_refused_and_an_equal_one_tells_nobody(settings):
    told = []
    settings.changed.connect(told.append)
    with pytest.raises(ValueError, match="brush_size"):
        settings.set("brush_size", 0)
    settings.set("brush_size", SETTINGS["brush_size"].default)
    assert told == []
    settings.set("brush_size", 77)
    assert told == ["brush_size"]
