"""How much of a test is run, and a table of what was measured beside its goal."""

from __future__ import annotations

import os

LONG = os.environ.get("LACUNA_FAULTS") == "long"
"""``make test-faults-long`` sets this; otherwise a share of a few minutes is run."""

FIGURES: list[tuple[str, str, str]] = []


def times(quick, whole):
    """Return how often to repeat something: ``quick`` usually, ``whole`` in the long run."""
    return whole if LONG else quick


def figure(what, measured, goal):
    """Note a figure for the table at the end of the run."""
    FIGURES.append((what, str(measured), str(goal)))
