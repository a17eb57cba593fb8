"""Remove things from photos: what window, command line, batch and replay have in common."""
