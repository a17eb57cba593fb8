"""PNG files with all their chunks."""
