"""Lay out bars, panels, dialogs and the strip of results; nothing here decides anything."""
