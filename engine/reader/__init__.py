"""Decode photos in a process of their own, so that a bad file costs a message and nothing more."""
