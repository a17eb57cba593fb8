"""List everything the user can do: one row for each action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from app.document.workspace import Fact


class When(NamedTuple):
    """Say which facts must hold, and which must not."""

    wanted: frozenset[Fact] = frozenset()
    unwanted: frozenset[Fact] = frozenset()

    def also(self, *facts: Fact) -> When:
        """Return the same where these must hold, too."""
        return self._replace(wanted=self.wanted.union(facts))

    def unless(self, *facts: Fact) -> When:
        """Return the same where these must not hold."""
        return self._replace(unwanted=self.unwanted.union(facts))

    def met(self, facts: set[Fact]) -> bool:
        """Tell whether it is so while ``facts`` hold."""
        return self.wanted <= facts and not self.unwanted & facts


ALWAYS = When()


@dataclass(frozen=True)
class Action:
    """Describe one action.

    Attributes:
        id: its name in ``menus.MENUS`` and in tests.
        text: what menus show.
        keys: shortcuts; the first one is shown.
        slot: "controller.method" of the window, and an argument if it takes one.
        when: what must hold for it to be enabled.
        icon: name of a file in assets/icons, or none.
        tip: one sentence for the tooltip, or none.
        checkable: it stays pressed.
        held: its keys work as long as they are down; the window handles them itself.
    """

    id: str
    text: str
    keys: tuple[str, ...]
    slot: str
    when: When = ALWAYS
    icon: str = ""
    tip: str = ""
    checkable: bool = False
    held: bool = False


PHOTO = ALWAYS.also(Fact.PHOTO)
FREE = ALWAYS.unless(Fact.SAVING)
READY = FREE.also(Fact.PHOTO)
PAINT = PHOTO.unless(Fact.CHOOSING)
PAINTED = PAINT.also(Fact.MASK)
SPOTTING = PAINT.also(Fact.SPOTS)
CHOOSE = ALWAYS.also(Fact.CHOOSING)
DRAWN = CHOOSE.also(Fact.DRAWS)
REFINING = ALWAYS.also(Fact.REFINING).unless(Fact.FILLING, Fact.CHOOSING)

ACTIONS: tuple[Action, ...] = (
    # Files
    Action("open", "&Open…", ("Ctrl+O",), "row.ask_open", FREE, "open",
           "Open a photo, or several to go through one by one"),
    Action("next_photo", "&Next photo", ("Alt+Right",), "row.next", READY, "",
           "Open the next of the photos given, else of the folder"),
    Action("previous_photo", "Pre&vious photo", ("Alt+Left",), "row.previous",
           READY, "", "Open the photo before this one"),
    Action("save", "&Save", ("Ctrl+S",), "files.save", READY, "save",
           "Save the photo; the first time under a new name beside the original"),
    Action("save_as", "Save &as…", ("Ctrl+Shift+S",), "files.ask_save_as", READY),
    Action("export", "&Export a copy…", ("Ctrl+Shift+E",), "exports.ask", PHOTO, "",
           "Write a copy in another format, size or quality; the photo itself is not saved by it"),
    Action("batch", "Remove from o&ther photos…", (), "batch.ask",
           READY.also(Fact.REMOVALS).unless(Fact.FILLING), "",
           "Do what was removed here on other photos of the same size, and save the results"),
    Action("save_recipe", "Save reci&pe…", ("Ctrl+Alt+S",), "recipes.ask_save",
           READY.also(Fact.STEPS), "", "Save what was done, to change or repeat it later"),
    Action("quit", "&Quit", ("Ctrl+Q",), "close"),
    # Edit
    Action("undo", "&Undo", ("Ctrl+Z",), "edit.undo", FREE.also(Fact.UNDO), "undo"),
    Action("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "edit.redo", FREE.also(Fact.REDO), "redo"),
    Action("copy", "&Copy photo", ("Ctrl+C",), "files.copy", PHOTO),
    Action("paste", "&Paste photo", ("Ctrl+V",), "files.paste", FREE),
    Action("settings", "Se&ttings…", ("Ctrl+,",), "help.show_settings", ALWAYS, "settings"),
    Action("forget", "&Delete recovery data…", (), "recovery.forget"),
    # Tools
    Action("brush", "&Brush", ("B",), "edit.use brush", ALWAYS, "brush",
           "Paint over what should go; right button or Alt erases, Shift+click draws a line", True),
    Action("eraser", "&Eraser", ("E",), "edit.use eraser", ALWAYS, "eraser",
           "Take paint away; right button or Alt paints", True),
    Action("lasso", "&Lasso", ("L",), "edit.use lasso", ALWAYS, "lasso",
           "Draw a loop around what should go; its inside is filled", True),
    Action("rectangle", "Rec&tangle", ("M",), "edit.use rectangle", ALWAYS, "rectangle",
           "Drag a rectangle over what should go", True),
    Action("restore", "Re&store brush", ("S",), "edit.use restore", PAINT, "restore",
           "Paint the original photo back", True),
    Action("pen", "Structure &pen", ("P",), "edit.use pen", PAINT, "pen",
           "Draw a line that the fill carries on; Shift draws a curve, Alt or a click takes it"
           " away", True),
    Action("hand", "&Hand", ("H",), "edit.use hand", ALWAYS, "hand",
           "Move the photo; with any tool hold Space or drag with the middle button", True),
    Action("object", "&Object", ("W",), "edit.use object", PAINT, "object",
           "Click, stroke or circle a thing loosely; more clicks add, Alt takes away, [ and ] make"
           " it smaller or larger, Shift takes the shadow too", True),
    Action("wire", "&Wire", ("F",), "edit.use wire", PAINT, "line",
           "Click a wire, crack, scratch or hair to follow it to both ends; Alt takes one away",
           True),
    Action("spots", "S&pots", ("Q",), "edit.use spots", PAINT, "spots",
           "Find dust and blemishes; a click drops or adds one, a loop with Alt drops many", True),
    Action("avoid", "&Keep out", ("C",), "edit.use avoid", PAINT, "avoid",
           "Paint what the fill must not copy from; right button or Alt erases", True),
    Action("take", "Take fr&om", ("Shift+C",), "edit.use take", PAINT, "take",
           "Paint from where alone the fill may copy; right button or Alt erases", True),
    Action("clear_sources", "&Clear marks", ("Ctrl+Shift+C",), "selecting.sources.clear",
           PAINT.also(Fact.SOURCES), "clear", "Let fills copy from anywhere again"),
    Action("swap", "S&wap brush and eraser", ("X",), "edit.swap"),
    Action("smaller", "S&maller brush", ("[", ","), "edit.smaller_brush"),
    Action("larger", "La&rger brush", ("]", "."), "edit.larger_brush"),
    Action("softer", "So&fter restore brush", ("Shift+[", "{"), "edit.softer_brush"),
    Action("harder", "Har&der restore brush", ("Shift+]", "}"), "edit.harder_brush"),
    # Select
    Action("find_spots", "&Find spots again", (), "selecting.spots.find", SPOTTING, "",
           "Look for spots in the photo as it is now"),
    Action("visualize", "Spots in &black and white", ("A",), "selecting.spots.set_visualized",
           SPOTTING, "", "Show what is lighter or darker than its surroundings, and nothing else",
           True),
    Action("next_spot", "&Next spot", ("PgDown",), "selecting.spots.next", SPOTTING),
    Action("previous_spot", "Pre&vious spot", ("PgUp",), "selecting.spots.previous", SPOTTING),
    Action("toggle_spot", "&Drop or take spot", ("Backspace",), "selecting.spots.toggle_current",
           SPOTTING),
    Action("same_spots", "&Spots of the last photo", ("Shift+Q",), "selecting.spots.see_last",
           SPOTTING, "", "Look for the same spots again: a sensor's dust stays in its place"),
    Action("save_spots", "Save spo&ts…", (), "selecting.ask_save_spots", SPOTTING, "",
           "Write the spots to a file, to look for them in other photos"),
    Action("open_spots", "Op&en spots…", (), "selecting.ask_open_spots", SPOTTING),
    # Mask
    Action("clear_mask", "&Clear mask", ("Ctrl+D", "Delete"), "masks.clear", PAINTED,
           "clear"),
    Action("invert_mask", "&Invert mask", ("Ctrl+I",), "masks.invert", PAINT),
    Action("grow_mask", "&Grow mask", ("Ctrl+]", "+"), "masks.grow", PAINTED),
    Action("shrink_mask", "S&hrink mask", ("Ctrl+[", "-"), "masks.shrink", PAINTED),
    Action("refine", "Re&fine mask…", ("T",), "selecting.refining.begin",
           PAINTED.unless(Fact.FILLING, Fact.REFINING), "",
           "Move the mask to the edges of the thing under it, grow or shrink it; see it first"),
    Action("apply_refined", "&Apply refined mask", ("Return", "Enter"), "selecting.refining.apply",
           REFINING),
    Action("leave_refined", "&Leave mask as painted", ("Escape",), "selecting.refining.cancel",
           REFINING),
    Action("paint_again", "Paint the last &removal", ("Ctrl+Shift+D",), "recipes.paint_again",
           PAINT.also(Fact.REMOVALS), "",
           "Paint what was removed under the pointer, else last, to touch it up and fill it again"),
    Action("import_mask", "I&mport mask…", (), "masks.ask_import", PAINT),
    Action("export_mask", "&Export mask…", (), "masks.ask_export", PAINTED),
    Action("show_mask", "&Show mask", ("O",), "view.toggle_mask", ALWAYS, "", "", True),
    # Fill and choose
    Action("fill", "&Fill", ("Return", "Enter"), "fills.fill",
           PAINTED.unless(Fact.FILLING, Fact.REFINING), "fill",
           "Fill the painted places and offer results to choose from"),
    Action("stop", "&Stop filling", ("Escape",), "fills.stop", ALWAYS.also(Fact.FILLING), "",
           "Keep what is there and make no more"),
    Action("change", "Change re&moval", ("Ctrl+E",), "recipes.change",
           PAINT.also(Fact.REMOVALS).unless(Fact.FILLING), "",
           "Fill the removal under the pointer anew, else the last one; its result stays at hand"),
    Action("around", "Left and right &edges meet", (), "edit.let_edges_meet", PAINT, "",
           "Fill a panorama of 360 degrees across its edges; found alone where the file says so",
           True),
    Action("accept", "&Accept result", ("Return", "Enter"), "fills.accept", CHOOSE, "accept",
           "Put the chosen result into the photo"),
    Action("dismiss", "&Leave as it was", ("Escape",), "choosing.leave",
           CHOOSE.unless(Fact.FILLING), "cancel",
           "Close the results; photo and mask stay as they were. Redo brings them back"),
    Action("resample", "&Resample", ("R",), "choices.resample", CHOOSE, "resample",
           "Draw new results in place of all that are not kept"),
    Action("keep", "&Keep result", ("K",), "choices.keep", DRAWN, "pin",
           "Keep the chosen result when resampling"),
    Action("discard", "&Discard result", ("Delete", "Backspace"), "choices.discard",
           DRAWN, "discard", "Take the chosen result out of the row"),
    Action("previous", "&Previous result", ("Left",), "choices.previous", CHOOSE),
    Action("next", "&Next result", ("Right",), "choices.next", CHOOSE),
    Action("next_hole", "Next &hole", ("PgDown",), "choices.next_hole",
           CHOOSE.also(Fact.HOLES), "next", "Choose for the next hole"),
    Action("enter_code", "Enter &code…", ("Ctrl+Return",), "choices.ask_code", CHOOSE, "",
           "Bring a result back by its code"),
    Action("grid", "&Grid of results", ("G",), "choosing.toggle_grid", DRAWN, "grid",
           "Show the four results side by side with one zoom", True),
    *(
        Action(f"choose_{n}", f"Choose result {n}", (str(n),), f"choices.choose {n}", CHOOSE)
        for n in range(1, 8)
    ),
    # View
    Action("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+="), "view.zoom_in", PHOTO),
    Action("zoom_out", "Zoom &out", ("Ctrl+-",), "view.zoom_out", PHOTO),
    Action("fit", "&Fit to window", ("Ctrl+0", "0"), "view.fit", PHOTO, "fit",
           "Show the whole photo"),
    Action("actual", "&100 %", ("Ctrl+1",), "view.actual_size", PHOTO, "actual",
           "One photo pixel for every screen pixel"),
    Action("zoom_hole", "Zoom to the &hole", ("Z",), "view.zoom_to_hole", PHOTO.also(Fact.MASK)),
    Action("original", "Hold to see the ori&ginal", ("\\", "Tab"), "view.flash_original",
           PHOTO, "eye", "Hold the key or the button to see the photo as it was opened",
           held=True),
    Action("split", "&Split view", ("Y",), "view.toggle_split", PHOTO, "split",
           "Original left of a line you can drag", True),
    Action("flicker", "F&licker", ("Shift+Y",), "view.toggle_flicker", PHOTO, "",
           "Switch between the original and now, twice a second", True),
    Action("show_lines", "Lines &carried on", ("Shift+P",), "lines.show", ALWAYS, "",
           "Show in the mask the lines that the fill carries on; a click drops one", True),
    Action("next_line", "Next li&ne", ("I",), "lines.next", PAINT.also(Fact.LINES), "",
           "Point at the next of the lines that the fill carries on"),
    Action("drop_line", "&Drop or bring back line", ("Shift+I",), "lines.drop",
           PAINT.also(Fact.LINES), "",
           "Let the fill do without the line pointed at, or with it again"),
    Action("evidence", "&Evidence", ("V",), "maps.toggle_evidence", PAINT, "evidence",
           "Tint the mask by the finest scale at which the photo still speaks there", True),
    Action("doubt", "&Disagreement", ("D",), "maps.toggle_doubt", DRAWN, "",
           "Tint the hole by how much the 16 results differ there", True),
    Action("next_doubtful", "&Next doubtful spot", ("N",), "maps.next_doubtful",
           DRAWN, "", "Show at 100 % where the results differ most"),
    Action("inspector", "Ga&mma inspector", ("Shift+V",), "inspector.setVisible", PHOTO, "",
           "Show gamma and certainty at every resolution for the hole", True),
    Action("details", "De&tails of results", (), "view.show_details", ALWAYS, "",
           "Show codes, how finely the network saw each result, and what it runs on", True),
    Action("photos", "Strip of &photos", ("F8",), "row.show_photos", ALWAYS.also(Fact.SEVERAL), "",
           "Show the photos that were opened together below this one; click one to go to it", True),
    Action("history", "Histor&y", ("F9",), "frame.history.setVisible", ALWAYS, "history",
           "List every step; click one to go back to it", True),
    # Help
    Action("shortcuts", "&Keyboard shortcuts", ("?", "F1"), "help.show_shortcuts", ALWAYS, "help"),
    Action("diagnostics", "Copy &diagnostics", (), "help.copy_diagnostics"),
    Action("about", "&About Lacuna", (), "help.show_about"),
)  # fmt: skip

TABLE = {row.id: row for row in ACTIONS}


def translated(text: str) -> str:
    """Return a text of the tables in the language of the window."""
    return QCoreApplication.translate("actions", text)


NATIVE = QKeySequence.SequenceFormat.NativeText
