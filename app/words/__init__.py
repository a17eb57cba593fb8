"""Say everything in the language of the user."""
