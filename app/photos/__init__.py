"""Several photos at once: the way from one to the next, and the strip that shows them."""
