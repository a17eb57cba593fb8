"""Lines and edges that go on through a hole: find them, copy along them, leave the rest."""
