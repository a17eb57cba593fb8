"""Do what the menus say: each controller owns one part of what the user can do."""
