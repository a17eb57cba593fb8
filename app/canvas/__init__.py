"""Show the photo and follow the mouse, the pen and the fingers on it."""
