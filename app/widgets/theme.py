"""Dress the window in neutral greys, dark or light, so that the photo's colours stay true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from app.widgets.icons import FOLDER

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Theme:
    """Name the colours of one look.

    Attributes:
        canvas: around the photo; neutral, so that colours are judged well.
        window, panel, field: bars, raised parts, and what one types into.
        line: thin borders.
        text, muted: writing, and writing that may be overlooked.
        accent, on_accent: the one button that matters, and writing on it.
    """

    canvas: str
    window: str
    panel: str
    field: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str


DARK = Theme(
    canvas="#262626",
    window="#303030",
    panel="#3a3a3a",
    field="#252525",
    line="#474747",
    text="#dedede",
    muted="#a0a0a0",
    accent="#4f8fcf",
    on_accent="#ffffff",
)
LIGHT = Theme(
    canvas="#8e8e8e",
    window="#e4e4e4",
    panel="#f2f2f2",
    field="#fafafa",
    line="#bdbdbd",
    text="#202020",
    muted="#5c5c5c",
    accent="#2566a8",
    on_accent="#ffffff",
)

_STYLE = """
QMainWindow, QDialog {{ background: {window}; }}
QToolBar {{ background: {window}; border: none; padding: 4px 6px; spacing: 4px; }}
QToolBar#options {{ border-bottom: 1px solid {edge}; }}
QToolBar#tools {{ border-right: 1px solid {edge}; padding: 4px 4px; spacing: 1px; }}
QToolBar#tools QToolButton {{ padding: 3px 5px; }}
QToolBar::separator {{ background: {line}; margin: 6px 5px; width: 1px; height: 1px; }}
QToolBar#tools::separator {{ margin: 3px 6px; }}
QToolButton {{ padding: 5px; border: 1px solid transparent; border-radius: 5px; color: {text}; }}
QToolButton:hover {{ background: {panel}; }}
QToolButton:checked {{ background: {checked}; border-color: {line}; }}
QToolButton:pressed {{ background: {field}; }}
QToolButton:focus, QPushButton:focus {{ border-color: {accent}; }}
QToolButton#qt_toolbar_ext_button {{ padding: 0; image: url({more}); }}
QToolButton#primary, QPushButton#primary {{
  background: {accent}; color: {on_accent}; font-weight: 600; padding: 6px 14px;
  border: 1px solid {accent}; border-radius: 5px; }}
QToolButton#primary:hover, QPushButton#primary:hover {{ background: {accent_hover}; }}
QToolButton#primary:focus, QPushButton#primary:focus {{ border-color: {text}; }}
QToolButton#primary:disabled, QPushButton#primary:disabled {{
  background: {panel}; color: {faint}; border-color: {panel}; }}
QPushButton {{ background: {panel}; border: 1px solid {line}; border-radius: 5px;
  padding: 5px 12px; color: {text}; }}
QPushButton:hover {{ background: {checked}; }}
QPushButton:disabled {{ color: {faint}; }}
QMenuBar {{ background: {window}; padding: 2px; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {panel}; }}
QMenu {{ background: {panel}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QStatusBar {{ background: {window}; border-top: 1px solid {edge}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QPushButton {{ padding: 2px 10px; }}
QStatusBar QLabel {{ color: {muted}; padding: 0 6px; }}
QLabel#muted {{ color: {muted}; }}
QLabel#notice {{ background: {panel}; border: 1px solid {line}; border-radius: 4px; padding: 6px; }}
QWidget#panel {{ background: {window}; border: 1px solid {line}; border-radius: 6px; }}
QWidget#strip {{ background: {window}; border-top: 1px solid {edge}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QCheckBox {{ color: {text}; spacing: 8px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {muted}; border-radius: 3px;
  background: {field}; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {accent}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent}; image: url({tick}); }}
QDockWidget {{ color: {text}; titlebar-close-icon: url({close});
  titlebar-normal-icon: url({float}); }}
QDockWidget::title {{ background: {window}; padding: 6px 8px; }}
QListView {{ background: {field}; border: 1px solid {line}; }}
QListView#photos {{ background: {window}; border: none; border-top: 1px solid {edge}; }}
QListView::item {{ padding: 4px 8px; color: {text}; }}
QListView::item:selected {{ background: {accent}; color: {on_accent}; }}
QSlider::groove:horizontal {{ height: 4px; background: {field}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {muted}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
  background: {text}; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {accent}; }}
QSlider::handle:horizontal:disabled {{ background: {line}; }}
QProgressBar {{ background: {field}; border: 1px solid {line}; border-radius: 4px;
  min-height: 12px; max-height: 12px; text-align: center; color: {text}; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QToolTip {{ background: {panel}; color: {text}; border: 1px solid {line}; padding: 4px; }}
"""


def chosen(name: str) -> Theme:
    """Return the theme called ``name``: dark, light, or system for what the desktop uses."""
    if name == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if name == "light" else DARK


def apply(app: QApplication, theme: Theme) -> None:
    """Give the whole application the look of ``theme``."""
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of ``theme``."""
    return _STYLE.format(
        **vars(theme),
        edge=QColor(theme.window).darker(125).name(),
        checked=_between(theme.panel, theme.text, 0.14),
        faint=_between(theme.window, theme.text, 0.35),
        **{
            name: (FOLDER / f"{name}.svg").as_posix() for name in ("tick", "more", "close", "float")
        },
        accent_hover=QColor(theme.accent).lighter(112).name(),
    )


def palette(theme: Theme) -> QPalette:
    """Return the palette of ``theme``; disabled writing is half as strong."""
    out = QPalette()
    role = QPalette.ColorRole
    rows = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.Button: theme.panel,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_accent,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
    }
    for key, colour in rows.items():
        out.setColor(key, QColor(colour))
    faint = QColor(_between(theme.window, theme.text, 0.35))
    for key in (role.WindowText, role.Text, role.ButtonText):
        out.setColor(QPalette.ColorGroup.Disabled, key, faint)
    return out


def _between(one: str, other: str, share: float) -> str:
    a, b = QColor(one), QColor(other)
    pairs = (a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue())
    return QColor(*(round(x + (y - x) * share) for x, y in pairs)).name()
