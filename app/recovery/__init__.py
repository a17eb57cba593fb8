"""Keep the journal of a session while the window is open, and offer it again after a crash."""
