"""The same removals on many photos, from the window."""
