"""How work is run: compiled, in threads, and its memory given back."""
