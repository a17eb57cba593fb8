"""Say which actions stand in which menu, and which are tools; their rows are in `actions`."""

from __future__ import annotations

from typing import NamedTuple

from app.widgets.actions import TABLE


class Menu(NamedTuple):
    """Describe a menu: None among the entries is a line, a Menu is a submenu."""

    title: str
    entries: tuple[str | Menu | None, ...]


RECENT = Menu("Open &recent", ())

MENUS: tuple[Menu, ...] = (
    Menu("&File", ("open", RECENT, "next_photo", "previous_photo", None,
                   "save", "save_as", "export", "batch", "save_recipe", None, "quit")),
    Menu("&Edit", ("undo", "redo", None, "copy", "paste", None, "settings", "forget")),
    Menu("&Tools", ("brush", "eraser", "lasso", "rectangle", "restore", "pen", "hand", None,
                    "avoid", "take", "clear_sources", None,
                    "swap", "smaller", "larger", "softer", "harder")),
    Menu("&Select", ("object", "wire", "spots", None, "find_spots", "visualize", "next_spot",
                     "previous_spot", "toggle_spot", None, "same_spots", "save_spots",
                     "open_spots")),
    Menu("&Mask", ("show_mask", None, "refine", "apply_refined", "leave_refined", None,
                   "grow_mask", "shrink_mask", "invert_mask", "clear_mask",
                   "paint_again", None, "next_line", "drop_line", None,
                   "import_mask", "export_mask")),
    Menu("Fi&ll", ("fill", "stop", "change", "around", None, "accept", "dismiss", None,
                   "resample", "keep",
                   "discard", None, "previous", "next", "next_hole", "grid", "enter_code")),
    Menu("&View", ("zoom_in", "zoom_out", "fit", "actual", "zoom_hole", None,
                   "original", "split", "flicker", None, "show_lines",
                   "evidence", "doubt", "next_doubtful", "inspector", None,
                   "photos", "details", "history")),
    Menu("&Help", ("shortcuts", "diagnostics", "about")),
)  # fmt: skip

TOOL_IDS = (
    *("brush", "eraser", "lasso", "rectangle", "object", "wire", "spots", "restore", "pen"),
    *("avoid", "take", "hand"),
)

assert {name for menu in MENUS for name in menu.entries if isinstance(name, str)} <= set(TABLE)
